"""Argilla records, nested and flat."""

import pytest

from annotation.imports.adapters import ADAPTERS, BadOptions, columns_of, sniff

FIELDS = {"prompt": "Name a fruit.", "response_1": "An apple.", "response_2": "A \U0001f350 pear."}


def record(responses=None, suggestions=None, **more):
    said = {name: [{"value": value, "user_id": "u1"}] for name, value in (responses or {}).items()}
    return {"id": "r1", "fields": FIELDS, "metadata": {}, "suggestions": suggestions or {}, "responses": said, **more}


def flat(**more):
    return {"id": "r1", "status": "completed", "_server_id": "s", **FIELDS, **more}


def told(item):
    return [(label.annotator, label.kind, label.dimension, label.answer) for label in item.labels]


def answer(item):
    (label,) = item.labels
    return label.kind, label.answer


class TestRecords:
    def test_fields_become_prompt_and_responses_and_the_rest_the_source(self, convert):
        row = record(metadata={"topic": "fruit"}, status="pending")

        item = convert("argilla", row | {"fields": FIELDS | {"hint": "Red."}, "vectors": {"v": [0.1, 0.2]}})

        assert item.messages == [{"role": "user", "content": "Name a fruit."}]
        assert [one.messages[0]["content"] for one in item.responses] == ["An apple.", "A \U0001f350 pear."]
        assert (item.key, item.labels) == ("r1", [])
        assert item.source == {"fields": {"hint": "Red."}, "metadata": {"topic": "fruit"}, "status": "pending"}

    def test_other_names_are_options_and_chats_are_read(self, convert):
        turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]
        row = record() | {"fields": {"talk": turns, "said": "An apple."}}

        item = convert("argilla", row, prompt="talk", responses=["said"])

        assert (item.messages, len(item.responses)) == (turns, 1)

    def test_flat_records_are_read_from_their_columns(self, convert):
        row = flat(
            topic="fruit",
            vector=[0.1, 0.2],
            **{
                "comment.responses": ["Good.", "Bad.", "Hm.", None],
                "comment.responses.users": ["u1", "u2", "u3", "u4"],
                "comment.responses.status": ["submitted", None, "discarded", "submitted"],
                "comment.suggestion": "Fine.",
                "comment.suggestion.agent": "m1",
                "comment.suggestion.score": 0.5,
            },
        )

        item = convert("argilla", row)

        assert told(item) == [
            ("u1", "text", "comment", {"text": "Good."}),
            ("u2", "text", "comment", {"text": "Bad."}),
            ("suggestion:m1", "text", "comment", {"text": "Fine."}),
        ]
        assert item.labels[2].source == {"suggestion": True, "score": 0.5}
        assert item.source == {"fields": {"topic": "fruit"}, "status": "completed"}

    def test_both_layouts_are_recognized(self):
        row = flat(**{"comment.responses": ["Good."], "comment.responses.users": ["u1"]})

        assert sniff(columns_of([row]))[0] == "argilla"
        assert sniff(columns_of([record({"comment": "Good."})]))[0] == "argilla"
        assert sniff(columns_of([flat(comment="Good.")]))[0] == "mapping"

    def test_drafts_and_discarded_answers_are_left_out_of_nested_records_too(self, convert):
        row = record() | {
            "responses": {
                "rating": [
                    {"value": 1, "user_id": "u1", "status": "draft"},
                    {"value": 2, "user_id": "u2", "status": "submitted"},
                    {"value": None, "user_id": "u3"},
                ]
            }
        }

        assert [label.annotator for label in convert("argilla", row).labels] == ["u2"]

    def test_a_text_that_was_left_empty_is_no_answer(self, convert):
        row = record({"comment": ""}, {"other": {"value": "", "agent": "m1"}})

        assert convert("argilla", row).labels == []

    @pytest.mark.parametrize("status", [["x"], {}, 3])
    def test_an_unknown_status_leaves_nothing_out(self, convert, status):
        nested = record() | {"responses": {"q": [{"value": "x", "user_id": "u1", "status": status}]}}
        flattened = flat(**{"q.responses": ["x"], "q.responses.users": ["u1"], "q.responses.status": [status]})

        assert [len(convert("argilla", row).labels) for row in (nested, flattened)] == [1, 1]

    def test_suggestions_are_left_out_on_demand(self, convert):
        row = record({"comment": "Good."}, {"comment": {"value": "Fine.", "agent": None}})

        assert [label.annotator for label in convert("argilla", row).labels] == ["u1", "suggestion"]
        assert [label.annotator for label in convert("argilla", row, suggestions=False).labels] == ["u1"]

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (record() | {"fields": {"text": "x"}}, "Which fields are prompt and responses? Name them in the options;"),
            (record() | {"fields": "x"}, "The fields are text, not an object."),
            (record() | {"responses": {"q": "x"}}, "The responses to 'q' are not a list of objects."),
            (record(suggestions={"q": 3}), "The suggestion for 'q' is a number, not an object."),
            (record() | {"fields": FIELDS | {"response_2": None}}, "Response b is null, not text."),
            (
                record() | {"responses": {"q": [{"value": "x"}]}},
                "The user_id of a response to 'q' is null; it must name somebody.",
            ),
            (record() | {"responses": {"q": [{"user_id": "u1"}]}}, "A response to 'q' has no value."),
            (record() | {"responses": {"q": [{"value": "x", "user_id": " "}]}}, "is ' '; it must name somebody."),
            (record(suggestions={"q": {"agent": "m1"}}), "The suggestion for 'q' has no value."),
            (
                record(suggestions={"q": {"value": "x", "agent": ["m1"]}}),
                "The agent of the suggestion for 'q' is a list, not text.",
            ),
            (flat(**{"q.responses": ["x"], "q.responses.users": []}), "are 1, of 0 users and with 0 states."),
            (flat(**{"q.responses": "x", "q.responses.users": []}), "The responses to 'q' are not lists."),
            (
                flat(**{"q.responses": [3], "q.responses.users": ["u"]}),
                "What is a number in answer to 'q'? Say its kind in questions.",
            ),
        ],
    )
    def test_broken_records_are_refused(self, refusal, row, words):
        assert words in refusal("argilla", row)


