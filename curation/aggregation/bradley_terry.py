"""Scores of what is compared, with ties or grades, the pull of the place, and how far each annotator can be believed.

A comparison of i and j has difference d = s_i - s_j + b·place, place 1 where i was shown first, -1 where j was, 0 where
neither was. Annotators are a mixture: what they say follows the model with chance γ_a, else their own habits,
    P(y | a) = γ_a P(y | d) + (1 - γ_a) u_a(y),
u_a being how often they give each outcome, with five labels' worth of everybody's. Fitted by maximum a posteriori with
    s ~ N(0, 1.5²), b ~ N(0, 0.5²), shapes ~ N(0, 2²), γ ~ Beta(5, 2),
by L-BFGS with the analytic gradient. Scores are centered within each connected part of the graph of comparisons; across
parts they say nothing.
Sources: Bradley and Terry 1952; the models of outcomes name their own; the mixture with habits is that of Hovy et al.,
Learning whom to trust with MACE, 2013, around a model of comparisons.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky
from scipy.linalg.lapack import dtrtri
from scipy.optimize import minimize
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit
from threadpoolctl import threadpool_limits

from curation.aggregation.labels import BadLabels
from curation.aggregation.outcomes import Outcomes
from modelhooks.head.pairs import Floats, Integers

SPREAD_OF_SCORES, SPREAD_OF_PLACE, SPREAD_OF_SHAPES = 1.5, 0.5, 2.0
FOLLOWS, STRAYS = 4.0, 1.0  # labels' worth of prior: the Beta's parameters less one
HABITS = 5.0
ITERATIONS = 1000
MOST_AT_ONCE = 2_000  # members of a part of the graph whose standard errors are worked out


@dataclass(frozen=True, slots=True)
class Comparisons:
    """n comparisons of `player_count` responses, models or arguments."""

    first: Integers
    second: Integers
    outcome: Integers
    """(n,) from 0, the first better by most, to the last, the second better by most."""
    annotators: Integers
    place: Integers
    """(n,) 1 where `first` was shown first, -1 where `second` was, 0 where neither was."""
    player_count: int
    annotator_count: int

    def __post_init__(self) -> None:
        columns = (self.first, self.second, self.outcome, self.annotators, self.place)
        if any(column.shape != self.first.shape for column in columns):
            raise BadLabels("Comparisons are columns of the same length.")
        if (self.first == self.second).any():
            raise BadLabels("Nothing is compared with itself.")
        if not np.isin(self.place, (-1, 0, 1)).all():
            raise BadLabels("What was shown first is 1, -1 or 0.")
        tops = (self.player_count, self.player_count, None, self.annotator_count)
        for column, top in zip(columns[:4], tops, strict=True):
            if len(column) and (column.min() < 0 or (top is not None and column.max() >= top)):
                raise BadLabels("A comparison names what does not exist.")

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True)
class Scores:
    """What comparisons say."""

    scores: Floats
    """(players,) log-odds, centered within each part. 0 for who was never compared."""
    errors: Floats
    """(players,) standard errors of these; NaN-free: infinite where a part is too large to work them out."""
    parts: Integers
    """(players,) which part of the graph each belongs to: scores of different parts cannot be compared."""
    place: float
    """b: by how many log-odds being shown first helps."""
    shape: Floats
    reliability: Floats
    """(annotators,) γ: how far what each says follows the scores. Without reliabilities all are 1."""
    gradient: Floats
    """What is left of it where the search ended."""


def fit(comparisons: Comparisons, outcomes: Outcomes, *, reliabilities: bool = True, place: bool = True) -> Scores:
    """Without `reliabilities` all annotators count alike; without `place` being shown first is taken not to matter."""
    target = Target(comparisons, outcomes, reliabilities, place)
    with threadpool_limits(limits=1):
        found = minimize(target, target.start(), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS})
        parts = parts_of(comparisons)
        scores, pull, shape, leaning = target.split(found.x)
        reliability = expit(leaning) if reliabilities else np.ones(comparisons.annotator_count)
        errors = _errors(target, found.x, parts)
    return Scores(_centered(scores, parts), errors, parts, float(pull), shape, reliability, found.jac)


def parts_of(comparisons: Comparisons) -> Integers:
    """(players,) the connected parts of the graph of comparisons, numbered from 0."""
    size = comparisons.player_count
    edges = coo_array((np.ones(len(comparisons)), (comparisons.first, comparisons.second)), shape=(size, size))
    parts: Integers = connected_components(edges, directed=False)[1].astype(np.int64)
    return parts


class Target:
    """The negative log-posterior and its gradient, over scores, place, shapes and the logits of reliabilities."""

    def __init__(self, comparisons: Comparisons, outcomes: Outcomes, reliabilities: bool, place: bool) -> None:
        if len(comparisons) and comparisons.outcome.max() >= outcomes.levels:
            raise BadLabels("A comparison has an outcome that its model does not know.")
        if not reliabilities:
            comparisons, self.times = _collapsed(comparisons)
        else:
            self.times = np.ones(len(comparisons))
        self.comparisons, self.outcomes = comparisons, outcomes
        self.reliabilities, self.side = reliabilities, comparisons.place * float(place)
        self.habits = _habits(comparisons, outcomes.levels)
        self.ends = np.cumsum([comparisons.player_count, 1, outcomes.shapes])

    def start(self) -> Floats:
        leaning = np.full(self.comparisons.annotator_count, 1.5) if self.reliabilities else np.zeros(0)
        return np.concatenate([np.zeros(self.ends[1]), np.full(self.outcomes.shapes, -0.5), leaning])

    def split(self, at: Floats) -> tuple[Floats, float, Floats, Floats]:
        players, pull, shapes = self.ends
        return at[:players], float(at[players]), at[pull:shapes], at[shapes:]

    def __call__(self, at: Floats) -> tuple[float, Floats]:
        told = self.comparisons
        scores, pull, shape, leaning = self.split(at)
        chance = self.outcomes.chance(self.differences(scores, pull), told.outcome, shape)
        follows = expit(leaning)[told.annotators] if self.reliabilities else np.ones(len(told))
        habit = self.habits[told.annotators, told.outcome] if len(told) else np.zeros(0)
        mixed = follows * chance.p + (1 - follows) * habit
        each = self.times * follows / mixed
        by_difference = each * chance.by_difference
        gradient = np.concatenate(
            [
                self.by_player(by_difference) - scores / SPREAD_OF_SCORES**2,
                [by_difference @ self.side - pull / SPREAD_OF_PLACE**2],
                each @ chance.by_shape - shape / SPREAD_OF_SHAPES**2,
                self._by_annotator((chance.p - habit) * (1 - follows) * each, leaning),
            ]
        )
        value = self.times @ np.log(mixed) + self._log_prior(scores, pull, shape, leaning)
        return -float(value), -gradient

    def differences(self, scores: Floats, pull: float) -> Floats:
        """(n,) d of each comparison."""
        found: Floats = scores[self.comparisons.first] - scores[self.comparisons.second] + pull * self.side
        return found

    def by_player(self, by_difference: Floats) -> Floats:
        told = self.comparisons
        size = told.player_count
        won, lost = (np.bincount(players, by_difference, size) for players in (told.first, told.second))
        found: Floats = (won - lost).astype(float)
        return found

    def _by_annotator(self, by_leaning: Floats, leaning: Floats) -> Floats:
        if not self.reliabilities:
            return leaning
        share = expit(leaning)
        summed = np.bincount(self.comparisons.annotators, by_leaning, len(leaning))
        found: Floats = summed + FOLLOWS * (1 - share) - STRAYS * share
        return found

    def _log_prior(self, scores: Floats, pull: float, shape: Floats, leaning: Floats) -> float:
        squares = (
            scores @ scores / SPREAD_OF_SCORES**2 + pull**2 / SPREAD_OF_PLACE**2 + shape @ shape / SPREAD_OF_SHAPES**2
        )
        beta = -FOLLOWS * np.logaddexp(0, -leaning).sum() - STRAYS * np.logaddexp(0, leaning).sum()
        return float(beta - squares / 2)

    def information(self, at: Floats) -> Floats:
        """(n,) what each row, as often as it came, is expected to tell of its difference: Σ_y (∂P(y)/∂d)² / P(y)."""
        scores, pull, shape, leaning = self.split(at)
        told, d = self.comparisons, self.differences(scores, pull)
        follows = expit(leaning)[told.annotators] if self.reliabilities else np.ones(len(told))
        total = np.zeros(len(told))
        for outcome in range(self.outcomes.levels):
            chance = self.outcomes.chance(d, np.full(len(told), outcome), shape)
            habit = self.habits[told.annotators, outcome] if len(told) else 0
            total += (follows * chance.by_difference) ** 2 / (follows * chance.p + (1 - follows) * habit)
        return total * self.times


def _collapsed(comparisons: Comparisons) -> tuple[Comparisons, Floats]:
    """Each comparison with one outcome once, and how often it came: who said so does not matter to the caller."""
    columns = (comparisons.first, comparisons.second, comparisons.outcome, comparisons.place + 1)
    players = max(comparisons.player_count, 1)
    sizes = (players, players, int(comparisons.outcome.max(initial=0)) + 1, 3)
    keys, times = np.unique(np.ravel_multi_index(columns, sizes), return_counts=True)
    first, second, outcome, place = (column.astype(np.int64) for column in np.unravel_index(keys, sizes))
    alike = np.zeros(len(keys), np.int64)
    counts = comparisons.player_count, comparisons.annotator_count
    return Comparisons(first, second, outcome, alike, place - 1, *counts), times.astype(float)


def _habits(comparisons: Comparisons, levels: int) -> Floats:
    """(annotators, levels) how often each gives each outcome, with HABITS labels' worth of everybody's."""
    count = comparisons.annotator_count
    own = np.bincount(comparisons.annotators * levels + comparisons.outcome, minlength=count * levels)
    own = own.reshape(count, levels).astype(float)
    everybody = (own.sum(axis=0) + 1) / (own.sum() + levels)
    habits: Floats = (own + HABITS * everybody) / (own.sum(axis=1, keepdims=True) + HABITS)
    return habits


def _centered(scores: Floats, parts: Integers) -> Floats:
    means = np.bincount(parts, scores) / np.maximum(np.bincount(parts), 1) if len(parts) else np.zeros(0)
    found: Floats = scores - means[parts]
    return found


def _errors(target: Target, at: Floats, parts: Integers) -> Floats:
    """(players,) standard errors of centered scores, the other parameters held: the inverse of the information."""
    told, weights = target.comparisons, target.information(at)
    errors = np.full(told.player_count, np.inf)
    order = np.argsort(parts, kind="stable")
    place = np.empty(len(order), np.int64)
    rows_by_part = np.argsort(parts[told.first], kind="stable")
    rows_end = np.searchsorted(parts[told.first][rows_by_part], np.arange(parts.max(initial=-1) + 2))
    for part, members in enumerate(_members(order, parts)):
        if len(members) > MOST_AT_ONCE:
            continue
        place[members] = np.arange(len(members))
        rows = rows_by_part[rows_end[part] : rows_end[part + 1]]
        errors[members] = _part_errors(place[told.first[rows]], place[told.second[rows]], weights[rows], len(members))
    return errors


def _members(order: Integers, parts: Integers) -> list[NDArray[np.int64]]:
    starts = np.flatnonzero(np.diff(parts[order])) + 1
    return np.split(order, starts) if len(order) else []


def _part_errors(first: Integers, second: Integers, weights: Floats, size: int) -> Floats:
    joint = np.bincount(first * size + second, weights, size * size).reshape(size, size)
    joint += joint.T
    information = -joint.astype(float)
    information.flat[:: size + 1] += joint.sum(axis=1) + 1 / SPREAD_OF_SCORES**2
    # Of the inverse only the diagonal and the means of rows are wanted: a triangle is enough, at a third of the cost.
    triangle = cholesky(information, lower=True, overwrite_a=True, check_finite=False)
    means = cho_solve((triangle, True), np.full(size, 1 / size), check_finite=False)
    variances = (dtrtri(triangle, lower=1)[0] ** 2).sum(axis=0)
    errors: Floats = np.sqrt(np.maximum(variances - 2 * means + means.mean(), 0))
    return errors
