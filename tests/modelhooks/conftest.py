"""Tests of models: those in with_torch/ run in the Python that has torch."""
