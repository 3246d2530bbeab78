"""A chat that writes rubrics and judges by them in good faith: a criterion names a fruit, and is met by what has it.

So whether a rubric agrees with a label is known beforehand.
"""

import json
import random
import re
from collections.abc import Mapping
from typing import Any

from modelhooks.contracts import Contrast, WrittenCriterion
from modelhooks.judging.chat import Ask
from tests.modelhooks.remote.server import Handler, completion

FRUITS = ("apple", "banana", "cherry", "date", "elder", "fig", "grape", "lemon")
PROMPT = ({"role": "user", "content": "Which fruits are there?"},)


def contrasts(count: int, seed: int = 7, **more: Any) -> list[Contrast]:
    """Pairs of which the better response has most of the fruits, and the worse one few."""
    lot = random.Random(seed)
    return [Contrast(PROMPT, _basket(lot, 0.8), _basket(lot, 0.2), **more) for _ in range(count)]


def turned(one: Contrast) -> Contrast:
    """The same pair with the label flipped."""
    return Contrast(one.prompt, one.worse, one.better, one.attempts, one.votes)


def difference(one: Contrast, criteria: tuple[WrittenCriterion, ...]) -> int:
    """How many more of the criteria the better response meets."""
    return sum(_has(one.better, each.text) - _has(one.worse, each.text) for each in criteria)


def say(ask: Ask, number: int) -> Mapping[str, Any]:
    """In place of a chat."""
    assert ask.shape is not None
    return said(ask.shape.__name__, ask.turns[-1].text, ask.sampling.seed)


def said(shape: str, text: str, seed: int | None) -> Mapping[str, Any]:
    """The answer to a question of this shape. What is written depends on both texts and the seed, not on the label."""
    return _written(text, seed) if shape == "Contrasting" else _judged(text)


def serve(handler: Handler, body: dict[str, Any]) -> None:
    """In place of a chat server. It also keeps to the form that an endpoint is checked with."""
    form = body.get("response_format", {}).get("json_schema", {})
    if form.get("name") in {"Contrasting", "Complying"}:
        answer = said(form["name"], body["messages"][-1]["content"], body.get("seed"))
    else:
        answer = {"capital": form["schema"]["properties"]["capital"].get("const")} if form else {}
    handler.say(completion(body, json.dumps(answer)))


def _basket(lot: random.Random, share: float) -> str:
    return f"There are {' '.join(fruit for fruit in FRUITS if lot.random() < share)} and so on, number {lot.random()}."


def _has(response: str, criterion: str) -> int:
    return int(criterion.removeprefix("The response names a ").removesuffix(".") in response.split())


def _fenced(text: str, label: str) -> str:
    found = re.search(rf"<<<[0-9a-f]{{8}} {label}\n(.*?)\n>>>", text, re.DOTALL)
    assert found, text
    return found[1]


def _case(text: str) -> str:
    return re.findall(r"<<<([0-9a-f]{8}) ", text)[0]


def _written(text: str, seed: int | None) -> Mapping[str, Any]:
    pair = sorted(_fenced(text, f"the {word} response") for word in ("better", "worse"))
    lot = random.Random(f"{pair} {seed}")
    criteria = [{"text": f"The response names a {fruit}.", "kind": "principle"} for fruit in lot.sample(FRUITS, 3)]
    return {"case": _case(text), "difference": "fruits", "criteria": criteria}


def _judged(text: str) -> Mapping[str, Any]:
    a, b = _fenced(text, "response A"), _fenced(text, "response B")
    rubric = dict(line.split(": ", 1) for line in _fenced(text, "criteria").splitlines())
    apart = {key: _has(a, criterion) - _has(b, criterion) for key, criterion in rubric.items()}
    items = {key: {"reasoning": "", "winner": {1: "A", -1: "B", 0: "same"}[one]} for key, one in apart.items()}
    total = sum(apart.values())
    gate = {"gatekeeper": "none", "gate_reasoning": "", "gate_a": "passes", "gate_b": "passes"}
    verdict = "A" if total > 0 else "B" if total < 0 else "tie"
    return {"case": _case(text), **gate, **items, "reasoning": "by the list", "verdict": verdict}
