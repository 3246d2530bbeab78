"""Evaluation sets are made of files and of releases, never change, and nothing may be trained on them."""

import io
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from annotation.models import Annotation, Item
from audit.models import Event
from curation.models import EvaluationSet, Finding, Release
from curation.services import evaluation_sets
from curation.services.evaluation_sets import EvaluationRefused
from projects.access import Place
from tests.curation.detectors.test_findings_are_kept import looked
from tests.curation.evaluation_sets import planted_rows as rows

MakeSet = Callable[..., EvaluationSet]
PAIRS = [rows.pair(number, 2, 1, subset) for number, subset in enumerate(["easy", "easy", "hard"])]
PROMPT = "Why do the swallows of the old mill leave in the first week of every September?"


def test_a_set_has_its_rows_in_order_and_says_how_many_of_each_subset(make_set: MakeSet, olga: Place) -> None:
    made = make_set(PAIRS)

    assert (made.layout, made.row_count, made.subsets, made.file_name) == (
        "rewardbench",
        3,
        [("easy", 2), ("hard", 1)],
        "exam.jsonl",
    )
    assert list(made.rows.order_by("number").values_list("number", "key", "subset", "right")) == [
        (1, "0", "easy", [0]),
        (2, "1", "easy", [0]),
        (3, "2", "hard", [0]),
    ]
    event = Event.objects.get(verb="evaluation.made")
    assert (event.actor_id, event.detail["rows"]) == (olga.user.pk, 3)


def test_a_json_array_and_parquet_make_the_same_set_as_lines(make_set: MakeSet, olga: Place) -> None:
    plain = [rows.solved("math-1", [0.9, 0.2], 1), rows.solved("math-2", [0.9], -1)]
    table = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(plain), table)
    array = io.BytesIO(json.dumps(plain).encode())

    made = [
        make_set(plain, "lines"),
        evaluation_sets.from_file(olga, name="array", file=array),
        evaluation_sets.from_file(olga, name="parquet", file=table),
    ]

    assert len({bytes(one.digest) for one in made}) == 1
    assert [one.layout for one in made] == ["processbench"] * 3


def test_refused_rows_are_told_with_their_numbers_and_reasons(olga: Place) -> None:
    lines = [json.dumps(PAIRS[0]), "{broken", json.dumps({**PAIRS[1], "chosen": 7}), json.dumps(PAIRS[2])]

    made = evaluation_sets.from_file(olga, name="exam", file=io.BytesIO("\n".join(lines).encode()))

    assert (made.row_count, made.refused) == (2, 2)
    assert [number for number, _ in made.refusals] == [2, 3]
    assert made.refusals[1][1] == "Text 1 is a number, not text."


def test_only_the_first_refusals_are_kept_and_all_are_counted(
    make_set: MakeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation_sets, "REFUSALS_KEPT", 2)

    made = make_set([PAIRS[0], *[{**PAIRS[1], "chosen": None}] * 5])

    assert (made.refused, len(made.refusals)) == (5, 2)


def test_the_same_again_is_the_set_that_is_there_and_other_rows_are_refused(make_set: MakeSet) -> None:
    first = make_set(PAIRS)

    assert make_set(PAIRS) == first
    with pytest.raises(EvaluationRefused, match="a set never changes"):
        make_set(PAIRS[:2])
    assert EvaluationSet.objects.count() == 1
    assert make_set(PAIRS[:2], "another").number == 2


@pytest.mark.parametrize(
    ("bound", "most", "words"),
    [
        ("MOST_ROWS", 2, "more than 2 rows"),
        ("MOST_CHARACTERS", 100, "more than 100 characters"),
        ("MOST_SUBSETS", 1, "more than 1 subsets"),
    ],
)
def test_too_much_is_refused_whole(
    make_set: MakeSet, monkeypatch: pytest.MonkeyPatch, bound: str, most: int, words: str
) -> None:
    monkeypatch.setattr(evaluation_sets, bound, most)

    with pytest.raises(EvaluationRefused, match=words):
        make_set(PAIRS)
    assert not EvaluationSet.objects.exists()


