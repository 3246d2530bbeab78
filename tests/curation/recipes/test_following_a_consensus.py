"""What recipes make of a consensus: known answers for each kind, what it must reach, and what came too late."""

from typing import Any

import pytest

from curation.recipes import RECIPES, BadParameters, Drop, ItemRecord
from curation.recipes.consensus import known_then
from curation.recipes.records import Agreed, Known
from tests.curation.recipes.made import build, drops, item, rows, said, schema
from tests.curation.recipes.questions import QUESTIONS

FOLLOW = {"aggregator": "consensus"}
FOLLOWING = [name for name, one in RECIPES.items() if any(each.name == "aggregator" for each in one.parameters)]
SIDES = ("a", "tie", "b")
Places = dict[tuple[str, str, str], Agreed]


def sides(value: str, *chances: float, labels: int = 3) -> Agreed:
    """A consensus on who is better, with the chances of a, a tie and b."""
    return Agreed(value, max(chances), dict(zip(SIDES, chances, strict=True)), labels)


def named(value: str, confidence: float = 0.9, **chances: float) -> Agreed:
    return Agreed(value, confidence, chances, 3)


def level(value: int, estimate: float, confidence: float = 0.9, error: float = 0.2) -> Agreed:
    return Agreed(str(value), confidence, {}, 3, estimate, error)


def known(subject: ItemRecord, places: Places) -> ItemRecord:
    return subject._replace(known=Known(100, places))


def pair(value: str, *chances: float, labels: int = 3) -> ItemRecord:
    return known(item("x", "y"), {("better", "", ""): sides(value, *chances, labels=labels)})


def prefer(number: int, winner: str, strength: int | None = None) -> Any:
    return said(number, better={"winner": winner, "strength": strength})


TWO_TO_ONE = (prefer(1, "a", 2), prefer(2, "a", 1), prefer(3, "b", 3))


def test_the_consensus_decides_against_the_majority_and_says_how_sure_it_is():
    (row,) = rows(build("rm_pairs", pair("b", 0.1, 0.1, 0.8), *TWO_TO_ONE, **FOLLOW))

    assert row["chosen"][-1]["content"] == "y"
    assert (row["p_chosen"], row["confidence"]) == (pytest.approx(0.85), 0.8)
    assert (row["n_votes"], row["agreement"], row["strength"]) == (3, pytest.approx(1 / 3), 0.0)
    assert row["annotation_ids"] == [1, 2, 3]
    assert [*row] == schema("rm_pairs", **FOLLOW).names


@pytest.mark.parametrize(
    ("subject", "asked", "reason"),
    [
        (item("x", "y"), {}, Drop.NO_CONSENSUS),
        (known(item("x", "y"), {}), {}, Drop.NO_CONSENSUS),
        (pair("", 0.4, 0.2, 0.4), {}, Drop.NOT_SURE),
        (pair("a", 0.79, 0.01, 0.2), {"min_confidence": 0.8}, Drop.NOT_SURE),
        (pair("a", 0.9, 0.0, 0.1, labels=2), {"min_labels": 3}, Drop.TOO_FEW_VOTES),
        (pair("tie", 0.1, 0.8, 0.1), {}, Drop.TIE),
        (pair("b", 0.1, 0.1, 0.8), {"min_agreement": 0.5}, Drop.LOW_AGREEMENT),
        (pair("a", 0.9, 0.0, 0.1), {"min_votes": 4}, Drop.TOO_FEW_VOTES),
    ],
)
def test_what_does_not_decide_is_left_out_with_its_reason(subject, asked, reason):
    assert build("rm_pairs", subject, *TWO_TO_ONE, **FOLLOW, **asked) is reason


def test_thresholds_are_reached_not_exceeded():
    subject = pair("a", 0.8, 0.0, 0.2)

    assert rows(build("dpo_pairs", subject, *TWO_TO_ONE, **FOLLOW, min_confidence=0.8, min_labels=3))


