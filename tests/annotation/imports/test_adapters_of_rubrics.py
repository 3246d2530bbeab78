"""OpenRubrics, Feedback Collection and WildBench: items that bring the criteria they are judged by."""

import json
import os
from pathlib import Path

import pytest

from annotation.imports.adapters import ADAPTERS, BadOptions
from annotation.imports.adapters.openrubrics import read_rubric
from annotation.imports.canonical import validate
from annotation.imports.reading import open_rows
from annotation.kinds import KINDS, Judged, Subject

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))


def real_rows(*path):
    file = REAL.joinpath(*path)
    if not file.exists():
        pytest.skip(f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
    with file.open("rb") as opened:
        return [record.value for record in open_rows(opened)]


def said(item):
    return [(one["title"], one["kind"], one["scale"]) for one in item.rubric]


class TestOpenRubrics:
    ROW = json.loads(ADAPTERS["openrubrics"].example)

    def test_each_item_is_a_hard_rule_or_a_principle(self, convert):
        item = convert("openrubrics", self.ROW | {"source": "chat"})

        assert said(item) == [
            ("The response names a fruit.", "hard_rule", "yes_no"),
            ("The response is brief.", "principle", "yes_no"),
        ]
        assert [one["key"] for one in item.rubric] == ["the_response_names_a_fruit", "the_response_is_brief"]
        assert [(label.annotator, label.answer["winner"]) for label in item.labels] == [("openrubrics", "a")]
        assert item.source == {"source": "chat"}

    def test_items_may_take_several_lines_and_hold_what_looks_like_a_scale(self):
        text = """
        1) The response: names
           a fruit = apple | pear. [hard rule]

        2) The response lists
           1) colour
           7) size. [Principle].
        """

        assert read_rubric(text) == [
            {"title": "The response: names a fruit = apple | pear.", "kind": "hard_rule"},
            {"title": "The response lists 1) colour 7) size.", "kind": "principle"},
        ]

    def test_decimals_at_the_beginning_of_an_item_are_its_own(self):
        assert read_rubric("1.5 litres are named. [Principle]")[0]["title"] == "1.5 litres are named."

    @pytest.mark.parametrize(
        ("winner", "won"),
        [("A", "a"), ("b", "b"), ("response_b", "b"), ("Response A", "a"), ("tie", "tie")],
    )
    def test_usual_names_of_the_winner_are_known(self, convert, winner, won):
        assert convert("openrubrics", self.ROW | {"winner": winner}).labels[0].answer["winner"] == won

    def test_other_names_are_an_option(self, convert):
        item = convert("openrubrics", self.ROW | {"winner": 2}, values={"1": "a", "2": "b"})

        assert item.labels[0].answer["winner"] == "b"
        with pytest.raises(BadOptions, match="'c' is no winner"):
            ADAPTERS["openrubrics"].converter({"values": {"1": "c"}})

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"winner": "C"}, "The winner in winner is 'C'; map it to a winner, or to null for no label."),
            ({"rubric": "1. Names a fruit."}, "The rubric does not end with [Hard Rule] or [Principle]."),
            ({"rubric": ""}, "The rubric does not end with [Hard Rule] or [Principle]."),
            ({"rubric": "1. A [Hard Rule] 2. B"}, "The rubric does not end with [Hard Rule] or [Principle]."),
            (
                {"rubric": "1. A [Hard Rule]\n2. B\n3. C [Principle]"},
                "Item 2 of the rubric says neither [Hard Rule] nor [Principle].",
            ),
            ({"rubric": "1. [Hard Rule]"}, "Item 1 of the rubric has no words before its kind."),
            ({"rubric": ["A [Hard Rule]"]}, "The rubric is a list, not text."),
            ({"response_b": None}, "Response b is null, not text."),
            ({"instruction": 3}, "The prompt is a number, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("openrubrics", self.ROW | change) == words

    def test_real_criteria_are_read_back_as_items_of_a_rubric(self):
        for row in real_rows("rubric_scholarqa", "checklists.jsonl"):
            titles = [one["criterion"] for one in row["items"]]
            text = "\n".join(f"{n}. {title} [Principle]" for n, title in enumerate(titles, 1))

            found = [one["title"] for one in read_rubric(text)]

            assert found == [" ".join(title.split()) for title in titles]


class TestFeedbackCollection:
    ROW = json.loads(ADAPTERS["feedback_collection"].example)

    def test_the_criterion_has_five_levels_and_the_score_is_a_verdict(self, convert):
        item = convert("feedback_collection", self.ROW)

        (criterion,) = item.rubric
        assert (criterion["key"], criterion["title"], criterion["scale"]) == (
            "score",
            "Does the response name a fruit?",
            5,
        )
        assert criterion["anchors"][3:] == ["A fruit.", "A fruit, in a sentence."]
        (label,) = item.labels
        assert (label.annotator, label.kind, label.rationale) == ("feedback-collection", "rubric", "It is a fruit.")
        assert label.answer == {"verdicts": {"score": [{"value": 4}]}}
        assert item.source == {"orig_reference_answer": "A pear."}

    def test_the_label_answers_a_question_about_the_items_own_rubric(self, convert):
        item = convert("feedback_collection", self.ROW)
        settings = KINDS["rubric"].check_settings({"source": "item"}, "response")
        question = type("Question", (), {"key": "r", "title": "R", "target": "response", "settings": settings})
        question.is_required = False
        judged = Judged.from_turns(item.responses[0].messages, None)

        admitted = KINDS["rubric"].admit(item.labels[0].answer, question, Subject((judged,), rubric=item.rubric))

        assert admitted == {"verdicts": {"score": [{"value": 4}]}}

    @pytest.mark.parametrize(
        ("change", "value"),
        [
            ({"orig_score": 5, "output": ""}, 5),
            ({"orig_score": 3.0, "output": None}, 3),
            ({"orig_score": None, "output": "I said [RESULT] 9 at first. [RESULT] 2 "}, 2),
        ],
    )
    def test_the_score_is_said_in_two_places(self, convert, change, value):
        (label,) = convert("feedback_collection", self.ROW | change).labels

        assert label.answer["verdicts"]["score"] == [{"value": value}]

    def test_without_a_score_there_is_no_label(self, convert):
        assert convert("feedback_collection", self.ROW | {"orig_score": "", "output": "Good."}).labels == []

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"orig_score": "3"}, "The orig_score and the score after the last [RESULT] are not the same."),
            ({"orig_score": 6}, "The orig_score is 6; 1 to 5 are known."),
            ({"orig_score": "high"}, "The orig_score is 'high', not a whole number."),
            ({"output": "Good. [RESULT] A"}, "The score after the last [RESULT] is 'A', not a whole number."),
            ({"output": "Good. [RESULT] 0"}, "The score after the last [RESULT] is 0; 1 to 5 are known."),
            ({"orig_score2_description": " "}, "The orig_score2_description is empty."),
            ({"orig_criteria": None}, "The orig_criteria is empty."),
            ({"orig_criteria": 4}, "The orig_criteria is a number, not text."),
            ({"orig_response": None}, "Response a is null, not text."),
            ({"orig_feedback": ["Good."]}, "The orig_feedback is a list, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("feedback_collection", self.ROW | change) == words

    def test_real_rubrics_fit(self):
        convert = ADAPTERS["feedback_collection"].converter({})
        rows = real_rows("rubric_biggen", "rubrics.jsonl")
        for row in rows:
            rubric = row["rubric"]
            item = convert(
                {
                    "orig_instruction": row["prompt"],
                    "orig_response": row["reference"],
                    "orig_criteria": rubric["criteria"],
                    **{f"orig_score{n}_description": rubric[f"score{n}_description"] for n in range(1, 6)},
                    "orig_score": "5",
                }
            )
            validate(item)
            assert item.rubric[0]["anchors"][4] == rubric["score5_description"].strip()
        assert len(rows) == 446


class TestWildBench:
    ROW = json.loads(ADAPTERS["wildbench"].example)

    def test_the_checklist_becomes_the_items_own_rubric(self, convert):
        item = convert("wildbench", self.ROW)

        assert said(item) == [
            ("Does the answer name a fruit?", "principle", "yes_no"),
            ("Is the answer brief?", "principle", "yes_no"),
        ]
        assert item.messages == [{"role": "user", "content": "Name a fruit."}]
        assert [(one.model, one.messages[0]["content"]) for one in item.responses] == [("gpt-4", "An apple.")]
        assert (item.key, item.tags, item.labels) == ("w1", ["Information seeking", "Others"], [])
        assert item.source == {"session_id": "s1", "intent": "To know a fruit.", "length": 13}

    def test_models_that_did_not_answer_and_tags_said_twice_are_left_out(self, convert):
        row = {"references": {"gpt-4": "An apple.", "m2": None}, "secondary_tags": ["Information seeking", "X"]}

        item = convert("wildbench", self.ROW | row)

        assert (len(item.responses), item.tags) == (1, ["Information seeking", "X"])

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"references": {}}, "There is no response."),
            ({"references": "An apple."}, "The references are text, not an object of models and their answers."),
            ({"references": {"gpt-4": 3}}, "Response a is a number, not text."),
            ({"checklist": ["x", None]}, "Question 2 of the checklist is null, not text."),
            ({"checklist": [" "]}, "Question 1 of the checklist is blank."),
            ({"checklist": "x?"}, "The checklist is text, not a list."),
            ({"checklist": ["x?"] * 41}, "The rubric cannot be used. A rubric has at most 40 criteria; there are 41."),
            ({"conversation_input": "Hi"}, "The conversation_input is text, not a list of messages."),
            ({"primary_tag": 3}, "The primary_tag is a number, not text."),
            ({"secondary_tags": "X"}, "The secondary_tags is text, not a list."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("wildbench", self.ROW | change) == words
