"""UltraFeedback and HelpSteer2: responses rated by several qualities."""

import json

import pytest

from annotation.imports.canonical import content_digest, group_key


def ratings(item):
    return {label.dimension: label.answer["values"] for label in item.labels}


def completion(text, **annotations):
    return {"model": f"m-{text}", "principle": "honesty", "response": text, "annotations": annotations}


class TestUltraFeedback:
    ROW = {
        "source": "sharegpt",
        "instruction": "Name a fruit.",
        "models": ["m-An apple.", "m-A stone.", "m-A pear."],
        "correct_answers": ["None"],
        "completions": [
            completion(
                "An apple.",
                honesty={"Rating": "5", "Rationale": "It is one."},
                truthfulness={"Type": ["1"], "Rationale": "True.", "Rating": "4", "Rationale For Rating": "Nearly."},
            ),
            completion("A stone.", honesty={"Rating": "N/A", "Rationale": " "}, truthfulness={"Rating": "1"}),
            completion("A pear.", honesty={"Rating": "3", "Rationale": "Unsure."}),
        ],
    }

    def test_an_aspect_is_a_dimension_that_rates_all_responses(self, convert):
        item = convert("ultrafeedback", self.ROW)

        assert ratings(item) == {"honesty": [5, None, 3], "truthfulness": [4, 1, None]}
        assert {(label.kind, label.annotator) for label in item.labels} == {("rating", "ultrafeedback")}
        assert [response.model for response in item.responses] == self.ROW["models"]
        assert item.source == {"source": "sharegpt", "correct_answers": ["None"]}

    def test_the_rationale_says_of_each_response_why(self, convert):
        honesty, truthfulness = convert("ultrafeedback", self.ROW).labels

        assert (honesty.rationale, truthfulness.rationale) == (
            "A: It is one.\n\nC: Unsure.",
            "A: True. Nearly.",
        )
        assert (honesty.source, truthfulness.source) == ({}, {"types": [["1"], None, None]})

    def test_an_aspect_that_nobody_rated_is_no_label(self, convert):
        row = self.ROW | {"completions": [completion("x", honesty={"Rating": "N/A"}), completion("y")]}

        assert convert("ultrafeedback", row).labels == []

    def test_the_prompt_that_a_completion_was_made_under_stays_with_it(self, convert):
        made = [self.ROW["completions"][0] | {"custom_system_prompt": "Be honest.", "overall_score": 7.5}]

        item = convert("ultrafeedback", self.ROW | {"completions": made})

        assert item.messages == [{"role": "user", "content": "Name a fruit."}]
        assert item.responses[0].params == {"principle": "honesty", "custom_system_prompt": "Be honest."}
        assert item.source["completions"] == [{"overall_score": 7.5}]

    def test_two_to_ten_responses_keep_their_order(self, convert):
        many = [completion(str(number), honesty={"Rating": str(1 + number % 5)}) for number in range(10)]

        item = convert("ultrafeedback", self.ROW | {"completions": json.dumps(many)})

        assert ratings(item) == {"honesty": [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]}

    def test_empty_completions_are_accepted_where_the_option_says_so(self, convert, refusal):
        row = self.ROW | {"completions": [completion("x"), completion("")]}

        assert refusal("ultrafeedback", row) == "Response b is empty."
        assert convert("ultrafeedback", row, allow_empty=True).tags == ["empty-response"]

    @pytest.mark.parametrize(
        ("completions", "words"),
        [
            ([completion("x", honesty={"Rating": "6"})], "The Rating of honesty of completion a is '6', not a whole"),
            ([completion("x", honesty={"Rating": "good"})], "The Rating of honesty of completion a is 'good'"),
            ([completion("x", honesty={"Rating": [5]})], "The Rating of honesty of completion a is a list"),
            ([completion("x", honesty="5")], "The honesty of completion a is text, not an object."),
            ([{"response": "x"}, {"model": "m"}], "Completion b has no response."),
            ([completion("x"), "y"], "Completion b is text, not an object."),
            ([{"response": "x", "annotations": [1]}], "The annotations of completion a are a list, not an object."),
            ({"x": 1}, "The field completions is an object, not a list."),
            ([], "There is no response."),
            ([completion(None)], "Response a is null, not text."),
        ],
    )
    def test_broken_completions_are_refused_by_the_place(self, refusal, completions, words):
        assert refusal("ultrafeedback", self.ROW | {"completions": completions}).startswith(words)


class TestHelpSteer2:
    ROW = {
        "prompt": "Hi\n<extra_id_1>Assistant\nHello.\n<extra_id_1>User\nName a fruit.",
        "response": "An apple.",
        "helpfulness": 4,
        "correctness": 3.0,
        "coherence": 4,
        "complexity": 0,
        "verbosity": 1,
    }

    def test_each_attribute_is_a_dimension(self, convert):
        item = convert("helpsteer2", self.ROW | {"split": "train"})

        assert ratings(item) == {
            "helpfulness": [4],
            "correctness": [3],
            "coherence": [4],
            "complexity": [0],
            "verbosity": [1],
        }
        assert [turn["role"] for turn in item.messages] == ["user", "assistant", "user"]
        assert (item.source, item.labels[0].annotator) == ({"split": "train"}, "helpsteer2")

    def test_rows_of_one_prompt_share_their_split_group(self, convert):
        one, two = (convert("helpsteer2", self.ROW | {"response": text}) for text in ("An apple.", "A stone."))

        assert group_key(one) == group_key(two)
        assert content_digest(one) != content_digest(two)

    def test_disagreements_are_labels_of_several_annotators(self, convert):
        row = {
            name: [value, 2, None] if name != "prompt" and name != "response" else value
            for name, value in self.ROW.items()
        }

        item = convert("helpsteer2", row, annotator="h")

        said = {(label.annotator, label.dimension): label.answer["values"] for label in item.labels}
        assert {who for who, _ in said} == {"h-1", "h-2"}
        assert (said["h-1", "helpfulness"], said["h-2", "helpfulness"]) == ([4], [2])

    def test_a_table_of_texts_is_read_too(self, convert):
        written = {name: str(value) for name, value in self.ROW.items()} | {"correctness": "[3, 1]", "verbosity": ""}

        item = convert("helpsteer2", written)

        assert [(label.annotator, label.dimension, label.answer["values"]) for label in item.labels] == [
            ("helpsteer2", "helpfulness", [4]),
            ("helpsteer2-1", "correctness", [3]),
            ("helpsteer2-2", "correctness", [1]),
            ("helpsteer2", "coherence", [4]),
            ("helpsteer2", "complexity", [0]),
        ]

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"helpfulness": 5}, "The helpfulness is 5, not a whole number from 0 to 4."),
            ({"verbosity": -1}, "The verbosity is -1, not a whole number from 0 to 4."),
            ({"coherence": 2.5}, "The coherence is 2.5, not a whole number from 0 to 4."),
            ({"coherence": [4, "x"]}, "The coherence is 'x', not a whole number from 0 to 4."),
            ({"coherence": []}, "The coherence is an empty list."),
            ({"response": None}, "Response a is null, not text."),
            ({"prompt": 3}, "The prompt is a number, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("helpsteer2", self.ROW | change) == words

    def test_a_row_without_attributes_is_an_item_without_labels(self, convert):
        assert convert("helpsteer2", {"prompt": "x", "response": "y"}).labels == []
