"""Reviews: what waits, in which order, who gets what, and what a decision changes."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts.models import User
from annotation.models import Annotation, Discard, Item, Note, Slot
from annotation.refusals import AnswersRefused, KeyReused
from annotation.services import annotations, queue
from annotation.services.notes import NobodyToTell
from audit.models import Event
from curation.models import Decision, Finding, Review, ReviewLease
from curation.queries import review_queue as review_queues
from curation.queries.review_queue import Filters, count
from curation.queries.review_queue import queue as review_queue
from curation.services import reviews
from curation.services.reviews import Asked, DecidedMeanwhile, HeldByAnother
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.reviewing import analysis_of, find, unsure

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
NOBODY = Filters()
B_IS_BETTER = {"better": {"winner": "b", "strength": 1}}


@pytest.fixture
def reviewer(olga: Place, person: Callable[[str], User]) -> Callable[..., Place]:
    """Someone who curates Olga's project."""

    def get(name: str = "Chen", role: str = Role.CURATOR) -> Place:
        Membership.objects.get_or_create(project=olga.project, user=person(name), defaults={"role": role})
        return Place(person(name), olga.project, role)

    return get


def asked(item: Item, **more: Any) -> Asked:
    return Asked(item=item, request_key=uuid.uuid4(), **more)


def waiting(place: Place, filters: Filters = NOBODY, **more: Any) -> list[int]:
    return [line.item_id for line in review_queue(place.project, filters, **more)]


# ---- what waits, and in which order ----------------------------------------------------------------------------------


def test_what_is_worth_most_comes_first_then_what_is_least_sure(olga: Place, add_item: AddItem) -> None:
    calm, weak, strong, likely, doubtful, hardly = (add_item("x", str(number)) for number in range(6))
    find(weak, strength=0.3)
    find(strong, strength=0.9)  # worth .45: nobody knows yet how often its detector is right
    find(likely, strength=0.6, chance=0.9)  # worth .54
    unsure(doubtful, 0.8)
    unsure(hardly, 0.5)

    assert waiting(olga) == [likely.pk, strong.pk, weak.pk, hardly.pk, doubtful.pk]
    assert count(olga.project) == 5
    assert calm.pk not in waiting(olga)


def test_an_item_waits_once_with_all_that_is_said_against_it(olga: Place, add_item: AddItem) -> None:
    item = add_item("x", "y")
    find(item, strength=0.2), find(item, strength=0.8, detector="cycles")
    unsure(item, 0.55)

    (line,) = review_queue(olga.project, NOBODY)

    assert (line.findings, line.worth, line.confidence) == (2, 0.4, 0.55)


def test_what_is_gone_or_sure_or_said_once_or_of_elsewhere_does_not_wait(olga: Place, add_item: AddItem) -> None:
    gone, sure, alone, person_alone = (add_item("x", str(number)) for number in range(4))
    find(gone, gone=analysis_of(olga.project))
    unsure(sure, 0.97)
    unsure(alone, 0.5, labels=1)
    Finding.objects.filter(pk=find(person_alone, about="person:1", person=olga.user).pk).update(item=None)

    assert waiting(olga) == []
    assert count(olga.project) == 0


def test_filters_choose_by_detector_question_and_annotator(
    olga: Place, add_item: AddItem, answer: Answer, person: Callable[[str], User]
) -> None:
    anas, bens, other = (add_item("x", str(number)) for number in range(3))
    find(anas, annotation=answer(anas, "a", "Ana"), detector="confident")
    find(bens, annotation=answer(bens, "b", "Ben"), question="why")
    answer(other, "a", "Ana"), answer(other, "b", "Ben")
    unsure(other)
    named = answer(add_item("x", "4"), "a", author=None, imported_name="crowd-7")
    find(named.item, annotation=named)

    assert waiting(olga, Filters(detector="confident")) == [anas.pk]
    assert waiting(olga, Filters(question="why")) == [bens.pk]
    assert waiting(olga, Filters(annotator=f"person-{person('Ana').pk}")) == [anas.pk, other.pk]
    assert waiting(olga, Filters(annotator="imported-crowd-7")) == [named.item_id]
    assert waiting(olga, Filters(detector="confident", annotator=f"person-{person('Ben').pk}")) == []
    assert waiting(olga, Filters(detector="' OR 1=1 --")) == []


