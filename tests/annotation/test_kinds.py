"""What holds for every kind of question, and what each one alone promises."""

import copy
import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused, validate
from annotation.imports.fitting import fit
from annotation.kinds import KINDS, AnswerRefused, Judged, SettingsRefused, Subject
from tests.annotation.kind_cases import PAIR, Question

CASES = {name: import_module(f"tests.annotation.kind_cases.{name}") for name in KINDS}
QUESTIONS = [question for case in CASES.values() for question in case.QUESTIONS]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def answers_to(draw: st.DrawFn, question: Question) -> Any:
    """A value that the question accepts."""
    kind, case = KINDS[question.kind], CASES[question.kind]
    return kind.validate(kind.parse(draw(case.post(question)), question, case.SUBJECT), question, case.SUBJECT)


@st.composite
def answered(draw: st.DrawFn) -> tuple[Question, Any]:
    """A question with a value that it accepts."""
    question = draw(st.sampled_from(QUESTIONS))
    return question, draw(answers_to(question))


@given(answered())
def test_what_validates_survives_the_form_and_back(case: tuple[Question, Any]) -> None:
    question, value = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT

    again = kind.parse(kind.fields(value, question), question, subject)

    assert kind.validate(again, question, subject) == value
    assert kind.same(value, again)
    assert kind.words(value, question, subject)
    assert all(isinstance(line, str) for line in kind.details(value, question, subject))


@given(answered(), st.data())
def test_to_item_order_and_back_is_where_it_began(case: tuple[Question, Any], data: st.DataObject) -> None:
    question, value = case
    kind, places = KINDS[question.kind], list(range(len(CASES[question.kind].SUBJECT)))
    order = data.draw(st.permutations(places))

    assert kind.to_shown_order(kind.to_item_order(value, order), order) == value
    assert kind.to_item_order(value, places) == value


@given(answered())
def test_a_question_is_drawn_with_its_answer_and_without(case: tuple[Question, Any]) -> None:
    question, value = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT
    letters = [chr(65 + place) for place in range(len(subject))]
    html = [SafeString(text) for text in kind.texts(question, subject)]

    filled = kind.draw(question, subject, letters, kind.fields(value, question), html)

    assert filled != kind.draw(question, subject, letters, {}, html)


@given(answered())
def test_what_validates_leaves_as_a_label_that_comes_back_the_same(case: tuple[Question, Any]) -> None:
    question, value = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT
    label = kind.as_label(value)
    item = _labeled(question, subject, label)

    validate(item)
    [one], left_out = fit(item, [question])

    assert left_out == 0
    assert kind.as_label(one.answers[question.key]) == label
    assert kind.same(one.answers[question.key], value)


def _labeled(question: Question, subject: Subject, label: Any) -> CanonicalItem:
    """The item that the question is asked about, with somebody's label of it."""
    return CanonicalItem(
        messages=[{"role": "user", "content": "Go."}],
        responses=[_response(judged) for judged in subject.responses],
        rubric=list(subject.rubric),
        labels=[CanonicalLabel(annotator="ana", kind=question.kind, answer=label, dimension=question.key)],
    )


def _can_be_stored(value: Any) -> bool:
    """No NUL and no half of a surrogate pair, which a database refuses."""
    try:
        return b"\x00" not in json.dumps(value, ensure_ascii=False).replace("\\u0000", "\x00").encode()
    except UnicodeEncodeError:
        return False


def _response(judged: Judged) -> CanonicalResponse:
    steps = [{"start": start, "end": end} for start, end in judged.steps]
    turns: Any = judged.turns or [{"role": "assistant", "content": judged.text}]
    return CanonicalResponse(messages=turns, steps=steps or None)


@given(st.sampled_from(QUESTIONS), JSON)
def test_anything_is_either_stored_as_it_validates_or_refused_in_a_sentence(question: Question, value: Any) -> None:
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT

    kind.fields(value, question)
    try:
        stored = kind.validate(value, question, subject)
    except AnswerRefused as refusal:
        assert question.title in str(refusal)
        assert str(refusal).endswith(".")
    else:
        assert kind.validate(stored, question, subject) == stored


NEAR = (None, True, -1, 0, 1, 2, 99, 10**12, 1.5, "", " ", "a", "0", "yes", "x\x00", "x\ud800", [], [0], {}, {"a": 0})
"""What may stand somewhere in an answer, and does not fit elsewhere."""


def spoiled(value: Any) -> Iterator[Any]:
    """The value with something else in each of its places, without each, and with something twice or more."""
    yield from NEAR
    for path in _paths(value):
        for other in NEAR:
            yield _with(value, path, other)
        found = copy.deepcopy(value)
        holder = _holder(found, path)
        if isinstance(holder, list):
            holder.insert(path[-1], copy.deepcopy(holder[path[-1]]))
        else:
            holder["more"] = copy.deepcopy(holder[path[-1]])
        yield found
        found = copy.deepcopy(value)
        del _holder(found, path)[path[-1]]
        yield found


def _paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inside:
        yield (*here, name)
        yield from _paths(part, (*here, name))


