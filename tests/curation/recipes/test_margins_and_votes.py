"""rm_pairs_margin and rm_pairs_votes: how strength and disagreement reach trainers that know only pairs."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.recipes import RECIPES, BadParameters, Drop
from curation.recipes.rm_pairs_margin import margin
from tests.curation.recipes.made import build, drops, item, rows, said, turn
from tests.curation.recipes.questions import QUESTIONS

MARGINS = [0.0, 1.0, 2.0, 3.0]
SUBJECT = item("one", "two")


def prefer(number, winner, strength=None):
    return said(number, better={"winner": winner, "strength": strength})


def sides(row):
    return row["chosen"][-1]["content"], row["rejected"][-1]["content"]


def test_the_margin_is_what_the_mean_strength_is_worth():
    (row,) = rows(build("rm_pairs_margin", SUBJECT, prefer(1, "b", 3), prefer(2, "b", 2), margins=[0, 10, 20, 40]))

    assert (row["strength"], row["margin"]) == (2.5, 30.0)
    assert sides(row) == ("two", "one")


def test_a_winner_that_votes_lean_away_from_has_no_negative_margin():
    (row,) = rows(build("rm_pairs_margin", SUBJECT, prefer(1, "a", 1), prefer(2, "a", 1), prefer(3, "b", 3)))

    assert (row["strength"], row["margin"]) == (0.0, 0.0)


@given(st.floats(0, 3), st.lists(st.floats(0, 100), min_size=4, max_size=4))
def test_a_margin_lies_between_those_of_the_whole_strengths_around_it(strength, margins):
    found = margin(strength, margins)

    around = margins[math.floor(strength)], margins[math.ceil(strength)]
    assert min(around) - 1e-9 <= found <= max(around) + 1e-9


@pytest.mark.parametrize("wrong", [[1, 2, 3], [0, 1, 2, -1], [0, 1, 2, 101], "1, 2, 3, x", [0, 1, 2, True], None])
def test_margins_are_four_numbers(wrong):
    with pytest.raises(BadParameters, match="margins is a list of 4 numbers from 0 to 100"):
        RECIPES["rm_pairs_margin"].settle({"margins": wrong}, QUESTIONS)


def test_margins_are_written_with_commas_on_a_command_line():
    (declared,) = (one for one in RECIPES["rm_pairs_margin"].parameters if one.name == "margins")

    assert declared.read("0, .5,1, 2") == [0, 0.5, 1, 2]
    assert declared.read("one, two") == "one, two"
    assert declared.read(declared.written()) == MARGINS


def test_each_vote_is_a_row():
    found = rows(build("rm_pairs_votes", SUBJECT, prefer(1, "a"), prefer(2, "b"), prefer(3, "a"), prefer(4, "unsure")))

    assert [sides(row) for row in found] == [("one", "two"), ("two", "one"), ("one", "two")]
    assert [row["annotation_ids"] for row in found] == [[1], [2], [3]]
    assert {row["pair_id"] for row in found} == {"item-7"}
    assert [row["p_chosen"] for row in found] == pytest.approx([2 / 3, 1 / 3, 2 / 3])
    assert {row["n_votes"] for row in found} == {3}
    assert [row["agreement"] for row in found] == pytest.approx([2 / 3, 1 / 3, 2 / 3])


@given(
    votes=st.lists(st.sampled_from(["a", "b", "tie", "both_bad"]), min_size=1, max_size=9),
    difference=st.floats(-4, 4),
)
def test_the_mean_loss_of_the_rows_is_that_of_the_soft_label(votes, difference):
    found = rows(
        build("rm_pairs_votes", SUBJECT, *(prefer(n, one) for n, one in enumerate(votes, 1)), ties="both_ways")
    )

    p = (votes.count("a") + (len(votes) - votes.count("a") - votes.count("b")) / 2) / len(votes)
    losses = [math.log1p(math.exp(-difference if sides(row)[0] == "one" else difference)) for row in found]
    soft = p * math.log1p(math.exp(-difference)) + (1 - p) * math.log1p(math.exp(difference))
    assert sum(losses) / len(losses) == pytest.approx(soft)


def test_a_row_repeats_as_often_as_its_vote_was_strong():
    found = rows(build("rm_pairs_votes", SUBJECT, prefer(1, "a", 3), prefer(2, "b", 1), repeat_by_strength=True))

    assert Counter(map(sides, found)) == {("one", "two"): 3, ("two", "one"): 1}
    assert [row["strength"] for row in found] == [3, 3, 3, 1]


def test_a_ranking_gives_the_votes_on_each_two():
    found = rows(build("rm_pairs_votes", item("x", "y", "z"), said(1, order=[[2], [0, 1]]), question="order"))

    assert [(row["pair_id"], *sides(row)) for row in found] == [("item-7/0-2", "z", "x"), ("item-7/1-2", "z", "y")]


@pytest.mark.parametrize(
    ("subject", "votes", "asked", "reason"),
    [
        (SUBJECT, ["unsure"], {}, Drop.UNSURE),
        (SUBJECT, ["tie", "both_bad"], {}, Drop.TIE),
        (SUBJECT, ["a"], {"min_votes": 2}, Drop.TOO_FEW_VOTES),
        (item("same", "same"), ["a"], {}, Drop.IDENTICAL),
        (item("x", " "), ["a"], {}, Drop.EMPTY),
        (
            item("x", "y", messages=[turn("Be brief.", "system"), turn("Why?")]),
            ["a"],
            {"system": "drop"},
            Drop.SYSTEM_TURN,
        ),
        (SUBJECT, [], {}, Drop.QUESTION_MISSING),
    ],
)
def test_why_there_is_no_row(subject, votes, asked, reason):
    answers = [prefer(n, one) for n, one in enumerate(votes, 1)] or [said(1, why="?")]

    assert drops(build("rm_pairs_votes", subject, *answers, **asked)) == [reason]
