"""Krippendorff's α: one minus the disagreement seen over the disagreement that chance would bring.

With N the (units, values) counts and m_u labels of unit u, the coincidences are
    o = Σ_u (N_u N_uᵀ - diag N_u) / (m_u - 1)  over units of two labels or more,
and with n_c their row sums, n = Σ n_c and distances δ,
    α = 1 - (n - 1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck.
Source: Krippendorff, Content analysis, 2004, §11; Computing Krippendorff's alpha-reliability, 2011.
"""

from collections.abc import Callable

import numpy as np

from curation.aggregation.estimates import Measure
from modelhooks.head.pairs import Floats, Integers

MOST_PAIRS = 200_000  # of answers, whose distances are asked to find out what chance would bring

Distance = Callable[[Floats], Floats]
"""From (values,) how often each value occurs to (values, values) squared distances."""
Apart = Callable[[int, int], float | None]
"""How far apart two answers are, by their numbers; None where they cannot be compared."""


def nominal(frequencies: Floats) -> Floats:
    """1 between any two values."""
    return 1.0 - np.eye(len(frequencies))


def interval(frequencies: Floats) -> Floats:
    """Values are points of a scale, one apart from the next."""
    return along(np.arange(len(frequencies), dtype=float))(frequencies)


def along(points: Floats) -> Distance:
    """Squared differences of these points, one for each value."""
    squared: Floats = (points[:, None] - points) ** 2
    return lambda _: squared


def ordinal(frequencies: Floats) -> Floats:
    """How many labels lie between two values, half of those on the two included: (Σ_{g=c..k} n_g - (n_c + n_k)/2)²."""
    middle = np.cumsum(frequencies) - frequencies / 2
    squared: Floats = (middle[:, None] - middle) ** 2
    return squared


def fixed(distances: Floats) -> Distance:
    """Any (values, values) distances, symmetric, zero on the diagonal. They are squared here."""
    if not np.array_equal(distances, distances.T) or np.diag(distances).any() or (distances < 0).any():
        raise ValueError("Distances are symmetric, zero from a value to itself, and never below zero.")
    squared: Floats = np.asarray(distances, float) ** 2
    return lambda _: squared


def alpha(counts: Floats, distance: Distance = nominal) -> Measure:
    """α of (units, values) counts. It has no value where no unit has two labels, or all labels are alike."""
    size = counts.shape[1]

    def value(totals: Floats) -> float | None:
        seen = totals.reshape(size, size)
        frequencies = seen.sum(axis=1)
        apart = distance(frequencies)
        chance = frequencies @ apart @ frequencies
        return float(1 - (frequencies.sum() - 1) * (seen * apart).sum() / chance) if chance > 0 else None

    return Measure(coincidences(counts).reshape(len(counts), size * size), value)


def coincidences(counts: Floats) -> Floats:
    """(units, values, values): ordered pairs of labels of one unit, so weighed that each label counts once."""
    many = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(counts.shape[1])
    pairs[:, diagonal, diagonal] -= counts
    weighed: Floats = pairs * (np.where(many >= 2, 1 / np.maximum(many - 1, 1), 0))[:, None, None]
    return weighed


def alpha_of_answers(units: Integers, apart: Apart, *, seed: int = 0) -> Measure:
    """α of answers that no table of values can hold, such as marks, rankings or filled rubrics.

    `units` (n,) tells which unit each answer is about; `apart(i, j)` is the distance of the answers i and j, None where
    they cannot be compared. What chance would bring is the mean over pairs of answers, whatever they are about; where
    there are more than MOST_PAIRS such pairs, over that many drawn by the seed. It stays as it is when units are
    resampled: what intervals tell is how surely the disagreement within units is known.
    """
    order, starts = _grouped(units)
    groups = [group for group in np.split(order, starts) if len(group)]
    paired = np.concatenate([group for group in groups if len(group) >= 2] or [np.zeros(0, np.int64)])
    chance = _mean_square(apart, _some_pairs(paired, np.random.default_rng(seed)))
    parts = np.array([_within(group, apart) for group in groups]).reshape(len(groups), 2)

    def value(totals: Floats) -> float | None:
        return float(1 - totals[0] / totals[1] / chance) if chance and totals[1] else None

    return Measure(parts, value)


def _grouped(units: Integers) -> tuple[Integers, Integers]:
    """The answers sorted by unit, and where the second unit and all later ones begin."""
    order = np.argsort(units, kind="stable")
    return order, np.flatnonzero(np.diff(units[order])) + 1


def _within(group: Integers, apart: Apart) -> tuple[float, float]:
    """What a unit adds: its mean squared distance as often as it has answers, and how often that is."""
    mean = _mean_square(apart, group[np.stack(np.triu_indices(len(group), 1), axis=1)])
    return (0.0, 0.0) if mean is None else (len(group) * mean, float(len(group)))


def _some_pairs(members: Integers, draw: np.random.Generator) -> Integers:
    """(k, 2): all pairs of members, or MOST_PAIRS of them drawn."""
    n = len(members)
    if n * (n - 1) // 2 <= MOST_PAIRS:
        return members[np.stack(np.triu_indices(n, 1), axis=1)]
    first, step = draw.integers(0, n, MOST_PAIRS), draw.integers(1, n, MOST_PAIRS)
    return members[np.stack([first, (first + step) % n], axis=1)]


def _mean_square(apart: Apart, pairs: Integers) -> float | None:
    known = [found for one, other in pairs.tolist() if (found := apart(one, other)) is not None]
    return float(np.mean(np.square(known))) if known else None
