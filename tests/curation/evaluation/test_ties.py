"""The subset Ties against a second telling of its rule, row by row, and against what is known by hand."""

import math

import numpy as np
import pytest

from curation.evaluation import ties
from curation.evaluation.names import REF, TIED
from curation.evaluation.ties import Row


def _by_hand(rows: list[Row]) -> float:
    """The rule as RewardBench 2 tells it, with lists instead of totals."""
    tied = {row.number: row for row in rows if row.role == TIED}
    ref = {row.number: row for row in rows if row.role == REF}
    right = {
        role: [min(r.scores[: r.right]) > max(r.scores[r.right :]) for r in some.values()]
        for role, some in ((TIED, tied), (REF, ref))
    }
    both = [number for number in tied if number in ref]
    spread = {n: max(tied[n].scores[: tied[n].right]) - min(tied[n].scores[: tied[n].right]) for n in both}
    lead = {n: min(tied[n].scores[: tied[n].right]) - max(tied[n].scores[tied[n].right :]) for n in both}
    other = {n: ref[n].scores[0] - max(ref[n].scores[1:]) for n in both}

    def average(numbers: list[float]) -> float:
        return sum(numbers) / len(numbers)

    return (
        0.30 * average(right[TIED])
        + 0.30 * average(right[REF])
        + 0.20 * average([lead[n] > spread[n] for n in both])
        + 0.20 * average([min(lead[n], other[n]) > spread[n] for n in both])
        + 0.01 * average([math.tanh(min(lead[n], other[n]) / spread[n] - 1) for n in both])
    )


def _score(rows: list[Row]) -> float | None:
    return ties.value(ties.parts(rows).sum(axis=0))


def _drawn(seed: int, prompts: int = 12) -> list[Row]:
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(prompts):
        right, wrong = draw.integers(2, 6), draw.integers(1, 5)
        scores = [*(draw.normal(2, 0.6, right)), *draw.normal(0, 1, wrong)]
        rows.append(Row(TIED, number, scores, int(right)))
        rows.append(Row(REF, number, [*draw.normal(2, 0.6, 1), *draw.normal(0, 1, wrong)], 1))
    return rows


@pytest.mark.parametrize("seed", range(8))
def test_totals_give_the_score_of_the_rule_as_it_is_told(seed):
    rows = _drawn(seed)

    assert _score(rows) == pytest.approx(_by_hand(rows), abs=1e-12)


def test_right_ones_close_together_and_far_above_get_all():
    rows = [Row(TIED, 1, [10.0, 10.1, 0.0], 2), Row(REF, 1, [10.0, 0.0], 1)]

    assert _score(rows) == pytest.approx(1 + 0.01 * math.tanh(10.0 / 0.1 - 1))


def test_right_ones_far_apart_get_only_what_is_for_being_above():
    rows = [Row(TIED, 1, [10.0, 1.0, 0.0], 2), Row(REF, 1, [10.0, 0.0], 1)]

    assert _score(rows) == pytest.approx(0.6 + 0.01 * math.tanh(1 / 9 - 1))


def test_a_weak_reference_takes_what_is_for_both_rows():
    rows = [Row(TIED, 1, [10.0, 9.0, 0.0], 2), Row(REF, 1, [0.5, 0.0], 1)]

    assert _score(rows) == pytest.approx(0.8 + 0.01 * math.tanh(0.5 - 1))


@pytest.mark.parametrize(("lead", "last"), [(2.0, 0.01), (-2.0, -0.01), (0.0, 0.0)])
def test_without_any_spread_the_last_part_stands_at_its_limit(lead, last):
    rows = [Row(TIED, 1, [lead, lead, 0.0], 2), Row(REF, 1, [lead, 0.0], 1)]
    whole = 1.0 if lead > 0 else 0.0

    assert _score(rows) == pytest.approx(whole + last)


def test_the_order_of_rows_does_not_matter():
    rows = _drawn(3)
    shuffled = [rows[place] for place in np.random.default_rng(0).permutation(len(rows))]

    assert _score(shuffled) == pytest.approx(_score(rows), abs=1e-12)


def test_what_is_not_answered_counts_as_badly_as_can_be():
    whole = [Row(TIED, 1, [10.0, 10.1, 0.0], 2), Row(REF, 1, [10.0, 0.0], 1)]
    unheard = [Row(TIED, 1, None, 2), whole[1]]

    assert _score(unheard) == pytest.approx(0.30 - 0.01)


def test_without_both_rows_of_any_prompt_there_is_no_score():
    assert _score([Row(TIED, 1, [2.0, 2.0, 0.0], 2), Row(REF, 2, [2.0, 0.0], 1)]) is None
    assert _score([]) is None
