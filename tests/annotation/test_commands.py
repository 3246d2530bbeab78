"""`goldpan project create` and `goldpan import`."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from annotation.imports.adapters import ADAPTERS
from annotation.models import Annotation, Item
from annotation.queries.forms import current_form, questions_of
from projects.models import Guideline, Membership, Project

PAIR = {"prompt": "Name a fruit.", "chosen": "An apple.", "rejected": "A stone."}


@pytest.fixture(autouse=True)
def _olga(db: None, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"
    User.objects.create_user("olga@example.org", None, name="Olga")


def run(*words: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def create(*more: str) -> str:
    return run("project", "create", "Helpful answers", "--owner", "olga@example.org", *more)


def pairs(folder: Path, count: int = 3, broken: int = 0) -> str:
    """A file of pairs, the last lines of it cut."""
    path = folder / "pairs.jsonl"
    good = [json.dumps({**PAIR, "prompt": f"Name fruit {number}."}) for number in range(count)]
    path.write_text("\n".join([*good, *['{"prompt": "cut'] * broken]) + "\n")
    return str(path)


def test_a_project_is_started_for_its_owner() -> None:
    told = json.loads(create("--json"))

    assert told == {"slug": "helpful-answers", "name": "Helpful answers"}
    assert Membership.objects.get(project__slug="helpful-answers").role == "owner"


def test_a_form_and_a_guideline_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "form.json").write_text('[{"key": "clear", "kind": "rating", "title": "Clear", "target": "response"}]')
    (tmp_path / "guide.md").write_text("Prefer what is clear.")

    create("--form", str(tmp_path / "form.json"), "--guideline", str(tmp_path / "guide.md"))

    form = current_form(Project.objects.get().pk)
    assert form
    assert [question.key for question in questions_of(form.pk)] == ["clear"]
    assert Guideline.objects.get().text == "Prefer what is clear."


@pytest.mark.parametrize(
    "more",
    [
        ("--overlap", "0"),
        ("--overlap", "21"),
        ("--slug", "Not An Address"),
        ("--slug", "new"),
        ("--form", "/nowhere.json"),
    ],
)
def test_what_cannot_be_started_is_one_sentence_and_no_project(more: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        create(*more)

    assert not Project.objects.exists()


def test_a_project_for_a_layout_asks_what_its_labels_answer(tmp_path: Path) -> None:
    create("--preset", "processbench")
    file = tmp_path / "steps.json"
    file.write_text(f"[{ADAPTERS['processbench'].example}]")

    told = json.loads(run("import", "helpful-answers", str(file), "--json"))

    assert (told["format"], told["labels"], told["labels_left_out"]) == ("processbench", 1, 0)
    assert Annotation.objects.get().answers == {"steps": [{"splitter": "import", "labels": [1, -1], "final": "wrong"}]}


def test_labels_that_nobody_asks_for_are_told_with_what_to_do(tmp_path: Path) -> None:
    create()
    file = tmp_path / "steps.json"
    file.write_text(f"[{ADAPTERS['processbench'].example}]")

    said, again = (
        run("import", "helpful-answers", str(file)),
        run("import", "helpful-answers", str(file), "--no-labels"),
    )

    assert "1 labels answer no question. Save the form at /projects/helpful-answers/form/?preset=processbench" in said
    assert "answer no question" not in again


def test_an_unknown_owner_starts_nothing() -> None:
    with pytest.raises(CommandError, match="no open account"):
        run("project", "create", "Mine", "--owner", "sam@example.org")


def test_a_file_is_imported_without_a_worker(tmp_path: Path) -> None:
    create()

    told = json.loads(run("import", "helpful-answers", pairs(tmp_path, 3, broken=1), "--json"))

    assert (told["state"], told["format"]) == ("done", "trl_explicit")
    assert (told["ok"], told["refused"], told["total"]) == (3, 1, 4)
    assert told["first_refused"][0]["number"] == 4
    assert Item.objects.count() == 3


def test_importing_again_adds_nothing(tmp_path: Path) -> None:
    create()
    file = pairs(tmp_path)
    run("import", "helpful-answers", file)

    said = run("import", "helpful-answers", file)

    assert "0 items, 3 duplicates, 0 refused of 3 rows" in said
    assert Item.objects.count() == 3


def test_standard_input_is_a_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create()
    piped = io.TextIOWrapper(io.BytesIO(Path(pairs(tmp_path)).read_bytes()))
    monkeypatch.setattr("sys.stdin", piped)

    run("import", "helpful-answers", "-", "--format", "trl_explicit")

    assert Item.objects.count() == 3


def test_labels_can_be_left_out(tmp_path: Path) -> None:
    create()

    told = json.loads(run("import", "helpful-answers", pairs(tmp_path), "--no-labels", "--json"))

    assert (told["ok"], told["labels"]) == (3, 0)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere", "{file}"), "no project nowhere"),
        (("helpful-answers", "/nowhere.jsonl"), "cannot be read"),
        (("helpful-answers", "{file}", "--as", "sam@example.org"), "may not import"),
        (("helpful-answers", "{file}", "--options", "[]"), "JSON object"),
        (("helpful-answers", "{file}", "--format", "trl_explicit", "--options", '{"a": 1}'), "no option"),
        (("helpful-answers", "{empty}"), "no bytes"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    create()
    (tmp_path / "empty.jsonl").touch()
    given = [
        word.format(file=pairs(tmp_path), empty=tmp_path / "empty.jsonl") if "{f" in word or "{e" in word else word
        for word in words
    ]

    with pytest.raises(CommandError, match=sentence):
        run("import", *given)

    assert not Item.objects.exists()
