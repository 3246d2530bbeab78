"""critique_sft: an annotator's words with the result behind them."""

import pytest

from annotation.imports.adapters import ADAPTERS
from curation.recipes import BadParameters, Drop, QuestionRecord
from tests.curation.recipes.made import build, drops, item, rows, said
from tests.curation.recipes.questions import ASKED

RATED = {"questions": ["helpful"]}
FIVE = {"low": 1, "high": 5, "anchors": {str(level): f"level {level}" for level in range(1, 6)}}
ANCHORED = {**ASKED, "helpful": QuestionRecord("helpful", "rating", "Helpful", target="response", settings=FIVE)}


def test_a_preference_and_why():
    (row,) = rows(
        build("critique_sft", item("x", "y"), said(1, better={"winner": "b", "strength": 1}, why=" Clearer. "))
    )

    user, assistant = row["messages"]
    assert (user["role"], assistant) == ("user", {"role": "assistant", "content": "Clearer. [RESULT] B"})
    for part in ("### Prompt\nWhy?", "### Response A\nx", "### Response B\ny", "### Criterion\nWhich is better?"):
        assert part in user["content"]


def test_each_annotator_s_words_are_a_row_and_who_wrote_none_still_counts():
    answers = [
        said(n, better={"winner": winner, "strength": 1}, why=why)
        for n, (winner, why) in enumerate([("a", "Short."), ("b", "Long."), ("a", ""), ("unsure", "Hm.")], 1)
    ]

    found = rows(build("critique_sft", item("x", "y"), *answers))

    assert [row["messages"][1]["content"] for row in found] == ["Short. [RESULT] A", "Long. [RESULT] B"]
    assert [row["agreement"] for row in found] == pytest.approx([2 / 3, 1 / 3])
    assert {row["n_votes"] for row in found} == {3}


def test_the_reason_that_a_label_came_with_stands_in():
    answer = said(1, helpful=[4])._replace(source={"rationale": "It helps."})

    (row,) = rows(build("critique_sft", item("x"), answer, question="helpful", critique=""))

    assert row["messages"][1]["content"] == "It helps. [RESULT] 4"


def test_every_criterion_with_levels_is_a_row():
    verdicts = {"verdicts": {"correct": [{"value": "yes"}], "clear": [{"value": 2}]}}

    (row,) = rows(build("critique_sft", item("x"), said(1, list=verdicts, why="Fine."), question="list"))

    assert row["messages"][1]["content"] == "Fine. [RESULT] 2"
    assert "### Criterion\nCan be understood\n1: poor\n2: ok\n3: good" in row["messages"][0]["content"]


def test_the_feedback_collection_s_columns_are_read_back_by_its_own_adapter():
    answer = said(1, asked=ANCHORED, helpful=[4], why="It helps.")

    (row,) = rows(build("critique_sft", item("x"), answer, question="helpful", columns="feedback_collection"))
    read = ADAPTERS["feedback_collection"].converter({})(row)

    assert row["output"] == "It helps. [RESULT] 4"
    (label,) = read.labels
    assert (label.answer["verdicts"]["score"][0]["value"], label.rationale) == (4, "It helps.")
    assert read.rubric[0]["anchors"] == [f"level {level}" for level in range(1, 6)]
    assert read.responses[0].messages[0]["content"] == "x"


@pytest.mark.parametrize(
    ("subject", "answers", "asked", "reason"),
    [
        (item("x", "y"), {"better": {"winner": "a", "strength": 1}}, {}, Drop.NO_CRITIQUE),
        (item("x", "y", "z"), {"better": {"winner": "a", "strength": 1}, "why": "!"}, {}, Drop.NOT_SINGLE),
        (item("x", "y"), {"helpful": [4, 2], "why": "!"}, {"question": "helpful"}, Drop.NOT_SINGLE),
        (
            item("x"),
            {"helpful": [4], "why": "!"},
            {"question": "helpful", "columns": "feedback_collection"},
            Drop.NOT_JUDGED,
        ),
        (item("x", "y"), {"why": "!"}, {}, Drop.QUESTION_MISSING),
    ],
)
def test_why_there_is_no_critique(subject, answers, asked, reason):
    assert drops(build("critique_sft", subject, said(1, **answers), **asked)) == [reason]


def test_the_feedback_collection_has_no_place_for_two():
    with pytest.raises(BadParameters, match="no place for two responses"):
        build("critique_sft", item("x", "y"), said(1), columns="feedback_collection")
