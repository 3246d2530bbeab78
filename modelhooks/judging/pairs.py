"""Two responses on their sides: how they are shown, and what is made of the verdicts about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import structlog
from pydantic import create_model

from modelhooks.contracts import Comparison, Judgment, Orders, Usage
from modelhooks.judging.asking import Heard, Question, Read, Setting, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.confidence import majority
from modelhooks.judging.orders import Order, Side, judgment
from modelhooks.prompts import prompt

SIDES: tuple[Side, ...] = ("A", "B", "tie")
WITH_TIES = '"A", "B", or "tie" where neither is better'
WITHOUT = '"A" or "B"'
# Below this much of the probability on verdicts, somebody may want to know.
USUAL_MASS = 0.9
NOTHING = Usage()

log = structlog.get_logger("goldpan.judging")


@dataclass(frozen=True)
class Seated:
    """A comparison with its responses on their sides: the first is A, unless they are swapped."""

    comparison: Comparison
    is_swapped: bool

    @property
    def a(self) -> str:
        """The response on side A."""
        return self.comparison.second if self.is_swapped else self.comparison.first

    @property
    def b(self) -> str:
        """The response on side B."""
        return self.comparison.first if self.is_swapped else self.comparison.second


def seated(comparisons: Sequence[Comparison], orders: Orders) -> list[Seated]:
    """Each comparison as it is, and where both orders are wanted swapped right after."""
    swaps = (False, True) if orders == "both" else (False,)
    return [Seated(one, is_swapped) for one in comparisons for is_swapped in swaps]


@cache
def verdict_shape(name: str, before: tuple[tuple[str, Any], ...], allows_tie: bool) -> type[Answer]:
    """The case, the fields before, the reasoning, and at the end the verdict."""
    verdict: Any = Literal["A", "B", "tie"] if allows_tie else Literal["A", "B"]
    fields = (("case", str), *before, ("reasoning", str), ("verdict", verdict))
    asked: dict[str, Any] = {key: (kind, ...) for key, kind in fields}
    made: type[Answer] = create_model(name, __base__=Answer, **asked)
    return made


def pair_question(
    setting: Setting, name: str, shape: type[Answer], pair: Seated, *, samples: int, allows_tie: bool
) -> Question[Answer]:
    """The question of this prompt about two responses on their sides."""
    worded = prompt(name)
    principle = pair.comparison.principle
    texts = {
        "first": ("response A", pair.a),
        "second": ("response B", pair.b),
        "principle": ("the one quality to compare them on", principle) if principle else ("", ""),
    }
    words = {"verdicts": WITH_TIES if allows_tie else WITHOUT}
    return question(setting, worded, shape, pair.comparison.prompt, texts=texts, words=words, samples=samples)


def order(
    pair: Seated, heard: Heard[Answer], samples: int, earlier: Sequence[str] = (), spent: Usage = NOTHING
) -> Order:
    """What a judge said about a pair on these sides. `earlier` and `spent` are those of a round before."""
    votes: list[Side | None] = [None if read.found is None else _side(read.found) for read in heard.reads]
    agreed = majority(votes)
    reasons = [str(getattr(one, "reasoning", "")) for one in heard.found if _side(one) == agreed]
    return Order(
        is_swapped=pair.is_swapped,
        votes=tuple(votes) or (None,) * samples,
        p_a=_p_a(heard.reads),
        rationale=reasons[0] if reasons else "",
        raw_text=(*earlier, *heard.texts),
        usage=spent + heard.usage,
        trouble=heard.trouble,
        error=heard.error,
    )


def together(orders_found: Sequence[Order], orders: Orders) -> list[Judgment]:
    """One judgment of every one order, or of every two."""
    each = 2 if orders == "both" else 1
    return [judgment(orders_found[begin : begin + each]) for begin in range(0, len(orders_found), each)]


def _side(found: Answer) -> Side:
    side: Side = getattr(found, "verdict")  # noqa: B009 (its class is made at run time)
    return side


def _p_a(reads: Sequence[Read[Answer]]) -> float | None:
    """The mean over the samples that tell it; None where none does."""
    all_told = [told for read in reads if (told := read.told(("verdict",), SIDES)) is not None]
    if not all_told:
        return None
    lowest = min(told.mass for told in all_told)
    if lowest < USUAL_MASS:
        log.info("judging.missing_mass", mass=round(lowest, 3))
    shares = [told.probabilities["A"] + told.probabilities["tie"] / 2 for told in all_told]
    return sum(shares) / len(shares)
