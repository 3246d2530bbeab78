"""What feedback judges by and what a prompt demands: quoted from where it stands, or left out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelhooks.contracts import Constraint, Feedback, Instruction, Principle
from modelhooks.judging import constraints, principles
from modelhooks.judging.constraints import ConstraintFinder
from modelhooks.judging.criteria import EMPTY, INVENTED, LONG, TWICE
from modelhooks.judging.principles import PrincipleFinder
from modelhooks.judging.quotes import stands_in
from tests.modelhooks.judging.scripted import CODE, PROMPT, USAGE, always, failed, shown

FEEDBACK = "It gets the sum right.\nBut it never says   how, and a child would be lost."
ASKED = ({"role": "system", "content": "Answer in French."}, {"role": "user", "content": "What is\n2 + 2, in words?"})


def said(*found: tuple[str, str, str]) -> dict[str, Any]:
    listed = [{"quote": quote, "text": text, "holds": holds} for quote, text, holds in found]
    return {"case": CODE, "reasoning": "", "principles": listed}


def demanded(*found: tuple[str, str, str]) -> dict[str, Any]:
    listed = [{"quote": quote, "kind": kind, "text": text} for quote, kind, text in found]
    return {"case": CODE, "reasoning": "", "constraints": listed}


def test_principles_have_the_words_that_say_so() -> None:
    answer = said(
        ("gets the sum right", "The response is  right.", "yes"), ("never says how", "The response explains.", "no")
    )

    (found,) = PrincipleFinder(always(answer)).find_principles([Feedback(FEEDBACK, PROMPT, "4")])

    assert found.found == (
        Principle("The response is right.", True, "gets the sum right"),
        Principle("The response explains.", False, "never says how"),
    )
    assert (found.refused, found.reason, found.error, found.usage) == ({}, "", "", USAGE)


def test_what_is_not_in_the_feedback_is_left_out_and_counted() -> None:
    answer = said(
        ("gets the sum wrong", "The response is right.", "no"),
        ("", "The response is kind.", "yes"),
        (" \n", "The response is brief.", "yes"),
        ("a child would be lost", "The response fits its reader.", "no"),
        ("gets the sum right", "the response fits its reader.", "yes"),
        ("gets the sum right", "…", "yes"),
        ("gets the sum right", "The response is right. " * 99, "yes"),
    )

    (found,) = PrincipleFinder(always(answer)).find_principles([Feedback(FEEDBACK)])

    assert [one.text for one in found.found] == ["The response fits its reader."]
    assert found.refused == {INVENTED: 3, TWICE: 1, EMPTY: 1, LONG: 1}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.text("abc xyz\n", max_size=40))
def test_an_invented_quote_never_passes_and_a_real_one_always_does(quote: str, text: str) -> None:
    answer = said((quote, "The response is right.", "yes"))

    (found,) = PrincipleFinder(always(answer)).find_principles([Feedback(text)])

    is_there = bool(quote.split()) and " ".join(quote.split()) in " ".join(text.split())
    assert stands_in(quote, text) == is_there
    assert bool(found.found) == (is_there and bool(text.strip()))


@pytest.mark.parametrize(
    "answer",
    [
        "It is right.",
        said() | {"case": "00000000"},
        said(("a", "b", "maybe")),
        said(*[("sum", f"The response {n}.", "yes") for n in range(13)]),
        failed(),
    ],
)
def test_an_answer_of_another_form_finds_nothing_and_says_why(answer: Any) -> None:
    (found,) = PrincipleFinder(always(answer)).find_principles([Feedback(FEEDBACK)])

    assert (found.found, bool(found.reason)) == ((), True)
    assert bool(found.error) is (answer == failed())


def test_feedback_that_judges_by_nothing_has_no_principles_and_no_fault() -> None:
    (found,) = PrincipleFinder(always(said())).find_principles([Feedback("Hm.")])

    assert (found.found, found.reason, found.error) == ((), "", "")


def test_nothing_is_asked_about_nothing() -> None:
    finder, taker = PrincipleFinder(always(said())), ConstraintFinder(always(demanded()))

    empty, full = finder.find_principles([Feedback(" \n"), Feedback("Fine.")])
    (nothing,) = taker.find_constraints([Instruction(({"role": "user", "content": ""},))])

    assert (empty.reason, full.reason) == (principles.EMPTY, "")
    assert nothing.reason == constraints.EMPTY
    assert len(finder.setting.chat.asked) == 1  # type: ignore[attr-defined]
    assert not taker.setting.chat.asked  # type: ignore[attr-defined]


def test_feedback_is_shown_with_what_it_is_about() -> None:
    finder = PrincipleFinder(always(said()))

    finder.find_principles([Feedback(FEEDBACK, PROMPT, "It is 4."), Feedback("Fine.")])

    whole, bare = finder.setting.chat.asked  # type: ignore[attr-defined]
    assert shown(whole, "the feedback") == FEEDBACK
    assert shown(whole, "the response that it is about") == "It is 4."
    assert shown(whole, "message 1, user") == "What is 2 + 2?"
    assert "the response that it is about" not in bare.turns[1].text


def test_constraints_are_quoted_where_the_prompt_says_them() -> None:
    answer = demanded(
        ("What is 2 + 2", "explicit", "The response says what 2 + 2 is."),
        ("in words", "explicit", "The response uses words."),
        ("in French", "explicit", "The response is in French."),
        ("anything", "implicit", "The response is brief."),
    )

    (found,) = ConstraintFinder(always(answer)).find_constraints([Instruction(ASKED)])

    assert found.found == (
        Constraint("The response says what 2 + 2 is.", True, "What is 2 + 2"),
        Constraint("The response uses words.", True, "in words"),
        Constraint("The response is in French.", True, "in French"),
        Constraint("The response is brief.", False),
    )


@pytest.mark.parametrize("quote", ["in Latin", "", "Answer in French. What is 2 + 2"])
def test_a_constraint_that_quotes_what_no_message_says_is_left_out(quote: str) -> None:
    """Words from two messages are nobody's words."""
    answer = demanded((quote, "explicit", "The response is in Latin."), ("in words", "explicit", "It uses words."))

    (found,) = ConstraintFinder(always(answer)).find_constraints([Instruction(ASKED)])

    assert [one.text for one in found.found] == ["It uses words."]
    assert found.refused == {INVENTED: 1}


@pytest.mark.parametrize("answer", ["It wants French.", demanded(), demanded(("in words", "sure", "x")), failed()])
def test_a_prompt_that_was_not_taken_apart_has_no_constraints(answer: Any) -> None:
    (found,) = ConstraintFinder(always(answer)).find_constraints([Instruction(ASKED)])

    assert (found.found, bool(found.reason)) == ((), True)
    assert bool(found.error) is (answer == failed())
