"""Simulated judges, each asked in both orders: honest ones, and three that follow something else.

A judge weighs how good two responses are, with a doubt of its own about each pair, and is sure by that weight. The one
that follows the order adds something to whatever is shown first, another to whatever is longer; the last takes what
says nothing for something good, every now and then.
"""

import math
import random
from dataclasses import dataclass

from annotation.demo.planted.texts import Response

HONEST = ("Judge 1", "Judge 2", "Judge 3")
BY_ORDER, BY_LENGTH, BY_NOTHING = "Judge 4", "Judge 5", "Judge 6"
PULL = 3.0  # log-odds
SCALE = 1.2  # log-odds for each step of quality
DOUBT = (0.6, 0.9, 1.2, 0.9, 0.9, 0.9)  # standard deviations of log-odds, about a pair
WAVERING = 0.5  # the same, each time that it is asked
BEST = 3  # the quality of a right answer, and from zero down that of one that says nothing
OPENED = 0.3  # of the probes
MUCH = 150  # characters that are much more


@dataclass(frozen=True, slots=True)
class Judge:
    """What a judge adds to what it should weigh, in log-odds; an honest one adds nothing."""

    name: str
    doubt: float
    order: float = 0.0
    length: float = 0.0
    is_opened: bool = False
    """Whether nothing opens it."""

    @property
    def is_honest(self) -> bool:
        return not (self.order or self.length or self.is_opened)

    def asked(self, pair: tuple[Response, Response], draw: random.Random) -> tuple[float, float]:
        """The chance that it gives the first of two responses, with that one shown first and with it shown second."""
        first, second = pair
        longer = math.tanh((len(first.text) - len(second.text)) / MUCH)
        weight = SCALE * (first.quality - second.quality) + self.length * longer + draw.gauss(0, self.doubt)
        once, again = (draw.gauss(0, WAVERING) for _ in range(2))
        return _chance(weight + self.order + once), _chance(weight - self.order + again)

    def probed(self, right: str, other: str, draw: random.Random) -> tuple[float, float]:
        """The same of a right answer and one that is wrong, or says nothing."""
        opened = self.is_opened and draw.random() < OPENED
        return self.asked((Response(right, BEST), Response(other, 2 * BEST if opened else -BEST)), draw)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a judge said about an item: its chances of the stored first response, shown first and shown second."""

    key: str
    who: str
    chances: tuple[float, float]


def judges(*, clean: bool) -> list[Judge]:
    """Six; in a clean world all of them are honest."""
    names = (*HONEST, BY_ORDER, BY_LENGTH, BY_NOTHING)
    return [
        Judge(
            name,
            doubt,
            order=PULL if name == BY_ORDER and not clean else 0.0,
            length=PULL if name == BY_LENGTH and not clean else 0.0,
            is_opened=name == BY_NOTHING and not clean,
        )
        for name, doubt in zip(names, DOUBT, strict=True)
    ]


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
