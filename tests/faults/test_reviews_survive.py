"""A decision of a reviewer is there as a whole or not at all, wherever its process is killed, and is stored once."""

import json
import urllib.request
import uuid
from typing import Any

import pytest

from annotation.models import Annotation, Slot
from audit.models import Event
from curation.models import Finding, Review
from tests.curation.reviewing import find
from tests.faults.stack import Stack
from tests.world import ANSWERS, build, token_for

pytestmark = pytest.mark.stack


def decide(stack: Stack, item: int, secret: str, key: str) -> Any:
    """The same decision as often as it is asked for; raises OSError where nobody answers."""
    asked = urllib.request.Request(
        f"{stack.address}/api/v1/projects/answers/review/{item}/",
        data=json.dumps({"decision": "overturned", "answers": ANSWERS, "seen": 0}).encode(),
        headers={"Authorization": f"Token {secret}", "Idempotency-Key": key, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)


@pytest.mark.parametrize("point", ["review_followed", "review_stored"])
def test_a_process_killed_under_a_decision_leaves_nothing_and_the_same_request_decides_once(
    stack: Stack, point: str
) -> None:
    world = build()
    item = world.answers.items[-1]
    find(item, question="preference")
    secret, key = token_for("chen"), str(uuid.uuid4())
    before = (Annotation.objects.count(), Slot.objects.count(), Event.objects.count())
    stack.start("web", GOLDPAN_CRASH_AT=point)

    with pytest.raises(OSError, match=r"closed|reset|refused|\d"):
        decide(stack, item.pk, secret, key)

    assert (Annotation.objects.count(), Slot.objects.count(), Event.objects.count()) == before
    assert not Review.objects.exists()
    stack.start("web", GOLDPAN_CRASH_AT="")
    first, second = (decide(stack, item.pk, secret, key) for _ in range(2))
    assert (first["replayed"], second["replayed"], first["review"]) == (False, True, second["review"])
    assert Review.objects.get().annotation_id == first["annotation"]
    assert Annotation.objects.count() == before[0] + 1
    assert Finding.objects.get().decision == "overturned"
