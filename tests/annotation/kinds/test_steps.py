"""Answers about steps: known values, what is refused, and what people read of them."""

from typing import Any

import pytest

from annotation.kinds import KINDS, AnswerRefused, Judged, SettingsRefused, Subject
from annotation.kinds.error_kinds import PATTERNS, TAKEN, USUAL, letters, named
from annotation.kinds.steps_drawing import line
from tests.annotation.kind_cases import Question

KIND = KINDS["steps"]
TEXT = "Six.\n\nSeven.\n\nEight."
THREE = Subject((Judged(TEXT, ((0, 6), (6, 14), (14, 20)), "1"),))


def question(*, is_required: bool = True, **settings: Any) -> Question:
    checked = KIND.check_settings(settings, "response")
    return Question("steps", target="response", is_required=is_required, settings=checked)


def part(*labels: int | None, **more: Any) -> list[dict[str, Any]]:
    return [{"splitter": "1", "labels": list(labels), **more}]


def test_what_follows_the_first_error_is_not_read_from_the_page() -> None:
    post = {"q.0.0": "1", "q.0.1": "-1", "q.0.2": "1", "q.0.2.error.logic": "on", "q.0.1.error.logic": "on"}

    value = KIND.parse(post, question(), THREE)

    assert value == part(1, -1, None, errors={"1": ["logic"]})
    assert KIND.validate(value, question(), THREE) == value


def test_where_every_step_is_asked_the_later_ones_count() -> None:
    post = {"q.0.0": "1", "q.0.1": "-1", "q.0.2": "0"}

    assert KIND.parse(post, question(first_error=False), THREE) == part(1, -1, 0)


def test_unanswered_is_not_neutral() -> None:
    value = KIND.parse({"q.0.1": "0"}, question(), THREE)

    assert value == part(None, 0, None)
    assert KIND.validate(value, question(is_required=False), THREE) == value
    with pytest.raises(AnswerRefused, match=r"still wants step 1\.$"):
        KIND.validate(value, question(), THREE)


def test_a_step_kept_as_it_is_was_not_corrected() -> None:
    post = {"q.0.0": "-1", "q.0.0.fix": "Six.\r\n"}

    assert KIND.parse(post, question(), THREE) == part(-1, None, None)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        part(1, 1),
        part(1, 1, 2),
        part(1, 1, True),
        part(1, 1, 1.0),
        part(1, -1, 1),
        part(1, None, 1),
        part(1, 1, 1, errors={"0": ["logic"]}),
        part(-1, None, None, errors={"0": ["no such"]}),
        part(-1, None, None, errors={"0": ["logic", "logic"]}),
        part(-1, None, None, errors={"00": ["logic"]}),
        part(-1, None, None, errors={0: ["logic"]}),
        part(-1, None, None, corrections={"0": " "}),
        part(-1, None, None, corrections={"0": "Six."}),
        part(-1, None, None, corrections={"0": "a\x00b"}),
        part(-1, None, None, alternatives={"0": ["Or."]}),
        part(1, 1, 1, final="right"),
        part(1, 1, 1, extra=1),
        [{"labels": [1, 1, 1]}],
        [{"splitter": "2", "labels": [1, 1, 1]}],
        [None],
        [{"splitter": "1", "labels": [None, None, None]}],
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(value: Any) -> None:
    with pytest.raises(AnswerRefused, match=r"^“The question” .+\.$"):
        KIND.validate(value, question(), THREE)


def test_the_final_answer_is_wanted_where_it_is_asked() -> None:
    asks = question(final_answer=True)

    with pytest.raises(AnswerRefused, match="final answer"):
        KIND.validate(part(1, 1, 1), asks, THREE)
    assert KIND.validate(part(1, 1, 1, final="none"), asks, THREE)


def test_each_response_keeps_its_own_part_when_sides_are_swapped() -> None:
    value = [*part(1, -1, None), None]

    assert KIND.to_item_order(value, [1, 0]) == [None, *part(1, -1, None)]
    assert KIND.to_shown_order([None, *part(1, -1, None)], [1, 0]) == value


def test_a_refusal_names_the_response_as_it_was_shown() -> None:
    pair = Subject((THREE.responses[0], Judged("One.", ((0, 4),), "import")))

    with pytest.raises(AnswerRefused, match=r"still wants step 1 of response B\.$"):
        KIND.validate([*part(1, 1, 1), None], question(), pair)


