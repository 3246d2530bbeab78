"""What somebody new begins with, and whether they go on."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from annotation.models import Annotation, Item, Lease, Screening
from annotation.services import annotations, gold, queue, screening
from audit.models import Event
from projects.access import Place
from projects.models import Role

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]
MakePlace = Callable[..., Place]
A, B = {"winner": "a", "strength": 1}, {"winner": "b", "strength": 1}


@pytest.fixture
def known(place: MakePlace, add_items: AddItems) -> set[int]:
    """Six of twenty items are known, of which somebody new begins with four; three of four right are enough."""
    items = add_items(20, overlap=3)
    for item in items[10:16]:
        gold.mark(place("Chen", Role.CURATOR), item_id=item.pk, answers={"better": {"accepted": [A]}})
    project = place("Chen", Role.CURATOR).project
    project.screening_items, project.screening_percent, project.gold_percent = 4, 75, 0
    project.save()
    return {item.pk for item in items[10:14]}


def say(place: Place, lease: Lease, *, is_right: bool) -> int:
    """Answer with what is known, or otherwise, whatever side it stands on; the item."""
    told = A if is_right else B
    shown = annotations.side_order(place, lease.item)
    said = told if shown == [0, 1] else {"a": B, "b": A}[str(told["winner"])]
    annotations.submit(place, lease_id=lease.pk, answers={"better": said}, request_key=uuid.uuid4())
    return lease.item_id


def first_ones(place: Place, *is_right: bool) -> list[int]:
    found = []
    for one in is_right:
        lease = queue.claim(place)
        assert lease
        found.append(say(place, lease, is_right=one))
    return found


def test_somebody_new_gets_the_first_known_items_and_nothing_else(place: MakePlace, known: set[int]) -> None:
    ana, ben = place("Ana"), place("Ben")

    assert set(first_ones(ana, True, True, True, True)) == known
    assert set(first_ones(ben, True, False, True, True)) == known


def test_who_passes_goes_on_with_any_item(place: MakePlace, known: set[int]) -> None:
    ana = place("Ana")
    first_ones(ana, True, False, True, True)

    lease = queue.claim(ana)

    assert lease
    assert lease.item_id not in known
    passed = Screening.objects.get()
    assert (passed.state, passed.right, passed.asked) == ("passed", 3, 4)
    assert Event.objects.get(verb="screening.decided").detail == {"right": 3, "asked": 4, "state": "passed"}


def test_who_does_not_pass_gets_no_more_and_keeps_every_answer(place: MakePlace, known: set[int]) -> None:
    ana = place("Ana")
    first_ones(ana, True, False, False, True)

    assert queue.claim(ana) is None
    assert queue.claim(ana) is None
    assert Screening.objects.get().state == "failed"
    assert Annotation.objects.filter(author=ana.user).count() == 4


def test_nothing_is_decided_while_an_item_is_in_hand(place: MakePlace, known: set[int]) -> None:
    ana = place("Ana")
    first_ones(ana, False, False, False)
    last = queue.claim(ana)
    assert last

    assert queue.claim(ana, ahead_of=last.pk) is None
    assert Screening.objects.get().state == "open"


def test_the_first_answer_counts_and_what_is_skipped_is_not_right(place: MakePlace, known: set[int]) -> None:
    ana = place("Ana")
    first_ones(ana, True, True, False)
    wrong = Annotation.objects.filter(author=ana.user).latest("pk")
    annotations.revise(
        ana, annotation_id=wrong.pk, answers={"better": {"winner": "tie", "strength": 0}}, request_key=uuid.uuid4()
    )
    last = queue.claim(ana)
    assert last
    queue.skip(ana, last.pk, reason="It upsets me.")

    assert queue.claim(ana) is None
    failed = Screening.objects.get()
    assert (failed.state, failed.right, failed.asked) == ("failed", 2, 4)


def test_an_owner_lets_somebody_in_who_did_not_pass(place: MakePlace, known: set[int]) -> None:
    ana, olga = place("Ana"), place("Olga", Role.OWNER)
    first_ones(ana, False, False, False, False)
    assert queue.claim(ana) is None

    admitted = screening.admit(olga, person_id=ana.user.pk)

    assert (admitted.state, admitted.decided_by) == ("admitted", olga.user)
    assert queue.claim(ana)
    with pytest.raises(screening.NobodyWaits):
        screening.admit(olga, person_id=ana.user.pk)


def test_who_labeled_before_or_may_view_is_not_screened(place: MakePlace, known: set[int], add_items: AddItems) -> None:
    ana = place("Ana")
    ana.project.screening_items = 0
    lease = queue.claim(ana)
    assert lease
    say(ana, lease, is_right=False)
    ana.project.screening_items = 4

    assert (claimed := queue.claim(ana))
    assert claimed.item_id not in known
    assert (claimed := queue.claim(place("Chen", Role.CURATOR)))
    assert claimed.item_id not in known
    assert Screening.objects.get().state == "waived"


def test_without_known_items_nobody_is_screened(place: MakePlace, known: set[int]) -> None:
    for item in Item.objects.filter(gold_versions__isnull=False).distinct():
        gold.withdraw(place("Chen", Role.CURATOR), item_id=item.pk)

    assert queue.claim(place("Ana"))
    assert not Screening.objects.exists()


def test_who_did_not_pass_reads_a_kind_word_and_an_owner_sees_it(
    place: MakePlace, person: Callable[[str], User], known: set[int]
) -> None:
    ana = place("Ana")
    place("Olga", Role.OWNER)
    first_ones(ana, False, False, False, True)
    browsers = {name: Client() for name in ("Ana", "Olga", "Chen")}
    for name, client in browsers.items():
        client.force_login(person(name), backend="django.contrib.auth.backends.ModelBackend")

    told = browsers["Ana"].get("/projects/answers/label/").content.decode()
    page = browsers["Olga"].get("/projects/answers/gold/").content.decode()

    assert "Thank you for your first items" in told
    assert "1 of 4 right" in page
    assert "did not pass" in page
    assert "Let them label" in page
    assert "Let them label" not in browsers["Chen"].get("/projects/answers/gold/").content.decode()
    admitted = browsers["Olga"].post("/projects/answers/gold/admit/", {"person": ana.user.pk}, follow=True)
    assert "may label any item now" in admitted.content.decode()
    assert "Thank you" not in browsers["Ana"].get("/projects/answers/label/").content.decode()
