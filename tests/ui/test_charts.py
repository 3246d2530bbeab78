"""Where marks stand on an axis that all rows of a table share."""

import pytest

from ui.charts import Axis


def test_an_axis_begins_at_nothing_and_goes_further_down_only_where_something_lies_there() -> None:
    assert Axis.holding([0.3, None, 0.9]).lowest == 0
    assert Axis.holding([-0.13, 0.4]).lowest == pytest.approx(-0.2)
    assert Axis.holding([-7.0]).lowest == -1
    assert Axis.holding([]).lowest == 0


def test_what_lies_beyond_an_end_stands_at_it() -> None:
    axis = Axis(-0.25)

    assert [axis.at(value) for value in (-0.25, 0.0, 1.0, -3.0, 2.0)] == [0.0, 0.2, 1.0, 0.0, 1.0]


def test_ticks_have_words_that_do_not_lie_on_each_other() -> None:
    assert [tick.words for tick in Axis(0).ticks()] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert next(tick.words for tick in Axis(-0.1).ticks()) == "0.0"
    assert [tick.words for tick in Axis(-0.4).ticks()][:2] == ["−0.4", "0.0"]
    assert [tick.words for tick in Axis(-1).ticks()] == ["−1.0", "0.0", "0.5", "1.0"]


def test_an_estimate_without_bounds_is_a_dot_and_says_so() -> None:
    alone, between = Axis(0).interval(0.5, None, None, "α"), Axis(0).interval(0.5, 0.4, 0.7, "α")

    assert (alone.low, alone.high, alone.label) == (0.5, 0.5, "α: 0.50")
    assert (between.low, between.high, between.label) == (0.4, 0.7, "α: 0.50, from 0.40 to 0.70")
