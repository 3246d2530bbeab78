"""What verdicts on a rubric's criteria come to. The labeling page computes the same in `rubric.js`.

Source: the weighted criteria of "Rubrics as Rewards" (2025), explicit aggregation, with the gates of docs/methods.md:
what the criteria met weigh, over what all criteria that apply weigh. Pitfalls are subtracted on that same scale, so
that only the ratio of weights matters, and the sum is kept between 0 and 1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NO, YES, NA = "no", "yes", "na"


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
    """
    met = worth = 0.0
    failed = []
    for criterion in criteria:
        weight, found = criterion["weight"], credit(criterion["scale"], values.get(criterion["key"]))
        if found is None:
            continue
        met += weight * found
        worth += max(weight, 0.0)
        if is_gate(criterion) and found == (1.0 if weight < 0 else 0.0):
            failed.append(criterion["title"])
    return Score(min(1.0, max(0.0, met / worth)) if worth else None, tuple(failed))


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
