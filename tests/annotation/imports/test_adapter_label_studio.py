"""Label Studio tasks, their annotations and predictions."""

import pytest

from annotation.imports.adapters import ADAPTERS, BadOptions

DATA = {"prompt": "Name a fruit.", "response_1": "An apple.", "response_2": "A \U0001f350 pear, a pear."}
ITEMS = [{"id": "x", "title": "Apple", "body": "An apple."}, {"id": 2, "text": "A pear."}, {"id": "z", "title": "Z"}]


def result(kind, value, control="q", about="response_1", region="r1"):
    return {"id": region, "type": kind, "from_name": control, "to_name": about, "value": value, "origin": "manual"}


def task(*results, data=DATA, **more):
    done = {"id": 1, "completed_by": 3, "result": list(results), "was_cancelled": False, "lead_time": 8.5}
    return {"id": 7, "data": data, "annotations": [done | more], "predictions": []}


def answer(item):
    (label,) = item.labels
    return label.kind, label.answer


def mark(start, end, words=None, about="response_2", labels=("Wrong-Fact",), **more):
    value = {"start": start, "end": end, "labels": list(labels)} | ({"text": words} if words is not None else {})
    return result("labels", value, about=about, **more)


class TestTasks:
    def test_data_become_prompt_responses_and_source(self, convert):
        item = convert("label_studio", task(data=DATA | {"topic": "fruit", "none": None}))

        assert item.messages == [{"role": "user", "content": "Name a fruit."}]
        assert [one.messages[0]["content"] for one in item.responses] == [DATA["response_1"], DATA["response_2"]]
        assert (item.key, item.source, item.labels) == ("7", {"topic": "fruit"}, [])

    def test_listed_items_are_responses_with_their_titles(self, convert):
        item = convert("label_studio", task(data={"question": "Which?", "items": ITEMS}))

        assert [one.messages[0]["content"] for one in item.responses] == ["Apple\n\nAn apple.", "A pear.", "Z"]
        assert item.source == {}

    def test_the_annotator_is_a_number_and_not_an_address(self, convert):
        row = task(result("rating", {"rating": 4}), completed_by={"email": "a@example.org", "id": 9})

        (label,) = convert("label_studio", row).labels

        assert (label.annotator, label.dimension, label.seconds, label.source) == ("label-studio:9", "q", 8.5, {})

    def test_cancelled_annotations_are_left_out_and_the_newest_of_one_person_counts(self, convert):
        row = task()
        row["annotations"] = [
            {"completed_by": 1, "updated_at": "2025-02-01", "result": [result("rating", {"rating": 2})]},
            {"completed_by": 1, "updated_at": "2025-01-01", "result": [result("rating", {"rating": 1})]},
            {"completed_by": 2, "was_cancelled": True, "result": [result("rating", {"rating": 5})]},
        ]

        labels = convert("label_studio", row).labels

        assert [(one.annotator, one.answer) for one in labels] == [("label-studio:1", {"values": [2, None]})]

    def test_ground_truth_is_told_and_is_not_gold(self, convert):
        (label,) = convert("label_studio", task(result("rating", {"rating": 4}), ground_truth=True)).labels

        assert (label.annotator, label.source) == ("label-studio:3", {"ground_truth": True})

    def test_a_page_left_open_says_nothing_of_time(self, convert):
        row = task(result("rating", {"rating": 4}), lead_time=9e9)

        assert convert("label_studio", row).labels[0].seconds is None

    def test_predictions_are_testimony_of_a_model_and_may_be_left_out(self, convert):
        foretold = {"model_version": "m1", "score": 0.9, "result": [result("rating", {"rating": 1})]}
        row = task() | {"predictions": [foretold, 12]}

        (label,) = convert("label_studio", row).labels

        assert (label.annotator, label.source) == ("prediction:m1", {"prediction": True, "score": 0.9})
        assert convert("label_studio", row, predictions=False).labels == []

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (task(data="x"), "The data is text, not an object."),
            (task(data={"text": "x"}), "Which fields are prompt and responses?"),
            (task(completed_by=None), "The completed_by of an annotation names nobody."),
            (task(completed_by={"name": "ana"}), "The completed_by of an annotation names nobody."),
            (task(completed_by=" "), "The completed_by of an annotation names nobody."),
            (task(was_cancelled="perhaps"), "The was_cancelled of an annotation is 'perhaps', not true or false."),
            (task(ground_truth=[1]), "The ground_truth of an annotation is a list, not true or false."),
            (task() | {"predictions": [{}]}, "The result of a prediction is null, not a list."),
            (task() | {"annotations": "x"}, "The annotations are text, not a list."),
            (task() | {"annotations": [3]}, "An annotation is a number, not an object."),
            (task() | {"predictions": ["x"]}, "A prediction is text, not an object."),
            (task() | {"annotations": [{}] * 201}, "There are 201 annotations; 200 is the limit."),
            (task(data={"prompt": "x", "items": [{"id": 1, "text": "y"}, {"id": 1}]}), "are not names of their own"),
            (task(data={"prompt": "x", "items": ["y"]}), "The field items is not a list of objects with an id."),
            (task(data={"prompt": "x", "items": [{"id": 1, "text": 5}]}), "The text of the item '1' is a number"),
        ],
    )
    def test_broken_tasks_are_refused(self, refusal, row, words):
        assert words in refusal("label_studio", row)


