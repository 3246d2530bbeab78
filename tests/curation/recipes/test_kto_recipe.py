"""kto: good and bad completions from pairs, from thumbs and from ratings."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.recipes import RECIPES, BadParameters, Drop, QuestionRecord
from tests.curation.recipes.made import build, drops, item, rows, said, schema, turn
from tests.curation.recipes.questions import SCALE

PAIR = item("one", "two")
CHOICE = {"options": [{"key": key, "title": key} for key in ("fine", "meh", "awful")], "several": True}


def preferred(winner, number=1):
    return said(number, better={"winner": winner, "strength": 1 if winner in {"a", "b"} else None})


def labels(outcome):
    return [(row["completion"][-1]["content"], row["label"]) for row in rows(outcome)]


def test_two_bad_responses_are_two_bad_completions_where_that_is_wanted():
    votes = [preferred("both_bad", 1), preferred("both_bad", 2), preferred("a", 3)]

    found = build("kto", PAIR, *votes, both_bad="two_bad")

    assert build("kto", PAIR, *votes) is Drop.BOTH_BAD
    assert labels(found) == [("one", False), ("two", False)]
    assert {(row["strength"], row["p_chosen"], row["n_votes"]) for row in rows(found)} == {(0.0, 0.0, 3)}
    assert build("kto", PAIR, *votes, both_bad="two_bad", min_agreement=0.7) is Drop.LOW_AGREEMENT
    assert labels(build("kto", PAIR, preferred("b"), both_bad="two_bad")) == [("two", True), ("one", False)]


def test_a_thumb_on_a_single_response_is_a_row():
    (row,) = build("kto", item("only"), said(4, good=[["yes"]]), question="good")

    assert row == {
        "prompt": [turn("Why?")],
        "completion": [turn("only", "assistant")],
        "label": True,
        "pair_id": "item-7",
        "prompt_id": "g" * 64,
        "strength": 1.0,
        "p_chosen": 1.0,
        "n_votes": 1,
        "agreement": 1.0,
        "label_source": "people",
        "annotation_ids": [4],
    }
    assert pa.Table.from_pylist([row], schema=schema("kto", question="good")).to_pylist() == [row]


def test_each_response_is_judged_by_itself_and_the_majority_decides():
    votes = [
        said(n, good=[[one], [two]]) for n, (one, two) in enumerate([("yes", "no"), ("yes", "yes"), ("no", "no")], 1)
    ]

    found = build("kto", PAIR, *votes, question="good")

    assert labels(found) == [("one", True), ("two", False)]
    assert [row["pair_id"] for row in rows(found)] == ["item-7/0", "item-7/1"]
    assert [row["p_chosen"] for row in rows(found)] == [2 / 3, 1 / 3]
    assert [row["strength"] for row in rows(found)] == pytest.approx([1 / 3, 1 / 3])


def test_a_choice_about_the_item_is_about_its_only_response():
    whole = [QuestionRecord("good", "choice", settings=CHOICE)]
    recipe = RECIPES["kto"]
    made = recipe.builder(recipe.settle({"good": ["fine"], "bad": ["awful"]}, whole))

    assert labels(made(item("only"), [said(1, good=["fine", "meh"])])) == [("only", True)]
    assert made(item("only"), [said(1, good=["fine", "awful"])]) is Drop.NEITHER
    assert made(item("only"), [said(1, good=["meh"])]) is Drop.NEITHER
    assert made(PAIR, [said(1, good=["fine"])]) is Drop.NOT_SINGLE


@pytest.mark.parametrize(
    ("given_", "said_"),
    [
        ({}, "Say which options are good"),
        ({"good": ["fine"]}, "Say which options are bad"),
        ({"good": ["fine"], "bad": ["fine"]}, "good and bad at once"),
        ({"good": ["super"], "bad": ["meh"]}, "good is a list out of fine, meh, awful"),
    ],
)
def test_options_whose_names_say_nothing_must_be_called_good_or_bad(given_, said_):
    with pytest.raises(BadParameters, match=said_):
        RECIPES["kto"].settle(given_, [QuestionRecord("good", "choice", settings=CHOICE)])


@pytest.mark.parametrize(
    ("low", "high", "good_from", "bad_to"), [(1, 5, 4, 2), (0, 4, 3, 1), (1, 4, 3, 2), (1, 2, 2, 1), (0, 1, 1, 0)]
)
def test_levels_above_the_middle_are_good_and_below_it_bad(low, high, good_from, bad_to):
    asked = [QuestionRecord("helpful", "rating", target="response", settings={**SCALE, "low": low, "high": high})]

    settled = RECIPES["kto"].settle({}, asked)

    assert (settled["good_from"], settled["bad_to"]) == (good_from, bad_to)
    with pytest.raises(BadParameters, match="bad_to is a level below good_from"):
        RECIPES["kto"].settle({"good_from": high, "bad_to": high}, asked)


def test_ratings_become_good_and_bad_and_the_middle_is_neither():
    found = build("kto", item("x", "y", "z", "w"), said(1, helpful=[5, 3, 1, None]), question="helpful")

    assert labels(found) == [("x", True), ("z", False)]
    assert drops(found) == [Drop.NEITHER, Drop.QUESTION_MISSING]


@given(
    votes=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=6),
    random=st.randoms(use_true_random=False),
)
def test_turning_the_scale_turns_the_labels_and_the_order_of_annotators_says_nothing(votes, random):
    annotations = [said(n, helpful=list(levels)) for n, levels in enumerate(votes, 1)]
    turned = [said(n, helpful=[6 - level for level in levels]) for n, levels in enumerate(votes, 1)]

    found = build("kto", PAIR, *annotations, question="helpful")

    assert labels(build("kto", PAIR, *turned, question="helpful")) == [
        (text, not label) for text, label in labels(found)
    ]
    assert build("kto", PAIR, *random.sample(annotations, len(votes)), question="helpful") == found


def test_what_no_trainer_could_read_gives_no_row():
    thumb = said(1, good=[["yes"]])
    chat = [turn("Be brief.", "system"), turn("Why?")]

    assert build("kto", item(" "), thumb, question="good") is Drop.EMPTY
    assert build("kto", item("only", messages=[]), thumb, question="good") is Drop.NO_PROMPT
    assert build("kto", item("only", messages=chat), thumb, question="good", system="drop") is Drop.SYSTEM_TURN
    twice = item("only", messages=[turn("Why?"), turn("Why?")])
    assert build("kto", twice, thumb, question="good", turns="alternating") is Drop.NON_ALTERNATING
