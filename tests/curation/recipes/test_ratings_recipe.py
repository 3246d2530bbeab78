"""ratings: one number per quality from several annotators, and none that nobody gave."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.recipes import RECIPES, Drop, QuestionRecord
from curation.recipes.ratings import columns
from tests.curation.recipes.made import build, drops, item, rows, said, schema

TWO = item("first", "second")


def test_each_response_is_a_row_with_a_whole_number_for_each_quality():
    first, second = build(
        "ratings", TWO, said(1, helpful=[4, 2], correct=[5, 1]), said(2, helpful=[5, 2], correct=[5, 2])
    )

    assert first == {
        "prompt": "Why?",
        "response": "first",
        "helpful": 5,
        "correct": 5,
        "ratings_raw": {"helpful": [4, 5], "correct": [5, 5]},
        "pair_id": "item-7",
        "prompt_id": "g" * 64,
        "response_index": 0,
        "n_votes": 2,
        "agreement": 0.75,
        "label_source": "people",
        "annotation_ids": [1, 2],
    }
    assert (second["helpful"], second["correct"], second["ratings_raw"]["correct"]) == (2, 2, [1, 2])
    assert pa.Table.from_pylist([first, second], schema=schema("ratings")).to_pylist() == [first, second]


@pytest.mark.parametrize(
    ("value", "levels", "found"),
    [
        ("rounded", (1, 2), 2),
        ("rounded", (1, 1, 2), 1),
        ("mean", (1, 2), 1.5),
        ("majority", (1, 1, 5), 1),
        ("majority", (1, 2), Drop.SPLIT),
    ],
)
def test_the_way_from_several_ratings_to_one_is_said(value, levels, found):
    votes = [said(number, helpful=[level]) for number, level in enumerate(levels, 1)]

    made = build("ratings", item("only"), *votes, questions=["helpful"], value=value)

    assert made is found if isinstance(found, Drop) else rows(made)[0]["helpful"] == found
    kind = schema("ratings", questions=["helpful"], value=value).field("helpful").type
    assert kind == (pa.float64() if value == "mean" else pa.int64())


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        ({"max_spread": 2}, Drop.SPREAD),
        ({"min_votes": 3}, Drop.TOO_FEW_VOTES),
        ({"min_agreement": 0.1}, Drop.LOW_AGREEMENT),
        ({"questions": ["helpful", "correct"]}, Drop.QUESTION_MISSING),
    ],
)
def test_ratings_that_are_too_few_or_too_far_apart_give_no_row(given_, reason):
    votes = [said(1, helpful=[1]), said(2, helpful=[4])]

    assert build("ratings", item("only"), *votes, **{"questions": ["helpful"], **given_}) is reason
    assert len(rows(build("ratings", item("only"), *votes, questions=["helpful"]))) == 1


def test_a_response_without_a_rating_in_some_respect_is_counted_and_never_null():
    found = build("ratings", TWO, said(1, helpful=[4, None], correct=[5, 1]))

    assert [row["response_index"] for row in rows(found)] == [0]
    assert drops(found) == [Drop.RATING_MISSING]


def test_a_rating_of_the_item_is_one_of_its_only_response():
    assert rows(build("ratings", item("only"), said(1, helpful=4), questions=["helpful"]))[0]["helpful"] == 4
    assert build("ratings", TWO, said(1, helpful=4), questions=["helpful"]) is Drop.RATING_MISSING


def test_no_column_bears_a_name_that_a_trainer_reads_or_that_is_taken():
    keys = ["prompt", "rating_prompt", "label", "helpful", "agreement", "ratings_raw"]
    asked = [QuestionRecord(key, "rating", target="response") for key in keys]

    found = columns(keys)

    assert found["helpful"] == "helpful"
    assert len(set(found.values())) == len(keys)
    names = RECIPES["ratings"].schema(RECIPES["ratings"].settle({}, asked)).names
    assert len(set(names)) == len(names)
    assert found["label"] == "rating_label"
    assert found["prompt"] not in {"prompt", "rating_prompt"}


@given(st.lists(st.integers(1, 5), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_a_mean_lies_between_the_extremes_and_the_order_of_annotators_says_nothing(levels, random):
    votes = [said(number, helpful=[level]) for number, level in enumerate(levels, 1)]
    turned = [said(number, helpful=[level]) for number, level in enumerate(random.sample(levels, len(levels)), 1)]

    (row,), (other,) = (build("ratings", item("only"), *one, questions=["helpful"]) for one in (votes, turned))

    assert min(levels) <= row["helpful"] <= max(levels)
    assert (row["helpful"], row["agreement"]) == (other["helpful"], other["agreement"])
