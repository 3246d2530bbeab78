"""Versions of a judge's instructions held against what people prefer: what each says, gets wrong, and gains."""

TRIAL = "trial"
REWORDING = "rewording"
"""Names of the hooks (the setting MODEL_HOOKS)."""
EVOLVING = (TRIAL, REWORDING)
