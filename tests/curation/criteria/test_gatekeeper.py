"""Gates that contradict people are named; good gates of a judge who errs are not."""

import numpy as np
import pytest

from curation.criteria.gatekeeper import gates
from curation.criteria.scoring import plain
from curation.criteria.verdicts import from_table, make
from tests.curation.criteria.planted import judged

ONE = plain(np.ones(1), gates=np.ones(1, bool))


def met(preferred, rejected, *, flips=0.0, repeats=1, seed=0):
    """One criterion with so many of 100 that meet it on either side."""
    draw = np.random.default_rng(seed)
    true = np.stack([draw.permutation(100) < preferred, draw.permutation(100) < rejected], axis=1)
    return from_table(judged(true[:, :, None], flips, repeats, draw), np.arange(100))


def test_a_gate_that_preferred_responses_never_fail():
    found = gates(met(100, 60), ONE)[0]

    assert (found.criterion, found.failing, found.failed.value, found.failed.low) == (0, 0, 0, 0)
    assert found.failed.high == pytest.approx(1 - 0.025 ** (1 / 100))
    assert found.against.value == 0
    assert not found.contradicts


@pytest.mark.parametrize(("failing", "contradicts"), [(10, False), (11, True)])
def test_a_gate_that_preferred_responses_fail_more_often_than_is_tolerated(failing, contradicts):
    found = gates(met(100 - failing, 30), ONE)[0]

    assert found.failing == failing
    assert (found.failed.low > 0.05) == contradicts  # Clopper and Pearson: .0490 and .0562
    assert found.contradicts == contradicts


def test_a_gate_that_is_wrong_more_often_than_right_where_it_decides():
    # Few fail it at all, but nearly all who do are preferred.
    true = np.ones((200, 2, 1, 1))
    true[:8, 0] = 0

    found = gates(from_table(true, np.arange(200)), ONE)[0]

    assert found.failed.low < 0.05
    assert (found.against.value, found.failing) == (1, 8)
    assert found.against.low > 0.5
    assert found.contradicts


def test_errors_of_a_judge_are_outvoted_by_repeats():
    once = [gates(met(100, 50, flips=0.1, repeats=1, seed=seed), ONE)[0] for seed in range(20)]
    thrice = [gates(met(100, 50, flips=0.1, repeats=3, seed=seed), ONE)[0] for seed in range(20)]

    assert np.mean([one.failed.value for one in once]) == pytest.approx(0.1, abs=0.03)
    assert np.mean([one.failed.value for one in thrice]) == pytest.approx(0.028, abs=0.012)  # 3 · .1² · .9 + .1³
    assert not any(one.contradicts for one in thrice)


def test_failing_together_in_one_prompt_is_less_evidence():
    values = np.ones((100, 2, 1, 1))
    values[:12, 0] = 0

    alone = gates(from_table(values, np.arange(100)), ONE)[0]
    together = gates(from_table(values, np.maximum(np.arange(100) - 11, 0)), ONE)[0]

    assert alone.contradicts
    assert together.failed.low < alone.failed.low
    assert not together.contradicts


def test_only_gates_are_looked_at_and_of_pitfalls_the_other_end():
    values = np.zeros((100, 2, 2, 1))
    scoring = plain(np.array([1.0, -1.0]), gates=np.array([False, True]))

    found = gates(from_table(values, np.arange(100)), scoring)

    assert [(one.criterion, one.failing) for one in found] == [(1, 0)]
    assert gates(from_table(1 - values, np.arange(100)), scoring)[0].contradicts


def test_what_was_not_decided_is_not_failed():
    values = np.full((50, 2, 1, 1), np.nan)
    assert gates(from_table(values, np.arange(50)), ONE)[0].failed is None

    values[:10] = 1
    found = gates(from_table(values, np.arange(50)), ONE)[0]
    assert (found.failed.value, found.against, found.contradicts) == (0, None, False)
    assert found.failed.high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_the_mirror_turns_what_is_decided_against_people():
    one, other = (gates(each, ONE)[0] for each in (met(90, 60), met(90, 60).mirrored()))

    assert other.against.value == pytest.approx(1 - one.against.value)
    assert other.failing == 40


def test_no_gates_and_no_pairs():
    none = np.zeros(0)

    assert gates(met(90, 60), plain(np.ones(1))) == []
    found = gates(make(none, none, none, none, none, criterion_count=1), ONE)[0]
    assert (found.failing, found.failed, found.contradicts) == (0, None, False)
