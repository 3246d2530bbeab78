"""The other Python, which has torch, trl and datasets."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from accounts.models import User
from curation import store
from curation.models import Release
from curation.services import releases
from jobs import runner
from tests.curation.golden.people import made

HERE = Path(__file__).parent
LOADERS = ("datasets", "pandas")
TRAINERS = (
    *LOADERS,
    *("transformers:LlamaForCausalLM", "transformers:LlamaForSequenceClassification", "transformers:Trainer"),
    *("trl:RewardTrainer", "trl:DPOTrainer"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.trainers)


@pytest.fixture(scope="session")
def trainers_python() -> str:
    """Its path: GOLDPAN_MODELS_PYTHON, which `make test` sets."""
    named = os.environ.get("GOLDPAN_MODELS_PYTHON", "")
    if not named:
        pytest.skip("GOLDPAN_MODELS_PYTHON names no Python with torch and trl; `make test` installs one.")
    return named


class Forking:
    """That Python with some modules loaded, which forks for every script (forking.py)."""

    def __init__(self, python: str, home: Path, modules: tuple[str, ...], *, is_offline: bool) -> None:
        home.mkdir()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "HF_HOME": str(home / "hugging-face"),
            "HF_HUB_OFFLINE": str(int(is_offline)),
            "OMP_NUM_THREADS": "1",
            "FMT_CACHE": "",
        }
        self._process = subprocess.Popen(
            [python, HERE / "forking.py", *modules],
            cwd=home,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, words: tuple[object, ...], folder: Path) -> str:
        """What the script prints, run in this folder, which is its home too. Its own error fails the test."""
        out, err = folder / "there.out", folder / "there.err"
        wish = {"words": list(map(str, words)), "folder": str(folder), "home": str(folder)}
        assert self._requests.write(json.dumps({**wish, "out": str(out), "err": str(err)}) + "\n")
        self._requests.flush()
        code = self._answers.readline().strip()
        assert code == "0", err.read_text()[-3_000:] if err.exists() else f"it did not start: {code}"
        return out.read_text()

    def end(self) -> None:
        """It has nothing to keep, and taking leave of torch takes long."""
        self._process.kill()
        self._process.communicate()

    @property
    def _requests(self) -> IO[str]:
        assert self._process.stdin
        return self._process.stdin

    @property
    def _answers(self) -> IO[str]:
        assert self._process.stdout
        return self._process.stdout


@pytest.fixture(scope="session")
def _forking(trainers_python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Forking]]:
    """One of each sort for all tests of a run, started when the first asks for it."""
    started: dict[tuple[bool, bool], Forking] = {}
    folder = tmp_path_factory.mktemp("forking")

    def get(*, trains: bool, is_offline: bool) -> Forking:
        if (trains, is_offline) not in started:
            home, modules = folder / f"home-{len(started)}", TRAINERS if trains else LOADERS
            started[trains, is_offline] = Forking(trainers_python, home, modules, is_offline=is_offline)
        return started[trains, is_offline]

    yield get
    for each in started.values():
        each.end()


@pytest.fixture
def run_there(_forking: Callable[..., Forking], tmp_path: Path) -> Callable[..., str]:
    """Runs a script with arguments there, in a folder of its own; what it prints. Its own error fails the test.

    `is_offline` lets the libraries there open no connection at all.
    """

    def run(*words: object, is_offline: bool = True) -> str:
        trains = words[0] != "-c"  # what is said in a few lines loads files; what is a script trains on them
        return _forking(trains=trains, is_offline=is_offline).run(words, tmp_path)

    return run


@pytest.fixture
def released(db: None) -> Callable[..., Path]:
    """The folder of a recipe's files in a release of the planted project (tests/curation/golden)."""
    olga = made(User.objects)

    def get(recipe: str, formats: Sequence[str] = ("jsonl", "parquet"), **parameters: Any) -> Path:
        wish = [{"name": recipe, "parameters": parameters}]
        asked, _ = releases.freeze(olga, recipes=wish, formats=formats, splits={"train": 100})
        runner.execute(str(asked.job_id))
        frozen = Release.objects.select_related("job").get(pk=asked.pk)
        assert frozen.is_frozen, frozen.job.message
        return store.path_of(frozen.files.get(path="README.md")).parent / recipe

    return get
