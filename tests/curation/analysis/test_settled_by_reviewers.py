"""What reviewers settled in the consensus on every scale: it stands, and others are measured by it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annotation.kinds.votes import Facet, Scale
from curation.analysis import consensus
from curation.votes import Annotator, Unit, Votes

LEVELS = tuple(map(str, range(1, 6)))


def votes(scale: Scale, values: tuple[str, ...], rows: list[tuple[int, int, int]], **more: Any) -> Votes:
    """Rows of unit, annotator and value."""
    unit, annotator, value = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    units = int(unit.max()) + 1
    return Votes(
        facet=Facet("", "Which?", scale, values),
        units=tuple(Unit(number, "") for number in range(units)),
        annotators=tuple(Annotator("person", number) for number in range(int(annotator.max()) + 1)),
        unit=unit,
        annotator=annotator,
        value=value,
        degree=np.full(len(rows), np.nan),
        side=np.zeros(len(rows), np.int8),
        seconds=np.full(len(rows), np.nan),
        annotation=np.arange(len(rows)),
        group=np.arange(units),
        out_of=np.full(units, 4 if scale == "first_error" else -1),
        **more,
    )


@pytest.mark.parametrize(
    ("scale", "values"), [("sides", ("a", "tie", "b")), ("names", ("no", "yes", "na")), ("first_error", ())]
)
def test_a_reviewers_answer_stands_against_all_others(scale: Scale, values: tuple[str, ...]) -> None:
    agreeing = [(unit, who, 2 * (unit % 2)) for unit in range(20) for who in range(3)]
    told = votes(scale, values, [*agreeing, (0, 3, 2)], settles=np.array([60]))

    settled = consensus.settle(told).settled

    assert settled.value.tolist() == [2, *(2 * (unit % 2) for unit in range(1, 20))]
    assert settled.confidence[0] == 1.0
    assert settled.posterior[0].tolist() == [float(place == 2) for place in range(settled.posterior.shape[1])]
    assert settled.votes[:2].tolist() == [4, 3]
    assert settled.by_reviewer.tolist() == [0]


def test_a_reviewers_level_is_the_estimate_without_error() -> None:
    agreeing = [(unit, who, unit % 3) for unit in range(20) for who in range(3)]
    told = votes("levels", LEVELS, [*agreeing, (0, 3, 4)], settles=np.array([60]))

    settled = consensus.settle(told).settled

    assert (settled.value[0], settled.confidence[0], settled.posterior[0].tolist()) == (4, 1.0, [4.0, 0.0])
    assert settled.value[1:].tolist() == [unit % 3 for unit in range(1, 20)]


def test_what_looked_wrong_and_was_says_little_of_the_rest() -> None:
    """Reviewers overturn what is wrong: to measure people on that alone would turn every other label round."""
    agreeing = [(unit, who, 2 * (unit % 2)) for unit in range(40) for who in range(3)]
    mended = [(unit, 3, 2 - 2 * (unit % 2)) for unit in range(4)]
    told = votes("sides", ("a", "tie", "b"), [*agreeing, *mended], settles=np.arange(120, 124))

    outcome = consensus.settle(told)

    assert outcome.settled.value[4:].tolist() == [2 * (unit % 2) for unit in range(4, 40)]
    assert outcome.settled.value[:4].tolist() == [2, 0, 2, 0]
    accuracy = [one["accuracy"] for one in outcome.believed[:3]]
    assert 0.8 < min(accuracy) <= max(accuracy) < 0.95  # right 36 times of 40


def test_who_did_nothing_but_settle_is_neither_believed_nor_doubted_for_that() -> None:
    agreeing = [(unit, who, 2 * (unit % 2)) for unit in range(20) for who in range(3)]
    mended = [(unit, 3, 2 - 2 * (unit % 2)) for unit in range(4)]
    told = votes("sides", ("a", "tie", "b"), [*agreeing, *mended], settles=np.arange(60, 64))

    assert consensus.settle(told).believed[3] == {}
    assert consensus.settle(replace(told, settles=np.zeros(0, np.intp))).believed[3]["accuracy"] < 0.5
