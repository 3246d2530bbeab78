"""Agreement between two sides: a judge with people."""

import numpy as np
import pytest

from curation.aggregation import alpha, cross
from modelhooks.head.pairs import Floats


def table(*rows: list[int]) -> Floats:
    return np.array(rows, dtype=float)


def by_pairs(one: Floats, other: Floats, distance: alpha.Distance) -> float:
    """The definition, label by label."""
    apart = distance(one.sum(axis=0) + other.sum(axis=0))
    pairs = [
        (k, m)
        for mine, theirs in zip(one, other, strict=True)
        for k in np.repeat(np.arange(len(mine)), mine.astype(int))
        for m in np.repeat(np.arange(len(theirs)), theirs.astype(int))
    ]
    seen = np.mean([apart[k, m] for k, m in pairs])
    chance = np.mean([apart[k, m] for k, _ in pairs for _, m in pairs])
    return float(1 - seen / chance)


@pytest.mark.parametrize("distance", [alpha.nominal, alpha.interval])
def test_it_is_what_the_definition_says_pair_by_pair(distance: alpha.Distance) -> None:
    draw = np.random.default_rng(3)
    one, other = draw.integers(0, 3, (12, 4)).astype(float), draw.integers(0, 2, (12, 4)).astype(float)

    found = cross.reliability(one, other, distance).total()

    assert found == pytest.approx(by_pairs(one, other, distance))


def test_the_same_is_one_lots_are_nothing_and_the_opposite_lies_below() -> None:
    truth = np.eye(2)[np.random.default_rng(0).integers(0, 2, 4_000)]
    lots = np.eye(2)[np.random.default_rng(1).integers(0, 2, 4_000)]

    assert cross.reliability(truth, truth).total() == 1
    assert abs(cross.reliability(truth, lots).total() or 1) < 0.05
    assert (cross.reliability(truth, truth[:, ::-1]).total() or 0) < -0.9


def test_the_sides_may_change_places_and_units_of_one_side_alone_say_nothing() -> None:
    one, other = table([2, 0], [1, 1], [0, 1], [3, 0]), table([1, 0], [0, 2], [0, 1], [0, 0])

    assert cross.reliability(one, other).total() == pytest.approx(cross.reliability(other, one).total())
    assert cross.reliability(one, other).total() == pytest.approx(cross.reliability(one[:3], other[:3]).total())
    assert cross.agreement(one, other).total() == pytest.approx(4 / 7 + 1 / 7)


def test_without_a_shared_unit_or_a_second_value_there_is_no_figure() -> None:
    assert cross.reliability(table([1, 0]), table([0, 0])).total() is None
    assert cross.agreement(table([1, 0]), table([0, 0])).total() is None
    assert cross.reliability(table([1, 0]), table([1, 0])).total() is None
    assert cross.agreement(table([1, 0]), table([1, 0])).total() == 1


def test_a_judge_who_is_as_good_as_people_agrees_with_them_as_they_do_among_themselves() -> None:
    """Then κx and α estimate the same number, which is why a page may show one beside the other."""
    draw = np.random.default_rng(7)
    truth = draw.integers(0, 2, 20_000)
    said = np.where(draw.random((20_000, 4)) < 0.8, truth[:, None], 1 - truth[:, None])
    people, judge = np.eye(2)[said[:, :3]].sum(axis=1), np.eye(2)[said[:, 3]]

    among = alpha.alpha(people).total() or 0
    between = cross.reliability(judge, people).total() or 0

    assert among == pytest.approx((2 * 0.8 - 1) ** 2, abs=0.02)
    assert between == pytest.approx(among, abs=0.02)