def test_a_consensus_that_none_is_better_is_both_bad_where_more_of_those_said_so():
    subject = pair("tie", 0.1, 0.8, 0.1)
    bad = (prefer(1, "both_bad"), prefer(2, "both_bad"), prefer(3, "tie"), prefer(4, "a"))
    even = (prefer(1, "both_bad"), prefer(2, "tie"), prefer(3, "tie"))

    assert build("kto", subject, *bad, **FOLLOW) is Drop.BOTH_BAD
    assert [row["label"] for row in rows(build("kto", subject, *bad, **FOLLOW, both_bad="two_bad"))] == [False, False]
    assert build("kto", subject, *even, **FOLLOW, both_bad="two_bad") is Drop.TIE


def test_a_dimension_has_a_consensus_of_its_own():
    places = {("better", "", ""): sides("a", 0.9, 0, 0.1), ("better", "style", ""): sides("b", 0.1, 0, 0.9)}
    answer = {"winner": "a", "strength": 1, "dimensions": {"style": {"winner": "a", "strength": 1}}}

    (row,) = rows(build("rm_pairs", known(item("x", "y"), places), said(better=answer), dimension="style", **FOLLOW))

    assert row["chosen"][-1]["content"] == "y"


def test_each_two_responses_of_a_ranking_follow_their_own_consensus():
    places: Places = {
        ("order", "", "0.1"): sides("b", 0.1, 0.0, 0.9),
        ("order", "", "0.2"): sides("tie", 0.1, 0.8, 0.1),
        ("order", "", "1.2"): sides("a", 0.7, 0.0, 0.3),
    }
    subject = known(item("x", "y", "z"), places)
    outcome = build("rm_pairs", subject, said(order=[[0], [1], [2]]), question="order", **FOLLOW)

    chosen = {row["pair_id"]: row["chosen"][-1]["content"] for row in rows(outcome)}
    assert chosen == {"item-7/0-1": "y", "item-7/1-2": "y"}
    assert drops(outcome) == [Drop.TIE]


def test_a_whole_ranking_follows_from_how_many_each_response_beats():
    places: Places = {
        ("order", "", "0.1"): sides("b", 0.1, 0.0, 0.9),
        ("order", "", "0.2"): sides("tie", 0.2, 0.6, 0.2),
        ("order", "", "1.2"): sides("a", 0.7, 0.0, 0.3),
    }
    votes = (said(1, order=[[1], [0], [2]]), said(2, order=[[1], [0, 2]]))

    (row,) = rows(build("ranking", known(item("x", "y", "z"), places), *votes, **FOLLOW))

    assert [(one["answer"], one["rank"]) for one in row["answers"]] == [("y", 1), ("x", 2), ("z", 2)]
    assert (row["confidence"], row["n_votes"]) == (0.6, 2)
    del places["order", "", "1.2"]
    assert build("ranking", known(item("x", "y", "z"), places), *votes, **FOLLOW) is Drop.NO_CONSENSUS


def test_ratings_are_the_level_of_the_consensus_or_its_estimate():
    places: Places = {("helpful", "", "0"): level(4, 3.7, 0.7), ("helpful", "", "1"): level(2, 2.1, 0.95)}
    subject = known(item("x", "y"), places)
    votes = (said(1, helpful=[5, 2]), said(2, helpful=[3, 2]))

    whole = rows(build("ratings", subject, *votes, questions=["helpful"], **FOLLOW))
    mean = rows(build("ratings", subject, *votes, questions=["helpful"], value="mean", **FOLLOW))
    sure = build("ratings", subject, *votes, questions=["helpful"], min_confidence=0.9, **FOLLOW)

    assert [(row["helpful"], row["confidence"], row["agreement"]) for row in whole] == [(4, 0.7, 0), (2, 0.95, 1)]
    assert [row["helpful"] for row in mean] == [3.7, 2.1]
    assert ([row["helpful"] for row in rows(sure)], drops(sure)) == ([2], [Drop.NOT_SURE])


