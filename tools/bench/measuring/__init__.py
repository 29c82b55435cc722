"""What the benches share.

machine.py: the machine they run on, and who else uses it. programs.py: the programs they start. cells.py:
what was measured, and the table of it. model_shapes.py, random_blocks.py and tiling.py: the models that they
are measured on.
"""
