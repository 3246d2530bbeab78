"""Whether answers lean towards suggestions: counted in sight of one and without, and said only of enough."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from annotation.intervals import wilson
from annotation.models import Annotation, Item
from annotation.queries import anchoring as queries
from annotation.queries.anchoring import anchoring
from annotation.queries.forms import current_form
from projects.access import Place
from projects.models import Role
from tests.annotation.suggesting import show, suggest

AddItems = Callable[..., list[Item]]


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(0, 10, 0.0, 0.27753), (10, 10, 0.72247, 1.0), (5, 10, 0.23659, 0.76341), (81, 263, 0.25529, 0.36621)],
)
def test_known_intervals(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share_and_mirrors(hits: int, misses: int) -> None:
    low, high = wilson(hits, hits + misses)
    mirrored = wilson(misses, hits + misses)

    assert 0 <= low <= high <= 1
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high))
    if hits + misses:
        assert low - 1e-9 <= hits / (hits + misses) <= high + 1e-9


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", Role.OWNER)


def said(place: Place, item: Item, winner: str, source: dict[str, Any] | None = None) -> Annotation:
    """An answer of this person in the item's own order, with what it says of suggestions."""
    form = current_form(place.project.pk)
    assert form
    return Annotation.objects.create(
        project=place.project,
        item=item,
        form=form,
        author=place.user,
        answers=better(winner),
        shown=[0, 1],
        source=source or {},
        request_key=uuid.uuid4(),
    )


def better(winner: str) -> dict[str, Any]:
    return {"better": {"winner": winner, "strength": None}}


def with_suggestion(of: Annotation, first: str = "") -> dict[str, Any]:
    told = {"suggested": {"better": of.pk}, "mode": "after" if first else "start"}
    return {**told, "first": better(first)} if first else told


@pytest.mark.django_db
def test_answers_count_on_the_side_on_which_they_were_given(
    olga: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    show(olga.project, "after")
    ana, (seen, changed, unseen, nobodys) = place("Ana"), add_items(4)
    old = suggest(olga, seen, better("a"))
    suggest(olga, seen, better("b"), name="Judge Ten")  # newer, and not what was shown
    said(ana, seen, "a", with_suggestion(old))
    said(ana, changed, "a", with_suggestion(suggest(olga, changed, better("a")), first="b"))
    suggest(olga, unseen, better("a"))
    said(ana, unseen, "a")
    said(ana, nobodys, "a")  # no model has said anything about it

    found = anchoring(olga.project)

    assert found
    assert (found.shown.hits, found.shown.count) == (2, 2)
    assert (found.unseen.hits, found.unseen.count) == (1, 2)
    assert not found.is_enough


@pytest.mark.django_db
def test_what_would_not_be_suggested_is_not_compared(
    olga: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    ana, (other, redone) = place("Ana"), add_items(2)
    suggest(olga, other, better("a"), name="Judge Ten")
    old = suggest(olga, redone, better("a"))
    suggest(olga, redone, {}, supersedes=old)
    for item in (other, redone):
        said(ana, item, "a")
    show(olga.project, "start", by="Judge Nine-B")

    found = anchoring(olga.project)

    assert found
    assert (found.shown.count, found.unseen.count) == (0, 0)


@pytest.mark.django_db
def test_the_overview_says_it_of_enough_and_why_not_of_too_few(
    olga: Place, place: Callable[..., Place], add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, (one, other) = place("Ana"), add_items(2)
    said(ana, one, "a", with_suggestion(suggest(olga, one, better("a"))))
    suggest(olga, other, better("a"))
    said(ana, other, "b")
    off = overview(olga)
    show(olga.project, "start")

    few, viewer = overview(olga), overview(place("Vera", Role.VIEWER))
    monkeypatch.setattr(queries, "FEWEST", 1)
    enough = overview(olga)

    assert "lean towards" not in off + viewer
    assert "1 answer was given in sight of one and 1 without. It takes 30 of each." in few
    assert "21 % to 100 %, of 1 answers" in enough
    assert "0 % to 79 %, of 1 answers" in enough


def overview(place: Place) -> str:
    client = Client()
    client.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(f"/projects/{place.project.slug}/").content.decode()
