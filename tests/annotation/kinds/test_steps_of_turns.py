"""Steps that are the turns of a trajectory: cut without loss, judged by number, and at home in files."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.folds import Room
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused, validate
from annotation.imports.fitting import fit
from annotation.kinds import KINDS, AnswerRefused, Judged, Subject
from annotation.kinds.steps_context import contexts
from annotation.splitting import is_cut
from annotation.turns import said
from tests.annotation.kind_cases import Question
from tests.annotation.test_turns import TURNS as ANY_TURNS

STEPS = KINDS["steps"]
CALL = {"name": "read", "arguments": '{"path": "a"}'}
TURNS: list[Any] = [
    {"role": "assistant", "content": "I look.", "tool_calls": [CALL], "reasoning": "Hm."},
    {"role": "tool", "content": "x = 1"},
    {"role": "user", "content": "Go on."},
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "content": "gone", "is_error": True},
    {"role": "assistant", "content": "  "},
    {"role": "assistant", "content": "It is 1."},
    {"role": "user", "content": "Thanks."},
]
JUDGED = Judged.from_turns(TURNS)


def question(**settings: Any) -> Question:
    asked = {"cut": "turns", "first_error": False, **settings}
    return Question("steps", target="response", settings=STEPS.check_settings(asked, "response"))


def stored(*labels: Any) -> list[Any]:
    return [{"splitter": "turns-1", "labels": list(labels)}]


def slices(judged: Judged) -> list[str]:
    return [judged.text[start:end] for start, end in judged.steps]


def test_each_turn_that_says_something_is_a_step() -> None:
    cut = JUDGED.cut_as("turns-1")

    assert slices(cut) == ['I look.\n\nread({"path": "a"})\n\n', 'read({"path": "a"})\n\n  \n\n', "It is 1."]
    assert cut.cut_by == "turns-1"


@given(ANY_TURNS)
def test_turns_together_are_the_whole_text_and_no_turn_is_torn(conversation: list[dict[str, Any]]) -> None:
    judged = Judged.from_turns(conversation).cut_as("turns-1")
    written = [said(turn) for turn in conversation if turn["role"] == "assistant" and said(turn).strip()]

    assert len(judged.steps) == len(written)
    assert not judged.steps or is_cut(judged.text, judged.steps)
    assert all(turn in piece for turn, piece in zip(written, slices(judged), strict=True))


@given(ANY_TURNS, st.sampled_from(["turns-1", "1"]))
def test_everything_that_stands_around_the_steps_is_read_once(
    conversation: list[dict[str, Any]], splitter: str
) -> None:
    judged = Judged.from_turns(conversation).cut_as(splitter)
    found = contexts(judged, "A", Room())

    assert len(found) == len(judged.steps)
    if found:
        others = [turn["content"] for turn in conversation if turn["role"] == "user"]
        thoughts = [turn for turn in conversation if "reasoning" in turn]
        assert [said for step in found for _, said in step.asides] == others
        assert sum(len(step.thoughts) for step in found) == len(thoughts)
        keys = [fold.key for step in found for fold in [*step.thoughts, *step.folds]]
        assert len(keys) == len(set(keys))


def test_results_thoughts_and_users_are_read_with_their_turn() -> None:
    first, second, third = contexts(JUDGED.cut_as("turns-1"), "A", Room())

    assert (first.text, first.asides) == ("I look.", [])
    assert [fold.gist for fold in first.thoughts] == ["Hm."]
    assert [(fold.name, fold.size) for fold in first.folds] == [("read", "5 characters")]
    assert (second.text, second.asides) == ("", [("User", "Go on.")])
    assert [fold.is_error for fold in second.folds] == [True]
    assert (third.text, third.asides) == ("It is 1.", [("User", "Thanks.")])


def test_steps_of_a_text_keep_what_stands_around_them() -> None:
    judged = Judged.from_turns([{"role": "assistant", "content": "Add.\n\nHalve."}, TURNS[1], TURNS[6]]).cut_as("1")

    found = contexts(judged, "A", Room())

    assert [step.text for step in found] == ["Add.", "Halve.", "It is 1."]
    assert [len(step.folds) for step in found] == [0, 1, 0]


def test_an_answer_names_the_turns_and_no_other_steps() -> None:
    subject = Subject((JUDGED,))

    assert STEPS.validate(stored(1, -1, 0), question(), subject) == stored(1, -1, 0)
    for wrong in (stored(1, 1), [{"splitter": "1", "labels": [1, 1, 1]}]):
        with pytest.raises(AnswerRefused, match=r"\.$"):
            STEPS.validate(wrong, question(), subject)


def test_turns_stop_at_the_first_error_where_the_form_says_so() -> None:
    subject, asked = Subject((JUDGED,)), question(first_error=True)
    post = {"q.0.0": "1", "q.0.1": "-1", "q.0.2": "1", "q.0.1.error.logic": "on"}

    value = STEPS.parse(post, asked, subject)

    assert STEPS.validate(value, asked, subject) == [
        {"splitter": "turns-1", "labels": [1, -1, None], "errors": {"1": ["logic"]}}
    ]


def fitted(part: Any, asked: Question, steps: Any = None) -> Any:
    label = CanonicalLabel(annotator="ana", kind="steps", answer={"responses": [part]})
    response = CanonicalResponse(messages=TURNS, steps=steps)
    item = CanonicalItem(messages=[{"role": "user", "content": "?"}], responses=[response], labels=[label])  # type: ignore[list-item]
    validate(item)
    (one,), _ = fit(item, [asked])
    return one.answers["q"]


def test_a_label_of_turns_leaves_and_comes_back_without_steps_in_the_item() -> None:
    label = STEPS.as_label(stored(1, -1, 0))

    assert label == {"responses": stored(1, -1, 0)}
    assert fitted(label["responses"][0], question()) == stored(1, -1, 0)


def test_a_label_of_other_steps_than_are_asked_about_is_refused() -> None:
    cut = [{"start": start, "end": end} for start, end in JUDGED.cut_as("turns-1").steps]
    halves = [{"start": 0, "end": 30}, {"start": 30, "end": len(JUDGED.text)}]

    assert fitted({"labels": [1, 1, 1]}, question(), cut) == stored(1, 1, 1)
    for part, asked, steps in (
        ({"labels": [1, 1]}, question(), halves),
        (stored(1, 1, 1)[0], question(cut="steps"), halves),
        (stored(1, 1)[0], question(), None),
        ({"labels": [1, 1, 1]}, question(), None),
    ):
        with pytest.raises(Refused, match=r"\.$"):
            fitted(part, asked, steps)


def test_a_response_without_turns_is_one_step() -> None:
    assert Judged("So 3.").cut_as("turns-1").steps == ((0, 5),)
    assert Judged(" ").cut_as("turns-1").steps == ()
