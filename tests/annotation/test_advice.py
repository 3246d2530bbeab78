"""What others say beside the questions: in the order in which the responses are shown, quiet, and never preselected."""

import json
import re
from importlib import import_module
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation import advice
from annotation.advice import SHOWN, Adviser
from annotation.kinds import KINDS, Judged, Subject
from annotation.views import dock
from tests.annotation.kind_cases import Question
from tests.annotation.test_comparing import CASES, answered_twice, preference

NOT_TAKEN = ("text", "steps", "spans")
"""Kinds whose answers hold more than the words of their hints say."""


def letters(subject: Subject) -> list[str]:
    return [chr(65 + place) for place in range(len(subject))]


def drawn(question: Question, subject: Subject, advisers: list[Adviser] | None, shown: list[int] | None = None) -> str:
    """The question as the dock has it, with no answer given."""
    order = shown or list(range(len(subject)))
    said = None
    if advisers is not None:
        said = {question.key: advice.about(question, advisers, subject, order)}
    kind = KINDS[question.kind]
    html = [[escape(text) for text in kind.texts(question, subject)]]
    (block,) = dock.blocks([question], subject, {}, html=html, advice=said)  # type: ignore[list-item]
    return render_to_string(kind.template, {"block": block, "first": True})


@given(answered_twice())
def test_what_a_hint_takes_are_fields_of_its_own_row_that_give_the_same_answer(case: tuple[Question, Any, Any]) -> None:
    question, value, _ = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT

    hints = kind.suggest(value, question, subject, letters(subject))

    fields = kind.fields(value, question)
    taken = {name: text for hint in hints for name, text in hint.takes.items()}
    assert taken.items() <= fields.items()
    assert all(name == hint.field or name.startswith(f"{hint.field}.") for hint in hints for name in hint.takes)
    if question.kind not in NOT_TAKEN:
        again = kind.validate(kind.parse(taken, question, subject), question, subject)
        assert kind.same(again, value)


@settings(deadline=None)  # the first of each kind loads its template
@given(answered_twice())
def test_an_opinion_beside_any_question_names_its_adviser_and_picks_nothing(case: tuple[Question, Any, Any]) -> None:
    question, value, _ = case
    subject = CASES[question.kind].SUBJECT

    html = drawn(question, subject, [Adviser("judge <b>7b</b>", {question.key: value})])

    assert "judge &lt;b&gt;7b&lt;/b&gt;" in html
    assert " checked" not in html
    assert without_advice(html) == without_advice(drawn(question, subject, []))


def without_advice(html: str) -> str:
    return re.sub(r'<p class="advice">.*?</p>', "", html, flags=re.S)


@given(answered_twice(), st.data())
def test_an_opinion_follows_the_responses_to_the_sides_where_they_are_shown(
    case: tuple[Question, Any, Any], data: st.DataObject
) -> None:
    question, value, _ = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT
    order = data.draw(st.permutations(range(len(subject))))
    turned = Subject(tuple(subject.responses[index] for index in order), subject.reference, subject.rubric)

    said = advice.about(question, [Adviser("judge", {"q": value})], turned, order)

    seen = kind.to_shown_order(value, order)
    assert [opinion.hint for opinion in said.whole] == list(kind.suggest(seen, question, turned, letters(subject)))


def test_where_no_advice_is_asked_for_nothing_of_it_is_on_the_page() -> None:
    for case in CASES.values():
        for question in case.QUESTIONS:
            assert "advice" not in drawn(question, case.SUBJECT, None)


def test_where_nobody_has_an_opinion_its_place_is_kept() -> None:
    html = drawn(PREFERENCE, PAIR, [])

    assert '<p class="advice"></p>' in html


PREFERENCE = Question("preference", settings=KINDS["preference"].check_settings({"points": 3}, "item"))
PAIR = Subject((Judged("An apple."), Judged("A stone.")))


def test_swapped_sides_swap_the_opinion() -> None:
    html = drawn(PREFERENCE, PAIR, [Adviser("judge", {"q": preference("a")})], [1, 0])

    (takes,) = re.findall(r'data-takes="([^"]*)"', html)
    assert json.loads(takes.replace("&quot;", '"')) == {"q": "b"}


def test_an_answer_that_the_form_does_not_offer_is_said_and_not_taken() -> None:
    html = drawn(PREFERENCE, PAIR, [Adviser("judge", {"q": preference("a", 3)})])

    assert "judge" in html
    assert "data-takes" not in html


def test_no_more_advisers_speak_than_can_be_listened_to() -> None:
    crowd = [Adviser("silent", {}), *(Adviser(f"judge {n}", {"q": preference("a")}) for n in range(SHOWN + 2))]

    said = advice.about(PREFERENCE, crowd, PAIR, [0, 1])

    assert said.names == ("judge 0", "judge 1", "judge 2")


def test_the_same_answer_is_said_once_and_counted() -> None:
    said = [Adviser(name, {"q": preference(winner)}) for name, winner in (("one", "a"), ("two", "b"), ("three", "a"))]

    html = drawn(PREFERENCE, PAIR, said)

    told = re.findall(r'class="(?:by|hinted)" title="([^"]*)"', html)
    assert told == ["one, two, three", "one, three: A better", "two: B better"]
    assert ("3 say" in html, html.count("×2")) == (True, 1)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_place_for_opinions(kind: str) -> None:
    case: Any = import_module(f"tests.annotation.kind_cases.{kind}")

    assert '<p class="advice">' in drawn(case.QUESTIONS[0], case.SUBJECT, [])
