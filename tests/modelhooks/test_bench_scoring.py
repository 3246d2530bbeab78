"""The command where there is no torch. Its figures are tested where there is, in with_torch/."""

import importlib.util

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="this Python has torch")
def test_without_torch_the_command_says_who_has_it():
    with pytest.raises(CommandError, match=r"no torch.*\.venv-models/bin/goldpan"):
        call_command("bench_scoring")
