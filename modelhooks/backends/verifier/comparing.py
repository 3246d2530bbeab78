"""Questions to the comparing child: what strangers wrote is parsed there, since parsing may take for ever."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from modelhooks.contracts import Verification
from stack.confined.child import START_SECONDS, Child
from stack.confined.lane import Answer, Lane, lane

HOME = Path(__file__).parent
WALL_TO_CPU = 4  # so many seconds of the clock for one of CPU, on a machine that does other things too
REASONS = {
    "slow": "Comparing the answer with the known one took more than {seconds} seconds.",
    "failed": "The answer could not be compared: the process for it did not start.",
    "busy": "The answer could not be compared in time.",
}


def compared(
    check: str, pairs: Sequence[tuple[str, str]], parameters: Mapping[str, Any], seconds: int
) -> list[Verification]:
    """One verification for each answer and the known one; each may take `seconds` of CPU, at the others' expense."""
    if not pairs:
        return []
    with lane(partial(Child, HOME)) as opened:
        return [_verification(_ask(opened, check, pair, parameters, seconds), seconds) for pair in pairs]


def _ask(opened: Lane, check: str, pair: tuple[str, str], parameters: Mapping[str, Any], seconds: int) -> Answer:
    answer, known = pair
    question = {"check": check, "answer": answer, "known": known, "parameters": dict(parameters), "seconds": seconds}
    start = 0 if opened.is_warm() else START_SECONDS
    return next(opened.ask([question], time.monotonic() + start + WALL_TO_CPU * seconds))


def _verification(answer: Answer, seconds: int) -> Verification:
    if answer.reason:
        return Verification(None, REASONS[answer.reason].format(seconds=seconds))
    return Verification(answer.value["verdict"], answer.value["why"])
