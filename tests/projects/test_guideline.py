"""Versions of the guideline, and what each changed."""

from audit.models import Event
from projects import queries
from projects.access import Place
from projects.differences import Piece, pieces
from projects.models import Guideline
from projects.services import guidelines


def test_each_change_is_a_version_and_the_old_one_stays(olga: Place) -> None:
    guidelines.save(olga, text="Prefer what helps.")
    guidelines.save(olga, text="Prefer what is true.")

    texts = Guideline.objects.order_by("version").values_list("version", "text")
    assert list(texts) == [(1, "Prefer what helps."), (2, "Prefer what is true.")]
    assert Event.objects.filter(verb="guideline.save").count() == 2


def test_the_same_text_is_no_new_version(olga: Place) -> None:
    first = guidelines.save(olga, text="Prefer what helps.")

    again = guidelines.save(olga, text="Prefer what helps.")

    assert again.pk == first.pk
    assert Event.objects.filter(verb="guideline.save").count() == 1


def test_an_audit_event_never_holds_the_text(olga: Place) -> None:
    guidelines.save(olga, text="Prefer what helps.")

    assert Event.objects.latest("id").detail == {"version": 1, "characters": 18}


def test_a_change_names_what_was_added_and_what_was_cut(olga: Place) -> None:
    guidelines.save(olga, text="Prefer what helps.")
    guidelines.save(olga, text="Prefer what is true.")

    change = queries.guideline_change(olga.project, 2)

    assert change is not None
    said = {piece.kind: piece.text.strip() for piece in change.pieces}
    assert said["cut"] == "helps"
    assert said["add"] == "is true"


def test_the_pieces_hold_the_whole_new_text_where_nothing_is_folded() -> None:
    new = "One.\nTwo and a half.\nThree."

    found = pieces("One.\nTwo.\nThree.", new)

    assert "".join(piece.text for piece in found if piece.kind != "cut") == new


def test_long_unchanged_parts_are_folded_and_counted() -> None:
    same = "".join(f"line {number}\n" for number in range(100))

    found = pieces(f"{same}old\n{same}", f"{same}new\n{same}")

    assert sum(piece.count for piece in found) >= 190
    assert found[0].kind == "gap"


def test_equal_texts_have_no_pieces() -> None:
    assert pieces("The same.", "The same.") == []


def test_an_empty_text_becomes_one_addition() -> None:
    assert pieces("", "All of it.") == [Piece("add", "All of it.")]
