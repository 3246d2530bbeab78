"""What verdicts on a rubric's criteria come to. The labeling page computes the same in `rubric.js`.

Source: the weighted criteria of "Rubrics as Rewards" (2025), explicit aggregation, with the gates of docs/methods.md:
what the criteria met weigh, over what all criteria that apply weigh. Pitfalls are subtracted on that same scale, so
that only the ratio of weights matters, and the sum is kept between 0 and 1. What depends on something that is not met
counts as missed, whether it was answered or not: nobody gains by failing early. `curation.criteria.scoring` does the
same for whole tables.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NO, YES, NA = "no", "yes", "na"
MET = 0.5
"""From here on a level counts as met for what depends on it."""


@dataclass(frozen=True, slots=True)
class Score:
    """`share` is from 0 to 1, None where nothing that counts is judged; `failed` are the titles of the failed gates."""

    share: float | None
    failed: tuple[str, ...] = ()

    def words(self) -> str:
        """The score as people say it: `83 %`, and which gates fail."""
        gates = f"fails: {', '.join(self.failed)}" if self.failed else ""
        return ", ".join(part for part in (percent(self.share), gates) if part) or "no score"


def credit(scale: Any, value: Any) -> float | None:
    """How far a criterion is met, from 0 to 1; None where it was not judged or does not apply."""
    if value == YES:
        return 1.0
    if value == NO:
        return 0.0
    if type(value) is int and type(scale) is int:
        return (value - 1) / (scale - 1)
    return None


def score(criteria: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Score:
    """One response's score from its verdicts' values by criterion.

    A gate fails at "no" or at the lowest level; one with a negative weight, a pitfall, at "yes" or the highest level.
    One that is held back does not fail.
    """
    met = worth = 0.0
    failed = []
    back = held_back(criteria, values)
    for criterion in criteria:
        weight, found = criterion["weight"], credit(criterion["scale"], values.get(criterion["key"]))
        if criterion["key"] in back:
            worth += max(weight, 0.0)
            continue
        if found is None:
            continue
        met += weight * found
        worth += max(weight, 0.0)
        if is_gate(criterion) and found == (1.0 if weight < 0 else 0.0):
            failed.append(criterion["title"])
    return Score(min(1.0, max(0.0, met / worth)) if worth else None, tuple(failed))


def held_back(criteria: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> frozenset[str]:
    """Keys of the criteria that are not asked about a response with these values: something that they depend on is not
    met, or held back itself. What nobody answered, or does not apply, holds nothing back.
    """
    found = {one["key"]: credit(one["scale"], values.get(one["key"])) for one in criteria}
    missed = {key for key, met in found.items() if met is not None and met < MET}
    back: set[str] = set()
    while more := {
        one["key"] for one in criteria if one["key"] not in back and not (missed | back).isdisjoint(_needs(one))
    }:
        back |= more
    return frozenset(back)


def _needs(criterion: Mapping[str, Any]) -> Sequence[str]:
    """Criteria of forms say so only where they depend on something."""
    needs: Sequence[str] = criterion.get("depends_on", ())
    return needs


def share_of_a(criteria: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> float | None:
    """Compared pairwise: what the criteria won by A weigh, over what all that apply weigh; a tie counts half.

    A weight counts by its size, for a comparison already says who does better on a pitfall.
    """
    points = {"a": 1.0, "tie": 0.5, "b": 0.0}
    judged = [(abs(one["weight"]), points[values[one["key"]]]) for one in criteria if values.get(one["key"]) in points]
    worth = sum(weight for weight, _ in judged)
    return sum(weight * point for weight, point in judged) / worth if worth else None


def is_gate(criterion: Mapping[str, Any]) -> bool:
    """Whether failing it outweighs everything else."""
    return bool(criterion["required"]) or criterion["kind"] == "hard_rule"


def percent(share: float | None) -> str:
    """`83 %`, halves rounded up as browsers do; empty for None."""
    return "" if share is None else f"{math.floor(share * 100 + 0.5)} %"
