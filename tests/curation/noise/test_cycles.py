"""Cycles: energy of known tables, planted rock-paper-scissors, false alarms, triads, real round robins."""

import csv
import os
from collections import defaultdict
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from curation.noise.cycles import (
    RIDGE,
    bradley_terry,
    chances_of_error,
    circles,
    cyclicity,
    energy,
    proposals,
    tournaments,
    triads,
)

REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
JUDGMENTS = REAL / "workers_pairs_convarg" / "judgments.csv"


def planted(prompts, count, votes, share, seed):
    """Tournaments, of which a share has a circle among its first three, and which they are."""
    draw = np.random.default_rng(seed)
    cyclic = draw.random(prompts) < share
    scores = draw.normal(size=(prompts, count))
    p = expit(scores[:, :, None] - scores[:, None, :])
    for i, j in ((0, 1), (1, 2), (2, 0)):
        p[cyclic, i, j], p[cyclic, j, i] = 0.85, 0.15
    won = np.triu(draw.binomial(votes, p), k=1)
    lost = np.triu(votes - won, k=1)
    return (won + np.swapaxes(lost, 1, 2)).astype(float), cyclic


def test_a_circle_has_all_its_energy_left_and_an_order_almost_none():
    circle = np.array([[0, 10, 0], [0, 0, 10], [10, 0, 0]], float)
    order = np.round(100 * expit(np.array([1.0, 0, -1])[:, None] - np.array([1.0, 0, -1])))
    np.fill_diagonal(order, 0)

    found, scores = energy(np.stack([circle, order]))

    assert found[0] == pytest.approx(3 * 10 * np.log(10.5 / 0.5) ** 2)
    assert scores[0] == pytest.approx([0, 0, 0], abs=1e-12)
    assert found[1] < found[0] / 50
    assert scores[1] == pytest.approx([1, 0, -1], abs=0.05)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_energy_is_the_least_squares_rest_and_renaming_moves_only_names(seed):
    draw = np.random.default_rng(seed)
    wins = np.triu(draw.integers(0, 6, (4, 4)), k=1) + np.tril(draw.integers(0, 6, (4, 4)), k=-1) + 0.0
    i, j = np.triu_indices(4, 1)
    design = np.zeros((6, 4))
    design[range(6), i], design[range(6), j] = 1, -1
    weight = np.sqrt(wins[i, j] + wins[j, i])
    told = np.log((wins[i, j] + 0.5) / (wins[j, i] + 0.5))
    best = np.linalg.lstsq(design * weight[:, None], told * weight, rcond=None)[0]
    order = draw.permutation(4)

    found, scores = energy(wins)
    renamed, renamed_scores = energy(wins[np.ix_(order, order)])

    assert found == pytest.approx((weight**2 * (told - design @ best) ** 2).sum(), abs=1e-8)
    assert renamed == pytest.approx(found, abs=1e-8)
    assert renamed_scores == pytest.approx(scores[order], abs=1e-8)


def test_the_scores_that_tournaments_are_drawn_from_are_the_most_likely_ones():
    wins, _ = planted(1, 4, 7, 0.0, 3)

    def loss(s):
        return -(wins[0] * log_expit(s[:, None] - s)).sum() + RIDGE / 2 * s @ s

    assert bradley_terry(wins)[0] == pytest.approx(minimize(loss, np.zeros(4)).x, abs=1e-3)


@pytest.mark.parametrize("count", [3, 4])
def test_planted_circles_are_found_at_ten_votes_and_false_alarms_are_few(count):
    wins, cyclic = planted(150, count, 10, 0.3, seed=count)

    p = cyclicity(wins).p_value

    assert (p[cyclic] <= 0.05).mean() >= 0.9
    assert (p[~cyclic] <= 0.05).mean() <= 0.10


@pytest.mark.nightly
@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize(("votes", "least"), [(3, 0.25), (5, 0.65), (10, 0.9), (20, 0.95)])
def test_the_table_of_circles(count, votes, least):
    wins, cyclic = planted(1_000, count, votes, 0.3, seed=count)

    p = cyclicity(wins).p_value
    power, alarms = (p[cyclic] <= 0.05).mean(), (p[~cyclic] <= 0.05).mean()
    print(f"circles of {count} responses, {votes} votes a pair: found {power:.3f}, false alarms {alarms:.3f}")

    assert power >= least
    assert alarms <= 0.10


def test_a_badge_stands_only_at_a_low_false_discovery_rate():
    wins, cyclic = planted(200, 3, 20, 0.3, seed=8)

    flagged = proposals(cyclicity(wins, draws=999)).flagged

    assert flagged[cyclic].mean() >= 0.9
    assert flagged[~cyclic].sum() <= 2
    assert not proposals(cyclicity(planted(200, 3, 10, 0.0, seed=1)[0])).flagged.any()


