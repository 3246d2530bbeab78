"""Groups of annotators who prefer differently, and the items that they are apart about.

That two groups see an item differently has the prior |p_1 - p_2|, with p_k the chance by group k's reward that the
first response is better: the least that their opinions can differ (maximal coupling). The item's own votes, each right
as often as its annotators are on average, make a posterior of it.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from curation.analysis.consensus import PEOPLE
from curation.analysis.voted import Voted
from curation.detectors.contract import Found, Said, described
from curation.detectors.embedded import Compared
from curation.detectors.scene import Scene
from curation.noise import groups
from curation.noise.groups import Choice, Labels
from curation.noise.proposals import Floats, Integers

FEWEST_ANNOTATORS = 2 * groups.FEWEST_ANNOTATORS
FEWEST_LABELS = 20  # of an annotator
MOST_LABELS = 20_000
APART = 0.5  # the posterior from which on an item is told


def find(scene: Scene) -> Said:
    """Every preference question on its own."""
    told = {one.question: one for one in scene.pairs}
    said = [
        _of_question(one, told[one.question.key], scene.seed)
        for one in scene.facets
        if one.votes.facet.scale == "sides" and not one.votes.facet.key and one.question.key in told
    ]
    return Said([found for one in said for found in one.found], " ".join(one.note for one in said))


def _of_question(one: Voted, told: Compared, seed: int) -> Said:
    labels, people, rows = _labels(one, told, seed)
    key = one.question.key
    if people < FEWEST_ANNOTATORS:
        return Said(
            note=f"“{key}” has {people} annotators with {FEWEST_LABELS} labels; {FEWEST_ANNOTATORS} are needed."
        )
    choice = groups.choose(labels, seed=seed)
    if choice.groups == 1:
        return Said(note=f"“{key}”: the {people} annotators are one group. {' '.join(choice.reasons)}".strip())
    found = [_overview(key, choice, labels), *_items(key, told, choice, _Said(labels, rows, _accuracy(one)))]
    return Said(found, f"“{key}”: {choice.groups} groups among {people} annotators, told apart by {told.by}.")


def _labels(one: Voted, told: Compared, seed: int) -> tuple[Labels, int, Integers]:
    """The labels of those who say enough, ties left out, how many these are, and (n,) each label's pair."""
    votes = one.votes
    row_of = {item: row for row, item in enumerate(told.items)}
    row = np.array([row_of.get(unit.item, -1) for unit in votes.units], np.int64)[votes.unit]
    careless = np.array([bool(told.get("is_spammer") or told.get("is_adversary")) for told in one.outcome.believed])
    usable = (row >= 0) & (votes.value != 1) & votes.of_kind(*PEOPLE) & ~careless[votes.annotator]
    many = np.bincount(votes.annotator[usable], minlength=len(votes.annotators)) >= FEWEST_LABELS
    rows = np.flatnonzero(usable & many[votes.annotator])
    if len(rows) > MOST_LABELS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_LABELS, replace=False))
    who, number = np.unique(votes.annotator[rows], return_inverse=True)
    features = _features(told)[row[rows]]
    return Labels(features, number.astype(np.int64), votes.value[rows] == 0, max(1, len(who))), len(who), row[rows]


def _accuracy(one: Voted) -> float:
    """Of people on this question, on average; never so sure that one vote settles everything."""
    told = [figures["accuracy"] for figures in one.outcome.believed if "accuracy" in figures]
    return float(np.clip(np.mean(told), 0.55, 0.9))


class _Said(NamedTuple):
    """Labels, (n,) the pair of each, and how often one is right."""

    labels: Labels
    rows: Integers
    accuracy: float


def _features(told: Compared) -> Floats:
    """What is said and how much longer it is: tastes part about length as often as about anything."""
    return np.hstack([told.pairs.differences, told.pairs.nuisance])


def _overview(key: str, choice: Choice, labels: Labels) -> Found:
    nearest = choice.mixture.membership.argmax(axis=1)
    sizes = np.bincount(nearest, minlength=choice.groups).tolist()
    gain = choice.gains[choice.groups]
    return Found(
        about=f"groups:{key}",
        words=f"{choice.groups} groups of annotators prefer differently: {' and '.join(map(str, sizes))} people.",
        strength=float(np.clip(gain * 10, 0, 1)),
        evidence={"sizes": sizes, "gain_nats": round(gain, 4), "labels": len(labels.first)},
        question=key,
    )


def _items(key: str, told: Compared, choice: Choice, said: _Said) -> Iterator[Found]:
    chances: Floats = expit(_features(told) @ choice.mixture.rewards.T)
    high, low = chances.max(axis=1), chances.min(axis=1)
    posterior = _posterior(chances, choice, said)
    for row in np.flatnonzero(posterior >= APART).tolist():
        yield Found(
            about=f"item:{told.items[row]}",
            words=f"Groups of annotators are apart about it, at {posterior[row]:.0%}: of their other labels one would "
            f"take the first at {high[row]:.0%}, another at {low[row]:.0%}.",
            strength=float(posterior[row]),
            evidence={"by_group": [round(float(chance), 4) for chance in chances[row]]},
            question=key,
            item=told.items[row],
        )


def _posterior(chances: Floats, choice: Choice, said: _Said) -> Floats:
    """(pairs,) that the group most and the group least for the first see it differently."""
    most, least = chances.argmax(axis=1), chances.argmin(axis=1)
    high, low = chances.max(axis=1), chances.min(axis=1)
    group = choice.mixture.membership.argmax(axis=1)[said.labels.annotators]
    right = np.log(said.accuracy / (1 - said.accuracy))
    signs = np.where(said.labels.first, right, -right)
    for_most, for_least = (
        np.bincount(said.rows, np.where(group == which[said.rows], signs, 0.0), minlength=len(chances))
        for which in (most, least)
    )
    likely = np.exp(np.stack([for_most, for_most + for_least, np.zeros(len(chances))]))
    prior = np.stack([high - low, low, 1 - high])
    joint = prior * likely / likely.max(axis=0)
    found: Floats = joint[0] / joint.sum(axis=0)
    return found


DETECTOR = described("tastes", "1", find)
