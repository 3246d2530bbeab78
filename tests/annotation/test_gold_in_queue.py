"""Items with a known answer, mixed into what somebody gets."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from annotation.models import Gold, Item, Lease, Slot
from annotation.models.items import FIRST_EXTRA
from annotation.queries import label, projects
from annotation.services import annotations, discards, gold, queue
from projects.access import Place
from projects.models import Role

pytestmark = pytest.mark.django_db
A = {"winner": "a", "strength": 2}
AddItems = Callable[..., list[Item]]
MakePlace = Callable[..., Place]


@pytest.fixture
def mark(place: MakePlace) -> Callable[..., None]:
    """Make items known, by Chen, at a rate."""

    def make(items: list[Item], percent: int = 50) -> None:
        chen = place("Chen", Role.CURATOR)
        for item in items:
            gold.mark(chen, item_id=item.pk, answers={"better": {"accepted": [A]}})
        chen.project.gold_percent = percent
        chen.project.save()

    return make


def answer(place: Place, lease: Lease) -> None:
    annotations.submit(place, lease_id=lease.pk, answers={"better": A}, request_key=uuid.uuid4())


def answered(place: Place) -> list[int]:
    """The items of everything that this person gets and answers until nothing waits."""
    found = []
    while lease := queue.claim(place):
        answer(place, lease)
        found.append(lease.item_id)
    return found


def test_known_items_are_mixed_in_by_chance_and_none_comes_twice(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(100)
    known = {item.pk for item in items[80:]}
    mark(items[80:], percent=20)

    given = answered(place("Ana"))

    met = [item for item in given if item in known]
    assert len(given) == len(set(given))
    assert {item.pk for item in items[:80]} <= set(given)
    assert 5 <= len(met) <= 20  # of about 100: 20 expected, at most all; fewer than 5 is one in ten thousand
    assert Slot.objects.filter(item__in=known, number__gte=FIRST_EXTRA).count() == len(met)


def test_everybody_meets_known_items_whatever_the_overlap(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(40)
    mark(items[:4], percent=50)
    known = {item.pk for item in items[:4]}

    by_ana = answered(place("Ana"))
    add_items(40)  # what Ana answered has no slot left for Ben
    by_ben = answered(place("Ben"))

    assert known <= set(by_ana)
    assert known <= set(by_ben)


def test_without_a_rate_or_without_anything_known_nothing_is_mixed_in(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(12)
    mark(items[6:], percent=0)

    assert answered(place("Ana")) == [item.pk for item in items[:6]]


def test_nothing_is_mixed_into_nothing(place: MakePlace, add_items: AddItems, mark: Callable[..., None]) -> None:
    mark(add_items(10), percent=50)

    assert [queue.claim(place("Ana")) for _ in range(20)] == [None] * 20


def test_whoever_made_an_answer_known_is_not_asked_it(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(30)
    mark(items[20:], percent=50)

    assert set(answered(place("Chen", Role.CURATOR))) == {item.pk for item in items[:20]}


def test_a_known_item_that_was_skipped_does_not_come_back(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(30)
    mark(items[29:], percent=50)
    ana = place("Ana")
    while (lease := queue.claim(ana)) and lease.item_id != items[29].pk:
        answer(ana, lease)
    assert lease
    queue.skip(ana, lease.pk, reason="It upsets me.")

    assert items[29].pk not in answered(ana)


def test_a_known_item_in_hand_comes_back_until_it_is_answered(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(30)
    mark(items[20:], percent=50)
    ana = place("Ana")
    while (lease := queue.claim(ana)) and not Gold.objects.filter(item=lease.item_id).exists():
        answer(ana, lease)
    assert lease

    again, ahead = queue.claim(ana), queue.claim(ana, ahead_of=lease.pk)

    assert again
    assert again.pk == lease.pk
    assert ahead
    assert ahead.item_id != lease.item_id


def test_what_was_taken_back_is_given_as_any_other(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(3)
    mark(items[2:], percent=50)
    gold.withdraw(place("Chen", Role.CURATOR), item_id=items[2].pk)

    assert sorted(answered(place("Ana"))) == [item.pk for item in items]
    assert not Slot.objects.filter(number__gte=FIRST_EXTRA).exists()


def test_a_known_item_that_was_discarded_is_given_to_nobody_and_counted_for_nobody(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(20)
    mark(items[18:], percent=50)
    for item in items[18:]:
        discards.discard(place("Chen", Role.CURATOR), item)

    assert label.progress(place("Ana")).open == projects.waits_for(place("Ana")) == 18
    assert set(answered(place("Ana"))) == {item.pk for item in items[:18]}


def test_no_count_tells_when_a_known_item_comes(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(40)
    mark(items[20:], percent=50)
    ana = place("Ana")
    steps = []
    for _ in range(15):
        before = (label.progress(ana), projects.waits_for(ana))
        lease = queue.claim(ana)
        assert lease
        held = (label.progress(ana), projects.waits_for(ana))
        ahead = queue.claim(ana, ahead_of=lease.pk)
        both = (label.progress(ana), projects.waits_for(ana))
        answer(ana, lease)
        after = (label.progress(ana), projects.waits_for(ana))
        steps.append((before == held == both, before[0].open - after[0].open, before[1] - after[1], bool(ahead)))

    met = Slot.objects.filter(holder=ana.user, number__gte=FIRST_EXTRA, annotation__isnull=False).count()
    assert 0 < met < 15
    assert set(steps) == {(True, 1, 1, True)}


def test_a_known_item_does_not_send_anybody_back_to_the_head_of_the_queue(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(60, overlap=2)
    mark(items[50:], percent=50)

    ordinary = [item for item in answered(place("Ana")) if item < items[50].pk]

    assert ordinary == sorted(ordinary)


@pytest.mark.django_db(transaction=True)
def test_many_people_at_once_each_get_an_item_and_nobody_another_ones(
    place: MakePlace, add_items: AddItems, mark: Callable[..., None]
) -> None:
    items = add_items(48)
    mark(items[46:], percent=50)
    people = [place(f"Person {number}") for number in range(6)]

    def work(one: Place) -> list[int]:
        try:
            return [lease.item_id for _ in range(4) if (lease := queue.claim(one)) and answer(one, lease) is None]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(work, people))

    assert all(len(each) == len(set(each)) == 4 for each in given)
    ordinary = [item for each in given for item in each if item < items[46].pk]
    assert len(ordinary) == len(set(ordinary))
    assert Slot.objects.filter(annotation__isnull=False).count() == 24
