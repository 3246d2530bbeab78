"""Asking checkpoints about the rows of evaluation sets, and what their answers come to."""
