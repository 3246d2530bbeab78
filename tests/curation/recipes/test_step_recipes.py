"""stepwise and first_error: what people said about steps, as process reward models are trained and tested on it."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.splitting import split
from curation.recipes import RECIPES, Drop, QuestionRecord
from tests.curation.recipes.made import build, drops, item, rows, said, schema, turn

TEXT = "Take six.\nAdd two.\nThat is nine.\nSo nine."
CUT = [{"start": 0, "end": 10}, {"start": 10, "end": 19}, {"start": 19, "end": 33}, {"start": 33, "end": 41}]
SOLVED = item(TEXT, steps=CUT)
STEPS = ["Take six.", "Add two.", "That is nine.", "So nine."]


def labeled(number, *labels, splitter="import", **more):
    return said(number, steps=[{"splitter": splitter, "labels": list(labels), **more}])


def test_a_row_holds_the_steps_up_to_the_first_error_and_their_labels():
    (row,) = build("stepwise", SOLVED, labeled(3, 1, 1, -1, None))

    assert row == {
        "prompt": "Why?",
        "completions": STEPS[:3],
        "labels": [True, True, False],
        "n_steps": 4,
        "pair_id": "item-7",
        "prompt_id": "g" * 64,
        "response_index": 0,
        "n_votes": 1,
        "agreement": 1.0,
        "label_source": "people",
        "annotation_ids": [3],
    }
    assert pa.Table.from_pylist([row], schema=schema("stepwise")).to_pylist() == [row]


@pytest.mark.parametrize(
    ("neutral", "labels"),
    [("true", [True, True, True, False]), ("false", [True, False, True, False]), ("cut", [True])],
)
def test_neutral_steps_become_booleans_by_a_policy_that_is_said(neutral, labels):
    (row,) = build("stepwise", SOLVED, labeled(1, 1, 0, 1, -1), neutral=neutral)

    assert row["labels"] == labels
    assert row["completions"] == STEPS[: len(labels)]


@pytest.mark.parametrize(
    ("labels", "given_", "reason"),
    [
        ((0, 1, 1, 1), {"neutral": "cut"}, Drop.NEUTRAL),
        ((None, 1, 1, 1), {}, Drop.QUESTION_MISSING),
        ((1, 1, 1, 1), {"min_votes": 2}, Drop.TOO_FEW_VOTES),
        ((1, 1, 1), {}, Drop.STEPS_DIFFER),
    ],
)
def test_a_response_without_a_decided_first_step_gives_no_row(labels, given_, reason):
    assert build("stepwise", SOLVED, labeled(1, *labels), **given_) is reason


def test_a_row_ends_where_votes_end_and_where_they_are_split():
    ended = build(
        "stepwise", SOLVED, labeled(1, 1, -1, None, None), labeled(2, 1, 1, 1, 1), labeled(3, 1, 1, None, None)
    )
    split_ = build("stepwise", SOLVED, labeled(1, 1, -1, None, None), labeled(2, 1, 1, 1, 1))
    strict = build(
        "stepwise", SOLVED, labeled(1, 1, -1, 1, 1), labeled(2, 1, 1, 1, 1), labeled(3, 1, 1, 1, 1), min_agreement=0.7
    )

    assert (ended[0]["labels"], ended[0]["n_votes"]) == ([True, True, True, True], 1)
    assert ended[0]["agreement"] == pytest.approx((1 + 2 / 3 + 1 + 1) / 4)
    assert (split_[0]["labels"], split_[0]["n_votes"]) == ([True], 2)
    assert strict[0]["labels"] == [True]


def test_a_vote_for_neutral_counts_for_what_the_policy_makes_of_it():
    votes = [labeled(1, 1, 1, 1, 1), labeled(2, 0, 0, 0, 0), labeled(3, -1, -1, -1, -1)]

    good, bad = (build("stepwise", SOLVED, *votes, neutral=policy)[0] for policy in ("true", "false"))

    assert (good["labels"], bad["labels"]) == ([True] * 4, [False] * 4)


def test_the_trainers_separator_never_stands_inside_a_step():
    steps = [{"start": 0, "end": 19}, {"start": 19, "end": 41}]
    two = item(TEXT, steps=steps)

    assert build("stepwise", two, labeled(1, 1, 1)) is Drop.SEPARATOR_INSIDE
    assert build("stepwise", two, labeled(1, 1, 1), inside="space")[0]["completions"] == [
        "Take six. Add two.",
        "That is nine. So nine.",
    ]
    assert build("stepwise", two, labeled(1, 1, 1), inside="keep")[0]["completions"][0] == "Take six.\nAdd two."
    assert build("stepwise", two, labeled(1, 1, 1), separator="\n\n")[0]["completions"][0] == "Take six.\nAdd two."


def test_steps_are_those_of_the_splitter_that_the_answer_names():
    text = "First, we take six of them and lay them out.\n\nThen we add two more to those that lie there."
    cut = split(text)
    uncut = item(text)

    (row,) = build("stepwise", uncut, labeled(1, *[1] * len(cut), splitter="1"))

    assert row["completions"] == [text[start:end].strip() for start, end in cut]
    assert len(row["completions"]) == 2


def test_turns_of_a_trajectory_are_steps_with_their_calls_as_they_were_judged():
    called = [{"name": "read", "arguments": '{"path": "a"}'}]
    turns = [
        {"role": "assistant", "content": "I look.", "tool_calls": called, "reasoning": "Hm."},
        {"role": "tool", "content": "nine"},
        {"role": "assistant", "content": "It is nine.\n\nIndeed."},
    ]
    trajectory = item("x")._replace(responses=[{"messages": turns}])

    (row,) = build("stepwise", trajectory, labeled(1, 1, 1, splitter="turns-1"), inside="keep")

    assert row["completions"] == ['I look.\n\nread({"path": "a"})', "It is nine.\n\nIndeed."]


def test_answers_about_different_steps_are_not_mixed():
    halves = item(TEXT, steps=[{"start": 0, "end": 19}, {"start": 19, "end": 41}])

    mixed = build("stepwise", halves, labeled(1, 1, 1), labeled(2, 1, 1, 1, 1, splitter="1"), inside="keep")

    assert mixed is Drop.STEPS_DIFFER


def test_each_response_is_a_row_of_its_own_and_what_nobody_judged_is_counted():
    two = item(TEXT, "Not judged.", steps=CUT)
    answer = said(1, steps=[{"splitter": "import", "labels": [1, 1, 1, 1]}, None])

    for recipe in ("stepwise", "first_error"):
        found = build(recipe, two, answer, **({"final_answer": "left_out"} if recipe == "first_error" else {}))

        assert [row["response_index"] for row in rows(found)] == [0]
        assert drops(found) == [Drop.QUESTION_MISSING]


def test_a_prompt_of_several_turns_is_one_text_or_left_out():
    chat = item(
        TEXT, steps=CUT, messages=[turn("Be brief.", "system"), turn("Hi"), turn("Hello.", "assistant"), turn("Why?")]
    )
    answer = labeled(1, 1, 1, 1, 1)

    assert (
        build("stepwise", chat, answer)[0]["prompt"]
        == "System: Be brief.\n\nUser: Hi\n\nAssistant: Hello.\n\nUser: Why?"
    )
    assert build("stepwise", chat, answer, chats="drop") is Drop.SEVERAL_TURNS
    assert build("stepwise", chat, answer, system="drop") is Drop.SYSTEM_TURN
    assert build("stepwise", item(TEXT, steps=CUT, messages=[]), answer) is Drop.NO_PROMPT


@given(
    votes=st.lists(st.lists(st.sampled_from([1, 0, -1, None]), min_size=4, max_size=4), min_size=1, max_size=5),
    neutral=st.sampled_from(["true", "false", "cut"]),
    data=st.data(),
)
def test_rows_have_a_label_for_each_step_and_do_not_depend_on_the_order_of_annotators(votes, neutral, data):
    annotations = [labeled(number, *labels) for number, labels in enumerate(votes, 1)]
    shuffled = data.draw(st.permutations(annotations))

    found = build("stepwise", SOLVED, *annotations, neutral=neutral)

    assert build("stepwise", SOLVED, *shuffled, neutral=neutral) == found
    for row in rows(found):
        assert 0 < len(row["completions"]) == len(row["labels"]) <= row["n_steps"] == 4
        assert all(type(label) is bool for label in row["labels"])
        assert row["completions"] == STEPS[: len(row["labels"])]


def test_a_processbench_row_counts_from_zero_and_minus_one_says_none():
    wrong = labeled(1, 1, 1, -1, None, final="wrong")
    right = labeled(1, 1, 0, 1, 1, final="right")

    (row,) = build("first_error", SOLVED, wrong)

    assert row == {
        "id": "item-7",
        "generator": "m0",
        "problem": "Why?",
        "steps": STEPS,
        "final_answer_correct": False,
        "label": 2,
        "pair_id": "item-7",
        "prompt_id": "g" * 64,
        "response_index": 0,
        "n_votes": 1,
        "agreement": 1.0,
        "label_source": "people",
        "annotation_ids": [1],
    }
    assert pa.Table.from_pylist([row], schema=schema("first_error")).to_pylist() == [row]
    assert [build("first_error", SOLVED, right)[0][name] for name in ("label", "final_answer_correct")] == [-1, True]


def test_the_first_error_that_most_annotators_name_is_the_label():
    votes = [
        labeled(1, 1, -1, None, None),
        labeled(2, 1, 1, -1, None),
        labeled(3, 1, 1, -1, 1),
        labeled(4, 1, None, -1, None),
    ]

    (row,) = build("first_error", SOLVED, *votes, final_answer="left_out")

    assert (row["label"], row["n_votes"], row["agreement"]) == (2, 3, 2 / 3)
    assert "final_answer_correct" not in row
    assert "final_answer_correct" not in schema("first_error", final_answer="left_out").names


@pytest.mark.parametrize(
    ("annotations", "given_", "reason"),
    [
        ([(1, 1, None, None)], {}, Drop.UNFINISHED),
        ([(1, -1, None, None), (-1, None, None, None)], {}, Drop.SPLIT),
        ([(1, -1, None, None)], {"min_votes": 2}, Drop.TOO_FEW_VOTES),
        ([(1, -1, None, None)], {"final_answer": "column"}, Drop.FINAL_UNKNOWN),
    ],
)
def test_an_undecided_solution_gives_no_row(annotations, given_, reason):
    answers = [labeled(number, *labels) for number, labels in enumerate(annotations, 1)]

    assert build("first_error", SOLVED, *answers, **{"final_answer": "left_out", **given_}) is reason


def test_a_form_that_does_not_ask_about_the_final_answer_gives_no_column_of_it():
    quiet = [QuestionRecord("steps", "steps", settings={"final_answer": False})]

    assert RECIPES["first_error"].settle({}, quiet)["final_answer"] == "left_out"
