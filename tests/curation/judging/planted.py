"""A judge behind a server that does as it is told, and a writer that reads what people care about off their labels.

A response gives a reason or none, at some length; both come by lot. People prefer a reason. Told nothing, the judge
prefers what is longer, which is right half of the time; one verdict of ten is turned by lot, the same in both orders.
"""

import hashlib
import json
import random
import re
from typing import Any

from annotation.models import Annotation, Form, Item
from projects.access import Place
from tests.modelhooks.remote.server import Handler, completion

REASONS, SHORT, WHIM, FAIR = (
    "A reason counts more than length.",
    "What is shorter is better.",
    "What gives no reason is better.",
    "Be fair.",
)
ERRS = 0.1
PAIRS = 60
LIMITS = {"attempt_seconds": 30.0, "request_seconds": 60.0, "call_seconds": 300.0, "retries": 0}


class Court:
    """How the server's two models answer; `writes` is what the writer's answer is made of."""

    def __init__(self) -> None:
        self.writes: dict[str, Any] = {"diagnosis": "It goes by length.", "instructions": REASONS}
        self.asked: list[dict[str, Any]] = []

    def __call__(self, handler: Handler, body: dict[str, Any]) -> None:
        form = body.get("response_format", {}).get("json_schema", {})
        rules, text = body["messages"][0]["content"], body["messages"][-1]["content"]
        if form.get("name") == "Rewriting":
            self.asked.append(body)
            said: Any = {"case": case_of(text), **self.writes}
        elif "verdict" in form.get("schema", {}).get("properties", {}):
            self.asked.append(body)
            said = {"case": case_of(text), "reasoning": "I looked.", "verdict": verdict(rules, text)}
        else:
            said = {"capital": form["schema"]["properties"]["capital"].get("const")} if form else {}
        handler.say(completion(body, json.dumps(said)))


def case_of(text: str) -> str:
    return str(re.findall(r"<<<([0-9a-f]{8}) ", text)[0])


def fenced(text: str, label: str) -> str:
    found = re.search(rf"<<<[0-9a-f]{{8}} {label}\n(.*?)\n>>>", text, re.DOTALL)
    return found[1] if found else ""


def verdict(rules: str, text: str) -> str:
    told = fenced(rules, "instructions of this project")
    a, b = fenced(text, "response A"), fenced(text, "response B")
    apart = _worth(a, told) - _worth(b, told)
    if _lot(*sorted((a, b))) < ERRS:
        apart = -apart
    return "A" if apart > 0 else "B" if apart < 0 else "tie"


def _worth(response: str, told: str) -> float:
    length, reason = len(response) / 1_000, float("because" in response)
    if REASONS in told:
        return reason + length
    if WHIM in told:
        return length - reason
    return -length if SHORT in told else length


def _lot(*about: str) -> float:
    return int.from_bytes(hashlib.sha256("|".join(about).encode()).digest()[:6], "big") / 2**48


def labeled(place: Place, count: int = PAIRS) -> None:
    """Pairs of which one response gives a reason; people prefer it."""
    lot = random.Random(11)
    form = Form.objects.get(project=place.project, version=1)
    for number in range(count):
        reasoned = f"Seven {number}, because {'well ' * lot.randint(1, 60)}so."
        bare = f"Seven {number}, {'well ' * lot.randint(1, 60)}so."
        is_first = lot.random() < 0.5
        item = Item.objects.create(
            project=place.project,
            key=f"pair-{number}",
            digest=number.to_bytes(32),
            group=f"group-{number}",
            messages=[{"role": "user", "content": f"How many, list {number}?"}],
            responses=[
                {"messages": [{"role": "assistant", "content": text}]}
                for text in ((reasoned, bare) if is_first else (bare, reasoned))
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