def test_going_on_behind_an_item_leaves_it_where_it_is(olga: Place, add_item: AddItem) -> None:
    items = [add_item("x", str(number)) for number in range(3)]
    for item, strength in zip(items, (0.9, 0.5, 0.5), strict=True):
        find(item, strength=strength)

    assert waiting(olga, after=items[0].pk) == [items[1].pk, items[2].pk]
    assert waiting(olga, after=items[1].pk) == [items[2].pk]
    assert len(waiting(olga)) == 3


def test_the_queue_is_one_order_however_it_is_cut_into_pages(
    olga: Place, reviewer: Callable[..., Place], add_item: AddItem
) -> None:
    """Findings of equal worth, several of one item, places of one item, and an item that somebody else holds."""
    items = [add_item("x", str(number)) for number in range(9)]
    for number, item in enumerate(items[:5]):
        find(item, strength=(0.4, 0.8, 0.8, 0.0, 0.4)[number]), find(item, strength=0.2, detector="cycles")
        unsure(item, 0.6)
    for number, item in enumerate(items[4:]):
        unsure(item, 0.7 - number / 10, place="0.1"), unsure(item, 0.85, place="0.2")
    whole = waiting(olga)
    reviews.take(reviewer(), whole[1])

    walked, after = [], None
    while found := waiting(olga, after=after, limit=2):
        walked += found
        after = found[-1]

    assert walked == whole == [items[number].pk for number in (1, 2, 0, 4, 3, 8, 7, 6, 5)]
    assert waiting(olga, after=whole[0], limit=1, reviewer=olga.user.pk) == [whole[2]]
    assert waiting(olga, after=whole[-1]) == []


def test_items_are_counted_however_many_reasons_each_has(
    olga: Place, add_item: AddItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_queues, "MOST_ON_TABS", 2)
    first, second = add_item("x", "1"), add_item("x", "2")
    for number in range(2 * review_queues.REASONS):
        find(first, detector=f"detector_{number}")
    assert review_queues.count_briefly(olga.project) == (1, 0)

    unsure(second)
    assert review_queues.count_briefly(olga.project) == (2, 0)

    for number in range(3):
        find(add_item("x", f"more {number}"))
    assert review_queues.count_briefly(olga.project) == (3, 0)  # one more than is shown


# ---- who gets what ---------------------------------------------------------------------------------------------------


def test_two_reviewers_get_two_items_and_whose_lease_ran_out_loses_nothing(
    olga: Place, reviewer: Callable[..., Place], add_item: AddItem
) -> None:
    first, second = add_item("x", "y"), add_item("x", "z")
    find(first, strength=0.9), find(second, strength=0.1)
    chen = reviewer()

    assert reviews.take_next(olga, NOBODY) == first.pk
    assert reviews.take_next(chen, NOBODY) == second.pk
    assert reviews.take_next(olga, NOBODY) == first.pk  # still theirs

    ReviewLease.objects.filter(item=first).update(expires_at=Now())
    decided = reviews.uphold(olga, asked(first))  # late, and nobody else has it
    assert not decided.replayed


def test_the_next_reviewer_takes_over_what_ran_out_and_the_first_is_told(
    olga: Place, reviewer: Callable[..., Place], add_item: AddItem
) -> None:
    item = add_item("x", "y")
    find(item)
    assert reviews.take_next(olga, NOBODY) == item.pk
    assert reviews.take_next(reviewer(), NOBODY) is None
    ReviewLease.objects.update(expires_at=Now())

    assert reviews.take_next(reviewer(), NOBODY) == item.pk
    with pytest.raises(HeldByAnother):
        reviews.uphold(olga, asked(item))
    assert not Review.objects.exists()


