"""Whether a criterion says the same when it is asked again: how often it does not, and what lasts of its spread.

Over all ordered pairs of different repeats r ≠ s of the same responses, C_jk is the covariance of criterion j asked the
r-th time with criterion k asked the s-th time. What errs in one asking does not err alike in the other, so C_jj is the
variance of what lasts, and its share of the whole variance is the test–retest reliability.
Source: Lord and Novick, *Statistical theories of mental test scores*, 1968, §3.3 for parallel tests.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from modelhooks.head.pairs import Floats, Integers


@dataclass(frozen=True, slots=True)
class Moments:
    """Of the k criteria of a rubric, two by two. Where a criterion was too seldom asked, NaN."""

    covariance: Floats
    """(k, k)"""
    correlation: Floats
    """(k, k): φ of yes and no."""
    counts: Integers
    """(k, k) responses that both decided, repeats counted apart."""


def across(table: Floats) -> Moments:
    """Between different repeats: the diagonal of `correlation` is the reliability of each criterion.

    `table` (pairs, 2, criteria, repeats) as `Verdicts.table` gives it. Asked once, nothing is known: NaN.
    """
    return _moments(table, list(permutations(range(table.shape[3]), 2)))


def within(table: Floats) -> Moments:
    """Within the same repeat: what two criteria share, errors of the same asking included."""
    return _moments(table, [(repeat, repeat) for repeat in range(table.shape[3])])


def changes(table: Floats) -> Floats:
    """(responses, criteria) the share of pairs of repeats that differ; NaN where fewer than two decided."""
    cells = _by_response(table)
    differ, both = np.zeros(cells.shape[:2]), np.zeros(cells.shape[:2])
    for one, other in permutations(range(table.shape[3]), 2):
        apart = cells[:, :, one] - cells[:, :, other]
        both += np.isfinite(apart)
        differ += np.abs(np.nan_to_num(apart)) > 0
    return np.where(both > 0, differ / np.maximum(both, 1), np.nan)


def _by_response(table: Floats) -> Floats:
    """(responses, criteria, repeats)"""
    return table.reshape(2 * len(table), *table.shape[2:])


def _moments(table: Floats, repeats: list[tuple[int, int]]) -> Moments:
    """With each ordered pair of repeats comes its mirror, so everything found is symmetric."""
    cells = _by_response(table)
    known, values = np.isfinite(cells).astype(float), np.nan_to_num(cells)
    size = table.shape[2]
    many, first, second, product, squared, squared_too = (np.zeros((size, size)) for _ in range(6))
    for one, other in repeats:
        x, y, has_x, has_y = values[:, :, one], values[:, :, other], known[:, :, one], known[:, :, other]
        many += has_x.T @ has_y
        first, second = first + x.T @ has_y, second + has_x.T @ y
        product += x.T @ y
        squared, squared_too = squared + (x**2).T @ has_y, squared_too + has_x.T @ y**2
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = product / many - first * second / many**2
        spread = (squared / many - (first / many) ** 2) * (squared_too / many - (second / many) ** 2)
        correlation = np.where(spread > 1e-18, covariance / np.sqrt(np.maximum(spread, 1e-18)), np.nan)
    return Moments(covariance, correlation, many.astype(np.int64))
