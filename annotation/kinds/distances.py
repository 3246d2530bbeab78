"""How far apart two answers are: 0 where they agree wholly, 1 where they could not disagree more.

Plain functions on plain data, used by `Kind.compare`. Every one is symmetric, 0 between an answer and itself, and never
outside 0 to 1; None says that there is nothing to compare, which is no agreement either.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

Weighted = tuple[float, float | None]


def nominal(first: object, second: object) -> float:
    """Names without an order: the same or not (Krippendorff's nominal difference)."""
    return 0.0 if first == second else 1.0


def interval(first: float, second: float, width: float) -> float:
    """Numbers on a scale that is `width` wide: their difference as a share of it.

    Source: the linear weights of Cohen, "Weighted kappa" (1968). Its square is Krippendorff's interval difference,
    scaled to the widest one possible.
    """
    return abs(first - second) / width if width else 0.0


def jaccard(first: Collection[object], second: Collection[object]) -> float:
    """Sets: what only one of them has, as a share of what either has (Jaccard, 1912)."""
    either = set(first) | set(second)
    return len(set(first) ^ set(second)) / len(either) if either else 0.0


def kendall(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Rankings as each one's place, ties allowed: the share of pairs that are ordered otherwise.

    A pair that one ranking ties and the other orders counts half: the Kemeny–Snell distance, which is K^(1/2) of Fagin
    et al., "Comparing and aggregating rankings with ties" (2004), as a share of its maximum. Without ties it is
    (1 − τ) / 2. Kendall's τ_b itself would not do: it is undefined where a ranking ties everything.
    None for fewer than two places.
    """
    pairs = list(combinations(range(len(first)), 2))
    if not pairs:
        return None
    apart = sum(abs(_order(first, one, other) - _order(second, one, other)) for one, other in pairs)
    return apart / (2 * len(pairs))


def mean(parts: Iterable[float | None]) -> float | None:
    """The mean of the parts that can be compared; None where none can."""
    return weighted((1.0, part) for part in parts)


def weighted(parts: Iterable[Weighted]) -> float | None:
    """The mean of (weight, distance), parts without a distance left out; None where nothing that weighs is left."""
    known = [(weight, part) for weight, part in parts if part is not None]
    total = sum(weight for weight, _ in known)
    return min(1.0, sum(weight * part for weight, part in known) / total) if total else None


def _order(places: Sequence[int], one: int, other: int) -> int:
    """-1, 0 or 1, as one stands before, with or behind the other."""
    return (places[one] > places[other]) - (places[one] < places[other])
