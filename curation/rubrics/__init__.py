"""Rubrics held against what people prefer: which are written, what judges find by them, and which criteria earn it."""

CONTRAST = "contrast"
GRADING = "grading"
MERGING = "merging"
REVISION = "revision"
"""Names of the hooks (the setting MODEL_HOOKS)."""
