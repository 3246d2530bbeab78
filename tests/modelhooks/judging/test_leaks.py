"""A criterion must not give away the responses that it was written from."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelhooks.judging.leaks import NAMES, QUOTES, leak

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
RUBRICS = REAL / "rubric_biggen" / "rubrics.jsonl"
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
        "The response says which was fixed at the Olympic games of an early year.",
        "THE RESPONSE SAYS “royal family”.",
        "The response mentions the 'royal family' too.",
        "The response gives 42,195 as the length.",
        "The response says since when: 1908.",
        "The response says it WAS fixed, at the\n Olympic  games of 1908.",
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
        "The response says that it was fixed at the Olympic games.",
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


def test_half_of_a_response_that_is_not_long_is_a_quotation() -> None:
    response = "They run six times each day from here."

    assert leak("The response says that they run six times each day.", (response,), "Where?") == QUOTES
    assert leak("The response says that they run six times.", (response,), "Where?") == ""
    assert leak("The response says that they run six times each day.", (response * 3,), "Where?") == ""


def test_scripts_without_blanks_are_quoted_sign_by_sign() -> None:
    response = "马拉松的长度是四十二公里,因为皇室想看终点。"

    assert leak("回答说明长度是四十二公里,因为皇室想看终点。", (response,), "马拉松多长?") == QUOTES
    assert leak("回答给出长度。", (response,), "马拉松多长?") == ""


@given(st.lists(st.from_regex(r"[a-z]{3,8}", fullmatch=True), min_size=10, max_size=20, unique=True), st.data())
def test_eight_words_of_a_response_in_a_row_are_always_found(words: list[str], data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(words) - 8))
    criterion = f"The response says {' '.join(words[begin : begin + 8])} or so."

    assert leak(criterion, (" ".join(words).upper(),), "Why?") == QUOTES
    assert leak(criterion, (" ".join(words),), " ".join(words)) == ""


@pytest.mark.skipif(not RUBRICS.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_of_criteria_that_people_wrote_few_are_taken_for_quotations() -> None:
    """They were written with the reference in mind, so some do repeat it: 17 of 446 when this was measured."""
    rows = [json.loads(line) for line in RUBRICS.read_text().splitlines()]

    found = [
        leak(row["rubric"]["criteria"], (row["reference"] or "",), f"{row['system_prompt']}\n{row['prompt']}")
        for row in rows
    ]

    assert len(found) > 400
    assert sum(map(bool, found)) / len(found) < 0.06