def test_the_same_seed_draws_the_same_and_blocks_change_only_chance(monkeypatch):
    wins, _ = planted(10, 3, 5, 0.3, seed=1)

    assert (cyclicity(wins, seed=4).p_value == cyclicity(wins, seed=4).p_value).all()
    monkeypatch.setattr("curation.noise.cycles.BLOCK", 300)
    assert cyclicity(wins, draws=400).p_value == pytest.approx(cyclicity(wins, draws=400, seed=9).p_value, abs=0.12)
    with pytest.raises(ValueError, match="themselves"):
        cyclicity(np.ones((1, 2, 2)))
    assert len(cyclicity(np.zeros((0, 3, 3))).energy) == 0


def test_comparisons_become_tournaments_by_size():
    prompts, first, second = np.array([7, 7, 5, 7]), np.array([0, 1, 1, 0]), np.array([1, 2, 0, 1])

    found = tournaments(prompts, first, second, np.array([1.0, 0.5, 1.0, 1.0]))

    assert {size: names.tolist() for size, (names, _) in found.items()} == {2: [5], 3: [7]}
    assert found[2][1][0].tolist() == [[0, 0], [1, 0]]
    assert found[3][1][0].tolist() == [[0, 2, 0], [0, 0, 0.5], [0, 0.5, 0]]
    assert tournaments(*np.zeros((3, 0), int), np.zeros(0)) == {}


@given(st.integers(0, 10_000), st.integers(0, 8))
def test_triads_are_those_of_looking_at_every_three(seed, count):
    draw = np.random.default_rng(seed)
    beats = np.triu(draw.random((count, count)) < 0.5, k=1)
    beats = beats | np.tril(draw.random((count, count)) < 0.5, k=-1)
    decided = beats ^ beats.T
    one_way = beats & ~beats.T
    three = [t for t in combinations(range(count), 3) if all(decided[i, j] for i, j in combinations(t, 2))]
    cyclic = sum(len({int(one_way[i, [j for j in t if j != i]].sum()) for i in t}) == 1 for t in three)

    assert triads(beats) == (cyclic, len(three))
    found = circles(beats).tolist()
    assert len({tuple(sorted(one)) for one in found}) == len(found) == cyclic
    assert all(i < min(j, k) and one_way[i, j] and one_way[j, k] and one_way[k, i] for i, j, k in found)


@pytest.mark.skipif(not JUDGMENTS.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_majorities_of_real_round_robins_hold_few_cyclic_triads():
    cyclic, every = np.sum([triads(beats) for beats in real_majorities()], axis=0)

    assert every > 50_000
    assert cyclic / every == pytest.approx(0.042, abs=0.012)


def real_majorities():
    """One table for each real debate: who beat whom by the majority of five; a split vote is neither."""
    pairs = {}
    with JUDGMENTS.with_name("pairs.csv").open(newline="") as file:
        pairs = {row["pair_id"]: row for row in csv.DictReader(file)}
    lead, names = defaultdict(int), defaultdict(dict)
    with JUDGMENTS.open(newline="") as file:
        for row in csv.DictReader(file):
            lead[row["pair_id"]] += {"a": 1, "b": -1, "tie": 0}[row["choice"]]
    for pair in lead:
        debate = names[pairs[pair]["debate"]]
        for argument in (pairs[pair]["arg_a"], pairs[pair]["arg_b"]):
            debate.setdefault(argument, len(debate))
    tables = {debate: np.zeros((len(those), len(those)), bool) for debate, those in names.items()}
    for pair, won in lead.items():
        row = pairs[pair]
        a, b = (names[row["debate"]][row[side]] for side in ("arg_a", "arg_b"))
        tables[row["debate"]][a, b], tables[row["debate"]][b, a] = won > 0, won < 0
    return list(tables.values())


def test_the_chance_of_an_error_in_a_circle_is_what_counting_all_errors_gives():
    confidence = [0.95, 0.8, 0.6]
    wrong = np.array([one for one in product([0, 1], repeat=3) if sum(one) in (1, 2)])
    chances = np.prod(np.where(wrong, 1 - np.array(confidence), confidence), axis=1)

    np.testing.assert_allclose(chances_of_error(confidence), chances @ wrong / chances.sum())


def test_three_that_are_equally_sure_share_the_blame():
    found = chances_of_error([0.9, 0.9, 0.9])

    assert found[0] == found[1] == found[2]
    assert 1 / 3 < found[0] < 2 / 3
    assert chances_of_error([1.0, 1.0, 1.0]) == pytest.approx([1 / 3] * 3)  # reviewers who contradict each other
