"""Standard errors of the scores of comparisons: the inverse of the information that a part of their graph has."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky
from scipy.linalg.lapack import dtrtri

from modelhooks.head.pairs import Floats, Integers

MOST_AT_ONCE = 2_000  # members of a part of the graph whose standard errors are worked out


def of(first: Integers, second: Integers, weights: Floats, parts: Integers, prior: float) -> Floats:
    """(players,) of scores centered within their `parts` (players,), the other parameters held.

    `weights` (n,) is what each comparison tells of its difference, `prior` what is known of a score beforehand.
    Infinite where a part is too large to work them out.
    """
    errors = np.full(len(parts), np.inf)
    order = np.argsort(parts, kind="stable")
    place = np.empty(len(order), np.int64)
    part_of_row = parts[first]
    rows_by_part = np.argsort(part_of_row, kind="stable")
    rows_end = np.searchsorted(part_of_row[rows_by_part], np.arange(parts.max(initial=-1) + 2))
    for part, members in enumerate(_members(order, parts)):
        if len(members) > MOST_AT_ONCE:
            continue
        place[members] = np.arange(len(members))
        rows = rows_by_part[rows_end[part] : rows_end[part + 1]]
        errors[members] = _part_errors(place[first[rows]], place[second[rows]], weights[rows], len(members), prior)
    return errors


def _members(order: Integers, parts: Integers) -> list[NDArray[np.int64]]:
    starts = np.flatnonzero(np.diff(parts[order])) + 1
    return np.split(order, starts) if len(order) else []


def _part_errors(first: Integers, second: Integers, weights: Floats, size: int, prior: float) -> Floats:
    joint = np.bincount(first * size + second, weights, size * size).reshape(size, size)
    joint += joint.T
    information = -joint.astype(float)
    information.flat[:: size + 1] += joint.sum(axis=1) + prior
    # Of the inverse only the diagonal and the means of rows are wanted: a triangle is enough, at a third of the cost.
    triangle = cholesky(information, lower=True, overwrite_a=True, check_finite=False)
    means = cho_solve((triangle, True), np.full(size, 1 / size), check_finite=False)
    variances = (dtrtri(triangle, lower=1)[0] ** 2).sum(axis=0)
    errors: Floats = np.sqrt(np.maximum(variances - 2 * means + means.mean(), 0))
    return errors