class TestResults:
    @pytest.mark.parametrize("text", ["", [], [""]])
    def test_words_that_were_left_out_are_no_label(self, convert, text):
        given = [result("textarea", {"text": text}), result("rating", {"rating": 4}, control="r", about="response_2")]

        assert [label.kind for label in convert("label_studio", task(*given)).labels] == ["rating"]

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (result("choices", {"choices": ["Very good"]}), ("choice", {"values": [["very_good"], None]})),
            (
                result("choices", {"choices": ["a", "b"]}, about="prompt"),
                ("choice", {"values": ["a", "b"]}),
            ),
            (
                result("choices", {"choices": ["same"]}, about="response_1,response_2"),
                ("choice", {"values": ["same"]}),
            ),
            (result("rating", {"rating": 4}, about="response_2"), ("rating", {"values": [None, 4]})),
            (result("rating", {"rating": 4}, about="response_1,response_2"), ("rating", {"value": 4})),
            (result("textarea", {"text": ["One.", "Two."]}, about="txt"), ("text", {"text": "One.\nTwo."})),
            (result("textarea", {"text": "One."}), ("text", {"text": "One."})),
        ],
    )
    def test_each_control_is_a_label(self, convert, given, expected):
        assert answer(convert("label_studio", task(given))) == expected

    @pytest.mark.parametrize(
        ("about", "selected", "winner"),
        [
            ("txt-1,txt-2", "left", "a"),
            ("txt-1,txt-2", "right", "b"),
            ("response_2,response_1", "left", "b"),
            ("text2, text1", "right", "a"),
        ],
    )
    def test_left_and_right_follow_the_names_of_what_was_compared(self, convert, about, selected, winner):
        row = task(result("pairwise", {"selected": selected}, about=about))

        assert answer(convert("label_studio", row)) == ("preference", {"winner": winner, "strength": None})

    def test_objects_are_named_by_the_options(self, convert, refusal):
        row = task(result("rating", {"rating": 4}, about="txt-2"))
        pair = task(result("pairwise", {"selected": "left"}, about="txt-2,txt-3"))
        objects = {"txt-2": "response_1", "txt-3": "response_2"}

        assert "'q' is about 'txt-2'; say in objects which field that shows." in refusal("label_studio", row)
        assert "'q' compares 'txt-2,txt-3'; say in objects" in refusal("label_studio", pair)
        assert answer(convert("label_studio", row, objects=objects))[1] == {"values": [4, None]}
        assert answer(convert("label_studio", pair, objects=objects))[1]["winner"] == "a"

    def test_controls_are_named_and_their_values_told_by_the_options(self, convert):
        questions = {"q": {"key": "verdict", "values": {"好": "good"}}}

        (label,) = convert("label_studio", task(result("choices", {"choices": ["好"]})), questions=questions).labels

        assert (label.dimension, label.answer) == ("verdict", {"values": [["good"], None]})

    @pytest.mark.parametrize("ranker", [["z", "x", 2], {"q": ["z", "x", "2"]}])
    def test_a_ranker_without_buckets_is_an_order(self, convert, ranker):
        row = task(result("ranker", {"ranker": ranker}, about="results"), data={"prompt": "Which?", "items": ITEMS})

        assert answer(convert("label_studio", row)) == ("ranking", {"groups": [[2], [0], [1]]})

    def test_buckets_are_choices_and_no_order(self, convert):
        buckets = {"_": [2], "Relevant": ["z", "x"], "biased": []}
        row = task(result("ranker", {"ranker": buckets}, about="results"), data={"prompt": "Which?", "items": ITEMS})

        assert answer(convert("label_studio", row)) == ("choice", {"values": [["relevant"], None, ["relevant"]]})

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (3, "Result 1 is a number, not an object."),
            (result("rectanglelabels", {}), "Result 1 has the type 'rectanglelabels'; choices, labels, pairwise,"),
            (result("rating", None), "The value of result 1 is null, not an object."),
            (result("rating", {"rating": 3}, control=None), "The from_name of result 1 is null, not text."),
            (result("rating", {"rating": 3}, about=2), "The to_name of result 1 is a number, not text."),
            (result("rating", {"stars": 3}), "The answer to 'q' is null, not a number."),
            (result("choices", {"choices": []}), "The choices of 'q' are a list, not a list of some."),
            (result("choices", {"choices": [4]}), "The answer to 'q' is a number, not text."),
            (result("textarea", {"text": [3]}), "The text of 'q' is a list, not text."),
            (result("pairwise", {"selected": "both"}), "The selected of 'q' is 'both'; left and right are known."),
            (result("pairwise", {"selected": "left"}), "'q' compares 'response_1'; say in objects"),
            (
                result("pairwise", {"selected": "left"}, about="response_1,response_1"),
                "'q' compares 'response_1,response_1'; say in objects",
            ),
            (result("ranker", {"ranker": "x"}), "The ranker of 'q' is text, neither a list nor buckets."),
            (result("ranker", {"ranker": {"best": "x"}}), "The bucket 'best' of 'q' is text, not a list."),
            (result("ranker", {"ranker": {"best": []}}), "The ranker of 'q' sorts nothing."),
            (result("ranker", {"ranker": ["y"]}), "'q' ranks 'y', which is no id of a response."),
            (result("ranker", {"ranker": ["response_1"]}), "'q' ranks 1 of 2 responses."),
        ],
    )
    def test_broken_results_are_refused_by_the_name_of_the_control(self, refusal, given, words):
        assert words in refusal("label_studio", task(given))

    def test_results_that_are_no_list_are_refused(self, refusal):
        row = task()
        row["annotations"][0]["result"] = "x"

        assert refusal("label_studio", row) == "The result of an annotation is text, not a list."


