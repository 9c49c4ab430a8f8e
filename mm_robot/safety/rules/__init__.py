"""The rules about forbidden acts, one module for each language."""