def test_a_file_of_more_rows_than_are_taken_is_refused_by_its_reader(olga: Place) -> None:
    assert evaluation_sets.LIMITS.rows == evaluation_sets.MOST_ROWS


@pytest.mark.parametrize(
    ("text", "layout", "words"),
    [
        ('{"text": "Hello."}\n', "", "in no layout that is known: RewardBench"),
        ('{"text": "Hello."}\n', "judgebench", "No row can be used. Row 1: The field question is missing."),
        ('{"text": "Hello."}\n', "mystery", "There is no layout mystery"),
        ("", "", "The file is empty"),
    ],
)
def test_a_file_without_a_row_that_can_be_used_makes_no_set(olga: Place, text: str, layout: str, words: str) -> None:
    with pytest.raises(EvaluationRefused, match=words):
        evaluation_sets.from_file(olga, name="exam", file=io.BytesIO(text.encode()), layout=layout)
    assert not EvaluationSet.objects.exists()


@pytest.mark.parametrize("name", ["", " x", "x" * 81, "a\nb"])
def test_a_set_has_a_name_that_prints(make_set: MakeSet, name: str) -> None:
    with pytest.raises(EvaluationRefused, match="1 to 80 characters that print"):
        make_set(PAIRS, name)


def test_a_set_is_of_a_file_or_of_a_split(make_set: MakeSet) -> None:
    made = make_set(PAIRS)
    copy = EvaluationSet.objects.get(pk=made.pk)
    copy.pk, copy.number, copy.name, copy.split = None, 2, "copy", "test"

    with pytest.raises(IntegrityError, match="evaluation_set_of_one_source"), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.parametrize("change", ["sets", "rows"])
def test_nothing_of_a_set_is_ever_changed_or_deleted(make_set: MakeSet, change: str) -> None:
    made = make_set(PAIRS)
    found: Any = EvaluationSet.objects.filter(pk=made.pk) if change == "sets" else made.rows.all()

    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        found.update(**({"name": "other"} if change == "sets" else {"right": [1]}))
    with pytest.raises(DatabaseError), transaction.atomic():
        found._raw_delete(found.db)


@pytest.fixture
def labeled(add_item: Callable[..., Item], answer: Callable[..., Annotation]) -> list[Item]:
    """Pairs that Ana answered, each by a prompt of its own."""
    items = [add_item("first", "second") for _ in range(30)]
    for number, item in enumerate(items):
        answer(item, "ab"[number % 2])
    return items


def test_a_split_of_a_release_makes_a_set_with_the_groups_of_its_items(
    olga: Place, labeled: list[Item], release: Callable[..., Release]
) -> None:
    frozen = release("judge_pairs", splits={"train": 50, "test": 50})

    made = evaluation_sets.from_release(olga, name="own", release=frozen, recipe="judge_pairs", split="test")

    by_key = {item.key: item for item in labeled}
    found = list(made.rows.values_list("group", "messages", "right"))
    assert 0 < len(found) == made.row_count < len(labeled)
    assert {group for group, _, _ in found} <= {item.group for item in by_key.values()}
    assert {tuple(right) for _, _, right in found} == {(0,), (1,)}
    assert (made.layout, made.split, made.release, made.refused) == ("judgebench", "test", frozen, 0)


@pytest.mark.parametrize(
    ("recipe", "split", "words"),
    [
        ("rm_pairs", "test", "not of rm_pairs"),
        ("judge_pairs", "nowhere", "no rows of judge_pairs in a split"),
        ("bestofn_eval", "train", "no rows of bestofn_eval"),
    ],
)
def test_only_rows_that_a_release_has_make_a_set(
    olga: Place, labeled: list[Item], release: Callable[..., Release], recipe: str, split: str, words: str
) -> None:
    frozen = release("judge_pairs")

    with pytest.raises(EvaluationRefused, match=words):
        evaluation_sets.from_release(olga, name="own", release=frozen, recipe=recipe, split=split)


