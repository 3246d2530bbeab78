"""Skywork-V2's rules: how many neighbors, who agrees, what gold may never become, and the error that is left."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.noise.leakage import index
from curation.noise.leakage import proposals as leaked
from curation.noise.skywork import Preset, State, first_of_each, keeps, neighbors, retrieve, second_stage, start


@pytest.mark.parametrize(
    ("p", "count"), [(0.2, 8), (0.5, 8), (0.51, 4), (0.75, 2), (0.875, 1), (0.9, 1), (0.999, 1), (1.0, 0), (0.0, 8)]
)
def test_the_less_the_model_believes_a_gold_pair_the_more_neighbors_are_fetched(p, count):
    assert neighbors(np.array([p])).tolist() == [count]


def test_a_probability_is_one():
    with pytest.raises(ValueError, match="0 to 1"):
        neighbors(np.array([1.1]))


def test_the_human_trained_model_and_one_other_have_to_agree():
    kept = {one: bool(keeps(*(np.array([voice]) for voice in one))[0]) for one in product((False, True), repeat=3)}

    assert {one for one, stays in kept.items() if stays} == {
        (True, True, True),
        (True, True, False),
        (True, False, True),
    }


def test_what_is_not_kept_is_labeled_anew_where_the_best_model_is_against_it_and_else_dropped():
    p = np.array([1.0, 1.0, 1.0, 0.0, 0.5, 1.0])
    gold = np.array([1.0, -1.0, -1.0, -1.0, 0.0, 1.0])
    language = np.array([np.nan, 0.9, 0.9, 0.2, 0.5, np.nan])
    best = np.array([2.0, 1.0, -1.0, 1.0, 0.0, -1.0])

    said = second_stage(p, gold, language, best)

    assert said.suggested.tolist() == ["keep", "drop", "review", "keep", "review", "review"]
    mirrored = second_stage(1 - p, -gold, 1 - language, -best)
    assert (mirrored.suggested == said.suggested).all()
    assert mirrored.scores == pytest.approx(said.scores)


def test_three_independent_voters_leave_the_error_of_the_closed_form():
    draw, n, accuracies, flips = np.random.default_rng(0), 200_000, (0.85, 0.80, 0.75), 0.2
    wrong = draw.random(n) < flips
    truth = np.where(draw.random(n) < 0.5, 1.0, -1.0)
    label = np.where(wrong, -truth, truth)
    gold, language, best = (np.where(draw.random(n) < right, truth, -truth) for right in accuracies)

    said = second_stage((label + 1) / 2, gold, (language + 1) / 2, best)
    left = float(wrong[~said.flagged].mean())

    def passes(a, b, c):
        return a * (1 - (1 - b) * (1 - c))

    right, false = (1 - flips) * passes(*accuracies), flips * passes(*(1 - one for one in accuracies))
    assert left == pytest.approx(false / (right + false), abs=0.01)
    assert left < flips / 4


def test_neighbors_are_the_nearest_each_once():
    gold = np.array([[1.0, 0.0], [0.0, 2.0]])
    pool = np.array([[5.0, 0.1], [1.0, 1.0], [0.1, 5.0], [-1.0, 0.0], [0.0, 0.0]])

    assert retrieve(gold, pool, np.array([1, 1])).tolist() == [0, 2]
    assert retrieve(gold, pool, np.array([2, 2])).tolist() == [0, 1, 2]
    assert retrieve(gold, pool, np.array([0, 1])).tolist() == [2]
    assert retrieve(gold, pool, np.array([9, 0])).tolist() == [0, 1, 2, 3, 4]
    assert len(retrieve(gold, pool, np.array([0, 0]))) == len(retrieve(gold, np.zeros((0, 2)), np.array([8, 8]))) == 0


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_no_gold_pair_ever_enters_silver(seed):
    draw = np.random.default_rng(seed)
    ledger, points, gold = start(draw.random(40)), draw.normal(size=(40, 3)), set()
    for _ in range(6):
        fetched = ledger.next_pairs(draw.random(len(ledger.of(State.GOLD))), points)
        if not len(fetched):
            fetched = draw.permutation(ledger.of(State.UNVERIFIED))[:4]
        people, models = fetched[::2], fetched[1::2]
        verdict = np.where(draw.random(len(people)) < 0.2, np.nan, draw.integers(0, 2, len(people)))
        ledger = ledger.verified(people, verdict).labeled(models, draw.random(len(models)))
        gold |= set(people[~np.isnan(verdict)].tolist())

        assert set(ledger.of(State.GOLD).tolist()) == gold
        assert not gold & set(ledger.of(State.SILVER).tolist())
        assert sum(len(ledger.of(state)) for state in State) == 40


def test_a_model_cannot_speak_over_people_and_who_cannot_decide_discards():
    ledger = start(np.array([1.0, 0.0, 0.5])).verified(np.array([0, 1]), np.array([0.0, np.nan]))

    assert ledger.states.tolist() == ["gold", "discarded", "unverified"]
    assert ledger.p.tolist() == [0.0, 0.0, 0.5]
    with pytest.raises(ValueError, match="people verified"):
        ledger.labeled(np.array([0]), np.array([1.0]))
    with pytest.raises(ValueError, match="once"):
        ledger.labeled(np.array([2, 2]), np.array([1.0, 0.0]))


def test_repeats_go_once_and_for_all():
    rows = [("p", "a", "b"), ("p", "b", "a"), ("p", "a", "b"), ("q", "a", "b")]

    first = first_of_each(rows)

    assert first.tolist() == [True, True, False, True]
    assert first_of_each([row for row, kept in zip(rows, first, strict=True) if kept]).all()
    assert len(first_of_each([])) == 0


def test_the_preset_keeps_twelve_words_of_a_benchmark_and_takes_thirteen_out():
    row = " ".join(f"w{number}" for number in range(20))
    twelve, thirteen = (" ".join(row.split()[3 : 3 + count]) for count in (12, 13))

    said = leaked([f"before {twelve} after", f"before {thirteen} after"], index([row], length=Preset().benchmark_words))

    assert said.suggested.tolist() == ["keep", "drop"]
