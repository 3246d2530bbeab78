"""Verbs about checkpoints and runs; each is one transaction."""
