"""One text made of steps, and numbers however a file wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.imports.adapters.numbers import flag, whole
from annotation.imports.adapters.stepped import LINE, PARAGRAPH, about_steps, in_steps, step_texts, until_error
from annotation.imports.canonical import Refused
from annotation.splitting import is_cut

TEXTS = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8)


@given(TEXTS, st.sampled_from([LINE, PARAGRAPH]))
def test_the_slices_are_the_text_and_each_begins_with_its_step(texts, joint):
    response = in_steps(texts, joint)
    text = response.messages[0]["content"]
    slices = [text[step["start"] : step["end"]] for step in response.steps]

    assert text == joint.join(texts)
    assert is_cut(text, [(step["start"], step["end"]) for step in response.steps])
    assert slices == [*(one + joint for one in texts[:-1]), texts[-1]]


def test_steps_are_counted_in_code_points():
    response = in_steps(["a😀b", "ки"], model="m1")

    assert (response.steps, response.model) == ([{"start": 0, "end": 4}, {"start": 4, "end": 6}], "m1")


def test_a_list_may_be_written_as_json():
    assert step_texts('["Add.", "Halve."]', "steps") == ["Add.", "Halve."]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Add.", "The field steps is text, not a list of steps."),
        (None, "The field steps is null, not a list of steps."),
        ([], "The field steps has no step."),
        (["Add.", 3], "Step 2 in steps is a number, not text."),
        (["Add.", " \n", "Halve."], "Step 2 in steps is blank."),
    ],
)
def test_what_is_no_list_of_steps_is_refused(value, words):
    with pytest.raises(Refused) as refused:
        step_texts(value, "steps")

    assert refused.value.reason == words


@pytest.mark.parametrize(
    ("first", "labels"),
    [(None, [1, 1, 1]), (0, [-1, None, None]), (1, [1, -1, None]), (2, [1, 1, -1])],
)
def test_steps_after_the_first_error_are_not_judged(first, labels):
    assert until_error(3, first) == labels


def test_what_is_not_said_about_steps_leaves_no_empty_part():
    label = about_steps("ana", [1], {"final": "right", "alternatives": {}}, seconds=2.0)

    assert (label.kind, label.seconds) == ("steps", 2.0)
    assert label.answer == {"responses": [{"labels": [1], "final": "right"}]}


@pytest.mark.parametrize("written", [3, 3.0, "3", " 3 ", "3.0"])
def test_a_whole_number_is_one_however_it_is_written(written):
    assert whole(written, "The label", 0, 4) == 3


@pytest.mark.parametrize(
    ("written", "told"),
    [(5, "5"), (-1, "-1"), (2.5, "2.5"), ("x", "'x'"), ("²", "'²'"), (True, "true"), (None, "null"), ([1], "a list")],
)
def test_another_value_is_refused_by_what_it_is(written, told):
    with pytest.raises(Refused) as refused:
        whole(written, "The label", 0, 4)

    assert refused.value.reason == f"The label is {told}, not a whole number from 0 to 4."


@pytest.mark.parametrize(("written", "said"), [(True, True), ("False", False), (1, True), (0.0, False), ("1", True)])
def test_a_flag_is_one_however_it_is_written(written, said):
    assert flag(written, "The label") is said


@pytest.mark.parametrize("written", [2, "yes", None, "", 0.5])
def test_another_value_is_no_flag(written):
    with pytest.raises(Refused, match="not true or false"):
        flag(written, "The label")
