"""goldpan export: a release in a folder, or a sentence and exit code 1."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from curation import store
from curation.models import Release
from curation.services import exports, releases
from jobs import following, services
from jobs.models import Job
from projects.models import Membership, Role


def export(*words):
    out = StringIO()
    call_command("export", "answers", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def labeled(add_item, answer):
    for number in range(4):
        answer(add_item(f"good {number}", f"bad {number}"), "a")


def test_a_release_lands_in_the_folder_with_its_checksums(labeled, tmp_path):
    printed = json.loads(export("--to", tmp_path / "out", "--split", "train=100", "--json"))

    made = Release.objects.get()
    assert printed["rows"] == {"rm_pairs": 4}
    assert printed["folder"] == str(tmp_path / "out")
    for file in made.files.all():
        assert store.measure(tmp_path / "out" / file.path) == (file.size, file.digest)
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["out"]


def test_parameters_reach_the_recipe_and_raw_takes_none_of_them(labeled, tmp_path):
    export(
        "--to", tmp_path / "out", "--recipe", "rm_pairs", "--recipe", "raw", "--min-agreement", "0.6", "--note", "Why"
    )

    pairs, raw = Release.objects.get().recipes
    assert (pairs["parameters"]["min_agreement"], raw["parameters"]) == (0.6, {"with_files": False})
    assert "Why" in (tmp_path / "out/README.md").read_text()


def test_any_parameter_can_be_set_for_one_recipe_or_for_all(labeled, tmp_path):
    words = ["--recipe", "rm_pairs", "--recipe", "dpo_pairs", "--recipe", "raw", "--to", tmp_path / "out"]
    export(*words, "--set", "system=fold", "--set", "dpo_pairs.turns=alternating", "--set", "weights=yes")

    rm, dpo, raw = (recipe["parameters"] for recipe in Release.objects.get().recipes)
    assert (rm["system"], rm["turns"], rm["weights"]) == ("fold", "any", True)
    assert (dpo["system"], dpo["turns"], dpo["weights"]) == ("fold", "alternating", True)
    assert raw == {"with_files": False}


def test_the_same_wish_is_the_same_release_in_another_folder(labeled, tmp_path):
    first = json.loads(export("--to", tmp_path / "one", "--json"))
    second = json.loads(export("--to", tmp_path / "two", "--json"))

    assert (second["release"], second["is_repeat"]) == (first["release"], True)
    assert (tmp_path / "one/manifest.json").read_bytes() == (tmp_path / "two/manifest.json").read_bytes()


def test_a_worker_that_holds_the_job_is_waited_for(labeled, tmp_path, olga, monkeypatch):
    made = releases.freeze(olga, recipes=[{"name": "rm_pairs"}]).release
    held = services.claim(str(made.job_id))

    def the_worker_dies(_seconds):
        services.give_back(held, "Killed.")
        Job.objects.filter(pk=made.job_id).update(run_after=made.created_at)

    monkeypatch.setattr(following.time, "sleep", the_worker_dies)
    frozen = exports.write(made, 60)

    assert frozen.is_frozen


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--min-votes", "9"], "too few votes"),
        (["--min-votes", "0"], "min_votes is a whole number"),
        (["--question", "why"], "no preference question 'why'"),
        (["--set", "min_votes=nine"], "min_votes is a whole number"),
        (["--set", "min_votes"], "takes \\[RECIPE.\\]NAME=VALUE"),
        (["--set", "dpo_pairs.min_votes=2"], "with a recipe that is exported"),
        (["--set", "min_vote=2"], "No recipe that is exported has a parameter min_vote"),
        (["--split", "train=50"], "add up to 50 %"),
        (["--split", "train"], "NAME=PERCENT"),
        (["--as", "sam@example.org"], "may make no releases"),
        (["--as", "ana@example.org"], "may make no releases"),
    ],
)
def test_what_cannot_be_made_is_a_sentence_and_leaves_no_folder(labeled, olga, person, tmp_path, words, said):
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)

    with pytest.raises(CommandError, match=said):
        export("--to", tmp_path / "out", *words)

    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_left_alone(labeled, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")

    with pytest.raises(CommandError, match="new or empty"):
        export("--to", tmp_path)

    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_a_damaged_file_is_not_exported(labeled, tmp_path):
    export("--to", tmp_path / "one", "--format", "jsonl", "--split", "train=100")
    file = Release.objects.get().files.get(path__endswith=".jsonl")
    store.path_of(file).write_bytes(b"x" * file.size)

    with pytest.raises(CommandError, match="does not have the checksum"):
        export("--to", tmp_path / "two", "--format", "jsonl", "--split", "train=100")

    assert not (tmp_path / "two").exists()


def test_an_unknown_project_is_said_to_be_unknown(db):
    with pytest.raises(CommandError, match="There is no project answers"):
        export()
