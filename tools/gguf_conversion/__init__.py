"""Turns a Mixture-of-Experts checkpoint in Hugging Face layout into GGUF. See ../convert_to_gguf.py."""
