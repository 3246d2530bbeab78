"""PRM800K: a tree of candidate steps, and the path through it that a labeler followed."""

import pytest


def one(text, rating=1, **more):
    return {"text": text, "rating": rating, "flagged": None, **more}


def step(*completions, chosen=None, human=None):
    return {"completions": list(completions), "human_completion": human, "chosen_completion": chosen}


def row(*steps, reason="solution", before=None, **more):
    question = {"problem": "What is 2 + 3 + 4?", "ground_truth_answer": "9", "pre_generated_steps": before}
    return {
        "labeler": "l1",
        "timestamp": "2023-01-22T04:34:27",
        "generation": 9,
        "is_quality_control_question": False,
        "question": question,
        "label": {"steps": list(steps), "total_time": 278270, "finish_reason": reason},
        **more,
    }


ADD = one("2 + 3 is 5.")
SLIP, RIGHT = one("5 + 4 is 8.", -1), one("5 + 4 is 9.")


def slices(item):
    text = item.responses[0].messages[0]["content"]
    return [text[cut["start"] : cut["end"]].removesuffix("\n") for cut in item.responses[0].steps]


def part(item):
    (label,) = item.labels
    return label.answer["responses"][0]


def test_the_chosen_path_is_the_response_and_all_else_are_alternatives(convert):
    item = convert("prm800k", row(step(ADD, chosen=0), step(SLIP, RIGHT, one("Stop.", 0), chosen=1)))

    assert slices(item) == ["2 + 3 is 5.", "5 + 4 is 9."]
    assert part(item) == {"labels": [1, 1], "alternatives": {"1": ["5 + 4 is 8.", "Stop."]}}
    assert item.labels[0].source["alternative_ratings"] == {"1": [-1, 0]}


def test_who_labeled_when_and_how_long_is_kept(convert):
    item = convert("prm800k", row(step(ADD, chosen=0)))

    label = item.labels[0]
    assert (label.annotator, label.seconds, label.source) == ("l1", 278.27, {"finish_reason": "solution"})
    assert item.key == "l1 2023-01-22T04:34:27"
    assert item.source == {
        "reference": "9",
        "generation": 9,
        "is_quality_control_question": False,
        "timestamp": "2023-01-22T04:34:27",
    }


def test_an_unrated_step_is_unanswered_and_not_neutral(convert):
    item = convert("prm800k", row(step(one("Hm.", None, flagged=True), chosen=0), step(one("So.", 0), chosen=0)))

    assert part(item)["labels"] == [None, 0]
    assert item.labels[0].source["flagged"] == [0]


@pytest.mark.parametrize("human", ["5 + 4 is 9.", {"text": "5 + 4 is 9.", "rating": None, "source": "human"}])
def test_a_step_that_the_labeler_wrote_goes_on_with_the_path_and_is_good(convert, human):
    item = convert("prm800k", row(step(ADD, chosen=0), step(SLIP, human=human), step(one("Nine."), chosen=0)))

    assert slices(item) == ["2 + 3 is 5.", "5 + 4 is 9.", "Nine."]
    assert part(item) == {"labels": [1, 1, 1], "alternatives": {"1": ["5 + 4 is 8."]}}
    assert item.labels[0].source["written_by_labeler"] == [1]


def test_a_written_step_that_was_not_chosen_is_an_alternative(convert):
    item = convert("prm800k", row(step(ADD, chosen=0, human="Two and three are five.")))

    assert (slices(item), part(item)["alternatives"]) == (["2 + 3 is 5."], {"0": ["Two and three are five."]})
    assert item.labels[0].source["alternative_ratings"] == {"0": [1]}


def test_the_error_that_ended_the_labeling_is_the_models_own_step_and_its_rest_is_unjudged(convert):
    before = ["2 + 3 is 5.", "5 + 4 is 8.", "# Answer\n\n8"]

    item = convert("prm800k", row(step(ADD, chosen=0), step(RIGHT, SLIP), reason="found_error", before=before))

    assert slices(item) == before
    assert part(item) == {"labels": [1, -1, None], "alternatives": {"1": ["5 + 4 is 9."]}}
    assert "pre_generated_steps" not in item.source


