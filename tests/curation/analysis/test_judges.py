"""What is told of judges: planted ones whose accuracy, certainty, pull of order and of length are known."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from curation.analysis import consensus, judges
from curation.analysis.around import Around
from curation.analysis.judgments import Judgments
from curation.votes import Annotator
from tests.curation.analysis.crowd import NO_JUDGMENTS, PEOPLE, TIE, A, B, Crowd, crowd

UNITS = 1200
MODELS = (7, 8)


def judged(found: Crowd, *said: Any, sure: Any = None) -> tuple[Any, Around]:
    """Votes of the crowd with those of judges on all units, whose log-odds are `sure`; and what stands beside them."""
    votes, own = found.votes, len(said) * UNITS
    before = len(votes)
    votes = replace(
        votes,
        annotators=(*votes.annotators, *(Annotator("model", model) for model in MODELS[: len(said)])),
        unit=np.concatenate([votes.unit, *[np.arange(UNITS)] * len(said)]),
        annotator=np.concatenate([votes.annotator, np.repeat(PEOPLE + np.arange(len(said)), UNITS)]),
        value=np.concatenate([votes.value, *said]),
        degree=np.full(before + own, np.nan),
        side=np.concatenate([votes.side, np.full(own, -1, np.int8)]),
        seconds=np.concatenate([votes.seconds, np.full(own, np.nan)]),
        annotation=np.arange(before + own),
    )
    kept = replace(
        NO_JUDGMENTS,
        annotation=np.arange(before, before + own),
        checkpoint=np.repeat(MODELS[: len(said)], UNITS),
        item=np.tile(100 + np.arange(UNITS), len(said)),
        score=np.full(own, np.nan) if sure is None else np.concatenate([sure] * len(said)),
        consistent=np.full(own, -1, np.int8),
        abstained=np.zeros(own, bool),
        by_order=np.full((own, 2), -1, np.int8),
    )
    return votes, Around(found.texts, {}, kept)


def told(found: Crowd, *said: Any, sure: Any = None) -> list[dict[str, Any]]:
    votes, around = judged(found, *said, sure=sure)
    return judges.figures(votes, consensus.settle(votes).settled, around, seed=0)[PEOPLE:]


@pytest.fixture(scope="module")
def people() -> Crowd:
    found = crowd(planted=False)
    return replace(found, truth=np.where(found.truth == TIE, A, found.truth))


def test_a_judge_that_is_as_sure_as_it_is_right_is_calibrated_and_may_be_cut_off(people: Crowd) -> None:
    draw = np.random.default_rng(1)
    odds = draw.uniform(0, 4, UNITS)
    right = draw.random(UNITS) < expit(odds)
    said = np.where(right, people.truth, 2 - people.truth)

    (one,) = told(people, said, sure=np.where(said == A, odds, -odds))

    assert one["calibration"]["error"] < 0.08
    assert one["with_people"]["low"] < one["with_people"]["value"] < one["with_people"]["high"]
    strict, loose = one["cutoffs"][3], one["cutoffs"][-1]
    assert strict["confidence"] > loose["confidence"]
    assert strict["right"] / strict["checked"] > loose["right"] / loose["checked"] + 0.05
    assert all(cut["at_least"] <= cut["right"] / cut["checked"] for cut in one["cutoffs"])
    assert loose["checked"] <= UNITS


def test_a_judge_that_is_always_sure_is_found_out_and_scaled(people: Crowd) -> None:
    draw = np.random.default_rng(2)
    said = np.where(draw.random(UNITS) < 0.7, people.truth, 2 - people.truth)

    (one,) = told(people, said, sure=np.where(said == A, 6.0, -6.0))

    assert one["calibration"]["error"] > 0.2
    assert one["calibration"]["scaled_error"] < 0.1


def test_length_that_decides_is_told_beside_people_whom_it_does_not_move(people: Crowd) -> None:
    draw = np.random.default_rng(3)
    longer = np.where(people.texts.longer(people.votes.units) > 0, A, B)
    said = np.where(draw.random(UNITS) < 0.5, longer, people.truth)

    length = told(people, said)[0]["length"]

    assert length["pull"]["low"] > length["people_pull"]["high"]


def test_what_order_does_is_told_from_the_verdicts_in_both(people: Crowd) -> None:
    votes, around = judged(people, people.truth)
    # Half of the pairs by their merit, half by what stands first.
    by_merit = np.arange(UNITS) % 2 == 0
    swapped = 2 - people.truth
    by_order = np.stack([np.where(by_merit, people.truth, A), np.where(by_merit, swapped, A)], axis=1).astype(np.int8)
    kept = replace(around.judgments, by_order=by_order, consistent=by_merit.astype(np.int8), abstained=~by_merit)

    (one,) = judges.figures(votes, consensus.settle(votes).settled, replace(around, judgments=kept), seed=0)[PEOPLE:]

    assert (one["orders"]["consistent"]["value"], one["orders"]["both"], one["abstained"]["value"]) == (0.5, UNITS, 0.5)
    assert one["orders"]["first"]["value"] == pytest.approx(0.75, abs=0.01)
    assert one["orders"]["bias"] > 0.9


def test_a_judge_in_one_order_has_no_pull_that_could_be_told_apart(people: Crowd) -> None:
    (one,) = told(people, people.truth)

    assert (one["orders"]["consistent"], one["orders"]["bias"], one["cutoffs"]) == (None, None, [])


def test_judges_that_err_together_are_worth_fewer_and_trusted_less(people: Crowd) -> None:
    draw = np.random.default_rng(4)
    wrong, other = draw.random((2, UNITS)) < 0.3
    copy, apart = (np.where(mask, 2 - people.truth, people.truth) for mask in (wrong, other))

    twins, strangers = told(people, copy, copy)[0]["together"], told(people, copy, apart)[0]["together"]

    assert twins["independent"] < 1.3
    assert strangers["independent"] > 1.5
    assert twins["correlation"] > 0.8 > 0.3 > strangers["correlation"]
    assert twins["trust"] < 1


def test_without_known_truths_nobody_says_how_far_judges_together_may_be_believed(people: Crowd) -> None:
    votes, around = judged(people, people.truth, people.truth)
    settled = consensus.settle(votes).settled
    none = replace(settled, value=np.full(UNITS, -1))

    together = judges.figures(votes, none, around, seed=0)[-1]["together"]

    assert (together["trust"], together["correlation"]) == (None, None)


def test_people_are_told_nothing_of_here(people: Crowd) -> None:
    votes, around = judged(people, people.truth)

    assert judges.figures(votes, consensus.settle(votes).settled, around, seed=0)[:PEOPLE] == [{}] * PEOPLE


def test_of_several_answers_to_one_item_the_last_stands() -> None:
    kept = Judgments(
        annotation=np.arange(3),
        checkpoint=np.array([7, 7, 8]),
        item=np.array([1, 1, 1]),
        score=np.zeros(3),
        consistent=np.zeros(3, np.int8),
        abstained=np.zeros(3, bool),
        by_order=np.array([[A, A], [B, -1], [A, A]], np.int8),
    )

    found = kept.in_orders(7)

    assert (found.values.tolist(), found.swapped.tolist()) == ([B], [0])
