"""ProcessBench, Math-Shepherd, PRMBench and TRL stepwise: solutions whose steps are labeled."""

import json

import pytest

from annotation.imports.adapters import ADAPTERS


def slices(item):
    (response,) = item.responses
    text = response.messages[0]["content"]
    return [text[step["start"] : step["end"]] for step in response.steps]


def part(item):
    (label,) = item.labels
    assert label.kind == "steps"
    return label.answer["responses"][0]


class TestProcessBench:
    ROW = {
        "id": "gsm8k-7",
        "generator": "m1",
        "problem": "What is 2 + 3 + 4?",
        "steps": ["2 + 3 is 5.", "5 + 4 is 8.", "So it is 8."],
        "final_answer_correct": False,
        "label": 1,
    }

    def test_the_label_is_the_first_wrong_step_from_zero(self, convert):
        item = convert("processbench", self.ROW | {"split": "gsm8k", "prompt_id": "p1"})

        assert slices(item) == ["2 + 3 is 5.\n\n", "5 + 4 is 8.\n\n", "So it is 8."]
        assert part(item) == {"labels": [1, -1, None], "final": "wrong"}
        assert (item.key, item.group, item.source) == ("gsm8k-7", "p1", {"split": "gsm8k"})
        assert item.responses[0].model == "m1"
        assert item.labels[0].annotator == "processbench"

    @pytest.mark.parametrize(("label", "labels"), [(-1, [1, 1, 1]), (0, [-1, None, None]), (2.0, [1, 1, -1])])
    def test_minus_one_says_that_no_step_is_wrong(self, convert, label, labels):
        assert part(convert("processbench", self.ROW | {"label": label}))["labels"] == labels

    @pytest.mark.parametrize(("value", "final"), [(True, "right"), ("false", "wrong"), (None, None)])
    def test_the_final_answer_is_judged_where_the_row_judges_it(self, convert, value, final):
        assert part(convert("processbench", self.ROW | {"final_answer_correct": value})).get("final") == final

    def test_a_table_of_texts_is_read_too(self, convert):
        row = self.ROW | {"steps": '["2 + 3 is 5.", "5 + 4 is 8."]', "label": "1", "final_answer_correct": "False"}

        assert part(convert("processbench", row)) == {"labels": [1, -1], "final": "wrong"}

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"label": 3}, "The label is 3, not a whole number from -1 to 2."),
            ({"label": None}, "The label is null, not a whole number from -1 to 2."),
            ({"label": True}, "The label is true, not a whole number from -1 to 2."),
            ({"steps": "2 + 3 is 5."}, "The field steps is text, not a list of steps."),
            ({"steps": ["2 + 3 is 5.", ""]}, "Step 2 in steps is blank."),
            ({"final_answer_correct": "maybe"}, "The final_answer_correct is 'maybe', not true or false."),
            ({"problem": None}, "The prompt is null, not text."),
            ({"generator": 4}, "The model of response a is a number, not text."),
            ({"id": 1.5}, "The id is a number, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("processbench", self.ROW | change) == words

    def test_a_missing_field_is_named(self, refusal):
        assert refusal("processbench", {"problem": "x", "steps": ["y"]}) == "The field label is missing."


class TestMathShepherd:
    INPUT = "What is 2 + 3 + 4? Step 1: 2 + 3 is 5. ки\nStep 2: 5 + 4 is 8. ки\nStep 3: The answer is: 8 ки"
    ROW = {"input": INPUT, "label": INPUT.replace("ки", "+", 1).replace("ки", "-"), "task": "GSM8K"}

    def test_problem_steps_and_labels_are_parted_at_the_marks(self, convert):
        item = convert("math_shepherd", self.ROW)

        assert item.messages == [{"role": "user", "content": "What is 2 + 3 + 4?"}]
        assert slices(item) == ["Step 1: 2 + 3 is 5.\n", "Step 2: 5 + 4 is 8.\n", "Step 3: The answer is: 8"]
        assert part(item) == {"labels": [1, -1, -1]}
        assert (item.source, item.labels[0].annotator) == ({"task": "GSM8K"}, "math-shepherd")

    def test_signs_in_the_text_are_not_labels(self, convert):
        row = {"input": "x - y? Step 1: + ки\nStep 2: - - ки", "label": "x - y? Step 1: + -\nStep 2: - - +"}

        item = convert("math_shepherd", row)

        assert (slices(item), part(item)["labels"]) == (["Step 1: +\n", "Step 2: - -"], [-1, 1])

    def test_what_follows_the_last_mark_is_a_step_without_a_label(self, convert):
        item = convert("math_shepherd", {name: self.ROW[name] + "\nStep 4: Or" for name in ("input", "label")})

        assert (slices(item)[-1], part(item)["labels"]) == ("Step 4: Or", [1, -1, -1, None])

    def test_a_mark_inside_the_problem_is_about_no_step(self, convert):
        row = {"input": "Find ки\nx. step 1: It is 2. ки", "label": "Find -\nx. step 1: It is 2. +"}

        item = convert("math_shepherd", row)

        assert item.messages[0]["content"] == "Find \nx."
        assert (slices(item), part(item)["labels"]) == (["step 1: It is 2."], [1])

    @pytest.mark.parametrize(
        ("text", "label", "words"),
        [
            ("x? Step 1: y ки", "x? Step 1: y ?", "The field label has neither + nor - in place of mark 1."),
            ("x? Step 1: y ки", "x? Step 1: y ", "The field label has neither + nor - in place of mark 1."),
            ("x? Step 1: y ки", "x? Step 1: z +", "The field label differs from input before mark 1."),
            ("x? Step 1: y ки", "x? Step 1: y + z", "The field label differs from input after the last mark."),
            ("x? Step 1: y", "x? Step 1: y +", "The field input has no mark ки, so it has no steps."),
            ("x? So y ки", "x? So y +", "The field input has no “Step 1:”, so nothing says where the problem ends."),
            ("x? Step 1: y ки ки", "x? Step 1: y + -", "Step 2 in input is blank."),
            (3, "x", "The field input is a number, not text."),
            ("x", None, "The field label is null, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, text, label, words):
        assert refusal("math_shepherd", {"input": text, "label": label}) == words

    def test_a_problem_that_has_steps_itself_is_not_parted_by_guessing(self, refusal):
        row = {"input": "After Step 1: x? Step 1: y ки", "label": "After Step 1: x? Step 1: y +"}

        assert "“Step 1:” more than once" in refusal("math_shepherd", row)


class TestPRMBench:
    ROW = {
        "idx": "prm_test_p1_0",
        "original_question": "What is 2 + 3 + 4?",
        "modified_question": "What is 2 + 3 + 4, if any?",
        "original_process": ["2 + 3 is 5.", "5 + 4 is 9."],
        "modified_process": ["It is 9.", "9 - 4 is 5.", "So it is 9."],
        "modified_steps": [1, 2, 3],
        "error_steps": [1, 3],
        "reason": "Step 1 takes the result for granted.",
        "classification": "circular",
    }

    def test_wrong_steps_are_counted_from_one_and_named_by_their_class(self, convert):
        item = convert("prmbench", self.ROW)

        assert item.messages[0]["content"] == "What is 2 + 3 + 4, if any?"
        assert slices(item) == ["It is 9.\n", "9 - 4 is 5.\n", "So it is 9."]
        assert part(item) == {"labels": [-1, 1, -1], "errors": {"0": ["circular"], "2": ["circular"]}}
        assert (item.labels[0].annotator, item.labels[0].rationale) == ("prmbench", self.ROW["reason"])
        assert (item.tags, sorted(item.source)) == (
            ["circular"],
            ["modified_steps", "original_process", "original_question"],
        )

    @pytest.mark.parametrize(
        ("idx", "key"), [("p1", "circular_p1"), ("circular_p1", "circular_p1"), (7, "circular_7"), (None, None)]
    )
    def test_ways_to_spoil_one_solution_are_told_apart(self, convert, idx, key):
        assert convert("prmbench", self.ROW | {"idx": idx}).key == key

    def test_a_solution_without_a_wrong_step_is_good_throughout(self, convert):
        item = convert("prmbench", self.ROW | {"classification": "multi_solutions", "error_steps": []})

        assert part(item) == {"labels": [1, 1, 1]}

    def test_errors_without_a_class_have_no_name(self, convert):
        assert part(convert("prmbench", self.ROW | {"classification": None})) == {"labels": [-1, 1, -1]}

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"error_steps": [0]}, "A number in error_steps is 0, not a whole number from 1 to 3."),
            ({"error_steps": [4]}, "A number in error_steps is 4, not a whole number from 1 to 3."),
            ({"error_steps": "x"}, "The field error_steps is text, not a list."),
            ({"error_steps": None}, "The field error_steps is null, not a list."),
            ({"modified_process": ["x", " "]}, "Step 2 in modified_process is blank."),
            ({"modified_question": None}, "The prompt is null, not text."),
            ({"classification": 2.5}, "The classification is a number, not text."),
            ({"reason": ["x"]}, "The rationale of 'prmbench' is a list, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("prmbench", self.ROW | change) == words


class TestStepwise:
    ROW = {"prompt": "What is 2 + 3?", "completions": ["2 + 3", "is 5.\n\nYes."], "labels": [True, False]}

    def test_completions_are_the_steps_of_one_response(self, convert):
        item = convert("trl_stepwise", self.ROW | {"prompt_id": "p1", "agreement": 1.0})

        assert (slices(item), part(item)) == (["2 + 3\n", "is 5.\n\nYes."], {"labels": [1, -1]})
        assert (item.group, item.source, item.labels[0].annotator) == ("p1", {"agreement": 1.0}, "imported")

    @pytest.mark.parametrize(("place", "key"), [(None, "k7"), (0, "k7"), (2, "k7/2")])
    def test_a_release_names_each_response(self, convert, place, key):
        row = self.ROW | {"pair_id": "k7", "response_index": place}

        assert convert("trl_stepwise", row).key == key

    def test_a_label_that_is_null_is_unsaid(self, convert):
        assert part(convert("trl_stepwise", self.ROW | {"labels": [1, None]})) == {"labels": [1, None]}

    def test_a_prompt_may_be_a_conversation(self, convert):
        turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is 2 + 3?"}]

        assert convert("trl_stepwise", self.ROW | {"prompt": turns}).messages == turns

    def test_a_table_of_texts_is_read_too(self, convert):
        item = convert("trl_stepwise", self.ROW | {"completions": '["a", "b"]', "labels": "[true, false]"})

        assert (slices(item), part(item)["labels"]) == (["a\n", "b"], [1, -1])

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"labels": [True]}, "There are 2 completions and 1 labels."),
            ({"labels": [True, -1]}, "Label 2 is -1, not true or false."),
            ({"labels": [0.7, True]}, "Label 1 is 0.7, not true or false."),
            ({"labels": True}, "The field labels is true, not a list."),
            ({"completions": []}, "The field completions has no step."),
            ({"completions": ["x", {"content": "y"}]}, "Step 2 in completions is an object, not text."),
            ({"prompt": 3}, "The prompt is a number, not text."),
            ({"prompt": ["x"]}, "Message 1 of the prompt is text, not an object with role and content."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("trl_stepwise", self.ROW | change) == words


@pytest.mark.parametrize("name", ["processbench", "math_shepherd", "prm800k", "prmbench", "trl_stepwise"])
def test_labels_of_steps_name_their_annotator_and_no_gold(name):
    item = ADAPTERS[name].convert(json.loads(ADAPTERS[name].example))

    assert [label.annotator for label in item.labels] != [""]
    assert "gold" not in json.dumps([item.source, item.tags, item.labels[0].source])
