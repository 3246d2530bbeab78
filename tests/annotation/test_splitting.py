"""Steps: nothing is lost, nothing is cut that belongs together, and known texts fall where people would cut them."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotation.splitting import LONGEST, is_cut, split

CODE = "```python\nfor n in range(3):\n\n    print(n)\n```"
DISPLAY = "$$\nx = 1\n\n+ 2\n$$"
ALIGNED = "\\begin{align}\na &= b\n\nc\n\\end{align}"
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n"
PIECES = st.sampled_from(
    [CODE, DISPLAY, ALIGNED, TABLE, "\n\n", "\n", "\r\n\r\n", " ", "Step 1: ", "<step>", "Solution:", "So x = 3. "]
) | st.text(max_size=12)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


def slices(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@given(TEXTS)
@example("\n\nA.\n\n")
@example("﻿\n\n\u2028x")
def test_steps_are_the_whole_text_and_none_is_blank(text: str) -> None:
    steps = split(text)

    assert bool(steps) == bool(text.strip())
    if steps:
        assert is_cut(text, steps)
        assert all(piece.strip() for piece in slices(text))


@given(TEXTS, st.sampled_from([CODE, DISPLAY, ALIGNED]), TEXTS)
def test_code_and_formulas_are_never_cut(before: str, block: str, after: str) -> None:
    opened = re.search(r"[`~$\\]", before + after)
    text = f"{before}\n\n{block}\n\n{after}"
    if opened:
        return  # whatever is open before may swallow the block's own beginning

    assert any(block in piece for piece in slices(text))


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            "There are 72 rolls.\n\n72 ÷ 4 = 18.\n\nThe answer is 54.",
            ["There are 72 rolls.", "72 ÷ 4 = 18.", "The answer is 54."],
        ),
        ("Step 1: Add.\nAnd carry.\nStep 2: Halve.", ["Step 1: Add.\nAnd carry.", "Step 2: Halve."]),
        ("## Step 1\n\nAdd.\n\n## Step 2\n\nHalve.", ["## Step 1\n\nAdd.", "## Step 2\n\nHalve."]),
        ("<step>\na\n</step>\n<step>\nb\n</step>", ["<step>\na\n</step>", "<step>\nb\n</step>"]),
        ("6 × 12 = 72\n72 ÷ 4 = 18", ["6 × 12 = 72", "72 ÷ 4 = 18"]),
        ("Solution:\n\nFirst add them.\n\nThen halve.", ["Solution:\n\nFirst add them.", "Then halve."]),
        (f"Look:\n\n{CODE}\n\nIt prints.", [f"Look:\n\n{CODE}", "It prints."]),
        (f"As a table.\n\n{TABLE}\nIt shows.", ["As a table.", TABLE.strip(), "It shows."]),
        ("One line only.", ["One line only."]),
        ("首先相加。\n\n然后减半。", ["首先相加。", "然后减半。"]),
        ("~~~\nopen\n\nfor ever", ["~~~\nopen\n\nfor ever"]),
    ],
)
def test_known_texts_are_cut_where_people_would_cut_them(text: str, steps: list[str]) -> None:
    assert [piece.strip() for piece in slices(text)] == steps


def test_a_long_step_is_cut_between_sentences_and_not_inside_a_formula() -> None:
    sentence = "The value of $a. B$ is then the sum of all the terms that came before it. "
    text = sentence * 60

    pieces = slices(text)

    assert len(pieces) > 2
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert all(piece.startswith("The value") for piece in pieces)


def test_a_hostile_text_is_cut_in_time() -> None:
    for piece in ("$$", "```\n", "|a|\n", "Step 1: ", "\\begin{a}", "\\[", "\\(", "`a", "....", ". "):
        text = piece * (200_000 // len(piece))

        assert is_cut(text, split(text))
