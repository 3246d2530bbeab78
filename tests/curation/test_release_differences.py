"""What one release has that another has not: known changes, each with its reason."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Annotation, Item
from annotation.services import discards
from curation.differences import Change, Compared, Kind, differences, recipes_of_both
from curation.fixed import fixed_by
from curation.models import Release
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Made = Callable[..., Release]
WHOLE = {"formats": ["jsonl"], "splits": {"train": 100}}


def compared(before: Release, after: Release) -> tuple[dict[str, Compared], list[Change]]:
    old, new = fixed_by(before), fixed_by(after)
    counted = {name: Compared(name) for name in recipes_of_both(old, new)}
    changes = list(differences(old, new, counted))
    for told in counted.values():
        assert told.after == told.before + told.count(Kind.ADDED) - told.count(Kind.REMOVED)
        assert told.after == told.same + told.restated + sum(
            told.count(kind) for kind in (Kind.ADDED, Kind.CHANGED, Kind.MOVED)
        )
    return counted, changes


@pytest.fixture
def first(add_item: AddItem, answer: Answer, release: Made) -> tuple[Release, list[Item]]:
    items = [add_item("x", f"y{number}") for number in range(7)]
    for item in items:
        answer(item, "a", "Ana")
    answer(items[5], "b", "Ben")
    return release("rm_pairs", "kto", **WHOLE), items


def test_nothing_has_changed_where_nobody_did_anything(first: tuple[Release, list[Item]], release: Made) -> None:
    made, _items = first

    counted, changes = compared(made, release("kto", "rm_pairs", **WHOLE, note="again"))

    assert changes == []
    assert (counted["rm_pairs"].same, counted["kto"].same) == (6, 12)


def test_each_change_is_told_with_its_reason(
    olga: Place, first: tuple[Release, list[Item]], add_item: AddItem, answer: Answer, release: Made
) -> None:
    made, items = first
    answer(items[0], "a", "Ben")  # says the same
    answer(items[1], "b", "Ben"), answer(items[1], "b", "Cid")  # turns it round
    answer(items[2], "b", "Ben")  # splits it
    discards.discard(olga, items[3], reason="A repeat.")
    answer(items[5], "b", "Cid")  # settles what was split
    new = add_item("x", "new")
    answer(new, "a", "Ana")

    counted, changes = compared(made, release("rm_pairs", **WHOLE))

    told = {change.row: (change.kind.value, change.why) for change in changes}
    assert told == {
        items[1].key: ("changed", "by other labels"),
        items[2].key: ("removed", "votes split evenly"),
        items[3].key: ("removed", "discarded by a reviewer"),
        items[5].key: ("added", "before: votes split evenly"),
        new.key: ("added", "labeled since"),
    }
    assert (counted["rm_pairs"].before, counted["rm_pairs"].after) == (6, 6)
    assert (counted["rm_pairs"].restated, counted["rm_pairs"].same) == (1, 2)


def test_other_parameters_of_the_same_labels_are_a_change_too(first: tuple[Release, list[Item]], release: Made) -> None:
    made, _items = first
    soft = {"name": "rm_pairs", "parameters": {"aggregator": "soft"}}

    _counted, changes = compared(made, release(recipes=[soft], **WHOLE))

    assert {change.why for change in changes} == {"by the same labels, decided otherwise"}  # the column margin
    assert len(changes) == 6


def test_rows_that_moved_to_another_split_say_from_where(first: tuple[Release, list[Item]], release: Made) -> None:
    made, _items = first

    _counted, changes = compared(made, release("rm_pairs", formats=["jsonl"], splits={"test": 100}))

    assert {(change.kind, change.split, change.why) for change in changes} == {
        (Kind.MOVED, "test", "from train to test")
    }


def told(*arguments: Any) -> str:
    out = StringIO()
    call_command("release", "diff", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_both_people_and_programs(
    first: tuple[Release, list[Item]], add_item: AddItem, answer: Answer, release: Made
) -> None:
    made, _items = first
    answer(add_item("x", "new"), "a", "Ana")
    later = release("rm_pairs", **WHOLE)
    named = [f"{one.project.slug}/{one.number}" for one in (made, later)]

    words = told(*named)
    as_json = json.loads(told(str(made.pk), str(later.pk), "--json"))

    assert "rm_pairs: 6 rows, then 7" in words
    assert "1 added (1 labeled since)" in words
    assert "+ pair-8 in train: labeled since" in words
    assert as_json["recipes"]["rm_pairs"]["added"] == {"labeled since": 1}
    assert [row["row"] for row in as_json["recipes"]["rm_pairs"]["rows"]] == ["pair-8"]


def test_the_list_of_rows_is_as_long_as_one_wishes(first: tuple[Release, list[Item]], release: Made) -> None:
    made, _items = first
    later = release("rm_pairs", formats=["jsonl"], splits={"test": 100})

    words = told(str(made.pk), str(later.pk), "--rows", "2")

    assert words.count("from train to test") == 2 + 1  # and once among the reasons
    assert "and 4 more" in words


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["answers/1", "answers/9"], "There is no release answers/9 that is done"),
        (["answers/1", "x"], "There is no release x that is done"),
        (["answers/1", "answers/1", "--recipe", "raw"], "Not both of them hold raw; both hold rm_pairs, kto"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_sentence(
    first: tuple[Release, list[Item]], arguments: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        told(*arguments)
