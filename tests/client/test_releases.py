"""Freezing, downloading and loading releases from a program beside a running installation."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from annotation.models import Annotation, Form
from goldpan.client import Client, Damaged, GoldpanError, LibraryMissing, Stopped, downloads, loading
from tests.architecture.source_tree import ROOT
from tests.client.conftest import QUICK
from tests.client.cutting import cutting
from tests.curation.trainers.conftest import trainers_python  # noqa: F401  (fixture)
from tests.faults.stack import Stack
from tests.world import World, add_items

pytestmark = pytest.mark.stack
RECIPES = [{"name": "rm_pairs"}, {"name": "raw"}]


@pytest.fixture
def release(world: World, olga: Client) -> dict[str, Any]:
    """A release of 600 labeled pairs in both formats."""
    owner = world.answers.owner
    form = Form.objects.filter(project=owner.project).latest("version")
    said = {"preference": {"winner": "a", "strength": 2}}
    Annotation.objects.bulk_create(
        Annotation(project=owner.project, item=item, form=form, author=owner.user, answers=said, shown=[0, 1])
        for item in add_items(owner, 600)
    )
    asked = olga.releases.freeze("answers", RECIPES, formats=["parquet", "jsonl"], splits={"train": 80, "test": 20})
    return dict(olga.releases.wait(asked["id"]))


def largest(release: dict[str, Any]) -> dict[str, Any]:
    return max(release["files"], key=lambda file: file["size"])


def test_a_release_is_frozen_waited_for_and_listed(olga: Client, release: dict[str, Any]) -> None:
    again = olga.releases.freeze("answers", RECIPES, formats=["parquet", "jsonl"], splits={"train": 80, "test": 20})

    assert again["id"] == release["id"]
    assert [one["id"] for one in olga.releases.all("answers")] == [release["id"]]
    assert olga.releases.manifest(release["id"])["release"] == release["id"]


def test_a_release_that_fails_says_why(world: World, olga: Client) -> None:
    asked = olga.releases.freeze("answers", [{"name": "rm_pairs", "parameters": {"min_votes": 9}}])

    with pytest.raises(Stopped) as stopped:
        olga.releases.wait(asked["id"])

    assert stopped.value.report["state"] == "failed"
    assert stopped.value.report["message"] in str(stopped.value)


def test_every_file_arrives_with_its_checksum(olga: Client, release: dict[str, Any], tmp_path: Path) -> None:
    there = olga.releases.download(release["id"], tmp_path)

    digests = {str(path.relative_to(tmp_path)): hashlib.sha256(path.read_bytes()).hexdigest() for path in there}
    assert digests == {file["path"]: file["sha256"] for file in release["files"]}
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_there_is_not_fetched_again(
    stack: Stack, world: World, olga: Client, release: dict[str, Any], tmp_path: Path
) -> None:
    olga.releases.download(release["id"], tmp_path)
    with cutting(stack.port, []) as proxy, Client(proxy.address, world.secrets["olga"], retries=QUICK) as other:
        other.releases.download(release["id"], tmp_path)
        asked = [request.split(b" ")[1] for request in proxy.asked]

    assert not [path for path in asked if b"/files/" in path]


def test_a_download_that_is_cut_off_goes_on_where_it_broke(
    stack: Stack, world: World, release: dict[str, Any], tmp_path: Path
) -> None:
    file = largest(release)
    wanted = {"path": file["path"], "bytes": file["size"], "sha256": file["sha256"]}
    third = file["size"] // 3
    with cutting(stack.port, [third] * 2) as proxy, Client(proxy.address, world.secrets["olga"], retries=QUICK) as olga:
        path = downloads.download(olga.releases._connection, release["id"], wanted, tmp_path)
        begun = proxy.ranges()

    assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
    assert begun[0] == 0
    assert 0 < begun[1] < begun[2] < file["size"]


def test_more_breaks_than_attempts_do_no_harm_while_it_gets_further(
    stack: Stack, world: World, release: dict[str, Any], tmp_path: Path
) -> None:
    file = largest(release)
    wanted = {"path": file["path"], "bytes": file["size"], "sha256": file["sha256"]}
    cuts = [file["size"] // 12] * 9
    with cutting(stack.port, cuts) as proxy, Client(proxy.address, world.secrets["olga"], retries=QUICK) as olga:
        downloads.download(olga.releases._connection, release["id"], wanted, tmp_path)

    assert len(proxy.asked) > QUICK.attempts


def test_what_was_begun_of_something_else_is_begun_anew(olga: Client, release: dict[str, Any], tmp_path: Path) -> None:
    file = largest(release)
    part = tmp_path / (file["path"] + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"something else")

    olga.releases.download(release["id"], tmp_path)

    assert hashlib.sha256((tmp_path / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_a_file_with_another_checksum_is_not_kept(olga: Client, release: dict[str, Any], tmp_path: Path) -> None:
    file = largest(release)
    wrong = {"path": file["path"], "bytes": file["size"], "sha256": "0" * 64}
    longer = {**wrong, "bytes": file["size"] - 1}

    for entry in (wrong, longer):
        with pytest.raises(Damaged):
            downloads.download(olga.releases._connection, release["id"], entry, tmp_path)

    assert not (tmp_path / file["path"]).exists()


@pytest.mark.parametrize("path", ["../out", "/etc/out", "a/../../out", "", "C:\\out", "a\\..\\out"])
def test_a_server_chooses_no_place_outside_the_folder(olga: Client, tmp_path: Path, path: str) -> None:
    with pytest.raises(Damaged, match="would not lie in the folder"):
        downloads.download(olga.releases._connection, "x", {"path": path, "bytes": 1, "sha256": ""}, tmp_path / "in")


def test_one_split_of_one_recipe_is_loaded(olga: Client, release: dict[str, Any], tmp_path: Path) -> None:
    frame = olga.releases.load(release["id"], "rm_pairs", split="test", into="pandas", folder=tmp_path)

    recipe = next(one for one in olga.releases.manifest(release["id"])["recipes"] if one["name"] == "rm_pairs")
    assert len(frame) == recipe["splits"]["test"] > 0
    assert {"chosen", "rejected"} <= set(frame.columns)
    assert not list(tmp_path.rglob("*train*"))
    with pytest.raises(GoldpanError, match="no Parquet files of banana"):
        olga.releases.load(release["id"], "banana", into="pandas", folder=tmp_path)


def test_a_library_that_is_absent_is_named(olga: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "find_spec", lambda name: None)

    with pytest.raises(LibraryMissing, match="pip install polars"):
        olga.releases.load("x", "rm_pairs", into="polars")


@pytest.mark.trainers
@pytest.mark.parametrize("into", ["datasets", "polars", "pandas"])
def test_training_jobs_load_it_in_their_own_python(
    stack: Stack,
    world: World,
    release: dict[str, Any],
    trainers_python: str,  # noqa: F811
    tmp_path: Path,
    into: str,
) -> None:
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from goldpan.client import Client, LibraryMissing
try:
    with Client({stack.address!r}, {world.secrets["olga"]!r}) as goldpan:
        rows = goldpan.releases.load({release["id"]!r}, "rm_pairs", into={into!r}, folder={str(tmp_path)!r})
    print(type(rows).__module__.split(".")[0], len(rows))
except LibraryMissing as error:
    print("absent:", error)
"""
    environment = {"HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([trainers_python, "-c", script], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    recipes = json.loads((stack.folder / "home/releases" / release["id"] / "manifest.json").read_text())["recipes"]
    train = next(one for one in recipes if one["name"] == "rm_pairs")["splits"]["train"]
    if into == "polars" and done.stdout.startswith("absent:"):
        pytest.skip("Polars is not installed beside the trainers.")
    assert done.stdout.split() == [into, str(train)]
