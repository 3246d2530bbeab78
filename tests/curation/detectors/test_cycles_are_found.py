"""Circles are found over several items of a prompt, and a group that is no prompt is passed by."""

from collections.abc import Callable

import pytest

from annotation.models import Annotation, Item
from curation.detectors import cycles
from curation.models import Detection, Finding
from projects.access import Place
from tests.curation.detectors.test_findings_are_kept import looked


@pytest.fixture
def circle(add_item: Callable[..., Item], answer: Callable[..., Annotation]) -> list[Item]:
    """A beats B, B beats C, C beats A, in the eyes of eight people; the second pair has its responses turned round."""
    items = [add_item(*pair, group="one") for pair in (("A", "B"), ("C", "B"), ("C", "A"))]
    for number in range(8):
        for item, winner in zip(items, "aba", strict=True):
            answer(item, winner, f"Person{number}")
    return items


def test_a_circle_is_found_by_the_texts_of_the_responses(olga: Place, circle: list[Item]) -> None:
    looked(olga)

    found = Finding.objects.get(detector="cycles")
    assert (found.item_id, found.evidence["responses"], found.evidence["comparisons"]) == (circle[0].pk, 3, 24)
    assert found.evidence["items"] == [item.pk for item in circle]


def test_an_order_that_fits_is_no_circle(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    for pair in (("A", "B"), ("B", "C"), ("A", "C")):
        item = add_item(*pair, group="one")
        for number in range(8):
            answer(item, "a", f"Person{number}")

    looked(olga)

    assert not Finding.objects.filter(detector="cycles").exists()


def test_a_circle_that_chance_may_make_is_found_where_its_three_labels_are_sure(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    plain = [add_item(f"Good {number}", f"Bad {number}") for number in range(30)]
    items = [add_item(*pair, group="one") for pair in (("A", "B"), ("C", "B"), ("C", "A"))]
    for person in ("Ana", "Ben"):
        for number, item in enumerate(plain):
            answer(item, "ab"[number % 2], person)
        for item, winner in zip(items, "aba", strict=True):
            answer(item, winner, person)

    analysis = looked(olga)

    found = Finding.objects.get(detector="cycles")
    assert found.about == "circle:" + ",".join(str(item.pk) for item in items)
    assert sorted(found.evidence["items"]) == [item.pk for item in items]
    assert min(found.evidence["confidence"]) > 0.9
    assert "By majority 1 of 1 threes that are decided go in a circle, 100.0%" in (
        Detection.objects.get(analysis=analysis, detector="cycles").note
    )


def test_a_circle_whose_labels_are_not_all_sure_is_left_to_chance(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    items = [add_item(*pair, group="one") for pair in (("A", "B"), ("B", "C"), ("C", "A"))]
    people = ("Ana", "Ben", "Chen")
    for item, alone in zip(items, people, strict=True):
        for person in people:
            answer(item, "b" if person == alone else "a", person)

    looked(olga)

    assert not Finding.objects.filter(detector="cycles").exists()


def test_a_group_of_too_many_responses_is_passed_by_and_told(
    olga: Place, circle: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cycles, "MOST_RESPONSES", 2)

    analysis = looked(olga)

    assert not Finding.objects.filter(detector="cycles").exists()
    assert "1 with more than 2 were not looked at" in Detection.objects.get(analysis=analysis, detector="cycles").note