def test_a_label_from_elsewhere_is_cut_to_what_the_form_asks() -> None:
    label = {"responses": [{"labels": [1, -1, -1], "errors": {"1": ["logic"], "2": ["logic"]}, "final": "wrong"}]}

    assert KIND.admit(label, question(), THREE) == part(1, -1, None, errors={"1": ["logic"]})
    asks_all = question(first_error=False, final_answer=True)
    assert KIND.admit(label, asks_all, THREE)[0]["labels"] == [1, -1, -1]


@pytest.mark.parametrize("label", [{}, {"responses": []}, {"responses": [{"labels": [1]}]}, {"responses": [7]}])
def test_a_label_from_elsewhere_that_fits_no_steps_is_refused(label: dict[str, Any]) -> None:
    with pytest.raises(AnswerRefused, match=r"\.$"):
        KIND.admit(label, question(), THREE)


def test_answers_agree_on_labels_and_not_on_how_an_error_is_mended() -> None:
    assert KIND.same(part(1, -1, None), part(1, -1, None, corrections={"1": "Nine."}))
    assert not KIND.same(part(1, -1, None), part(1, 1, -1))
    assert not KIND.same(part(1, 0, 1), part(1, None, 1))


def test_an_answer_reads_as_a_sentence_and_its_remarks_as_lines() -> None:
    value = part(1, -1, None, errors={"1": ["hallucinated_fact"]}, corrections={"1": "Nine."}, final="wrong")

    assert KIND.words(value, question(), THREE) == "first error at step 2 of 3, final answer wrong"
    assert KIND.details(value, question(), THREE) == ["step 2: wrong; hallucinated fact; corrected: Nine."]
    assert KIND.words([None, *part(1, 1, 1)], question(), THREE) == "B no error in 3 steps"


@pytest.mark.parametrize(
    ("labels", "stops", "told"),
    [
        ([None, None, None], True, "0 of 3 steps answered."),
        ([1, -1, None], True, "First error at step 2. Later steps need no answer."),
        ([1, 1, -1], True, "First error at step 3."),
        ([1, -1, None], False, "2 of 3 steps answered. First error at step 2."),
        ([1, -1, 1], False, "First error at step 2."),
        ([1, 0, 1], True, "No error in 3 steps."),
        ([1], True, "No error in 1 step."),
        ([], True, ""),
    ],
)
def test_the_line_says_how_far_one_has_come(labels: list[int | None], stops: bool, told: str) -> None:
    assert line([("A", labels)], stops) == told


def test_the_line_names_responses_where_there_are_several() -> None:
    assert line([("A", [1]), ("B", []), ("C", [-1])], True) == "A: No error in 1 step. C: First error at step 1."


def test_what_was_said_about_other_steps_is_not_drawn_on_these() -> None:
    drawn = [KIND.draw(question(), THREE, "A", {"q.0.cut": cut, "q.0.0": "-1"}, ()) for cut in ("1", "2")]

    assert [one.line for one in drawn] == [
        "First error at step 1. Later steps need no answer.",
        "0 of 3 steps answered.",
    ]
    assert [step.is_asked for step in drawn[0].sides[0].steps] == [True, False, False]


@pytest.mark.parametrize("titles", [USUAL, PATTERNS, ("Logic", "Loop"), ("دليل", "证据")])
def test_every_kind_of_error_has_a_letter_of_its_own_that_the_page_leaves_free(titles: tuple[str, ...]) -> None:
    given = list(letters([{"key": title, "title": title} for title in titles]).values())

    assert all(given)
    assert len(set(given)) == len(given)
    assert not TAKEN & set(given)


def test_more_kinds_of_error_than_letters_are_no_fault() -> None:
    kinds = [{"key": f"k{n}", "title": f"Kind {n}"} for n in range(30)]

    assert sum(map(bool, letters(kinds).values())) == 26 - len(TAKEN)


@pytest.mark.parametrize(
    ("settings", "target"),
    [({}, "item"), ({"errors": named(["Logic", "Logic"])}, "response"), ({"colour": 1}, "response")],
)
def test_settings_that_do_not_hold_together_are_refused(settings: dict[str, Any], target: str) -> None:
    with pytest.raises(SettingsRefused, match=r"\.$"):
        KIND.check_settings(settings, target)
