"""A model for the stack under fault: it writes down what it was asked, takes its time, and dies of poison."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from modelhooks.backends.fake import FakeModel
from modelhooks.catalog import Backend, BackendOptions
from modelhooks.contracts import ResponseGroup, RewardScore

POISON = "poison"


class NotingOptions(BackendOptions):
    """Where it writes, and how long a batch takes."""

    ledger: str
    seconds: float = 0.0


class NotingModel(FakeModel):
    """Scores like the fake; each prompt that it was asked about is a line of the ledger, written before it answers."""

    def __init__(self, options: NotingOptions) -> None:
        super().__init__("noting")
        self.options = options

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        prompts = [str(group.prompt[-1]["content"]) for group in groups]
        with Path(self.options.ledger).open("a") as ledger:
            ledger.write("".join(f"{prompt}\n" for prompt in prompts))
        time.sleep(self.options.seconds)
        if any(POISON in prompt for prompt in prompts):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().score(groups)


def load(options: NotingOptions) -> NotingModel:
    return NotingModel(options)


NOTING = Backend("Notes what it is asked", frozenset({"reward"}), NotingOptions, "tests.faults.models.load", "cpu")