def _holder(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path[:-1]:
        value = value[name]
    return value


def _with(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    found = copy.deepcopy(value)
    _holder(found, path)[path[-1]] = copy.deepcopy(other)
    return found


FEW = settings(max_examples=6, deadline=None)
EACH_QUESTION = pytest.mark.parametrize(
    "question", QUESTIONS, ids=[f"{question.kind}-{number}" for number, question in enumerate(QUESTIONS)]
)


@EACH_QUESTION
@FEW
@given(data=st.data())
def test_an_answer_with_a_fault_in_any_place_is_refused_in_a_sentence_or_is_an_answer_too(
    question: Question, data: st.DataObject
) -> None:
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT
    value = data.draw(answers_to(question))

    for other in spoiled(value):
        try:
            stored = kind.validate(other, question, subject)
        except AnswerRefused as refusal:
            assert question.title in str(refusal)
            assert str(refusal).endswith(".")
        else:
            again = kind.parse(kind.fields(stored, question), question, subject)
            found = [stored, kind.validate(stored, question, subject), kind.validate(again, question, subject)]
            assert len({json.dumps(one, sort_keys=True) for one in found}) == 1  # JSON tells true from 1
            assert _can_be_stored(stored)


@EACH_QUESTION
@FEW
@given(data=st.data())
def test_a_label_with_a_fault_in_any_place_is_refused_in_a_sentence_or_is_a_label_too(
    question: Question, data: st.DataObject
) -> None:
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT
    label = kind.as_label(data.draw(answers_to(question)))

    for other in spoiled(label):
        item = _labeled(question, subject, other)
        try:
            validate(item)
            [one], _ = fit(item, [question])
        except Refused as refused:
            assert "ana" in refused.reason
            assert refused.reason.endswith(".")
        else:
            assert _can_be_stored(one.answers)
            back = _labeled(question, subject, kind.as_label(one.answers[question.key]))
            validate(back)
            [again], _ = fit(back, [question])
            assert json.dumps(again.answers) == json.dumps(one.answers)


@given(st.sampled_from(QUESTIONS), st.data())
def test_no_form_post_breaks_a_kind(question: Question, data: st.DataObject) -> None:
    kind, case = KINDS[question.kind], CASES[question.kind]
    names = st.sampled_from(["q", "q.0", "q.1", "q.tone", *data.draw(case.post(question))])
    post = data.draw(st.dictionaries(names, st.text(max_size=9)))

    try:
        value = kind.parse(post, question, case.SUBJECT)
        if value is not None:
            kind.validate(value, question, case.SUBJECT)
    except AnswerRefused as refusal:
        assert str(refusal).endswith(".")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.kind}-{question.settings}")
def test_every_answer_has_a_key_of_its_own(question: Question) -> None:
    keys = [key for key, _ in KINDS[question.kind].keys(question)]

    assert keys
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("points", "values"),
    [
        (2, ["a", "b", "both_bad", "unsure"]),
        (3, ["a", "tie", "b", "both_bad", "unsure"]),
        (5, ["a:2", "a:1", "tie", "b:1", "b:2", "both_bad", "unsure"]),
        (7, ["a:3", "a:2", "a:1", "tie", "b:1", "b:2", "b:3", "both_bad", "unsure"]),
    ],
)
def test_each_scale_has_its_points_from_left_to_right(points: int, values: list[str]) -> None:
    question = Question("preference", settings={"points": points})

    assert [option.value for option in KINDS["preference"].options(question)] == values  # type: ignore[attr-defined]


def test_swapping_sides_swaps_the_winner_in_every_dimension_and_leaves_the_strength() -> None:
    value = {"winner": "a", "strength": 2, "dimensions": {"tone": {"winner": "b", "strength": 1}}}

    swapped = KINDS["preference"].to_item_order(value, [1, 0])

    assert swapped == {"winner": "b", "strength": 2, "dimensions": {"tone": {"winner": "a", "strength": 1}}}


def test_ratings_follow_their_responses() -> None:
    assert KINDS["rating"].to_item_order([5, 1, 3], [2, 0, 1]) == [1, 3, 5]


def test_an_outcome_that_the_project_left_out_is_refused() -> None:
    question = Question("preference", settings={"points": 3, "both_bad": False, "unsure": False})

    for winner in ("both_bad", "unsure"):
        with pytest.raises(AnswerRefused):
            KINDS["preference"].validate({"winner": winner, "strength": None}, question, PAIR)


def test_a_label_from_elsewhere_may_leave_its_strength_unsaid_and_nothing_more() -> None:
    question = Question("preference", settings={"points": 7})
    kind = KINDS["preference"]

    assert kind.admit({"winner": "a", "strength": None}, question, PAIR) == {"winner": "a", "strength": None}
    with pytest.raises(AnswerRefused):
        kind.admit({"winner": "first"}, question, PAIR)
    with pytest.raises(AnswerRefused):
        kind.admit({"winner": "a", "strength": 7}, question, PAIR)


def test_text_is_kept_to_the_byte() -> None:
    text = " two  spaces\n\n\ttab, e\u0301 👩‍👧 \u202e "

    assert KINDS["text"].validate(text, CASES["text"].QUESTIONS[0], PAIR) == text


@pytest.mark.parametrize(
    ("kind", "settings", "target"),
    [
        ("preference", {"points": 4}, "item"),
        ("preference", {"points": 7}, "response"),
        ("preference", {"dimensions": [{"key": "a", "title": "A"}] * 2}, "item"),
        ("preference", {"dimensions": [{"key": "Not a key", "title": "A"}]}, "item"),
        ("rating", {"low": 1, "high": 11}, "item"),
        ("rating", {"low": 1, "high": 1}, "item"),
        ("rating", {"anchors": {"9": "off the scale"}}, "item"),
        ("rating", {"low": True}, "item"),
        ("text", {"min_length": 10, "max_length": 5}, "item"),
        ("text", {"colour": "red"}, "item"),
    ],
)
def test_settings_that_do_not_hold_together_are_refused_in_a_sentence(
    kind: str, settings: dict[str, Any], target: str
) -> None:
    with pytest.raises(SettingsRefused, match=r"\.$"):
        KINDS[kind].check_settings(settings, target)
