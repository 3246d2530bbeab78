"""Where the final answer of a response stands."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelhooks.backends.verifier.extraction import LONGEST, WAYS, answer_in


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"first \boxed{1}, then \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        (r"\boxed 5 it is", "5"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed{never closed", None),
        (r"\boxed{}", None),
        ("<answer> 7 </answer>", "7"),
        (r"<answer>\boxed{8}</answer>", "8"),
        ("work\n#### 72", "72"),
        ("The answer is 42.", "42"),
        ("The answer is 3.5. It follows.", "3.5"),
        ("The final answer is: **$x^2$**", "x^2"),
        ("**Answer:** 12 km", "12 km"),
        ("Final answer:\n\n42", "42"),
        ("The answer is 1. No, the answer is 2.", "2"),
        ("答案是：6", "6"),
        ("<think>The answer is 1.</think>The answer is 2.", "2"),
        (r"The answer is \(5\).", "5"),
        ("nothing here", None),
        ("", None),
        ("The answer is " + "x" * 3_000, None),
    ],
)
def test_the_answer_says_itself_where_it_is(text: str, answer: str | None) -> None:
    assert answer_in(text, "auto") == answer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("There are 3 cats and 1,234 dogs", "1,234 dogs"),
        ("at 60 km/h.", "60 km/h"),
        ("it costs $5.50", "$5.50"),
        ("about 20°C today", "20°C"),
        ("-7", "-7"),
        ("1/2", "1/2"),
        ("version v2", None),
        ("none", None),
    ],
)
def test_the_last_number_comes_with_what_stands_behind_it(text: str, number: str | None) -> None:
    assert answer_in(text, "last_number") == number


def test_the_last_line_and_the_whole_text_can_be_asked_for() -> None:
    assert answer_in("one\n\n**two**.\n", "last_line") == "two"
    assert answer_in(" one\ntwo ", "whole") == "one\ntwo"


@given(st.text(st.characters(codec="utf-8"), max_size=200).map(str.strip).filter(bool))
def test_what_is_put_into_braces_comes_out(inner: str) -> None:
    balanced = inner.replace("{", "").replace("}", "").replace("\\", "").replace("</think>", "").strip()

    assert answer_in(rf"so \boxed{{{balanced}}}.", "boxed") == (balanced or None)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<answer>",
            r"\boxed{",
            r"\boxed ",
            "answer is",
            "answer ",
            "answer: * * ",
            "#### ",
            "1,",
            "1,111",
            "$ ",
            ".",
        ),
        *("The answer is 5. ", "\n####\n", "((", "<think>", "</think>", "1 ", "1e", "a b ", "**"),
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (2 * LONGEST // len(piece))

    started = time.process_time()
    for where in WAYS:
        answer_in(text, where)  # type: ignore[arg-type]

    assert time.process_time() - started < 5
