"""Rubrics held against what people prefer: which are written, what judges find by them, and which criteria earn it."""

CONTRAST = "contrast"
GRADING = "grading"
MERGING = "merging"
REVISION = "revision"
HYPOTHESES = "hypotheses"
TESTING = "testing"
PRINCIPLES = "principles"
CONSTRAINTS = "constraints"
CHECKLIST = "checklist"
"""Names of the hooks (the setting MODEL_HOOKS)."""

LINES = (PRINCIPLES, CONSTRAINTS, CHECKLIST)
"""Those that write single lines, out of what people said or what was done."""