def test_best_of_several_makes_a_set_too(olga: Place, labeled: list[Item], release: Callable[..., Release]) -> None:
    frozen = release("bestofn_eval", splits={"train": 100})

    made = evaluation_sets.from_release(olga, name="own", release=frozen, recipe="bestofn_eval", split="train")

    assert (made.layout, made.row_count) == ("rewardbench2", len(labeled))


def test_prompts_of_a_set_count_as_those_of_a_benchmark(
    make_set: MakeSet, olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    leaked = add_item("x", "y", messages=[{"role": "user", "content": f"Tell me. {PROMPT}"}])
    answer(leaked, "a")
    answer(add_item("x", "y"), "a")
    make_set([rows.pair(1, 2, 1), rows.pair(2, 2, 1, prompt=PROMPT)])

    looked(olga)

    found = Finding.objects.get(detector="benchmark_leakage")
    assert (found.item_id, found.evidence["row"], found.evidence["benchmark"]) == (leaked.pk, 2, "exam")


@pytest.mark.parametrize(("split", "is_found"), [("test", False), ("train", True)])
def test_items_that_a_split_holds_out_do_not_leak_into_the_set_made_of_it(
    olga: Place,
    add_item: Callable[..., Item],
    answer: Callable[..., Annotation],
    release: Callable[..., Release],
    split: str,
    is_found: bool,
) -> None:
    for number in range(20):
        prompt = " ".join(f"word{place}of{number}" for place in range(15))
        answer(add_item("x", "y", messages=[{"role": "user", "content": prompt}]), "a")
    frozen = release("judge_pairs", splits={"train": 50, "test": 50})
    made = evaluation_sets.from_release(olga, name="own", release=frozen, recipe="judge_pairs", split=split)
    own = set(Item.objects.filter(group__in=made.rows.values("group")).values_list("pk", flat=True))

    looked(olga)

    found = set(Finding.objects.filter(detector="benchmark_leakage").values_list("item", flat=True))
    assert found == (own if is_found else set())


def test_another_projects_set_is_nobodys_benchmark(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    other = type(olga.project).objects.create(slug="other", name="Other", created_by=olga.user, salt="o" * 32)
    file = io.BytesIO(json.dumps(rows.pair(2, 2, 1, prompt=PROMPT)).encode())
    evaluation_sets.from_file(Place(olga.user, other, olga.role), name="exam", file=file)
    answer(add_item("x", "y", messages=[{"role": "user", "content": PROMPT}]), "a")

    looked(olga)

    assert not Finding.objects.filter(detector="benchmark_leakage").exists()


def command(*words: str) -> str:
    out = StringIO()
    call_command("evaluation", *words, stdout=out)
    return out.getvalue()


def test_the_command_makes_and_lists_sets(
    olga: Place, tmp_path: Path, labeled: list[Item], release: Callable[..., Release]
) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*PAIRS, {**PAIRS[0], "chosen": None}]))
    frozen = release("judge_pairs", splits={"train": 50, "test": 50})

    said = command("put", "answers", "exam", str(path))
    built: dict[str, Any] = json.loads(
        command("build", "answers", "own", str(frozen.number), "--recipe", "judge_pairs", "--json")
    )

    assert said.splitlines() == [
        "Set 1, exam: 3 rows of RewardBench. 1 rows could not be used:",
        "  row 4: Text 1 is null, not text.",
    ]
    assert built["layout"] == "judgebench"
    assert command("list", "answers").splitlines()[1] == "1: exam, 3 rows, rewardbench"
    with pytest.raises(CommandError, match="There is no release 9"):
        command("build", "answers", "own", "9", "--recipe", "judge_pairs")
    with pytest.raises(CommandError, match="cannot be read"):
        command("put", "answers", "x", str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match="a set never changes"):
        command("put", "answers", "own", str(path))
