"""How a checkpoint of each contract is asked about a row whose answer is known, and what of its answer is kept.

What is kept is JSON: `{"scores": […]}` by response, `{"steps": […]}` by step, or `{"orders": [[…, …], …]}` with a list
for each comparison of a right with a wrong response, in both orders: 1 for the right one, -1 for the other, 0 for
neither. null stands for what was not there or could not be read.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from curation.evaluation.points import FIRST, SECOND, TIE
from curation.models import EvaluationRow
from modelhooks.asking import Ordered, Scaled
from modelhooks.contracts import (
    AttributeScores,
    Candidate,
    Comparison,
    Judgment,
    Messages,
    Ranked,
    Rated,
    ResponseGroup,
    Solution,
    StepScore,
)
from modelhooks.probing import SCALE

STEPPED, SEVERAL = "processbench", "rewardbench2"
MEANT = {"first": FIRST, "second": SECOND, "tie": TIE}
BY_SIDE = ({"A": FIRST, "B": SECOND, "tie": TIE}, {"A": SECOND, "B": FIRST, "tie": TIE})
"""What a verdict means about the responses as they were given: as it is, and with the sides swapped."""
Kept = Literal["scores", "orders", "steps"]


@dataclass(frozen=True, slots=True)
class Way:
    """What is asked of a row, what its answers are kept as, and how."""

    kept: Kept
    inputs: Callable[[EvaluationRow], tuple[Any, ...]]
    read: Callable[[EvaluationRow, Sequence[Any]], list[Any]]


def way(layout: str, contract: str) -> Way | None:
    """How a checkpoint of a contract is asked about rows of a layout; None where it cannot be."""
    if layout == STEPPED:
        return STEPS if contract == "steps" else None
    if layout == SEVERAL and contract == "preference":
        return None  # a row has more than two responses, and the subset Ties wants scores
    return BY_CONTRACT.get(contract)


def contracts(layout: str) -> list[str]:
    """Whose checkpoints can be asked about rows of this layout."""
    return [one for one in ("steps", *BY_CONTRACT) if way(layout, one)]


def _prompt(row: EvaluationRow) -> Messages:
    return tuple(row.messages)


def _group(row: EvaluationRow) -> tuple[ResponseGroup, ...]:
    return (ResponseGroup(_prompt(row), tuple(row.texts)),)


def _scaled(row: EvaluationRow) -> tuple[Scaled, ...]:
    return tuple(Scaled(Candidate(_prompt(row), text), SCALE) for text in row.texts)


def _solution(row: EvaluationRow) -> tuple[Solution, ...]:
    return (Solution(_prompt(row), tuple(row.texts)),)


def _pairs(row: EvaluationRow) -> Iterator[tuple[int, int, int]]:
    """Every right response with every wrong one in the row's own order, and 1 where the right one stands first."""
    wrong = [place for place in range(len(row.texts)) if place not in row.right]
    for one in row.right:
        for other in wrong:
            yield (one, other, 1) if one < other else (other, one, -1)


def _comparisons(row: EvaluationRow) -> tuple[Comparison, ...]:
    return tuple(Comparison(_prompt(row), row.texts[one], row.texts[other]) for one, other, _ in _pairs(row))


def _of_scores(_: EvaluationRow, answers: Sequence[Any]) -> list[Any]:
    found = (one.overall if isinstance(one, AttributeScores) else one for one in answers[0])
    return [_finite(one.raw) for one in found]


def _of_ranks(row: EvaluationRow, answers: Sequence[Ranked]) -> list[Any]:
    groups = answers[0].groups
    if groups is None or answers[0].disputed:
        return [None] * len(row.texts)
    places = {one: -float(place) for place, group in enumerate(groups) for one in group}
    return [places.get(one) for one in range(len(row.texts))]


def _of_ratings(_: EvaluationRow, answers: Sequence[Rated]) -> list[Any]:
    return [_finite(one.value) for one in answers]


def _of_steps(_: EvaluationRow, answers: Sequence[Sequence[StepScore]]) -> list[Any]:
    return [_finite(one.value) for one in answers[0]]


def _of_judgments(row: EvaluationRow, answers: Sequence[Judgment]) -> list[Any]:
    signs = [sign for _, _, sign in _pairs(row)]
    return [
        [None if verdict is None else sign * verdict for verdict in _verdicts(one)]
        for sign, one in zip(signs, answers, strict=True)
    ]


def _verdicts(one: Judgment) -> list[int | None]:
    """About the first response, in each order. A judge that tells no orders says the same in both, or not."""
    if len(one.by_order) == len(BY_SIDE):
        sides = [max(counts, key=counts.__getitem__) if counts else None for counts in one.by_order]
        return [None if side is None else meant[side] for side, meant in zip(sides, BY_SIDE, strict=True)]
    if one.preference is not None:
        return [MEANT[one.preference]] * 2
    return [FIRST, SECOND] if one.consistent_under_swap is False else [None, None]


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


STEPS = Way("steps", _solution, _of_steps)
BY_CONTRACT: dict[str, Way] = {
    "reward": Way("scores", _group, _of_scores),
    "attributes": Way("scores", _group, _of_scores),
    "preference": Way("orders", _comparisons, _of_judgments),
    "ranking": Way("scores", lambda row: tuple(Ordered(one) for one in _group(row)), _of_ranks),
    "rating": Way("scores", _scaled, _of_ratings),
}
