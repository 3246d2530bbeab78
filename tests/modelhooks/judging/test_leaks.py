"""A criterion must not give away the responses that it was written from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelhooks.judging.leaks import NAMES, QUOTES, leak

ANSWER = "The marathon is 42.195 km long, which was fixed at the Olympic games of 1908 in London for the royal family."
ASKED = "How long is a marathon? Use “km” as unit and at most 100 words."


@pytest.mark.parametrize(
    "criterion",
    [
        "Response A gives the unit.",
        "The response is clearer than response 2.",
        "The response gives what the other response leaves out.",
        "The better response explains itself.",
        "Both responses give the number.",
        "The rejected answer is wrong.",
        "The first response is right.",
    ],
)
def test_a_criterion_that_names_a_response_is_refused(criterion: str) -> None:
    assert leak(criterion, (), "") == NAMES


@pytest.mark.parametrize(
    "criterion",
    [
        "The response says that it was fixed at the Olympic games.",
        "THE RESPONSE SAYS “royal family”.",
        "The response mentions the 'royal family' too.",
        "The response gives 42,195 as the length.",
        "The response says since when: 1908.",
        "The response says it was fixed, at the\n Olympic  games.",
    ],
)
def test_a_criterion_that_quotes_a_response_is_refused(criterion: str) -> None:
    assert leak(criterion, ("Something else entirely.", ANSWER), ASKED) == QUOTES


@pytest.mark.parametrize(
    "criterion",
    [
        "The response gives the length in “km”.",
        "The response has at most 100 words.",
        "The response first gives the number, then says why it was chosen.",
        "The response says how long a marathon is.",
        "The response is about Olympic history.",
        "The response a reader would want is short.",
        "The response answers the question before anything else.",
        "The response doesn't guess and isn't vague.",
        "",
    ],
)
def test_what_the_prompt_says_or_everybody_could_is_no_secret(criterion: str) -> None:
    assert leak(criterion, (ANSWER, "It's long, isn't it? 100 words would do; km."), ASKED) == ""


def test_a_short_response_is_quoted_by_saying_it_whole() -> None:
    assert leak("The response says that it is Paris, France.", ("Paris, France",), "Where?") == QUOTES
    assert leak("The response answers yes or no.", ("No.",), "Answer yes or no.") == ""
    assert leak("The response says nothing that is wrong.", ("",), "Where?") == ""


def test_scripts_without_blanks_are_quoted_sign_by_sign() -> None:
    response = "马拉松的长度是四十二公里,因为皇室想看终点。"

    assert leak("回答说明因为皇室想看终点的原因。", (response,), "马拉松多长?") == QUOTES
    assert leak("回答给出长度。", (response,), "马拉松多长?") == ""


@given(st.lists(st.from_regex(r"[a-z]{3,8}", fullmatch=True), min_size=8, max_size=20, unique=True), st.data())
def test_five_words_of_a_response_in_a_row_are_always_found(words: list[str], data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(words) - 5))
    criterion = f"The response says {' '.join(words[begin : begin + 5])} or so."

    assert leak(criterion, (" ".join(words).upper(),), "Why?") == QUOTES
    assert leak(criterion, (" ".join(words),), " ".join(words)) == ""
