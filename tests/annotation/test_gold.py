"""Items whose right answer is known: how that is said, corrected and taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from annotation.models import Gold, Item, Slot
from annotation.queries import gold as queries
from annotation.queries.forms import questions_of
from annotation.refusals import AnswersRefused, NoForm
from annotation.services import gold, queue
from audit.models import Event
from projects.access import Place
from projects.models import Project, Role

pytestmark = pytest.mark.django_db
A = {"winner": "a", "strength": 2}
TIE = {"winner": "tie", "strength": 0}
AddItems = Callable[..., list[Item]]


@pytest.fixture
def chen(place: Callable[..., Place]) -> Place:
    return place("Chen", Role.CURATOR)


def known(*accepted: Any, within: int = 0) -> dict[str, Any]:
    return {"better": {"accepted": list(accepted), "within": within}}


def test_what_is_known_is_stored_as_answers_are_and_told_to_the_trail(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)

    marked = gold.mark(chen, item_id=item.pk, answers=known(A, TIE), note="Both say so.")

    assert (marked.version, marked.answers, marked.note) == (1, known(A, TIE), "Both say so.")
    event = Event.objects.get(verb="gold.marked")
    assert (event.subject, event.actor_id, event.detail) == (
        f"item:{item.pk}",
        chen.user.pk,
        {"version": 1, "questions": ["better"]},
    )


def test_a_correction_is_the_next_version_and_the_same_again_is_none(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    gold.mark(chen, item_id=item.pk, answers=known(A))

    again = gold.mark(chen, item_id=item.pk, answers=known(A))
    corrected = gold.mark(chen, item_id=item.pk, answers=known(TIE))

    assert (again.version, corrected.version) == (1, 2)
    assert queries.newest(item) == corrected
    assert Gold.objects.filter(item=item).count() == 2


def test_the_database_refuses_to_change_what_was_known(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    marked = gold.mark(chen, item_id=item.pk, answers=known(A))

    with pytest.raises(DatabaseError), transaction.atomic():
        Gold.objects.filter(pk=marked.pk).update(note="otherwise")


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "at least one question"),
        ({"other": {"accepted": [A]}}, "no question “other”"),
        ({"better": {"accepted": []}}, "takes 1 to 10 accepted answers"),
        ({"better": {"accepted": [A] * 11}}, "takes 1 to 10 accepted answers"),
        ({"better": {"accepted": [None]}}, "says nothing"),
        ({"better": {"accepted": [{"winner": "c"}]}}, "takes one of"),
        ({"better": {"accepted": [A], "within": 1}}, "takes a tolerance of 0"),
        ({"better": {"accepted": [A], "within": True}}, "takes a tolerance of 0"),
        ({"better": {"accepted": [A], "more": 1}}, "is known as"),
        ({"better": A}, "is known as"),
        ({"why": {"accepted": ["Because."]}}, "cannot be checked"),
    ],
)
def test_what_no_answer_could_be_is_refused_with_a_sentence(
    chen: Place, add_items: AddItems, answers: Any, sentence: str
) -> None:
    (item,) = add_items(1)

    with pytest.raises(AnswersRefused, match=sentence):
        gold.mark(chen, item_id=item.pk, answers=answers)
    assert not Gold.objects.exists()


def test_an_item_of_another_project_is_not_there(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    other = Project.objects.create(slug="other", name="Other", created_by=chen.user)

    with pytest.raises(Http404):
        gold.mark(Place(chen.user, other, Role.CURATOR), item_id=item.pk, answers=known(A))


def test_a_project_without_questions_knows_no_answers(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    other = Project.objects.create(slug="other", name="Other", created_by=chen.user)
    strange = Item.objects.create(
        project=other, key="k", digest=b"1" * 32, group="g", messages=item.messages, responses=item.responses
    )

    with pytest.raises(NoForm):
        gold.mark(Place(chen.user, other, Role.CURATOR), item_id=strange.pk, answers=known(A))


def test_a_gold_item_wants_no_answers_of_its_own_but_what_is_held_stays(
    chen: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    (item,) = add_items(1, overlap=3)
    lease = queue.claim(place("Ana"))
    assert lease

    gold.mark(chen, item_id=item.pk, answers=known(A))

    assert [slot.lease_id for slot in Slot.objects.filter(item=item)] == [lease.pk]


def test_more_overlap_opens_no_gold_item(chen: Place, add_items: AddItems) -> None:
    one, other = add_items(2)
    gold.mark(chen, item_id=one.pk, answers=known(A))

    queue.set_overlap(chen, 3)

    assert Slot.objects.filter(item=one).count() == 0
    assert Slot.objects.filter(item=other).count() == 3


def test_what_is_taken_back_is_labeled_as_any_other_item(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    gold.mark(chen, item_id=item.pk, answers=known(A))

    taken_back = gold.withdraw(chen, item_id=item.pk)

    assert (taken_back.version, taken_back.is_withdrawn, taken_back.answers) == (2, True, {})
    assert queries.newest(item) is None
    assert Slot.objects.filter(item=item, holder=None).count() == chen.project.overlap
    queue.set_overlap(chen, 2)
    assert Slot.objects.filter(item=item).count() == 2


def test_nothing_is_taken_back_twice(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    gold.mark(chen, item_id=item.pk, answers=known(A))
    gold.withdraw(chen, item_id=item.pk)

    with pytest.raises(gold.NotGold):
        gold.withdraw(chen, item_id=item.pk)


def test_an_answer_is_accepted_beside_what_was_accepted_before(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    marked = gold.mark(chen, item_id=item.pk, answers=known(A))

    wider = gold.accepting(marked, {"better": TIE})

    assert wider == known(A, TIE)
    assert gold.accepting(marked, {"better": A}) == known(A)
    assert marked.answers == known(A)


def test_an_answer_is_judged_by_every_question_that_is_known(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    marked = gold.mark(chen, item_id=item.pk, answers=known(A))
    form_id = marked.form_id

    right = queries.judged(marked, item, form_id, {"better": {"winner": "a", "strength": 1}, "why": "So."})
    wrong = queries.judged(marked, item, form_id, {"better": TIE})
    left_open = queries.judged(marked, item, form_id, {"why": "So."})

    assert (right.shares, right.is_right) == ({"better": 1}, True)
    assert (wrong.shares, wrong.is_right) == ({"better": 0}, False)
    assert not left_open.is_right


def test_what_was_known_to_another_kind_of_question_says_nothing(chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    marked = gold.mark(chen, item_id=item.pk, answers=known(A))
    question = questions_of(marked.form_id)[0]
    rating = type(question)(key="better", kind="rating", target="item", settings={"low": 1, "high": 5})

    assert queries.is_right(rating, 3, marked) is None
