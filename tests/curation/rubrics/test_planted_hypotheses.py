"""A planted criterion that a rubric does not name, through the whole pipeline: a writer that guesses behind a server, a
judge that errs, labels in the database, and a report on what was guessed."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from annotation.models import RubricVersion
from annotation.services import rubrics
from curation.models import RubricReport
from curation.services import rubric_hypotheses, rubric_runs
from modelhooks import catalog, endpoints
from modelhooks.models import Checkpoint
from modelhooks.services import loading
from projects.access import Place
from tests.curation.rubrics.conftest import finished
from tests.curation.rubrics.test_planted_rubrics import LIMITS, WEIGHTS, judge, labelled
from tests.modelhooks.remote.server import Handler, Server, completion, serving

NAMED = ("banana", "cherry", "date")
HIDDEN = "The response names the apple."  # people go by it most of all
NOISE = "The response names the fig."
SAID = "Among what it lists, the response has the banana."
AGAINST = "The response has, of all fruits, the elder."
PAIRS = 240


def guess(handler: Handler, body: dict[str, Any]) -> None:
    """Guesses the same of all pairs, once in other letters."""
    if body.get("response_format", {}).get("json_schema", {}).get("name") != "Guessing":
        return judge(handler, body)
    text = body["messages"][-1]["content"]
    hidden = HIDDEN if " p8, " in text else HIDDEN.replace("names", "NAMES")
    said = {
        "case": re.findall(r"<<<([0-9a-f]{8}) ", text)[0],
        "reasoning": "",
        "hypotheses": [{"pairs": ["p1"], "text": one} for one in (NOISE, SAID, AGAINST, hidden)],
    }
    return handler.say(completion(body, json.dumps(said)))


@pytest.fixture
def server(db: None) -> Iterator[Server]:
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as served:
        served.behave = guess
        known = {"kind": "openai_chat", "url": served.url, "limits": LIMITS}
        with override_settings(MODEL_ENDPOINTS={"max": {**known, "model": "max"}, "pen": {**known, "model": "pen"}}):
            yield served
    loading.forget()


@pytest.fixture
def max_(server: Server) -> Checkpoint:
    options = catalog.checked("judge", "rubric", {"endpoint": "max"})
    return Checkpoint.objects.create(name="Max", contract="rubric", backend="judge", options=options)


@pytest.fixture
def pen(server: Server) -> Checkpoint:
    options = catalog.checked("writer", "writing", {"endpoint": "pen"})
    return Checkpoint.objects.create(name="Pen", contract="writing", backend="writer", options=options)


def test_what_labels_follow_is_found_claimed_and_first(
    olga: Place, server: Server, max_: Checkpoint, pen: Checkpoint
) -> None:
    labelled(olga, PAIRS)
    criteria = [{"key": fruit, "title": f"The response names the {fruit}."} for fruit in NAMED]
    version = rubrics.create(olga.project, by=olga.user, name="Fruits", criteria=criteria)
    report = graded_by(olga, version, max_)
    before = len(server.bodies)

    run = finished(rubric_hypotheses.guess(olga, report=report, checkpoint=pen, pairs=44))
    guesses = RubricVersion.objects.select_related("parent__rubric").get(run=run)
    asked = [one for one in server.bodies[before:] if "response_format" in one and is_guessing(one)]
    found = RubricReport.objects.select_related("version__parent").get(
        run=finished(rubric_hypotheses.put_to_test(olga, report=report, guesses=guesses))
    )

    assert len(asked) == 6
    assert shows_better_ones(asked)
    assert len(guesses.criteria) == 4
    words = {one["key"]: one["title"] for one in guesses.criteria}
    told = [(words[one["key"]].casefold(), one) for one in found.figures["beyond"]]
    by_words = dict(told)
    assert told[0][0] == HIDDEN.casefold()
    assert told[0][1]["is_claimed"]
    assert told[0][1]["hits"]["value"] > 0
    assert not by_words[NOISE.casefold()]["is_claimed"]
    assert not by_words[SAID.casefold()]["is_claimed"]
    assert by_words[SAID.casefold()]["nearest"] == "banana"
    assert by_words[SAID.casefold()]["says_criterion"] == "banana"
    assert by_words[AGAINST.casefold()]["leaning"] < 0

    added = rubric_hypotheses.add(olga, report=found, key=told[0][1]["key"])
    after = graded_by(olga, added, max_)

    assert after.figures["before"]["pairs"] == PAIRS - 44
    assert after.figures["criteria"][added.criteria[-1]["key"]]["standing"] == "kept"
    assert after.figures["fitted"]["accuracy"]["value"] > report.figures["fitted"]["accuracy"]["value"]


def is_guessing(body: dict[str, Any]) -> bool:
    return bool(body["response_format"].get("json_schema", {}).get("name") == "Guessing")


def shows_better_ones(asked: list[dict[str, Any]]) -> bool:
    """Whether what is called better has more of what people go by, nearly always."""
    texts = [one["messages"][-1]["content"] for one in asked]
    scores = []
    for text in texts:
        by_side = {
            side: re.findall(rf"p\d, the {side} response\n(.*?)\n>>>", text, re.DOTALL) for side in ("better", "worse")
        }
        scores += [worth(one) - worth(other) for one, other in zip(by_side["better"], by_side["worse"], strict=True)]
    return len(scores) == 44 and sum(one > 0 for one in scores) > sum(one < 0 for one in scores) * 2


def worth(response: str) -> float:
    return sum(WEIGHTS.get(word, 0.0) for word in response.split())


def graded_by(place: Place, version: RubricVersion, who: Checkpoint) -> RubricReport:
    return RubricReport.objects.get(
        run=finished(rubric_runs.grade(place, version=version, checkpoint=who, question="better"))
    )
