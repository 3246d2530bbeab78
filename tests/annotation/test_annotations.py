"""Recording answers: once, whole, and in the item's order."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.http import Http404

from annotation.advice import Advice, Adviser
from annotation.models import Annotation, Draft, Item, Lease, Slot
from annotation.queries import label
from annotation.refusals import AlreadyChanged, AnswersRefused, KeyReused, LeaseLost
from annotation.services import annotations, drafts, queue
from audit.models import Event
from projects.access import Place

pytestmark = pytest.mark.django_db


def leased(place: Place) -> Lease:
    lease = queue.claim(place)
    assert lease
    return lease


def prefer(winner: str, strength: int | None = 2, **more: Any) -> dict[str, Any]:
    return {"better": {"winner": winner, "strength": strength}, **more}


def submit(place: Place, lease: Lease, answers: dict[str, Any], key: uuid.UUID | None = None) -> annotations.Submitted:
    return annotations.submit(place, lease_id=lease.pk, answers=answers, request_key=key or uuid.uuid4(), seconds=4.2)


def test_who_always_picks_the_longer_response_is_stored_so_whatever_stood_left(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(20, long_first=True)
    add_items(20, long_first=False)
    ana, left = place("Ana"), 0
    for _ in range(40):
        lease = leased(ana)
        first, second = label.for_lease(ana, lease).sides
        left += first.words > second.words
        submit(ana, lease, prefer("a" if first.words > second.words else "b"))

    for annotation in Annotation.objects.select_related("item"):
        chosen = {"a": 0, "b": 1}[annotation.answers["better"]["winner"]]
        assert annotation.item.text_of(chosen).startswith("A long")
    assert 5 < left < 35


def test_an_opinion_turns_with_the_sides_before_an_answer_and_after_it(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(12)
    ana, said = place("Ana"), Adviser("judge", prefer("a"))
    sides = set()
    for _ in range(12):
        lease = leased(ana)
        before = label.for_lease(ana, lease, [said])
        long = "a" if before.sides[0].text.startswith("A long") else "b"
        given = submit(ana, lease, prefer("tie", 0)).annotation
        after = label.for_annotation(ana, given, [said])
        sides |= {long}

        for workspace in (before, after):
            assert workspace.advice
            (opinion,) = workspace.advice["better"].whole
            assert opinion.hint.takes == {"better": f"{long}:2"}
    assert sides == {"a", "b"}


def test_nobody_advises_unasked(place: Callable[..., Place], add_items: Callable[..., list[Item]]) -> None:
    add_items(1)
    ana = place("Ana")
    lease = leased(ana)

    assert label.for_lease(ana, lease).advice is None
    assert label.for_annotation(ana, submit(ana, lease, prefer("a")).annotation).advice is None
    assert label.for_lease(ana, lease, []).advice == {"better": Advice(), "why": Advice()}


def test_the_same_request_twice_is_one_annotation(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana, key = place("Ana"), uuid.uuid4()
    lease = leased(ana)

    first, second = submit(ana, lease, prefer("a"), key), submit(ana, lease, prefer("a"), key)

    assert (first.replayed, second.replayed) == (False, True)
    assert first.annotation.pk == second.annotation.pk == Annotation.objects.get().pk
    assert Event.objects.filter(verb="annotation.submitted").count() == 1


def test_the_same_key_with_other_answers_is_refused_and_changes_nothing(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana, key = place("Ana"), uuid.uuid4()
    lease = leased(ana)
    stored = submit(ana, lease, prefer("a"), key).annotation.answers

    with pytest.raises(KeyReused):
        submit(ana, lease, prefer("b"), key)

    assert Annotation.objects.get().answers == stored


@pytest.mark.parametrize(
    "answers",
    [
        {"better": "BANANA"},
        {"better": {"winner": "BANANA", "strength": 1}},
        {"better": {"winner": "a", "strength": 9}},
        {"better": {"winner": "a", "strength": True}},
        {"better": {"winner": "a", "strength": -1}},
        {"better": {"winner": "tie", "strength": 2}},
        {"better": {"winner": "a", "strength": 1, "extra": 1}},
        {"no_such_question": "x", "better": {"winner": "a", "strength": 1}},
        {"why": "no preference given"},
        {"better": {"winner": "a", "strength": 1}, "why": "x" * 2001},
        {"better": {"winner": "a", "strength": 1}, "why": "nul \x00"},
        {},
    ],
)
def test_what_does_not_fit_its_question_is_refused_with_a_sentence(
    place: Callable[..., Place], add_items: Callable[..., list[Item]], answers: dict[str, Any]
) -> None:
    add_items(1)
    ana = place("Ana")
    lease = leased(ana)

    with pytest.raises(AnswersRefused) as refusal:
        submit(ana, lease, answers)

    assert all(sentence.endswith(".") for sentence in refusal.value.errors.values())
    assert not Annotation.objects.exists()
    assert Slot.objects.get().annotation_id is None


def test_a_change_supersedes_and_the_old_answer_stays(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    old = submit(ana, leased(ana), prefer("a")).annotation

    new = annotations.revise(
        ana, annotation_id=old.pk, answers=prefer("b", 1), request_key=uuid.uuid4(), reason="Misread"
    ).annotation

    assert list(Annotation.objects.current()) == [new]
    assert Annotation.objects.count() == 2
    assert new.supersedes_id == old.pk
    assert new.shown == old.shown
    with pytest.raises(AlreadyChanged):
        annotations.revise(ana, annotation_id=old.pk, answers=prefer("a"), request_key=uuid.uuid4())


def test_a_refused_change_leaves_the_old_answer_standing(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    old = submit(ana, leased(ana), prefer("a")).annotation

    with pytest.raises(AnswersRefused):
        annotations.revise(ana, annotation_id=old.pk, answers={"better": "BANANA"}, request_key=uuid.uuid4())

    assert list(Annotation.objects.current()) == [old]


def test_nobody_changes_somebody_elses_answer(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    old = submit(ana, leased(ana), prefer("a")).annotation

    with pytest.raises(Http404):
        annotations.revise(place("Ben"), annotation_id=old.pk, answers=prefer("b"), request_key=uuid.uuid4())


def test_a_late_answer_takes_another_free_slot(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1, overlap=2)
    ana = place("Ana")
    late = leased(ana)
    Slot.objects.filter(lease=late).update(expires_at=Now() - timedelta(seconds=1))
    submit(place("Ben"), leased(place("Ben")), prefer("b"))

    submit(ana, late, prefer("a"))

    assert Annotation.objects.count() == 2


def test_a_late_answer_without_a_slot_keeps_the_words(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    late = leased(ana)
    Slot.objects.filter(lease=late).update(expires_at=Now() - timedelta(seconds=1))
    submit(place("Ben"), leased(place("Ben")), prefer("b"))

    with pytest.raises(LeaseLost):
        submit(ana, late, prefer("a", why="Two hours of research."))

    assert drafts.find(ana, late.item) == {"better": "a:2", "why": "Two hours of research."}
    assert Annotation.objects.count() == 1


def test_a_draft_outlives_the_lease_and_goes_with_the_answer(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    lease = leased(ana)

    drafts.keep_for_lease(ana, lease.pk, {"why": "half a sent"})
    drafts.keep_for_lease(ana, lease.pk, {"why": "half a sentence"})

    assert label.for_lease(ana, queue.with_item(lease.pk)).fields == {"why": "half a sentence"}
    submit(ana, lease, prefer("a"))
    assert not Draft.objects.exists()
    drafts.keep_for_lease(ana, lease.pk, {"why": "an autosave that came too late"})
    assert not Draft.objects.exists()


def test_a_draft_belongs_to_who_held_the_item(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    lease = leased(place("Ana"))

    with pytest.raises(Http404):
        drafts.save(place("Ben"), item_id=lease.item_id, fields={"why": "not mine"})
    with pytest.raises(Http404):
        drafts.keep_for_lease(place("Ben"), lease.pk, {"why": "not mine"})


def test_the_database_itself_refuses_to_change_an_annotation(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    stored = submit(ana, leased(ana), prefer("a")).annotation

    for statement in ("UPDATE annotation_annotation SET answers = '{}'", "DELETE FROM annotation_annotation"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    stored.refresh_from_db()
    assert stored.answers["better"]["winner"] in "ab"


def test_the_workspace_names_no_model(place: Callable[..., Place], add_items: Callable[..., list[Item]]) -> None:
    add_items(1)
    Item.objects.update(source={"dataset": "secret-arena"})
    ana = place("Ana")

    shown = repr(label.for_lease(ana, leased(ana)))

    assert "model-" not in shown
    assert "secret-arena" not in shown


def test_an_imported_label_in_item_order_needs_only_what_it_says(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    item = add_items(1)[0]
    olga = place("Olga", "owner")

    added = annotations.add_imported(
        olga, item=item, imported_name="gpt-judge", answers=prefer("b", 1), source={"run": "7"}
    )

    assert added.answers["better"]["winner"] == "b"
    assert added.slot_number is None
    assert Slot.objects.get().annotation_id is None