class TestAnswers:
    @pytest.mark.parametrize(
        ("value", "kind", "expected"),
        [
            ("positive", "text", {"text": "positive"}),
            (4, "rating", {"value": 4}),
            (["Has Facts", "brief"], "choice", {"values": ["has_facts", "brief"]}),
            (
                [{"value": "response-2", "rank": 1}, {"value": "response-1", "rank": 2}],
                "ranking",
                {"groups": [[1], [0]]},
            ),
            ([{"value": "1", "rank": 1}, {"value": "2", "rank": 1}], "ranking", {"groups": [[0, 1]]}),
        ],
    )
    def test_values_tell_their_kind(self, convert, value, kind, expected):
        assert answer(convert("argilla", record({"q": value}))) == (kind, expected)

    @pytest.mark.parametrize(
        ("question", "value", "expected"),
        [
            ({"kind": "choice"}, "Positive", ("choice", {"values": ["positive"]})),
            ({"kind": "choice", "about": "response_2"}, "Yes", ("choice", {"values": [None, ["yes"]]})),
            ({"kind": "choice", "values": {"好": "good"}}, "好", ("choice", {"values": ["good"]})),
            ({"about": "response_2"}, 3, ("rating", {"values": [None, 3]})),
            ({"about": "prompt"}, 3, ("rating", {"value": 3})),
            ({"kind": "preference"}, "response_2", ("preference", {"winner": "b", "strength": None})),
            ({"kind": "preference"}, "tie", ("preference", {"winner": "tie", "strength": None})),
            (
                {"kind": "preference", "values": {"left": "a", "neither": "both_bad"}},
                "neither",
                ("preference", {"winner": "both_bad", "strength": None}),
            ),
            (
                {"kind": "preference", "values": {"left": "response_1"}},
                "left",
                ("preference", {"winner": "a", "strength": None}),
            ),
            ({"kind": "spans", "about": "response_1"}, [], ("spans", {"spans": []})),
        ],
    )
    def test_the_options_say_what_values_do_not(self, convert, question, value, expected):
        assert answer(convert("argilla", record({"q": value}), questions={"q": question})) == expected

    def test_numbers_of_labels_in_flat_records_are_named_by_the_options(self, convert):
        row = flat(**{"q.responses": [0, 1], "q.responses.users": ["u1", "u2"]})
        question = {"kind": "choice", "values": {"0": "good", "1": "bad"}, "key": "verdict"}

        assert told(convert("argilla", row, questions={"q": question})) == [
            ("u1", "choice", "verdict", {"values": ["good"]}),
            ("u2", "choice", "verdict", {"values": ["bad"]}),
        ]

    def test_a_question_is_about_the_response_that_its_name_names(self, convert):
        item = convert("argilla", record({"rating-response_2": 2, "Rating of response 1": 5, "overall": 3}))

        assert told(item) == [
            ("u1", "rating", "rating_response_2", {"values": [None, 2]}),
            ("u1", "rating", "rating_of_response_1", {"values": [5, None]}),
            ("u1", "rating", "overall", {"value": 3}),
        ]

    def test_the_only_response_is_what_a_rating_is_about(self, convert):
        row = record({"quality": 4.0}) | {"fields": {"prompt": "x", "response": "y"}}

        assert answer(convert("argilla", row)) == ("rating", {"values": [4]})

    @pytest.mark.parametrize(
        ("value", "question", "words"),
        [
            ([], {}, "What is a list in answer to 'q'? Say its kind in questions."),
            (True, {}, "What is true in answer to 'q'?"),
            ("x", {"kind": "rating"}, "The answer to 'q' is text, not a number."),
            (3, {"kind": "text"}, "The answer to 'q' is a number, not text."),
            (3, {"kind": "choice"}, "The answer to 'q' is a number, not text."),
            ("x", {"kind": "choice", "values": {"y": "z"}}, "The answer 'x' to 'q' is not among its values"),
            ("best", {"kind": "preference"}, "The answer 'best' to 'q' names no response"),
            ("x", {"kind": "preference", "values": {"x": "c"}}, "is 'c', which is no winner."),
            ([{"value": "response_1", "rank": 1}], {}, "'q' ranks 1 of 2 responses."),
            ([{"value": "response_1", "rank": 1}] * 2, {}, "'q' ranks 'response_1' twice."),
            ([{"value": "response_1", "rank": None}], {}, "The rank of 'response_1' is null, not a whole number."),
            ([{"value": "c", "rank": 1}], {}, "The answer 'c' to 'q' names no response"),
            ("x", {"kind": "ranking"}, "The answer to 'q' is not a list of objects."),
            (3, {"about": "response_9"}, "The question 'q' is about 'response_9', which is no field."),
            (
                [{"label": "x", "start": 0, "end": 2}],
                {},
                "Which response does 'q' mark? Say it in questions, as about.",
            ),
            (
                [{"label": "x", "start": 0, "end": 2}],
                {"about": "prompt"},
                "Which response does 'q' mark? Say it in questions, as about.",
            ),
            ([{"label": 3, "start": 0, "end": 2}], {"about": "response_1"}, "A mark of 'q' is a number, not text."),
            (
                [{"label": "x", "start": 0, "end": 99}],
                {"about": "response_1"},
                "A mark of 'q' lies outside the text (0 to 99).",
            ),
            (
                [{"label": "x", "start": "0", "end": 2}],
                {"about": "response_1"},
                "A mark of 'q' has no whole numbers as start and end.",
            ),
        ],
    )
    def test_answers_that_could_mean_something_else_are_refused(self, refusal, value, question, words):
        assert words in refusal("argilla", record({"q": value}), questions={"q": question})


