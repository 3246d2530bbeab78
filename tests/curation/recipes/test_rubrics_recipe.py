"""rubrics: the better response and why, criterion by criterion."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from curation.recipes import RECIPES, BadParameters, Drop, QuestionRecord
from tests.curation.recipes.made import build, drops, item, rows, said, schema
from tests.curation.recipes.questions import ASKED, CRITERIA

PAIR = item("one", "two")
ALONE = {"winner": ""}
COMPARED = QuestionRecord("list", "rubric", settings={"criteria": CRITERIA, "source": "form"})
TEXT = "1. Every claim is correct [Hard Rule]\n2. Can be understood [Principle]"


def judged(number, correct, clear, **more):
    """Verdicts on each response; None where there is none."""
    verdicts = {"correct": [value and {"value": value} for value in correct]}
    verdicts["clear"] = [value and {"value": value} for value in clear]
    return said(number, list={"verdicts": verdicts}, **more)


def compared(number, correct, clear):
    verdicts = {"correct": {"value": correct}, "clear": {"value": clear}}
    return said(number, asked={**ASKED, "list": COMPARED}, list={"verdicts": verdicts})


def build_compared(*annotations, **given_):
    recipe = RECIPES["rubrics"]
    return recipe.builder(recipe.settle(given_, [COMPARED]))(PAIR, annotations)


def test_a_row_holds_the_better_response_the_rubric_and_every_verdict():
    (row,) = build("rubrics", PAIR, judged(3, ["no", "yes"], [3, 2]), **ALONE)

    assert row == {
        "instruction": "Why?",
        "response_a": "one",
        "response_b": "two",
        "winner": "B",
        "rubric": TEXT,
        "criteria": [
            {
                "key": "correct",
                "text": "Every claim is correct",
                "kind": "hard_rule",
                "weight": 2.0,
                "levels": "no | yes",
            },
            {
                "key": "clear",
                "text": "Can be understood",
                "kind": "principle",
                "weight": 1.0,
                "levels": "poor | ok | good",
            },
        ],
        "verdicts": [
            {"criterion": "correct", "response": "a", "value": "no", "agreement": 1.0},
            {"criterion": "correct", "response": "b", "value": "yes", "agreement": 1.0},
            {"criterion": "clear", "response": "a", "value": "3", "agreement": 1.0},
            {"criterion": "clear", "response": "b", "value": "2", "agreement": 1.0},
        ],
        "pair_id": "item-7",
        "prompt_id": "g" * 64,
        "n_votes": 1,
        "agreement": 1.0,
        "label_source": "people",
        "annotation_ids": [3],
    }
    assert pa.Table.from_pylist([row], schema=schema("rubrics", **ALONE)).to_pylist() == [row]


def test_a_failed_hard_rule_outweighs_every_score():
    heavy = [{**CRITERIA[0], "weight": 1.0}, {**CRITERIA[1], "weight": 100.0}]
    asked = {"list": QuestionRecord("list", "rubric", target="response", settings={"criteria": heavy})}

    (row,) = build("rubrics", PAIR, judged(1, ["no", "yes"], [3, 1], asked=asked), **ALONE)

    assert row["winner"] == "B"


def test_scores_decide_where_no_gate_does_and_equal_ones_give_no_row():
    assert rows(build("rubrics", PAIR, judged(1, ["yes", "yes"], [3, 2]), **ALONE))[0]["winner"] == "A"
    assert build("rubrics", PAIR, judged(1, ["yes", "yes"], [2, 2]), **ALONE) is Drop.TIE
    assert build("rubrics", PAIR, judged(1, ["yes", None], [2, None]), **ALONE) is Drop.NOT_JUDGED
    assert build("rubrics", item("x", "y", "z"), judged(1, ["yes"] * 3, [1] * 3), **ALONE) is Drop.NOT_A_PAIR


def test_a_preference_may_say_who_is_better_and_the_criteria_why():
    votes = [judged(1, ["yes", "no"], [3, 1]), said(2, better={"winner": "b", "strength": 1})]

    (row,) = build("rubrics", PAIR, *votes)

    assert (row["winner"], row["n_votes"], row["annotation_ids"]) == ("B", 1, [1, 2])
    assert build("rubrics", PAIR, *votes[:1]) is Drop.QUESTION_MISSING
    assert build("rubrics", PAIR, votes[0], said(2, better={"winner": "tie", "strength": 0})) is Drop.TIE


def test_criteria_that_compare_two_weigh_what_each_response_wins():
    votes = [compared(1, "a", "b"), compared(2, "a", "tie"), compared(3, "a", "b")]

    (row,) = build_compared(*votes)

    assert row["winner"] == "A"
    assert [(one["criterion"], one["response"], one["value"]) for one in row["verdicts"]] == [
        ("correct", "", "a"),
        ("clear", "", "b"),
    ]
    assert row["agreement"] == pytest.approx((1 + 2 / 3) / 2)
    with pytest.raises(BadParameters, match="compares two responses"):
        RECIPES["rubrics"].settle({"rows": "responses"}, [COMPARED])


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "tie", "na"]), st.sampled_from(["a", "b", "tie", "na"])),
        min_size=1,
        max_size=5,
    )
)
def test_swapping_the_sides_swaps_the_winner(verdicts):
    swap = {"a": "b", "b": "a", "tie": "tie", "na": "na"}

    one = build_compared(*(compared(n, *both) for n, both in enumerate(verdicts, 1)))
    other = build_compared(*(compared(n, *(swap[value] for value in both)) for n, both in enumerate(verdicts, 1)))

    assert drops(one) == drops(other)
    assert [{"A": "B", "B": "A"}[row["winner"]] for row in rows(one)] == [row["winner"] for row in rows(other)]


def test_verdicts_without_a_majority_are_left_out_and_the_order_of_annotators_says_nothing():
    votes = [judged(1, ["yes", "no"], [3, 1]), judged(2, ["no", "no"], [3, 1])]

    (row,) = build("rubrics", PAIR, *votes, **ALONE)

    assert ("correct", "a") not in {(one["criterion"], one["response"]) for one in row["verdicts"]}
    assert build("rubrics", PAIR, *reversed(votes), **ALONE) == [row]


def test_each_response_with_its_score():
    first, second = build("rubrics", PAIR, judged(1, ["yes", "no"], [2, None]), rows="responses")

    assert (first["response"], first["passes"], second["passes"]) == ("one", True, False)
    assert [row["score"] for row in (first, second)] == pytest.approx([2.5 / 3, 0.0])
    assert {one["response"] for one in first["verdicts"]} == {""}
    table = pa.Table.from_pylist([first, second], schema=schema("rubrics", rows="responses"))
    assert table.to_pylist() == [first, second]


def test_a_response_without_a_verdict_is_counted():
    found = build("rubrics", PAIR, judged(1, ["yes", None], [2, None]), rows="responses")

    assert [row["response_index"] for row in rows(found)] == [0]
    assert drops(found) == [Drop.NOT_JUDGED]


def test_an_items_own_criteria_take_the_place_of_the_forms():
    own = [{**CRITERIA[0], "key": "kind", "title": "Is\nkind"}]
    asked = {"list": QuestionRecord("list", "rubric", target="response", settings={"criteria": [], "source": "item"})}
    answer = said(1, asked=asked, list={"verdicts": {"kind": [{"value": "yes"}, {"value": "no"}]}})

    (row,) = build("rubrics", item("one", "two", rubric=own), answer, **ALONE)

    assert (row["rubric"], row["winner"]) == ("1. Is kind [Hard Rule]", "A")
    assert build("rubrics", PAIR, answer, **ALONE) is Drop.NO_CRITERIA


def test_criteria_are_those_that_the_newest_answer_was_given_under():
    newer = {"list": ASKED["list"]._replace(settings={"criteria": CRITERIA[:1]})}
    old = judged(1, ["no", "yes"], [3, 1])
    new = judged(2, ["yes", "no"], [1, 3], asked=newer)._replace(form_version=2)

    (row,) = build("rubrics", PAIR, new, old._replace(answers={"list": {"verdicts": {}}}), **ALONE)

    assert [one["key"] for one in row["criteria"]] == ["correct"]
    assert row["winner"] == "A"


OWN = QuestionRecord("list", "rubric", target="response", settings={"criteria": [], "source": "item"})


def preferred(number, asked=OWN):
    return said(number, asked={**ASKED, "list": asked}, better={"winner": "b", "strength": 1})


def build_preferred(subject, annotation, **given_):
    recipe = RECIPES["rubrics"]
    parameters = recipe.settle(given_, [annotation.asked["list"], ASKED["better"]])
    return recipe.builder(parameters)(subject, [annotation])


def test_a_preference_under_an_items_own_criteria_is_a_row_though_nobody_went_through_them():
    own = item("one", "two", rubric=CRITERIA)

    (row,) = rows(build_preferred(own, preferred(7)))

    assert (row["winner"], row["rubric"], row["verdicts"]) == ("B", TEXT, [])
    assert (row["n_votes"], row["agreement"], row["annotation_ids"]) == (1, 1.0, [7])


@pytest.mark.parametrize(
    ("subject", "asked", "given_"),
    [
        (PAIR, OWN, {}),
        (item("one", "two", rubric=CRITERIA), COMPARED, {}),
        (item("one", "two", rubric=CRITERIA), OWN, {"winner": ""}),
        (item("one", "two", rubric=CRITERIA), OWN, {"rows": "responses"}),
    ],
)
def test_criteria_that_nobody_had_in_view_or_went_by_make_no_row(subject, asked, given_):
    assert build_preferred(subject, preferred(7, asked), **given_) is Drop.QUESTION_MISSING


def test_a_row_reads_back_as_one_of_openrubrics():
    made = rows(build("rubrics", PAIR, judged(1, ["no", "yes"], [3, 2]), **ALONE))

    assert sniff(columns_of(made))[0] == "openrubrics"
    back = ADAPTERS["openrubrics"].convert(made[0])
    assert back.labels[0].answer["winner"] == "b"
    assert [(one["title"], one["kind"]) for one in back.rubric] == [(one["title"], one["kind"]) for one in CRITERIA]
