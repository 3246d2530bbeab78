"""Asking checkpoints about the rows of evaluation sets, and what their answers come to."""

EVALUATION = "evaluation"
"""The name of the hook. Its runs have `set`, the id of the set, and `threshold` among their parameters."""
