"""Endpoints of this floor: checkpoints and runs."""
