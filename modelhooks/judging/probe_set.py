"""The probes that every judge can be asked: questions of our own, each with a right answer and one that must lose.

Few enough to be asked at once, and as many as it takes to say of a judge that none of them fools it that it takes
nothing for something in 2 % of cases at most (`keys.HIGHEST_RATE`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from modelhooks.contracts import Messages
from modelhooks.judging.keys import beginning, keys


class Kind(StrEnum):
    """What a probe is about; the names are stored."""

    EASY = "easy"
    EMPTY = "empty"
    KEY = "key"
    BEGINNING = "beginning"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Probe:
    """Of two responses to a prompt, one that is right, and another one that is not as good by any measure."""

    kind: Kind
    prompt: Messages
    right: str
    other: str


@cache
def probe_set() -> tuple[Probe, ...]:
    """All of them, in an order that stays for as long as `digest` does."""
    told = _told()
    return tuple(
        probe for number, one in enumerate(told["questions"]) for probe in _about(one, told["talk"][number % 3])
    )


@cache
def digest() -> str:
    """Twelve hexadecimal digits of all that is asked: what a judge has shown holds for these probes and no others."""
    written = json.dumps([asdict(one) for one in probe_set()], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()[:12]


def _about(one: Mapping[str, str], talk: str) -> Iterator[Probe]:
    prompt, right = ({"role": "user", "content": one["question"]},), one["right"]
    yield Probe(Kind.EASY, prompt, right, one["wrong"])
    for key in keys():
        yield Probe(Kind.KEY if key.strip() else Kind.EMPTY, prompt, right, key)
    yield Probe(Kind.BEGINNING, prompt, right, beginning(right))
    yield Probe(Kind.TALK, prompt, one["short"], talk)


@cache
def _told() -> Mapping[str, Any]:
    path = Path(__file__).with_name("probe_questions.json")
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
