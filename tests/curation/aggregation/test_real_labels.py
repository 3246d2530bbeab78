"""What the methods say about labels of real people and judges, where the truth or a reference is known."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from curation.aggregation import agreement, alpha, cautious, confidence, dawid_skene, dependence, orders
from curation.aggregation.labels import UNKNOWN, make

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
SIDES = {"a": 0, "tie": 1, "b": 2}
SURE = 0.9

pytestmark = pytest.mark.skipif(
    not (REAL / "workers_categorical").exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA"
)


def rows(*parts):
    with REAL.joinpath(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbered(values):
    """A number for each name, in the order of names."""
    return np.unique(np.array(values), return_inverse=True)[1]


def crowd(name):
    """Labels of a set, and its truths."""
    told, known = rows("workers_categorical", name, "label.csv"), rows("workers_categorical", name, "truth.csv")
    units, who, values = (np.array([int(row[key]) for row in told]) for key in ("item", "worker", "label"))
    labels = make(units, who, values, value_count=int(values.max()) + 1)
    truth = np.full(labels.unit_count, UNKNOWN)
    for row in known:
        truth[int(row["item"])] = int(row["truth"])
    return labels, truth


@pytest.mark.parametrize(("name", "least"), [("web", 0.82), ("rte", 0.925), ("dog", 0.84)])
def test_crowds_are_read_better_than_by_counting(name, least):
    labels, truth = crowd(name)
    known = truth != UNKNOWN

    found, plain = cautious.settle(labels), dawid_skene.fit(labels)

    right = (found.posterior.argmax(axis=1) == truth)[known]
    assert right.mean() >= least
    assert (plain.posterior.argmax(axis=1) == truth)[known].mean() >= least
    assert right.mean() > by_counting(labels.counts()[known], truth[known]) + 0.01
    # Both are too sure; who counts labels that err together as fewer is so by less.
    assert right.mean() < found.confidence[known].mean() < plain.confidence[known].mean() - 0.01


def by_counting(counts, truth):
    """How often the most frequent value is true, values that are level sharing what they may win."""
    top = counts == counts.max(axis=1, keepdims=True)
    return (top[np.arange(len(truth)), truth] / top.sum(axis=1)).mean()


@pytest.fixture(scope="module")
def judges():
    """Verdicts of 65 judges in both orders, and which response is better."""
    with (REAL / "judges_llmbar" / "pairs.jsonl").open(encoding="utf-8") as file:
        gold = {row["id"]: SIDES[row["gold"]] for row in map(json.loads, file)}
    told = [row for row in rows("judges_llmbar", "votes.csv") if row["choice"] in SIDES]
    names = sorted(gold)
    numbers = {name: at for at, name in enumerate(names)}
    labels = make(
        np.array([numbers[row["pair_id"]] for row in told]),
        numbered([row["judge"] for row in told]),
        np.array([SIDES[row["choice"]] for row in told]),
        value_count=3,
        unit_count=len(names),
        swapped=np.array([int(row["shown_swapped"]) for row in told]),
    )
    return labels, np.array([gold[name] for name in names])


def some_known(truth, count, seed):
    known = np.full(len(truth), UNKNOWN)
    drawn = np.random.default_rng(seed).permutation(len(truth))[:count]
    known[drawn] = truth[drawn]
    return known


def test_judges_in_one_order_err_together_and_gold_shows_it(judges):
    labels, truth = judges
    labels = labels.take(labels.swapped == 0)
    alone = dawid_skene.fit(labels, symmetric=True)

    honest = [confidence.trust(alone.posterior, some_known(truth, 40, seed)) for seed in range(5)]
    together = dependence.of(labels, truth)

    right = (alone.posterior.argmax(axis=1) == truth).mean()
    softened = np.mean([confidence.raised(alone.posterior, one).max(axis=1).mean() for one in honest])
    assert right < 0.7
    assert alone.confidence.mean() > 0.9  # what it says of itself, which nobody must be shown as it is
    assert softened < right + 0.1
    assert together.independent < 0.15 * together.labels


def test_judges_in_one_order_make_nobody_sure(judges):
    labels, truth = judges
    labels = labels.take(labels.swapped == 0)

    found = cautious.settle(labels, symmetric=True)

    right = (found.posterior.argmax(axis=1) == truth).mean()
    assert right < 0.7
    assert found.confidence.mean() < right + 0.1
    assert (found.confidence > SURE).mean() < 0.3
    assert found.together is not None
    assert found.together.correlation > 0.15
    assert found.together.independent < 0.15 * found.together.labels


def test_judges_in_both_orders_are_read_better_than_by_counting(judges):
    labels, truth = judges

    found = cautious.settle(labels, symmetric=True)

    right = (found.posterior.argmax(axis=1) == truth).mean()
    assert right >= 0.8
    assert right > by_counting(labels.counts(), truth) + 0.1
    assert found.confidence.mean() < right


def test_twenty_known_pairs_turn_the_judges(judges):
    labels, truth = judges
    labels = labels.take(labels.swapped == 0)
    alone = (cautious.settle(labels, symmetric=True).posterior.argmax(axis=1) == truth).mean()

    known = some_known(truth, 20, seed=0)
    found = cautious.settle(labels, symmetric=True, known=known)

    others = known == UNKNOWN
    right = (found.posterior.argmax(axis=1) == truth)[others].mean()
    assert right >= max(0.78, alone + 0.1)
    assert found.confidence[others].mean() == pytest.approx(right, abs=0.1)


def test_judges_differ_widely_in_what_the_order_does_to_them(judges):
    labels, _ = judges

    turned = sorted(1 - orders.of(labels, judge).consistent.value for judge in range(labels.annotator_count))

    assert turned[0] < 0.1
    assert turned[-1] > 0.85


def test_a_question_that_nobody_agrees_on_is_seen():
    told = rows("ratings_halie_summaries", "ratings.csv")
    points = np.array([int(row["coherence"]) for row in told])
    labels = make(
        numbered([row["item_id"] for row in told]),
        numbered([row["worker"] for row in told]),
        points - 1,
        value_count=5,
    )

    clear = make(
        labels.units, labels.annotators, np.array([row["consistent"] == "yes" for row in told], int), value_count=2
    )

    coherence, consistency = agreement.of(labels, distance=alpha.ordinal, draws=100), agreement.of(clear, draws=100)

    assert coherence.alpha.high < 0.25
    assert coherence.alpha.high < consistency.alpha.low - 0.15
    assert coherence.plain.value > 0.4  # which alone would look like agreement
