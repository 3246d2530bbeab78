"""A judge that gives its reasons, and takes its time in a worker whose settings are `tests.journeys.settings`."""

import time
from collections.abc import Sequence
from dataclasses import replace

from modelhooks.backends.fake import FakeModel
from modelhooks.catalog import BACKENDS, FakeOptions
from modelhooks.contracts import Comparison, Judgment, Orders

WHY = "**A** names its source; B does not.\n\n1. It is checked.\n2. It is short."
WRITTEN = '{"winner": "A", "strength": 2}'
AT_ONCE, SECONDS = 10, 0.4  # so slow that somebody who looks can press a button before it is done


class Judge(FakeModel):
    """Prefers the first response, for the same reasons; so many seconds for as much as it is asked at once."""

    def __init__(self, seed: str = "", seconds: float = 0.0) -> None:
        super().__init__(seed)
        self.seconds = seconds

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        time.sleep(self.seconds)
        votes = {"first": 2 * n if orders == "both" else n}
        return [Judgment("first", 0.875, votes, True, WHY, raw_text=(WRITTEN,)) for _ in comparisons]


def load(options: FakeOptions) -> Judge:
    return Judge(options.seed, SECONDS)


SLOW = replace(BACKENDS["fake"], loader="tests.journeys.judge.load", at_once=AT_ONCE)
