"""Votes as arrays: who said what about which place, as it stood at an annotation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from accounts.models import User
from annotation.models import Annotation, Form, Item, Question
from curation.snapshot import last_annotation
from curation.votes import Annotator, Unit, Votes, by_annotator, read
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]


def newest(place: Place) -> int:
    last = last_annotation(place.project)
    assert last is not None
    return last


def better(place: Place, last: int | None = None) -> Votes:
    question = Question.objects.filter(form__project=place.project, key="better").latest("form__version")
    return read(place.project, question, newest(place) if last is None else last)[""]


def test_votes_are_numbered_and_belong_to_their_prompt_group(
    olga: Place, person: Callable[[str], User], add_item: AddItem, answer: Answer
) -> None:
    first, second, alone = add_item("x", "y", group="g"), add_item("x", "z", group="g"), add_item("p", "q")
    for item, winner, who in [(first, "a", "Ana"), (first, "b", "Ben"), (second, "tie", "Ana"), (alone, "b", "Ben")]:
        answer(item, winner, who)

    votes = better(olga)

    ana, ben = (Annotator("person", person(who).pk) for who in ("Ana", "Ben"))
    assert votes.units == (Unit(first.pk, ""), Unit(second.pk, ""), Unit(alone.pk, ""))
    assert votes.annotators == (ana, ben)
    assert votes.unit.tolist() == [0, 0, 1, 2]
    assert votes.annotator.tolist() == [0, 1, 0, 1]
    assert votes.value.tolist() == [0, 2, 1, 2]
    assert votes.degree.tolist()[:2] == [1, -1]
    assert votes.group.tolist() == [0, 0, 1]
    assert {who: list(votes) for who, votes in by_annotator(votes).items()} == {ana: [0, 2], ben: [1, 3]}


def test_a_change_counts_from_the_annotation_that_made_it(olga: Place, add_item: AddItem, answer: Answer) -> None:
    item = add_item("x", "y")
    before = answer(item, "a")
    after = answer(item, "b", supersedes=before, reason="Looked again.")

    assert better(olga, before.pk).value.tolist() == [0]
    assert better(olga, after.pk).value.tolist() == [2]
    assert better(olga, after.pk).annotation.tolist() == [after.pk]


def test_sides_are_known_of_people_alone(olga: Place, add_item: AddItem, answer: Answer) -> None:
    item = add_item("x", "y")
    answer(item, "a", "Ana", shown=[0, 1])
    answer(item, "a", "Ben", shown=[1, 0])
    answer(item, "a", author=None, imported_name="somebody")

    votes = better(olga)

    assert votes.side.tolist() == [0, 1, -1]
    assert votes.of_kind("person").tolist() == [True, True, False]
    assert votes.annotators[2] == Annotator("imported", "somebody")


def test_sides_of_a_ranking_are_those_of_each_pair(olga: Place, add_item: AddItem, answer: Answer) -> None:
    form = Form.objects.get(project=olga.project)
    Question.objects.create(form=form, position=2, key="order", kind="ranking", title="In order?")
    answer(add_item("x", "y", "z"), "a", answers={"order": [[1], [0, 2]]}, shown=[2, 0, 1])

    votes = read(olga.project, Question.objects.get(key="order"), newest(olga))[""]

    told = {unit.place: (value, side) for unit, value, side in zip(votes.units, votes.value, votes.side, strict=True)}
    assert told == {"0.1": (2, 0), "0.2": (1, 1), "1.2": (0, 1)}


def test_what_an_older_form_asked_under_the_key_counts_where_it_is_of_the_same_kind(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    item, other = add_item("x", "y"), add_item("p", "q")
    answer(item, "a")
    second = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    Question.objects.create(form=second, position=0, key="better", kind="preference", title="Better?")
    answer(other, "b", form=second)
    assert better(olga).value.tolist() == [0, 2]

    third = Form.objects.create(project=olga.project, version=3, created_by=olga.user)
    Question.objects.create(form=third, position=0, key="better", kind="rating", title="Better?")

    votes = read(olga.project, Question.objects.get(form=third), newest(olga))[""]
    assert len(votes) == len(votes.units) == len(votes.annotators) == 0
    assert not votes.of_kind("person").any()


def test_unsure_and_unanswered_are_no_votes(olga: Place, add_item: AddItem, answer: Answer) -> None:
    answer(add_item("x", "y"), "unsure")
    answer(add_item("p", "q"), "a", answers={"why": "No idea."})
    answer(add_item("r", "s"), "a", answers={"better": None})

    assert len(better(olga)) == 0


@pytest.mark.parametrize(("seconds", "told"), [(4.5, 4.5), (None, None)])
def test_time_is_told_where_somebody_vouches_for_it(
    olga: Place, add_item: AddItem, answer: Answer, seconds: float | None, told: Any
) -> None:
    answer(add_item("x", "y"), "a", seconds=seconds)

    found = better(olga).seconds.tolist()

    assert found == [told] if told else np.isnan(found).all()
