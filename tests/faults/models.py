"""A model for the stack under fault: it writes down what it was asked, takes its time, and dies of poison."""

import json
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from modelhooks.backends.fake import FakeModel
from modelhooks.catalog import Backend, BackendOptions
from modelhooks.contracts import Comparison, Judgment, Orders, ResponseGroup, RewardScore

POISON = "poison"


class NotingOptions(BackendOptions):
    """Where it writes, and how long a batch takes."""

    ledger: str
    seconds: float = 0.0


class NotingModel(FakeModel):
    """Answers like the fake; each prompt to score, and each comparison, is a line of the ledger, written before it
    answers."""

    def __init__(self, options: NotingOptions) -> None:
        super().__init__("noting")
        self.options = options

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        prompts = [str(group.prompt[-1]["content"]) for group in groups]
        self._note(prompts)
        if any(POISON in prompt for prompt in prompts):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().score(groups)

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        self._note([json.dumps([one.prompt[-1]["content"], one.first, one.second]) for one in comparisons])
        return super().judge(comparisons, n=n, orders=orders)

    def _note(self, lines: Sequence[str]) -> None:
        with Path(self.options.ledger).open("a") as ledger:
            ledger.write("".join(f"{line}\n" for line in lines))
        time.sleep(self.options.seconds)


def load(options: NotingOptions) -> NotingModel:
    return NotingModel(options)


NOTING = Backend("Notes what it is asked", frozenset({"reward"}), NotingOptions, "tests.faults.models.load", "cpu")
NOTING_JUDGE = replace(NOTING, contracts=frozenset({"preference"}), at_once=16)
