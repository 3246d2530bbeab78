"""The acceptance scripts, which lie outside this project and are run as they stand there."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ACCEPTANCE = Path(os.environ.get("GOLDPAN_ACCEPTANCE") or ROOT.parent / "shared" / "acceptance")


def accepting(script: str) -> Path:
    """The path of an acceptance script."""
    if not (ACCEPTANCE / script).is_file():
        pytest.skip(f"There is no {script} in {ACCEPTANCE}; GOLDPAN_ACCEPTANCE names the folder.")
    return ACCEPTANCE / script