def test_taking_another_item_lets_go_of_the_first(
    olga: Place, reviewer: Callable[..., Place], add_item: AddItem
) -> None:
    first, second = add_item("x", "y"), add_item("x", "z")
    find(first, strength=0.9), find(second, strength=0.1)
    reviews.take_next(olga, NOBODY)
    reviews.take_next(olga, NOBODY, after=first.pk)

    assert reviews.take_next(reviewer(), NOBODY) == first.pk


# ---- what a decision changes -----------------------------------------------------------------------------------------


def test_upheld_is_a_review_and_closes_all_that_was_said(olga: Place, add_item: AddItem, answer: Answer) -> None:
    item = add_item("x", "y")
    answer(item, "a", "Ana"), answer(item, "b", "Ben")
    found = find(item)
    unsure(item)
    before = list(Annotation.objects.order_by("pk").values())

    review = reviews.uphold(olga, asked(item, note="It is right.")).review

    assert waiting(olga) == []
    assert Finding.objects.get(pk=found.pk).decision == Decision.UPHELD
    assert (review.item_id, review.reviewer_id, review.note) == (item.pk, olga.user.pk, "It is right.")
    assert list(Annotation.objects.order_by("pk").values()) == before
    event = Event.objects.filter(verb="review.decided").get()
    assert (event.subject, event.actor_id, event.detail["decision"]) == (f"item:{item.pk}", olga.user.pk, "upheld")


