"""A chat that answers by a function, and keeps what it was asked."""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelhooks.contracts import Usage
from modelhooks.judging.asking import Setting
from modelhooks.judging.chat import Ask, Reply, Sample, Sampling, Token

CODE = "c0debeef"
USAGE = Usage(100, 10, requests=1)
PROMPT = ({"role": "user", "content": "What is 2 + 2?"},)


@dataclass
class Scripted:
    """Samples are what `say` returns for an ask and the number of the sample: text, Sample, object, or a Reply for
    all.
    """

    say: Callable[[Ask, int], Any]
    takes_images: bool = False
    fingerprint: str = "scripted"
    asked: list[Ask] = field(default_factory=list)

    def ask(self, asks: Sequence[Ask]) -> list[Reply]:
        self.asked.extend(asks)
        return [self._reply(one) for one in asks]

    def _reply(self, ask: Ask) -> Reply:
        said = [self.say(ask, number) for number in range(ask.samples)]
        if isinstance(said[0], Reply):
            return said[0]
        return Reply(tuple(map(_sample, said)), USAGE)


def _sample(said: Any) -> Sample:
    if isinstance(said, Sample):
        return said
    return Sample(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False))


def setting(say: Callable[[Ask, int], Any] | Any, **more: Any) -> Setting:
    """A setting whose fences always have the same code."""
    chat = say if isinstance(say, Scripted) else Scripted(say)
    return Setting(chat, draw=lambda: CODE, **more)


def always(said: Any, **more: Any) -> Setting:
    """Says the same to everything."""
    return setting(lambda ask, number: said, **more)


def shown(ask: Ask, label: str) -> str:
    """The text that stands in the fence with this label."""
    found = re.search(rf"<<<{CODE} {re.escape(label)}\n(.*?)\n>>>{CODE}", ask.turns[1].text, re.DOTALL)
    assert found, ask.turns[1].text
    return found[1]


def with_probabilities(text: str, value: str, **options: float) -> Sample:
    """The text as tokens of one character, but for the last `value` in it, which has these probabilities."""
    at = text.rindex(value)
    tokens = [Token(one, ((one, 0.0),)) for one in text[:at]]
    tokens.append(Token(value, tuple((name, math.log(p)) for name, p in options.items() if p > 0)))
    tokens += [Token(one, ((one, 0.0),)) for one in text[at + len(value) :]]
    return Sample(text, "stop", tuple(tokens))


def failed(error: str = "The server “judge” did not answer in time.") -> Reply:
    return Reply((), Usage(requests=1), "late", error)


GREEDY = Sampling()
