"""What reviews teach about detectors, and the queue of reviews for programs."""

import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope
from accounts.services import tokens
from annotation.models import Annotation, Item
from curation.models import Decision, Finding, Review
from curation.queries.precision import FEWEST, calibrated, learnt
from curation.services import chances, reviews
from curation.services.reviews import Asked
from projects.access import Place
from tests.curation.reviewing import find, unsure

AddItem = Callable[..., Item]


def test_chances_rise_with_strength_and_are_near_the_planted_ones() -> None:
    draw = random.Random(7)
    strengths = [draw.random() for _ in range(4_000)]
    steps = calibrated([(strength, draw.random() < 0.2 + 0.6 * strength) for strength in strengths])

    assert steps is not None
    told = [steps(k / 20) for k in range(21)]
    assert told == sorted(told)
    assert all(abs(steps(k / 20) - (0.2 + 0.6 * k / 20)) < 0.08 for k in range(2, 19))


def test_pooling_gives_the_known_answer() -> None:
    reviewed = [(k / 40, right) for k, right in enumerate([False] * 10 + [True] * 5 + [False] * 5 + [True] * 20)]

    steps = calibrated(reviewed)

    assert steps is not None
    assert [round(steps(strength), 4) for strength in (0.0, 0.1, 0.3, 0.45, 0.7)] == [0.0238, 0.0238, 0.5, 0.5, 0.9762]


def test_findings_of_one_strength_have_one_chance() -> None:
    steps = calibrated([(0.5, k % 2 == 0) for k in range(FEWEST)])

    assert steps is not None
    assert (steps(0.1), steps(0.5), steps(0.9)) == (0.5, 0.5, 0.5)


def test_below_thirty_reviewed_nothing_is_learnt() -> None:
    assert calibrated([]) is None
    assert calibrated([(0.5, True)] * (FEWEST - 1)) is None


@pytest.fixture
def reviewed(olga: Place, add_item: AddItem) -> Callable[[int], None]:
    """So many findings that are decided: the weak ones refuted, the strong ones confirmed."""

    def decide(count: int) -> None:
        for number in range(count):
            is_strong = number % 2 == 0
            decision = Decision.OVERTURNED if is_strong else Decision.UPHELD
            find(add_item("x", str(number)), strength=0.9 if is_strong else 0.1, decision=decision)

    return decide


def test_open_findings_get_their_chance_with_the_thirtieth_review_and_never_before(
    olga: Place, add_item: AddItem, reviewed: Callable[[int], None]
) -> None:
    strong, weak = find(add_item("x", "s"), strength=0.95), find(add_item("x", "w"), strength=0.05)
    other = find(add_item("x", "o"), detector="cycles")
    reviewed(FEWEST - 2)
    last = [find(add_item("x", "l"), strength=0.9) for _ in range(2)]

    reviews.discard(olga, Asked(last[0].item, uuid.uuid4()))
    assert not Finding.objects.filter(chance__isnull=False).exists()
    reviews.discard(olga, Asked(last[1].item, uuid.uuid4()))

    told = dict(Finding.objects.filter(decision="").values_list("pk", "chance"))
    assert told == {strong.pk: pytest.approx(31 / 32), weak.pk: pytest.approx(1 / 32), other.pk: None}


def test_another_opinion_is_no_verdict(olga: Place, add_item: AddItem, reviewed: Callable[[int], None]) -> None:
    reviewed(4)
    find(add_item("x", "y"), decision=Decision.ANOTHER)
    find(add_item("x", "y"), decision=Decision.COACHED)

    (one,) = learnt(olga.project)

    assert one.detected.precision is not None
    assert (one.detected.precision.hits, one.detected.precision.of) == (3, 5)
    assert [band.precision and (band.precision.hits, band.precision.of) for band in one.bands] == [
        (0, 2),
        None,
        (1, 1),
        None,
        (2, 2),
    ]
    assert not one.is_calibrated


def test_a_new_finding_of_a_calibrated_detector_gets_its_chance(
    olga: Place, add_item: AddItem, reviewed: Callable[[int], None]
) -> None:
    reviewed(FEWEST)
    found = find(add_item("x", "y"), strength=0.9)

    chances.set_chances(olga.project.pk, "disputed")

    assert Finding.objects.get(pk=found.pk).chance == pytest.approx(31 / 32)


# ---- for programs ----------------------------------------------------------------------------------------------------


@pytest.fixture
def ask(olga: Place) -> Callable[..., Any]:
    """Olga's program."""
    secret = tokens.create(olga.user, name="review", scopes=(Scope.READ, Scope.WRITE), days=1).secret

    def call(method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        address = f"/api/v1/projects/answers/review/{path}"
        headers |= {"Authorization": f"Token {secret}"}
        more: dict[str, Any] = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(Client(), method)(address, headers=headers, **more)

    return call


def test_a_program_reads_the_queue_and_an_entry_and_decides_once(
    olga: Place, add_item: AddItem, answer: Callable[..., Annotation], ask: Callable[..., Any]
) -> None:
    item = add_item("x", "y")
    find(item, annotation=answer(item, "a"), evidence={"others": 3})
    unsure(item)

    queue = ask("get").json()
    entry = ask("get", f"{item.pk}/").json()
    body = {"decision": "overturned", "answers": {"better": {"winner": "b", "strength": 1}}, "seen": entry["seen"]}
    key = str(uuid.uuid4())
    first, second = (ask("post", f"{item.pk}/", body, **{"Idempotency-Key": key}) for _ in range(2))

    assert (queue["waiting"], queue["next"], queue["entries"][0]["item"]) == (1, None, item.pk)
    assert entry["findings"][0]["evidence"] == [{"name": "Others", "words": "3"}]
    assert (entry["unsure"][0]["confidence"], entry["seen"]) == (0.6, 0)
    assert (first.status_code, first.json()["replayed"], second.json()["replayed"]) == (200, False, True)
    assert Review.objects.get().annotation_id == first.json()["annotation"]
    assert ask("get").json()["entries"] == []
    assert ask("post", f"{item.pk}/", body, **{"Idempotency-Key": str(uuid.uuid4())}).status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"decision": "flip"}, 400),
        ({"decision": "overturned"}, 422),
        ({"decision": "overturned", "answers": {"better": 7}}, 422),
        ({"decision": "coached", "note": "Hm."}, 422),
        ({"decision": "upheld", "banana": 1}, 400),
    ],
)
def test_what_cannot_be_decided_changes_nothing(
    olga: Place, add_item: AddItem, ask: Callable[..., Any], body: dict[str, Any], status: int
) -> None:
    item = add_item("x", "y")
    find(item)

    refused = ask("post", f"{item.pk}/", body, **{"Idempotency-Key": str(uuid.uuid4())})

    assert refused.status_code == status, refused.json()
    assert not Review.objects.exists()
    assert not Annotation.objects.exists()


def test_a_program_reads_how_often_detectors_are_right(
    reviewed: Callable[[int], None], ask: Callable[..., Any]
) -> None:
    reviewed(4)

    (one,) = ask("get", "precision/").json()["detectors"]

    assert (one["detector"], one["precision"]["right"], one["precision"]["of"]) == ("disputed", 2, 4)
    assert one["precision"]["low"] < 0.5 < one["precision"]["high"]
    assert (len(one["bands"]), one["is_calibrated"]) == (5, False)
