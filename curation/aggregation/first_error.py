"""Where a solution first goes wrong, from people who stop there: each has an eye for errors, and alarms that are false.

The truth f is a step, or the number of steps where none is wrong. An annotator who pays attention (chance γ) goes from
step to step: before f each raises a false alarm with chance α_a, at f the error is seen with chance δ_a, afterwards
each later step is called wrong with chance λ, the same for all. So, of S steps, with y what was said:
    y < f       (1 - α)^y α
    y = f < S   (1 - α)^f δ
    y > f       (1 - α)^f (1 - δ) (1 - λ)^(y - f - 1) λ, for y = S without the last factor and with S - 1 - f
    y = f = S   (1 - α)^S
Who pays none says “no error” half of the time, else any step. EM with the exact posterior over the S + 1 places, and
priors α ~ .4 in 10 steps, δ ~ 3 in 4 errors, λ ~ 3 in 10 steps, γ ~ 6 in 8 solutions.
Source: ours. The coding is that of ProcessBench (Zheng et al. 2024), whose own consensus is the most frequent answer.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation.labels import UNKNOWN, BadLabels
from modelhooks.head.pairs import Floats, Integers

ITERATIONS = 60
TOLERANCE = 1e-6
ALARMS, SEEN, LATE, ATTENDED = (0.4, 10.0), (3.0, 4.0), (3.0, 10.0), (6.0, 8.0)
FOUNDLESS = 0.5  # of those who pay no attention: the chance that they say that nothing is wrong
NEVER = -np.inf


@dataclass(frozen=True, slots=True)
class FirstErrors:
    """Where each solution goes wrong, and how each annotator looks."""

    posterior: Floats
    """(solutions, most steps + 1): column k is step k, or “no error” where the solution has k steps. 0 beyond."""
    chosen: Integers
    """(solutions,) the likeliest place; UNKNOWN without labels."""
    alarm: Floats
    """(annotators,) α, of one step."""
    detection: Floats
    """(annotators,) δ."""
    attention: Floats
    """(annotators,) γ."""
    late: float
    """λ."""
    likelihood: Floats
    """(iterations,) the log-likelihood with its priors."""


def fit(
    solutions: Integers, annotators: Integers, places: Integers, steps: Integers, *, annotator_count: int
) -> FirstErrors:
    """`places` (n,) what was said, from 0 to the number of steps of its solution; `steps` (solutions,).

    Ratings of every step come here as the place of the first one that is wrong. Raises BadLabels.
    """
    model = _Model(solutions, annotators, places, steps, annotator_count)
    likelihoods: list[float] = []
    for _ in range(ITERATIONS):
        posterior, likelihood = model.step()
        likelihoods.append(likelihood)
        if len(likelihoods) > 1 and likelihood - likelihoods[-2] < TOLERANCE * max(len(steps), 1):
            break
    told = np.bincount(solutions, minlength=len(steps)) > 0
    chosen = np.where(told, posterior.argmax(axis=1) if posterior.size else 0, UNKNOWN)
    return FirstErrors(
        posterior, chosen, model.alarm, model.detection, model.attention, model.late, np.array(likelihoods)
    )


class _Model:
    """Parameters, and what each label says about each place. Arrays are (labels, places) or (solutions, places)."""

    def __init__(
        self, solutions: Integers, annotators: Integers, places: Integers, steps: Integers, annotator_count: int
    ) -> None:
        _check(solutions, annotators, places, steps)
        self.solutions, self.annotators, self.steps, self.count = solutions, annotators, steps, annotator_count
        self.alarm, self.detection = np.full(annotator_count, 0.04), np.full(annotator_count, 0.75)
        self.attention, self.late, self.faultless = np.full(annotator_count, 0.85), 0.3, 0.5
        f = np.arange(int(steps.max(initial=0)) + 1)
        y, end = places[:, None], steps[solutions][:, None]
        self.exists = f <= steps[:, None]
        self.is_none = f == steps[:, None]
        self.quiet = np.minimum(y, f) * (f <= end)  # steps before the error that were passed
        self.is_alarm = (y < f) & (f <= end)
        self.is_hit = (y == f) & (f < end)
        self.is_missed = (y > f) & (f < end)
        self.is_late = self.is_missed & (y < end)
        self.passed_late = np.where(self.is_missed, y - f - 1, 0)
        self.possible = f <= end
        self.by_lot = np.where(places == steps[solutions], FOUNDLESS, FOUNDLESS / np.maximum(steps[solutions], 1))

    def step(self) -> tuple[Floats, float]:
        """One iteration: what each solution may be under the parameters, then better parameters."""
        attentive, log_mixed = self._likelihoods()
        prior = self._prior()
        joint = np.stack(
            [np.bincount(self.solutions, column, len(self.steps)) for column in log_mixed.T], axis=1
        ) + np.log(np.where(self.exists, prior, 1))
        joint[~self.exists] = NEVER
        top = joint.max(axis=1, keepdims=True)
        shares = np.exp(joint - top)
        total = shares.sum(axis=1, keepdims=True)
        posterior = shares / total
        likelihood = float((top + np.log(total)).sum()) + self._log_prior()
        self._maximize(posterior, attentive)
        return posterior, likelihood

    def _likelihoods(self) -> tuple[Floats, Floats]:
        """How likely attention is where each place is true, and the log-chance of the label there."""
        alarm, seen = (rates[self.annotators][:, None] for rates in (self.alarm, self.detection))
        logs = (
            self.quiet * np.log1p(-alarm)
            + self.is_alarm * np.log(alarm)
            + self.is_hit * np.log(seen)
            + self.is_missed * np.log1p(-seen)
            + self.passed_late * np.log1p(-self.late)
            + self.is_late * np.log(self.late)
        )
        attention = self.attention[self.annotators][:, None]
        paid = attention * np.exp(logs) * self.possible
        mixed = paid + (1 - attention) * self.by_lot[:, None]
        return paid / mixed, np.log(mixed)

    def _prior(self) -> Floats:
        """(solutions, places): no error as often as there is none, else any step alike."""
        step = (1 - self.faultless) / np.maximum(self.steps, 1)
        return np.where(self.is_none, np.where(self.steps > 0, self.faultless, 1.0)[:, None], step[:, None])

    def _maximize(self, posterior: Floats, attentive: Floats) -> None:
        weight = posterior[self.solutions] * attentive
        alarms, hits = self._sum(weight * self.is_alarm), self._sum(weight * self.is_hit)
        quiet, missed = self._sum(weight * self.quiet), self._sum(weight * self.is_missed)
        labels = np.bincount(self.annotators, minlength=self.count)
        self.alarm = (alarms + ALARMS[0]) / (alarms + quiet + ALARMS[1])
        self.detection = (hits + SEEN[0]) / (hits + missed + SEEN[1])
        self.attention = (self._sum(weight) + ATTENDED[0]) / (labels + ATTENDED[1])
        late, passed = (weight * self.is_late).sum(), (weight * self.passed_late).sum()
        self.late = float((late + LATE[0]) / (late + passed + LATE[1]))
        some = self.steps > 0
        self.faultless = float((posterior[self.is_none][some].sum() + 1) / (some.sum() + 2))

    def _log_prior(self) -> float:
        rates = (
            (self.alarm, ALARMS),
            (self.detection, SEEN),
            (np.array([self.late]), LATE),
            (self.attention, ATTENDED),
        )
        told = sum(float((yes * np.log(rate) + (all_ - yes) * np.log1p(-rate)).sum()) for rate, (yes, all_) in rates)
        return told + float(np.log(self.faultless) + np.log1p(-self.faultless))

    def _sum(self, weight: Floats) -> Floats:
        found: Floats = np.bincount(self.annotators, weight.sum(axis=1), self.count).astype(float)
        return found


def _check(solutions: Integers, annotators: Integers, places: Integers, steps: Integers) -> None:
    if not len(solutions) == len(annotators) == len(places):
        raise BadLabels("Labels are columns of the same length.")
    if len(places) and not ((places >= 0) & (places <= steps[solutions])).all():
        raise BadLabels("A label names a step that its solution does not have.")
    if len(np.unique(np.column_stack([solutions, annotators]), axis=0)) < len(solutions):
        raise BadLabels("An annotator looks at a solution once.")