def test_an_overturned_item_has_an_annotation_of_the_reviewer_and_all_others_stand(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    item = add_item("x", "y")
    anas = answer(item, "a", "Ana")
    find(item, annotation=anas)

    review = reviews.overturn(olga, asked(item), answers=B_IS_BETTER).review

    given = review.annotation
    assert given is not None
    assert (given.author_id, given.answers, given.shown) == (olga.user.pk, B_IS_BETTER, [0, 1])
    assert given.supersedes_id is None
    assert set(Annotation.objects.current().filter(item=item)) == {anas, given}
    assert Slot.objects.get(annotation=given).holder_id == olga.user.pk
    assert queue.claim(olga) is None  # nobody is asked again about what they answered


def test_a_second_overturn_of_the_same_reviewer_supersedes_the_first(olga: Place, add_item: AddItem) -> None:
    item = add_item("x", "y")
    find(item)
    first = reviews.overturn(olga, asked(item), answers=B_IS_BETTER).review

    second = reviews.overturn(olga, asked(item), answers={"better": {"winner": "tie", "strength": None}}).review

    assert first.annotation is not None
    assert second.annotation is not None
    assert second.annotation.supersedes_id == first.annotation.pk
    assert reviews.newest_review(item) == second.pk


def test_overturning_fills_a_slot_that_waits_before_it_adds_one(olga: Place, add_item: AddItem) -> None:
    item = add_item("x", "y")
    Slot.objects.create(project=olga.project, item=item, number=0)

    reviews.overturn(olga, asked(item), answers=B_IS_BETTER)

    assert [slot.annotation_id is not None for slot in Slot.objects.filter(item=item)] == [True]


def test_of_two_opposed_labels_the_answer_confirms_one_finding_and_refutes_the_other(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    item = add_item("x", "y")
    wrong = find(item, annotation=answer(item, "a", "Ana"))
    right = find(item, annotation=answer(item, "b", "Ben"))
    whole = find(item)
    unsure(item, value="a")
    elsewhere = find(item, question="why")

    reviews.overturn(olga, asked(item), answers=B_IS_BETTER)

    told = dict(Finding.objects.values_list("pk", "decision"))
    assert told == {wrong.pk: "overturned", right.pk: "upheld", whole.pk: "overturned", elsewhere.pk: "overturned"}


def test_an_answer_that_says_what_the_consensus_says_refutes_a_finding_about_the_item(
    olga: Place, add_item: AddItem
) -> None:
    item = add_item("x", "y")
    found = find(item)
    unsure(item, value="b")

    reviews.overturn(olga, asked(item), answers=B_IS_BETTER)

    assert Finding.objects.get(pk=found.pk).decision == Decision.UPHELD


def test_answers_that_do_not_fit_change_nothing(olga: Place, add_item: AddItem) -> None:
    item = add_item("x", "y")
    find(item)

    with pytest.raises(AnswersRefused):
        reviews.overturn(olga, asked(item), answers={"better": {"winner": "c"}})

    assert not Review.objects.exists()
    assert not Annotation.objects.exists()
    assert not Slot.objects.exists()
    assert waiting(olga) == [item.pk]


def test_the_newest_review_stands_and_a_decision_can_be_taken_anew(olga: Place, add_item: AddItem) -> None:
    item = add_item("x", "y")
    found = find(item)
    first = reviews.uphold(olga, asked(item, seen=0)).review

    reviews.overturn(olga, asked(item, seen=first.pk), answers=B_IS_BETTER)

    assert Finding.objects.get(pk=found.pk).decision == Decision.OVERTURNED
    assert Review.objects.filter(item=item).count() == 2


def test_what_is_said_after_a_review_opens_the_item_again(olga: Place, add_item: AddItem, answer: Answer) -> None:
    item = add_item("x", "y")
    answer(item, "a", "Ana"), answer(item, "b", "Ben")
    unsure(item)
    reviews.uphold(olga, asked(item))
    assert waiting(olga) == []

    answer(item, "b", "Cid")
    assert waiting(olga) == []  # no analysis has seen it yet
    analysis_of(olga.project)
    assert waiting(olga) == [item.pk]


def test_a_new_finding_opens_the_item_again(olga: Place, add_item: AddItem) -> None:
    item = add_item("x", "y")
    find(item)
    reviews.uphold(olga, asked(item))

    find(item, detector="cycles")

    assert waiting(olga) == [item.pk]


# ---- once, whole, and one after the other ----------------------------------------------------------------------------


def test_the_same_request_twice_is_one_review(olga: Place, add_item: AddItem) -> None:
    wish = asked(add_item("x", "y"))
    find(wish.item)

    first, second = (reviews.overturn(olga, wish, answers=B_IS_BETTER) for _ in range(2))

    assert (first.replayed, second.replayed, first.review.pk) == (False, True, second.review.pk)
    assert (Review.objects.count(), Annotation.objects.count()) == (1, 1)
    with pytest.raises(KeyReused):
        reviews.uphold(olga, wish)


def test_a_decision_over_an_older_page_is_refused(
    olga: Place, reviewer: Callable[..., Place], add_item: AddItem
) -> None:
    item = add_item("x", "y")
    find(item)
    reviews.uphold(olga, asked(item, seen=0))

    with pytest.raises(DecidedMeanwhile):
        reviews.uphold(reviewer(), asked(item, seen=0))
    assert Review.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(olga: Place, reviewer: Callable[..., Place], add_item: AddItem) -> None:
    item = add_item("x", "y")
    find(item)
    gate = threading.Barrier(2)

    def decide(place: Place) -> str:
        gate.wait()
        try:
            reviews.overturn(place, asked(item, seen=0), answers=B_IS_BETTER)
        except DecidedMeanwhile:
            return "told"
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(decide, [olga, reviewer()]))

    assert outcomes == ["decided", "told"]
    assert (Review.objects.count(), Annotation.objects.count(), Slot.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_ask_at_once_no_two_get_the_same_item(
    olga: Place, reviewer: Callable[..., Place], add_item: AddItem
) -> None:
    for number in range(6):
        find(add_item("x", str(number)))
    places = [reviewer(f"Reviewer {number}") for number in range(8)]
    gate = threading.Barrier(8)

    def take(place: Place) -> int | None:
        gate.wait()
        try:
            return reviews.take_next(place, NOBODY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = [one for one in pool.map(take, places) if one]

    assert len(taken) == len(set(taken)) == 6


@pytest.mark.django_db(transaction=True)
def test_taking_an_item_waits_for_nobody_who_is_at_the_one_that_is_let_go(olga: Place, add_item: AddItem) -> None:
    first, second = add_item("x", "y"), add_item("x", "z")
    assert reviews.take(olga, first.pk)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor, connection.cursor() as own:
        cursor.execute("SELECT FROM curation_reviewlease WHERE item_id = %s FOR UPDATE", [first.pk])
        own.execute("SET lock_timeout = '1s'")
        try:
            taken = reviews.take(olga, second.pk)
        finally:
            own.execute("RESET lock_timeout")
            other.rollback()
            other.close()

    assert taken
    assert reviews.take(olga, second.pk)
    assert not ReviewLease.objects.filter(item=first, expires_at__gt=Now()).exists()


# ---- another opinion -------------------------------------------------------------------------------------------------


def test_another_opinion_is_one_more_slot_for_who_has_not_answered_and_the_item_comes_back_with_it(
    olga: Place, reviewer: Callable[..., Place], add_item: AddItem
) -> None:
    item, later = add_item("x", "y"), add_item("x", "z")
    Slot.objects.create(project=olga.project, item=item, number=0)
    ana, ben = reviewer("Ana", Role.ANNOTATOR), reviewer("Ben", Role.ANNOTATOR)
    answer_next(ana, "a")
    Slot.objects.create(project=olga.project, item=later, number=0)
    found = find(item)

    reviews.send_for_another(olga, asked(item))

    assert Finding.objects.get(pk=found.pk).decision == Decision.ANOTHER
    assert waiting(olga) == []
    held = queue.claim(ana)
    assert held is not None
    assert held.item_id == later.pk  # Ana has answered the first
    assert answer_next(ben, "b").item_id == item.pk  # before everything else
    assert waiting(olga) == [item.pk]
    assert Slot.objects.filter(item=item, annotation__isnull=False).count() == 2


def answer_next(place: Place, winner: str) -> Annotation:
    lease = queue.claim(place)
    assert lease is not None
    answers = {"better": {"winner": winner, "strength": 1}}
    return annotations.submit(place, lease_id=lease.pk, answers=answers, request_key=uuid.uuid4()).annotation


# ---- discarding and coaching -----------------------------------------------------------------------------------------


def test_a_discarded_item_waits_no_more_and_a_later_decision_takes_it_back(olga: Place, add_item: AddItem) -> None:
    item = add_item("x", "y")
    Slot.objects.create(project=olga.project, item=item, number=0)
    found = find(item)

    reviews.discard(olga, asked(item, note="Both are cut off."))

    assert Discard.objects.standing().get().reason == "Both are cut off."
    assert Finding.objects.get(pk=found.pk).decision == Decision.DISCARDED
    find(item, detector="later")
    assert (waiting(olga), count(olga.project)) == ([], 0)
    assert queue.claim(olga) is None

    reviews.uphold(olga, asked(item))
    assert not Discard.objects.standing().exists()
    assert queue.claim(olga) is not None


def test_coaching_tells_the_author_and_leaves_open_what_is_said_about_others(
    olga: Place, add_item: AddItem, answer: Answer, person: Callable[[str], User]
) -> None:
    item = add_item("x", "y")
    anas, bens = answer(item, "a", "Ana"), answer(item, "b", "Ben")
    hers, his, whole = find(item, annotation=anas), find(item, annotation=bens), find(item)

    review = reviews.coach(olga, asked(item, note="Read B to its end."), annotation_id=anas.pk).review

    note = Note.objects.get()
    assert (note.to_id, note.annotation_id, note.text) == (person("Ana").pk, anas.pk, "Read B to its end.")
    assert (review.decision, review.annotation_id) == (Decision.COACHED, anas.pk)
    told = dict(Finding.objects.values_list("pk", "decision"))
    assert told == {hers.pk: "coached", his.pk: "", whole.pk: "coached"}
    assert waiting(olga) == [item.pk]


def test_coaching_about_a_label_of_another_item_is_refused_whole(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    item, other = add_item("x", "y"), add_item("x", "z")
    find(item)

    with pytest.raises(NobodyToTell):
        reviews.coach(olga, asked(item, note="Hm."), annotation_id=answer(other, "a").pk)

    assert not Review.objects.exists()
    assert not Note.objects.exists()