class TestMarks:
    PEAR = [{"label": "Too-long", "start": 4, "end": 8}]

    def test_marks_before_any_emoji_are_plain(self, convert):
        item = convert("argilla", record({"spans_response_2": [{"label": "Too-long", "start": 0, "end": 1}]}))

        assert answer(item) == ("spans", {"spans": [{"response": 1, "start": 0, "end": 1, "type": "too_long"}]})

    def test_behind_an_emoji_the_unit_must_be_said(self, convert, refusal):
        row = record({"spans_response_2": self.PEAR})

        points = answer(convert("argilla", row, offsets="code_points"))[1]["spans"][0]
        units = answer(convert("argilla", row, offsets="utf_16"))[1]["spans"][0]

        assert "say it in offsets" in refusal("argilla", row)
        assert (points["start"], points["end"]) == (4, 8)
        assert (units["start"], units["end"]) == (3, 7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"prompt": "x"}, "come together"),
        ({"prompt": "x", "responses": ["x"]}, "each named once and none of them the prompt"),
        ({"prompt": "x", "responses": []}, "is not a list of fields"),
        ({"questions": ["q"]}, "The option questions is a list"),
        ({"questions": {"q": "text"}}, "The question 'q' is text"),
        ({"questions": {"q": {"kind": "guess"}}}, "has the kind 'guess'"),
        ({"questions": {"q": {"colour": "x"}}}, "There is no option 'colour'"),
        ({"questions": {"q": {"values": {"x": 1}}}}, "are not an object of texts"),
        ({"offsets": "bytes"}, "The option offsets is 'bytes'"),
        ({"suggestions": "no"}, "The option suggestions is text"),
    ],
)
def test_options_that_mean_nothing_are_refused(options, words):
    with pytest.raises(BadOptions, match=words):
        ADAPTERS["argilla"].converter(options)
