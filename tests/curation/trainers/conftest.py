"""The other Python, which has torch, trl and datasets."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.trainers)


@pytest.fixture(scope="session")
def trainers_python() -> str:
    """Its path: GOLDPAN_TRAINERS_PYTHON, which `make test` sets."""
    named = os.environ.get("GOLDPAN_TRAINERS_PYTHON", "")
    if not named:
        pytest.skip("GOLDPAN_TRAINERS_PYTHON names no Python with torch and trl; `make test` installs one.")
    return named


@pytest.fixture
def run_there(trainers_python: str, tmp_path: Path) -> Callable[..., str]:
    """Runs a script with arguments there, in a folder of its own; what it prints. Its own error fails the test.

    `is_offline` lets the libraries there open no connection at all.
    """

    def run(*words: object, is_offline: bool = True) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "HF_HOME": str(tmp_path / "hugging-face"),
            "HF_HUB_OFFLINE": str(int(is_offline)),
            "OMP_NUM_THREADS": "1",
            "FMT_CACHE": "",
        }
        done = subprocess.run(
            [trainers_python, *map(str, words)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3_000:]
        return done.stdout

    return run
