"""Files here need torch. In a Python without it, they are one test, which runs them in the Python that has it."""

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HAS_TORCH = importlib.util.find_spec("torch") is not None
# Without torch there, this fails; it never skips.
RUN = "import sys, torch, pytest; sys.exit(pytest.main(sys.argv[1:]))"


class FilesRunThere(pytest.Item):
    """Tests of files, in the environment of the workers that run models: the nightly ones, or all others."""

    def __init__(self, *, which: str, **named: object) -> None:
        super().__init__(**named)  # type: ignore[arg-type]
        self.which = which
        self.files = [self.path]
        self.add_marker(pytest.mark.models)
        self.add_marker(pytest.mark.timeout(0))  # each test in there has its own

    def runtest(self) -> None:
        named = os.environ.get("GOLDPAN_MODELS_PYTHON", "")
        if not named:
            pytest.skip("GOLDPAN_MODELS_PYTHON names no Python with torch; `make test` installs one.")
        done = subprocess.run(
            [named, "-c", RUN, "-p", "no:cacheprovider", "-p", "no:xdist", "-m", self.which, *map(str, self.files)],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.fail(done.stdout[-20_000:] + done.stderr[-3_000:], pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{', '.join(path.name for path in self.files)} in the models' Python"


class FileThere(pytest.File):
    """A test file that is not imported here."""

    def collect(self) -> Iterator[pytest.Item]:
        yield FilesRunThere.from_parent(self, name="in_the_models_python", which="not nightly")
        if "mark.nightly" in self.path.read_text():
            item = FilesRunThere.from_parent(self, name="nightly_in_the_models_python", which="nightly")
            item.add_marker(pytest.mark.nightly)
            yield item


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return None if HAS_TORCH else FileThere.from_parent(parent, path=module_path)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process for all files that were asked for: importing torch takes longer than most of them."""
    for which in ("not nightly", "nightly"):
        there = (item for item in items if isinstance(item, FilesRunThere) and item.which == which)
        first, *others = list(there) or [None]
        if first:
            first.files += [item.path for item in others]
            items[:] = [item for item in items if item not in others]