class TestMarks:
    @pytest.mark.parametrize(
        ("start", "end", "words", "expected"),
        [
            (4, 8, "pear", (4, 8)),  # code points, as newer versions count
            (5, 9, "pear", (4, 8)),  # the browser's units, in which the emoji has two
            (12, 16, "pear", (12, 16)),
            (2, 4, "\U0001f350", (2, 3)),
            (0, 1, None, (0, 1)),
        ],
    )
    def test_the_marked_words_tell_what_offsets_count_in(self, convert, start, end, words, expected):
        _, found = answer(convert("label_studio", task(mark(start, end, words))))

        assert found == {"spans": [{"response": 1, "start": expected[0], "end": expected[1], "type": "wrong_fact"}]}

    def test_blanks_and_written_line_breaks_do_not_matter(self, convert):
        data = {"prompt": "x", "response": "One\n two."}

        _, found = answer(convert("label_studio", task(mark(0, 9, "One\\ntwo.", about="response"), data=data)))

        assert (found["spans"][0]["start"], found["spans"][0]["end"]) == (0, 9)

    def test_all_marks_of_a_control_are_one_label_and_each_of_its_labels_a_span(self, convert):
        row = task(mark(4, 8, "pear"), mark(0, 2, "An", about="response_1", labels=("A", "B"), region="r2"))

        _, found = answer(convert("label_studio", row))

        assert [(one["response"], one["start"], one["type"]) for one in found["spans"]] == [
            (1, 4, "wrong_fact"),
            (0, 0, "a"),
            (0, 0, "b"),
        ]

    def test_words_about_a_single_mark_are_its_note(self, convert):
        note = result("textarea", {"text": ["Not a fact."]}, control="why", about="response_2")

        _, found = answer(convert("label_studio", task(mark(4, 8, "pear"), note)))

        assert found["spans"][0]["note"] == "Not a fact."

    @pytest.mark.parametrize(
        ("marks", "words"),
        [
            ([mark(4, 8)], "A mark of 'q' may count in code points or in UTF-16"),
            ([mark(4, 8, "peas")], "A mark of 'q' marks 'peas', and 'pear' stands there."),
            ([mark(4, 99, "pear")], "A mark of 'q' lies outside the text (4 to 99)."),
            ([mark(3, 3, "")], "A mark of 'q' lies outside the text (3 to 3)."),
            ([mark(-1, 3)], "A mark of 'q' lies outside the text (-1 to 3)."),
            ([mark(0, 4, "Name", about="prompt")], "A mark of 'q' lies in the prompt"),
            ([mark(0, 4, about="txt")], "'q' is about 'txt'; say in objects which field that shows."),
            ([mark(0, 4, labels=())], "A mark of 'q' has no label."),
            ([mark("0", "4")], "A mark of 'q' does not say where it lies in a plain text."),
            ([mark(4, 8, "pear"), result("rating", {"rating": 3})], "'q' judges a single mark, which is not read."),
        ],
    )
    def test_marks_that_could_lie_elsewhere_are_refused(self, refusal, marks, words):
        assert words in refusal("label_studio", task(*marks))

    def test_the_unit_is_an_option_where_no_words_tell_it(self, convert):
        starts = [
            answer(convert("label_studio", task(mark(5, 9)), offsets=unit))[1]["spans"][0]["start"]
            for unit in ("code_points", "utf_16")
        ]

        assert starts == [5, 4]

    def test_marks_in_html_are_refused(self, refusal):
        given = result("labels", {"start": "/p[1]", "end": "/p[1]", "startOffset": 0, "endOffset": 3, "labels": ["x"]})

        assert "does not say where it lies in a plain text" in refusal("label_studio", task(given))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"objects": ["txt"]}, "The option objects is not an object"),
        ({"objects": {"txt": 1}}, "The option objects is not an object"),
        ({"responses": "items"}, "come together"),
        ({"predictions": 1}, "The option predictions is a number"),
        ({"offsets": "bytes"}, "The option offsets is 'bytes'"),
    ],
)
def test_options_that_mean_nothing_are_refused(options, words):
    with pytest.raises(BadOptions, match=words):
        ADAPTERS["label_studio"].converter(options)


def test_a_list_under_another_name_is_an_option(convert):
    row = task(data={"ask": "Which?", "found": ITEMS})

    assert len(convert("label_studio", row, prompt="ask", responses="found").responses) == 3
