"""Planted criteria through the whole pipeline: labels in the database, a simulated judge behind a server, a report.

A response is a list of fruits; a criterion asks for one of them. People prefer by planted weights; the judge errs in
one verdict of ten, otherwise each time it is asked.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.test import override_settings

from annotation.models import Annotation, Form, Item, RubricVersion
from annotation.services import rubrics
from curation.models import RubricReport
from curation.services import rubric_runs
from modelhooks import catalog, endpoints
from modelhooks.models import Checkpoint
from modelhooks.services import loading
from projects.access import Place
from tests.curation.rubrics.conftest import finished
from tests.modelhooks.remote.server import Handler, Server, completion, serving

WEIGHTS = {"apple": 3.0, "banana": 2.0, "cherry": 1.2, "date": 1.2, "elder": -1.5}
"""What people go by; they have something against elders."""
COMMON = {**dict.fromkeys(WEIGHTS, 0.5), "fig": 0.5, "grape": 0.99, "lemon": 0.01}
"""How often a response has each: nobody cares for figs, all have grapes, none has lemons."""
CRITERIA = ("apple", "banana", "cherry", "date", "elder", "fig", "grape", "lemon")
DUPLICATE = "same_as_apple"
PAIRS, ERRS = 200, 0.1
LIMITS = {"attempt_seconds": 30.0, "request_seconds": 60.0, "call_seconds": 300.0, "retries": 0}


def judge(handler: Handler, body: dict[str, Any]) -> None:
    """Answers each criterion by what the response has, and errs by lot: another lot for another order."""
    text = body["messages"][-1]["content"]
    form = body.get("response_format", {}).get("json_schema", {})
    if form.get("name") != "Graded":
        said = {"capital": form["schema"]["properties"]["capital"].get("const")} if form else {}
        return handler.say(completion(body, json.dumps(said)))
    response, listed = _fenced(text, "response"), _fenced(text, "criteria")
    has = set(response.split())
    said = {"case": re.findall(r"<<<([0-9a-f]{8}) ", text)[0]}
    for line in listed.splitlines():
        key, words = line.split(": ", 1)
        met = words.rstrip(".").split()[-1] in has
        if _lot(response, listed, words) < ERRS:
            met = not met
        said[key] = {"reasoning": "", "evidence": "", "verdict": "yes" if met else "no"}
    return handler.say(completion(body, json.dumps(said)))


def _fenced(text: str, label: str) -> str:
    found = re.search(rf"<<<[0-9a-f]{{8}} {label}\n(.*?)\n>>>", text, re.DOTALL)
    assert found, text
    return found[1]


def _lot(*about: str) -> float:
    return int.from_bytes(hashlib.sha256("|".join(about).encode()).digest()[:6], "big") / 2**48


@pytest.fixture
def max_(db: None) -> Iterator[Checkpoint]:
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as server:
        _listen(server)
        known = {"kind": "openai_chat", "url": server.url, "model": "max", "limits": LIMITS}
        with override_settings(MODEL_ENDPOINTS={"max": known}):
            options = catalog.checked("judge", "rubric", {"endpoint": "max"})
            yield Checkpoint.objects.create(name="Max", contract="rubric", backend="judge", options=options)
    loading.forget()


def _listen(server: Server) -> None:
    server.behave = judge


def labelled(place: Place, pairs: int = PAIRS) -> None:
    """Pairs, and what people say of each: by the weights, as Bradley and Terry have it."""
    draw = np.random.default_rng(6)
    form = Form.objects.get(project=place.project, version=1)
    for number in range(pairs):
        baskets = [[fruit for fruit, share in COMMON.items() if draw.random() < share] for _ in "ab"]
        apart = sum(weight * ((fruit in baskets[0]) - (fruit in baskets[1])) for fruit, weight in WEIGHTS.items())
        is_first = draw.random() < 1 / (1 + np.exp(-apart))
        item = Item.objects.create(
            project=place.project,
            key=f"pair-{number}",
            digest=number.to_bytes(32),
            group=f"group-{number}",
            messages=[{"role": "user", "content": f"Fruits, list {number}?"}],
            responses=[
                {"messages": [{"role": "assistant", "content": " ".join([*one, f"n{number}{side}"])}]}
                for side, one in zip("ab", baskets, strict=True)
            ],
        )
        Annotation.objects.create(
            project=place.project,
            item=item,
            form=form,
            author=place.user,
            answers={"better": {"winner": "a" if is_first else "b", "strength": 1}},
            shown=[0, 1],
            guideline_version=1,
        )


def planted(place: Place) -> RubricVersion:
    criteria = [{"key": fruit, "title": f"The response names the {fruit}."} for fruit in CRITERIA]
    twin = {"key": DUPLICATE, "title": "Among what it lists, the response has the apple."}
    return rubrics.create(place.project, by=place.user, name="Fruits", criteria=[*criteria, twin])


def test_what_was_planted_is_found_and_weights_come_back(olga: Place, max_: Checkpoint) -> None:
    labelled(olga)
    run = rubric_runs.grade(olga, version=planted(olga), checkpoint=max_, question="better")

    report = RubricReport.objects.get(run=finished(run))

    found = report.figures["criteria"]
    standings = {key: one["standing"] for key, one in found.items()}
    assert {standings[fruit] for fruit in ("apple", "banana", "cherry", "date")} == {"kept"}
    assert standings["elder"] == "reversed"
    assert standings["fig"] == "undiscriminating"
    # One verdict of ten is turned, so what all have seems to be missed by a tenth of them: it tells nothing, at least.
    assert {standings["grape"], standings["lemon"]} <= {"dead", "undiscriminating"}
    twins = {key: one["duplicate_of"] for key, one in found.items() if one["duplicate_of"]}
    assert twins in ({DUPLICATE: "apple"}, {"apple": DUPLICATE})
    assert all(0.04 < one["changed"]["value"] < 0.32 for one in found.values())

    share = {key: one["weight"]["share"] for key, one in found.items()}
    assert share["apple"] + share[DUPLICATE] > share["banana"] > max(share["cherry"], share["date"]) > abs(share["fig"])
    right = report.figures["all"]["accuracy"]
    assert right["low"] > 0.55
    fitted = report.figures["fitted"]["accuracy"]
    assert fitted["value"] > right["value"]


def test_without_what_tells_nothing_the_rubric_is_right_more_often(olga: Place, max_: Checkpoint) -> None:
    labelled(olga)
    first = planted(olga)
    finished(rubric_runs.grade(olga, version=first, checkpoint=max_, question="better"))
    good = [one for one in first.criteria if one["key"] in ("apple", "banana", "cherry", "date")]
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=good)
    run = rubric_runs.grade(olga, version=second, checkpoint=max_, question="better")

    before = RubricReport.objects.get(run=finished(run)).figures["before"]

    assert before["pairs"] == PAIRS
    assert before["gain"]["value"] > 0
    assert before["now"]["value"] > 0.65
