"""Items that are taken out and back in, and notes to annotators."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from annotation.models import Discard, Item, Note, Slot
from annotation.services import discards, notes, queue
from audit.models import Event
from projects.access import Place
from projects.models import Role
from tests.annotation.test_pages_item import answer

AddItems = Callable[..., list[Item]]
At = Callable[..., Place]


def test_a_discarded_item_is_offered_to_nobody_and_comes_back_as_it_was(place: At, add_items: AddItems) -> None:
    first, second = add_items(2, overlap=2)
    chen = place("Chen", Role.CURATOR)

    discards.discard(chen, first, reason="Cut off.")

    held = queue.claim(place("Ana"))
    assert held is not None
    assert held.item_id == second.pk
    assert not Slot.objects.filter(item=first).exists()
    place("Chen").project.overlap = 2
    chen.project.overlap = 2
    discards.restore(chen, first)
    assert list(Slot.objects.filter(item=first).values_list("number", flat=True).order_by("number")) == [0, 1]
    assert list(Event.objects.filter(subject=f"item:{first.pk}").values_list("verb", flat=True).order_by("pk")) == [
        "item.discarded",
        "item.restored",
    ]


def test_who_holds_a_discarded_item_may_finish_and_nobody_gets_it_after_them(place: At, add_items: AddItems) -> None:
    (item,) = add_items(1)
    ana, chen = place("Ana"), place("Chen", Role.CURATOR)
    assert queue.claim(ana) is not None
    discards.discard(chen, item)

    Slot.objects.update(expires_at="2020-01-01T00:00Z")

    assert queue.claim(place("Ben")) is None
    assert answer(ana).item_id == item.pk


def test_more_overlap_asks_nobody_about_a_discarded_item(place: At, add_items: AddItems) -> None:
    first, second = add_items(2)
    discards.discard(place("Chen", Role.CURATOR), first)

    queue.set_overlap(place("Olga", Role.OWNER), 3)

    assert not Slot.objects.filter(item=first).exists()
    assert Slot.objects.filter(item=second).count() == 3


def test_discarding_twice_is_once_and_restoring_what_is_not_out_is_nothing(place: At, add_items: AddItems) -> None:
    (item,) = add_items(1)
    chen = place("Chen", Role.CURATOR)

    assert discards.restore(chen, item) is None
    assert discards.discard(chen, item) == discards.discard(chen, item)
    assert Discard.objects.count() == 1


def test_what_stood_at_an_earlier_row_can_be_told(place: At, add_items: AddItems) -> None:
    (item,) = add_items(1)
    chen = place("Chen", Role.CURATOR)
    out = discards.discard(chen, item)
    back = discards.restore(chen, item)
    assert back is not None

    assert list(Discard.objects.standing(last=out.pk)) == [out]
    assert not Discard.objects.standing(last=back.pk)
    assert not Discard.objects.standing(last=out.pk - 1)


def test_the_database_keeps_what_was_discarded(place: At, add_items: AddItems) -> None:
    (item,) = add_items(1)
    discards.discard(place("Chen", Role.CURATOR), item)

    for change in (lambda: Discard.objects.update(is_out=False), lambda: Discard.objects.all().delete()):
        with pytest.raises(DatabaseError, match=r"append.only|denied"), transaction.atomic():
            change()


def test_the_page_of_a_discarded_item_says_who_took_it_out_and_why(place: At, add_items: AddItems) -> None:
    (item,) = add_items(1)
    chen = place("Chen", Role.CURATOR)
    discards.discard(chen, item, reason="The second answer is cut off.")

    page = browser(chen).get(reverse("annotation:item", args=["answers", item.pk])).content.decode()

    assert "This item is discarded" in page
    assert "The second answer is cut off." in page


def test_a_note_stands_on_its_readers_page_until_they_have_read_it(place: At, add_items: AddItems) -> None:
    add_items(1)
    ana, ben, chen = place("Ana"), place("Ben"), place("Chen", Role.CURATOR)
    note = notes.leave(chen, answer(ana), text="Read the second one to its end. <b>Please</b>")
    overview = reverse("annotation:overview", args=["answers"])

    page = browser(ana).get(overview).content.decode()
    assert "A reviewer left you a note" in page
    assert "to its end. &lt;b&gt;Please" in page
    assert "Question 0?" in page
    assert "left you a note" not in browser(ben).get(overview).content.decode()

    read = reverse("annotation:note-read", args=["answers", note.pk])
    assert browser(ben).post(read).status_code == 404
    assert Note.objects.get().read_at is None
    browser(ana).post(read)
    assert Note.objects.get().read_at is not None
    assert "left you a note" not in browser(ana).get(overview).content.decode()


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_an_empty_note_is_refused(place: At, add_items: AddItems, text: str) -> None:
    add_items(1)
    given = answer(place("Ana"))

    with pytest.raises(notes.NoteMissing):
        notes.leave(place("Chen", Role.CURATOR), given, text=text)


def test_nobody_coaches_themselves_or_a_file(place: At, add_items: AddItems) -> None:
    add_items(1)
    ana = place("Ana")

    for annotation in (answer(ana), None):
        with pytest.raises(notes.NobodyToTell):
            notes.leave(ana, annotation, text="Well done.")


def browser(of: Place) -> Client:
    client = Client()
    client.force_login(of.user, backend="django.contrib.auth.backends.ModelBackend")
    return client
