"""docs/client.md: its example works when it is pasted, and it names every method."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from goldpan import client
from goldpan.client.imports import Imports
from goldpan.client.items import Annotations, Items
from goldpan.client.labeling import Labeling
from goldpan.client.releases import Releases
from goldpan.client.rubrics import Rubrics
from goldpan.client.runs import Runs
from tests.architecture.source_tree import ROOT
from tests.faults.stack import Stack
from tests.world import World

PAGE = (ROOT / "docs" / "client.md").read_text()
GROUPS = [Items, Annotations, Imports, Labeling, Runs, Rubrics, Releases]


@pytest.mark.stack
def test_the_example_works_when_it_is_pasted(stack: Stack, world: World, tmp_path: Path) -> None:
    example = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    pasted = example.replace("http://127.0.0.1:8000", stack.address).replace("gp_…", world.secrets["olga"])

    done = subprocess.run(
        [sys.executable, "-c", pasted],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    lines = done.stdout.splitlines()
    assert lines[0] == "1 new, 0 known, 0 refused"
    assert lines[-1].endswith("rows to train on")


def test_every_method_and_every_error_is_named() -> None:
    for group in GROUPS:
        for name, _ in inspect.getmembers(group, inspect.isfunction):
            assert name.startswith("_") or f"{group.__name__.lower()}.{name}(" in PAGE, (group, name)
    for name in client.__all__:
        assert name in PAGE, name
