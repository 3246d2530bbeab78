"""Who gets what next."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from annotation.models import Form, Item, Lease, Slot
from annotation.queries import label
from annotation.refusals import LeaseLost, NoForm
from annotation.services import annotations, queue
from projects.access import Place

pytestmark = pytest.mark.django_db
A_BETTER = {"better": {"winner": "a", "strength": 2}}


def expire(lease: Lease) -> None:
    Slot.objects.filter(lease=lease).update(expires_at=Now() - timedelta(seconds=1))


def answer(place: Place, lease: Lease) -> None:
    annotations.submit(place, lease_id=lease.pk, answers=A_BETTER, request_key=uuid.uuid4())


def test_the_same_item_comes_back_until_it_is_answered(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(2)
    ana = place("Ana")

    first, again = queue.claim(ana), queue.claim(ana)

    assert first
    assert again
    assert first.pk == again.pk


def test_the_item_fetched_ahead_is_another_one_and_becomes_the_next(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(3)
    ana = place("Ana")
    first = queue.claim(ana)
    assert first
    ahead = queue.claim(ana, ahead_of=first.pk)
    assert ahead

    answer(ana, first)
    following = queue.claim(ana)

    assert ahead.item_id != first.item_id
    assert following
    assert following.pk == ahead.pk


def test_two_people_never_hold_the_only_slot_of_an_item(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)

    assert queue.claim(place("Ana"))
    assert queue.claim(place("Ben")) is None


def test_one_person_answers_an_item_once_whatever_the_overlap(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1, overlap=3)
    ana = place("Ana")
    lease = queue.claim(ana)
    assert lease
    answer(ana, lease)

    assert queue.claim(ana) is None
    assert queue.claim(place("Ben"))


def test_an_expired_lease_goes_to_the_next_person_and_is_remembered_as_lost(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    old = queue.claim(place("Ana"))
    assert old
    expire(old)

    new = queue.claim(place("Ben"))

    assert new
    assert new.item_id == old.item_id
    old.refresh_from_db()
    assert old.outcome == Lease.Outcome.LOST


def test_an_expired_lease_that_nobody_took_is_still_mine(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    lease = queue.claim(ana)
    assert lease
    expire(lease)

    answer(ana, lease)

    assert Slot.objects.get().annotation_id


def test_a_skipped_item_is_not_offered_again_to_the_same_person(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    lease = queue.claim(ana)
    assert lease

    queue.skip(ana, lease.pk, reason="Not my field")
    queue.skip(ana, lease.pk, reason="Not my field")

    assert queue.claim(ana) is None
    assert queue.claim(place("Ben"))


def test_an_item_that_came_back_behind_me_is_found_again(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(3)
    ana, ben = place("Ana"), place("Ben")
    bens = queue.claim(ben)
    assert bens
    for _ in range(2):
        lease = queue.claim(ana)
        assert lease
        answer(ana, lease)
    assert queue.claim(ana) is None

    expire(bens)
    lease = queue.claim(ana)

    assert lease
    assert lease.item_id == bens.item_id


def test_higher_priority_comes_first_even_when_it_was_added_before(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    items = add_items(4)
    ana = place("Ana")
    for _ in range(2):
        lease = queue.claim(ana)
        assert lease
        answer(ana, lease)
    Slot.objects.filter(item=items[3]).update(priority=5)

    lease = queue.claim(ana)

    assert lease
    assert lease.item_id == items[3].pk


def test_nobody_labels_an_item_they_wrote(place: Callable[..., Place], add_items: Callable[..., list[Item]]) -> None:
    add_items(1)
    ana = place("Ana")
    Item.objects.update(author=ana.user)

    assert queue.claim(ana) is None
    assert queue.claim(place("Ben"))


def test_a_heartbeat_extends_my_lease_and_nobody_elses(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    lease = queue.claim(place("Ana"))
    assert lease
    before = Slot.objects.get().expires_at
    expire(lease)

    assert before
    assert queue.extend(place("Ana"), lease.pk).expires_at >= before
    with pytest.raises(LeaseLost):
        queue.extend(place("Ben"), lease.pk)


def test_a_project_without_a_form_says_so(place: Callable[..., Place], add_items: Callable[..., list[Item]]) -> None:
    add_items(1)
    Form.objects.all().delete()

    with pytest.raises(NoForm):
        queue.claim(place("Ana"))


@pytest.mark.parametrize(
    ("before", "after", "answered", "expected"), [(1, 3, 0, 3), (3, 1, 0, 1), (3, 1, 2, 2), (2, 3, 1, 3)]
)
def test_overlap_changes_free_slots_only(
    place: Callable[..., Place],
    add_items: Callable[..., list[Item]],
    before: int,
    after: int,
    answered: int,
    expected: int,
) -> None:
    add_items(1, overlap=before)
    for name in ("Ana", "Ben")[:answered]:
        lease = queue.claim(place(name))
        assert lease
        answer(place(name), lease)

    queue.set_overlap(place("Olga", "owner"), after)

    assert Slot.objects.count() == expected
    assert Slot.objects.filter(annotation__isnull=False).count() == answered


def test_the_bar_counts_items_that_still_want_this_person(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(5, overlap=2)
    ana = place("Ana")
    for _ in range(2):
        lease = queue.claim(ana)
        assert lease
        answer(ana, lease)

    assert (label.progress(ana).done, label.progress(ana).open) == (2, 3)
    assert (label.progress(place("Ben")).done, label.progress(place("Ben")).open) == (0, 5)
