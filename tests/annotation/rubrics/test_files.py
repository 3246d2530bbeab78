"""Files of rubrics brought into a library and written out of it: all or nothing, bounded, and once."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Item, Rubric, RubricVersion
from annotation.rubrics import schema
from annotation.services import rubric_files, rubrics
from annotation.services.rubric_files import FileRefused
from projects.access import Place
from projects.models import Project
from tests.annotation.rubrics.conftest import CRITERIA
from tests.annotation.rubrics.test_layouts import REAL, checklist, needs_real_data

pytestmark = pytest.mark.django_db
Write = Callable[..., RubricVersion]
TWO = [
    {"name": "First", "checklist": ["Does it name a fruit?", "Is it brief?"]},
    {"name": "Second", "checklist": ["Is it kind?"]},
]


@pytest.fixture
def bring(project: Project, chen: Place) -> Callable[..., list[RubricVersion]]:
    """Bring a file of these rows into the library."""

    def given(rows: Any, **more: Any) -> list[RubricVersion]:
        raw = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
        return rubric_files.bring_in(project, raw, by=chen.user, **more)

    return given


def test_every_rubric_of_a_file_is_brought_in(bring: Callable[..., list[RubricVersion]]) -> None:
    found = bring(TWO)

    assert [(one.rubric.number, one.rubric.name, one.source) for one in found] == [
        (1, "First", "wildbench"),
        (2, "Second", "wildbench"),
    ]
    assert {one["origin"] for one in found[0].criteria} == {"import"}


def test_lines_a_list_and_a_single_object_are_files_alike(bring: Callable[..., list[RubricVersion]]) -> None:
    lines = "\n".join(json.dumps(one) for one in TWO).encode() + b"\n\n"

    assert len(bring(lines)) == 2
    assert [one.pk for one in bring(TWO)] == [one.pk for one in bring(lines)]
    assert bring(TWO[0])[0].number == 1


def test_the_same_file_twice_is_one(bring: Callable[..., list[RubricVersion]], chen: Place) -> None:
    before = bring(TWO)
    rubrics.new_version(before[0].rubric, by=chen.user, criteria=["Is something else"])

    after = bring(TWO)

    assert after[1] == before[1]
    assert after[0].rubric != before[0].rubric  # which says something else by now
    assert Rubric.objects.count() == 3


def test_a_rubric_without_a_name_is_called_after_its_file(bring: Callable[..., list[RubricVersion]]) -> None:
    bare = {"checklist": ["Is it kind?"]}

    assert bring(bare, file_name="folder/kindness.json")[0].rubric.name == "kindness"
    names = [one.rubric.name for one in bring([bare, {"checklist": ["Is it brief?"]}], file_name="two.jsonl")]
    assert names == ["two 1", "two 2"]
    assert bring(bare, name="Kind")[0].rubric.name == "Kind"


@pytest.mark.parametrize(
    ("rows", "more", "sentence"),
    [
        (b"", {}, "not JSON"),
        (b"no json", {}, "not JSON"),
        (b'{"a": 1}\n{"a":', {}, "Line 2"),
        (b'{"checklist": ["a", "b"], "checklist": ["c"]}', {}, "twice"),
        ([], {}, "1 to 1,000 rubrics; this one holds 0"),
        ([3], {}, "Rubric 1 is no JSON object"),
        ([{"checklist": ["a"]}] * 1_001, {}, "holds 1,001"),
        ([{"words": "a"}], {}, "none of the layouts goldpan, openrubrics"),
        (TWO, {"layout": "latin"}, "no layout “latin”"),
        (TWO, {"layout": "rar"}, "Rubric 1: The rubric is null"),
        ([*TWO, {"checklist": []}], {}, "Rubric 3: A rubric needs at least one criterion. Nothing was brought in"),
        (TWO, {"name": "Both"}, "cannot all have one name"),
        (b" " * (8 * 2**20 + 1), {}, "8,388,608 are taken"),
    ],
)
def test_a_file_that_cannot_be_read_brings_nothing(
    bring: Callable[..., list[RubricVersion]], rows: Any, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(FileRefused, match=sentence):
        bring(rows, **more)

    assert not Rubric.objects.exists()


def test_a_rubric_that_is_refused_after_others_takes_them_back(bring: Callable[..., list[RubricVersion]]) -> None:
    rows = [{"goldpan_rubric": 1, "name": name, "criteria": ["Is kind"]} for name in ("First", "Second")]
    rows[1]["provenance"] = {"text": "x" * 64_000}

    with pytest.raises(rubrics.RubricRefused, match="64,000 is the limit"):
        bring(rows)

    assert not Rubric.objects.exists()


def test_many_faults_are_told_by_the_first_and_a_number(bring: Callable[..., list[RubricVersion]]) -> None:
    with pytest.raises(FileRefused, match=r"Rubric 5: .* There are 4 more such rubrics\. Nothing"):
        bring([{"checklist": []}] * 9)


def test_what_is_written_is_read_again_whole(
    write: Write, bring: Callable[..., list[RubricVersion]], chen: Place, add_items: Callable[..., list[Item]]
) -> None:
    (item,) = add_items(1)
    one = write(note="Once.", provenance={"by": "hand"}, scope="item", item=item)

    (line,) = rubric_files.write([one], "goldpan")
    (found,) = bring(line.encode())

    assert (found.criteria, found.note, found.provenance) == (one.criteria, "Once.", {"by": "hand"})
    assert json.loads(line)["prompt"] == "Question 0?"
    assert (found.rubric.name, found.source) == ("Helpfulness", "goldpan")


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("rubric", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", "owner")


def test_a_library_goes_through_a_file_by_command(write: Write, olga: Place, chen: Place, tmp_path: Path) -> None:
    first = write()
    rubrics.new_version(first.rubric, by=chen.user, criteria=CRITERIA[:2])
    rubrics.retire(write("Old").rubric, by=chen.user)
    path = tmp_path / "library.jsonl"

    run("export", "answers", "--out", str(path))
    told = json.loads(run("import", "answers", str(path), "--json"))

    assert [json.loads(line)["criteria"] for line in path.read_text().splitlines()] == [schema.checked(CRITERIA[:2])]
    assert told == {"rubrics": [{"number": 1, "name": "Helpfulness", "version": 2}]}
    assert json.loads(run("export", "answers", "--rubric", "1", "--version", "1"))["criteria"] == first.criteria
    assert json.loads(run("export", "answers", "--rubric", "2", "--layout", "wildbench"))["name"] == "Old"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "answers", "missing.jsonl"), "No such file"),
        (("import", "nowhere", "missing.jsonl"), "no project nowhere"),
        (("import", "answers", "missing.jsonl", "--as", "ana@example.org"), "may write no rubrics"),
        (("export", "answers"), "no such rubric"),
        (("export", "answers", "--version", "1"), "is of one rubric"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(olga: Place, place: Any, words: tuple[str, ...], sentence: str) -> None:
    place("Ana")

    with pytest.raises(CommandError, match=sentence):
        run(*words)


@needs_real_data
def test_published_rubrics_are_brought_in_and_written_in_every_layout(
    bring: Callable[..., list[RubricVersion]],
) -> None:
    rows = (REAL / "rubric_biggen" / "rubrics.jsonl").read_bytes().splitlines()[:60]
    lists = [json.loads(line) for line in (REAL / "rubric_scholarqa" / "checklists.jsonl").open()][:20]
    ours = [{"goldpan_rubric": 1, "name": one["id"], "criteria": checklist(one["items"])} for one in lists]

    brought = [*bring(b"\n".join(rows)), *bring(ours)]

    assert len(brought) == 80
    for layout in ("goldpan", "openrubrics", "prometheus", "wildbench", "rar"):
        lines = list(rubric_files.write(brought, layout))
        assert len(lines) >= 80
        assert rubric_files.read("".join(lines).encode(), layout=layout)
