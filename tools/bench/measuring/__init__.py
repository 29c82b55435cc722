"""What the benches share.

machine.py: the machine they run on, and who else uses it. programs.py: the programs they start. cells.py:
what was measured, and the table of it. memory_group.py and disk.py: a limit of memory, and the disk, for runs
of models that do not fit; streaming_programs.py and streaming_cells.py: those runs and their tables;
sustaining.py: a long one. model_shapes.py, random_blocks.py and tiling.py: the models that they are measured
on.
"""