def test_a_rating_decides_what_is_good_by_its_consensus():
    places: Places = {
        ("helpful", "", "0"): level(5, 4.8),
        ("helpful", "", "1"): level(1, 1.3),
        ("helpful", "", "2"): level(3, 3.0),
    }
    outcome = build("kto", known(item("x", "y", "z"), places), said(helpful=[1, 5, 3]), question="helpful", **FOLLOW)

    assert [row["label"] for row in rows(outcome)] == [True, False]
    assert [round(row["p_chosen"], 3) for row in rows(outcome)] == [1.0, 0.0]
    assert drops(outcome) == [Drop.NEITHER]


def test_a_choice_decides_what_is_good_by_its_consensus():
    places: Places = {
        ("good", "", "0"): named("no", 0.7, yes=0.3, no=0.7),
        ("good", "", "1"): named("yes", 0.9, yes=0.9, no=0.1),
    }
    subject = known(item("x", "y"), places)
    answer = said(good=[["yes"], ["no"]])

    single = rows(build("kto", subject, answer, question="good", **FOLLOW))
    (both,) = rows(build("rm_pairs", subject, answer, question="good", **FOLLOW))

    assert [(row["label"], row["p_chosen"], row["confidence"]) for row in single] == [
        (False, pytest.approx(0.3), 0.7),
        (True, pytest.approx(0.9), 0.9),
    ]
    assert (both["chosen"][-1]["content"], both["confidence"]) == ("y", 0.7)


def test_of_several_options_each_has_its_consensus():
    places: Places = {
        ("good", "yes", "0"): named("yes", 0.8, yes=0.8, no=0.2),
        ("good", "no", "0"): named("no", 0.9, yes=0.1, no=0.9),
    }
    (row,) = rows(build("kto", known(item("x"), places), said(good=[["no"]]), question="good", **FOLLOW))

    assert (row["label"], row["confidence"], row["p_chosen"]) == (True, 0.8, pytest.approx(0.85))


def steps(*labels: int | None, final: str = "right") -> list[dict[str, Any]]:
    return [{"splitter": "1", "labels": list(labels), "final": final}]


def test_steps_follow_their_consensus_up_to_the_first_that_is_not_settled():
    subject = item("One.\nTwo.\nThree.")
    places: Places = {
        ("steps", "step", "0.1.0"): level(1, 0.9),
        ("steps", "step", "0.1.1"): level(-1, -0.8, 0.7),
        ("steps", "step", "0.1.2"): Agreed("", 0.5, {}, 2),
    }
    votes = (said(1, steps=steps(1, 1, 1)), said(2, steps=steps(1, -1, 1)))

    (row,) = rows(build("stepwise", known(subject, places), *votes, separator="|", **FOLLOW))

    assert (row["labels"], row["n_steps"], row["confidence"]) == ([True, False], 3, 0.7)


@pytest.mark.parametrize(("value", "label"), [("1", 1), ("3", -1)])
def test_the_first_error_follows_its_consensus_and_the_final_answer_too(value, label):
    places: Places = {
        ("steps", "first_error", "0.1"): named(value, 0.8),
        ("steps", "final", "0.1"): named("wrong", 0.6),
    }
    votes = (said(1, steps=steps(1, 1, 1)), said(2, steps=steps(1, 1, -1)))

    (row,) = rows(build("first_error", known(item("One.\nTwo.\nThree."), places), *votes, **FOLLOW))

    assert (row["label"], row["final_answer_correct"], row["confidence"]) == (label, False, 0.6)