def test_a_solution_that_the_path_left_is_kept_as_source(convert):
    before = ["2 + 3 is 5.", "5 + 4 is 8.", "So 8."]

    item = convert("prm800k", row(step(ADD, chosen=0), step(RIGHT, chosen=0), before=before))

    assert (slices(item), item.source["pre_generated_steps"]) == (["2 + 3 is 5.", "5 + 4 is 9."], before)


def test_a_single_candidate_is_the_step_even_when_nobody_went_on_with_it(convert):
    item = convert("prm800k", row(step(ADD, chosen=0), step(SLIP), reason="give_up"))

    assert (slices(item), part(item)["labels"]) == (["2 + 3 is 5.", "5 + 4 is 8."], [1, -1])


def test_candidates_that_nobody_followed_end_the_path_and_are_kept(convert):
    item = convert("prm800k", row(step(ADD, chosen=0), step(SLIP, RIGHT), reason="give_up"))

    assert (slices(item), part(item)) == (["2 + 3 is 5."], {"labels": [1]})
    assert item.labels[0].source["not_followed"] == [
        {"text": "5 + 4 is 8.", "rating": -1},
        {"text": "5 + 4 is 9.", "rating": 1},
    ]


def test_an_empty_step_ends_the_path(convert):
    empty = {"completions": None, "human_completion": None, "chosen_completion": None}

    assert slices(convert("prm800k", row(step(ADD, chosen=0), empty))) == ["2 + 3 is 5."]


def test_two_labelers_of_the_same_solution_are_two_items(convert):
    first, second = (convert("prm800k", row(step(ADD, chosen=0), labeler=who)) for who in ("l1", "l2"))

    assert (first.key, second.key) == ("l1 2023-01-22T04:34:27", "l2 2023-01-22T04:34:27")


def test_one_name_may_stand_for_all_labelers(convert):
    item = convert("prm800k", row(step(ADD, chosen=0)), annotator="math-crowd")

    assert (item.labels[0].annotator, item.key) == ("math-crowd", "l1 2023-01-22T04:34:27")


def test_a_page_left_open_for_days_says_nothing_about_the_work(convert):
    long = row(step(ADD, chosen=0))
    long["label"]["total_time"] = 90_000_000_000

    assert convert("prm800k", long).labels[0].seconds is None


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([step(one("x", 2), chosen=0)], "The rating of completion 1 of step 1 is 2, not a whole number from -1 to 1."),
        ([step(one("x", "good"), chosen=0)], "The rating of completion 1 of step 1 is 'good'"),
        ([step(one(" "), chosen=0)], "The text of completion 1 of step 1 is blank."),
        ([step(ADD, chosen=0), step({"rating": 1}, chosen=0)], "The text of completion 1 of step 2 is null."),
        ([step(ADD, chosen=1)], "The chosen_completion of step 1 is 1, not a whole number from 0 to 0."),
        ([step(chosen=0)], "The chosen_completion of step 1 names one of no completions."),
        ([step("x", chosen=0)], "Completion 1 of step 1 is text, not an object."),
        (["x"], "Step 1 of the label is text, not an object."),
        ([{"completions": "x"}], "The completions of step 1 are text, not a list."),
        ([step(ADD, human=3)], "The human_completion of step 1 is a number, not an object."),
        ([step(SLIP, RIGHT)], "No step of the label was chosen, so there is no solution to show."),
        ([], "No step of the label was chosen, so there is no solution to show."),
    ],
)
def test_broken_trees_are_refused_by_the_place(refusal, steps, words):
    assert refusal("prm800k", row(*steps)).startswith(words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"label": None}, "The field label is null, not an object."),
        ({"label": {}}, "The field steps is missing."),
        ({"label": {"steps": {}}}, "The field steps of the label is an object, not a list."),
        ({"label": {"steps": [step(ADD, chosen=0)], "total_time": "x"}}, "The total_time is text, not a number"),
        ({"question": {}}, "The field problem is missing."),
        ({"question": {"problem": "x", "pre_generated_steps": ["a", None]}}, "Step 2 in pre_generated_steps is null"),
        ({"labeler": 1.5}, "The labeler is a number, not text."),
    ],
)
def test_broken_rows_are_refused_by_the_name_of_the_field(refusal, change, words):
    assert refusal("prm800k", row(step(ADD, chosen=0)) | change).startswith(words)