def test_verdicts_of_a_rubric_follow_their_consensus():
    places: Places = {
        ("list", "correct", "0"): named("no", 0.8),
        ("list", "correct", "1"): named("yes", 0.9),
        ("list", "clear", "0"): level(3, 2.9, 0.7),
    }
    verdicts = {"verdicts": {"correct": [{"value": "yes"}, {"value": "yes"}], "clear": [{"value": 2}, {"value": 2}]}}

    (row,) = rows(build("rubrics", known(item("x", "y"), places), said(list=verdicts), winner="", **FOLLOW))

    found = {(one["criterion"], one["response"]): one["value"] for one in row["verdicts"]}
    assert found == {("correct", "a"): "no", ("correct", "b"): "yes", ("clear", "a"): "3"}
    assert (row["winner"], row["confidence"]) == ("B", 0.7)


def test_the_winner_beside_a_rubric_is_that_of_the_consensus():
    places: Places = {
        ("list", "correct", "0"): named("yes", 0.8),
        ("better", "", ""): sides("b", 0.2, 0.2, 0.6),
    }
    verdicts = {"verdicts": {"correct": [{"value": "yes"}, {"value": "no"}]}}
    answer = said(list=verdicts, better={"winner": "a", "strength": 1})

    (row,) = rows(build("rubrics", known(item("x", "y"), places), answer, **FOLLOW))

    assert (row["winner"], row["confidence"]) == ("B", 0.6)


def test_what_came_after_the_analysis_has_no_say():
    then, later = prefer(1, "a"), prefer(200, "b")
    changed = prefer(300, "b")._replace(supersedes=1)
    subject = pair("a", 0.9, 0.0, 0.1)

    heard = known_then(subject, [then._replace(is_current=False), later, changed])

    assert [(one.id, one.is_current) for one in heard] == [(1, True)]


def test_what_settles_nothing_has_no_consensus_to_follow():
    each_vote, no_vote = {"rm_pairs_votes", "critique_sft", "raw"}, {"prompts", "verl_prompts"}

    assert set(RECIPES) - set(FOLLOWING) == each_vote | no_vote | {"spans"}


@pytest.mark.parametrize("name", FOLLOWING)
def test_the_source_of_labels_cannot_be_chosen_where_a_consensus_counts_all(name):
    with pytest.raises(BadParameters, match="people and imported labels alike"):
        RECIPES[name].settle({**FOLLOW, "sources": ["people"]}, QUESTIONS)


def test_thresholds_without_a_consensus_are_refused():
    with pytest.raises(BadParameters, match="min_confidence is for the aggregator consensus"):
        RECIPES["rm_pairs"].settle({"min_confidence": 0.9}, QUESTIONS)


def test_soft_takes_the_side_that_more_favor_with_its_probability_and_a_margin():
    votes = (prefer(1, "tie"), prefer(2, "tie"), prefer(3, "b"))

    (row,) = rows(build("rm_pairs", item("x", "y"), *votes, aggregator="soft"))

    assert build("rm_pairs", item("x", "y"), *votes) is Drop.TIE
    assert (row["chosen"][-1]["content"], row["p_chosen"]) == ("y", pytest.approx(2 / 3))
    assert row["margin"] == pytest.approx(1 / 3)
    assert {*row} == {*schema("rm_pairs", aggregator="soft").names}
    assert "margin" not in schema("dpo_pairs", aggregator="soft").names
    assert "margin" not in schema("rm_pairs").names


@pytest.mark.parametrize(
    ("winners", "asked", "reason"),
    [
        ("ab", {}, Drop.SPLIT),
        (["tie", "tie"], {}, Drop.TIE),
        (["both_bad", "both_bad", "a"], {}, Drop.BOTH_BAD),
        (["a", "tie"], {"min_agreement": 0.76}, Drop.LOW_AGREEMENT),
    ],
)
def test_soft_leaves_out_an_exact_half_and_what_most_call_bad(winners, asked, reason):
    votes = [prefer(number, winner) for number, winner in enumerate(winners, 1)]

    assert build("dpo_pairs", item("x", "y"), *votes, aggregator="soft", **asked) is reason


def test_soft_is_for_what_was_compared():
    with pytest.raises(BadParameters, match="preference or ranking"):
        RECIPES["rm_pairs"].settle({"question": "good", "aggregator": "soft"}, QUESTIONS)
