"""Where steps begin and end."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotation.splitting import split
from annotation.splitting.steps import LONGEST, MOST_STEPS
from annotation.splitting.whole import is_inside, stretches

PIECES = st.sampled_from(
    [
        "There are 6 × 12 = 72 rolls in all.",
        "So we get:",
        "## Counting",
        "Then",
        "1.",
        "12. x = 4",
        "```python\n\nx = 1\n\ny = 2\n```",
        "~~~\nnever closed",
        "```",
        "$$\n\na = b\n\n$$",
        "$$",
        "\\[ c\n\nd \\]",
        "\\begin{align}\na\n\nb\n\\end{align}",
        "\\begin{align}",
        "\\end{align}",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "|---|",
        "<step>",
        "</step>",
        "<paragraph_2>",
        "Step 2: divide.",
        "### Step 3",
        "الخطوة الأولى هي الجمع",
        "第一步。第二步。",
        "e.g. this. And `a. B` that! $x. Y$ Or?",
        "A long sentence that says one thing. " * 40,
        "👩‍👧 e\u0301\u202e",
        "",
        "   ",
    ]
)
JOINTS = st.sampled_from(["\n\n", "\n", " ", "", "\r\n", "\r\n\r\n", "\r", "\n \t\n", "\n\n\n"])
TEXTS = st.lists(st.tuples(PIECES, JOINTS), max_size=9).map(lambda parts: "".join(a + b for a, b in parts)) | st.text()


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@given(TEXTS)
@example("a\r\nb\r\nc = 2")
def test_steps_together_are_the_whole_text_and_none_is_empty(text: str) -> None:
    found = split(text)

    assert bool(found) == bool(text.strip())
    assert "".join(pieces(text)) == (text if text.strip() else "")
    assert all(piece.strip() for piece in pieces(text))
    assert len(found) <= MOST_STEPS


@given(TEXTS)
def test_the_same_text_is_always_cut_alike(text: str) -> None:
    assert split("".join(pieces(text))) == split(text)


@given(TEXTS)
def test_what_is_one_thing_is_never_cut(text: str) -> None:
    whole = stretches(text)

    assert not [start for start, _ in split(text) if is_inside(start, whole)]
    assert not [at for at, _ in split(text) if text[at - 1 : at + 1] == "\r\n"]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", []),
        (" \n\n ", []),
        ("One = 1.", ["One = 1."]),
        ("a = 1\n\nb = 2\n\n\nc = 3\n", ["a = 1\n\n", "b = 2\n\n\n", "c = 3\n"]),
        ("a = 1\nb = 2\nc = 3", ["a = 1\n", "b = 2\n", "c = 3"]),
        ("a = 1\nb = 2\n\nc = 3", ["a = 1\nb = 2\n\n", "c = 3"]),
        ("\n\na = 1\n\nb = 2", ["\n\na = 1\n\n", "b = 2"]),
        ("Solution:\n\na = 1\n\nb = 2", ["Solution:\n\na = 1\n\n", "b = 2"]),
        ("a = 1\n\nSo we get:\n\nb = 2", ["a = 1\n\n", "So we get:\n\nb = 2"]),
        ("# Rolls\n\nThere are six.\n\nThe rest", ["# Rolls\n\nThere are six.\n\n", "The rest"]),
        ("هذا الجواب الأول.\n\nهذا الثاني.", ["هذا الجواب الأول.\n\n", "هذا الثاني."]),
        ("Step 1: add\n\nmore\nStep 2: take", ["Step 1: add\n\nmore\n", "Step 2: take"]),
        ("Plan:\n\n## Step 1\nadd\n## Step 2\ntake", ["Plan:\n\n## Step 1\nadd\n", "## Step 2\ntake"]),
        ("It is long.\n\n**Step 1**\nadd\n**Step 2**\nb", ["It is long.\n\n", "**Step 1**\nadd\n", "**Step 2**\nb"]),
        ("<step>a</step>\n<step>b</step>\nSo 4.", ["<step>a</step>\n", "<step>b</step>\n", "So 4."]),
        (
            "<paragraph_0>\na\n</paragraph_0>\n\n<paragraph_1>\nb",
            ["<paragraph_0>\na\n</paragraph_0>\n\n", "<paragraph_1>\nb"],
        ),
        ("Step 1 of it\nStep 2 of it", ["Step 1 of it\n", "Step 2 of it"]),
        ("a = 1\r\n\r\nb = 2", ["a = 1\r\n\r\n", "b = 2"]),
        ("a = 1\r\nb = 2", ["a = 1\r\n", "b = 2"]),
        ("```\na\n\nb\n```\n\nc = 1", ["```\na\n\nb\n```\n\n", "c = 1"]),
        ("It is:\n\n$$a\n\nb$$\n\nc = 1", ["It is:\n\n$$a\n\nb$$\n\n", "c = 1"]),
        ("| a | b |\n|--|--|\n| 1 | 2 |\nc = 1", ["| a | b |\n|--|--|\n| 1 | 2 |\n", "c = 1"]),
    ],
)
def test_steps_are_cut_where_a_reader_would(text: str, steps: list[str]) -> None:
    assert pieces(text) == steps


def test_a_very_long_piece_is_cut_into_its_sentences_and_not_at_abbreviations() -> None:
    sentences = [f"Sentence {n} holds, e.g. Paris or St. $a. B$ and 3.5 of `c. D`. " for n in range(30)]

    found = pieces("".join(sentences))

    assert len("".join(sentences)) > LONGEST
    assert len(found) > 1
    assert all(len(piece) <= LONGEST for piece in found)
    assert all(piece.startswith("Sentence") for piece in found)
    assert not [piece for piece in found if piece.startswith(("Paris", "B$", "5 of", "D`"))]


def test_a_response_of_thousands_of_lines_has_no_more_steps_than_anyone_labels() -> None:
    assert len(split("x = 1\n\n" * 5_000)) <= MOST_STEPS


@pytest.mark.parametrize(
    "part",
    [
        "\\begin{a}",
        "$$ ",
        "\\[",
        "```\n",
        "|-|\n",
        "<step>",
        "step 1:\n",
        "\n \n",
        " \t",
        "`",
        "$",
        "*",
        "1. ",
        ". ",
        "</step> ",
        "\r",
        "....",
        "。。",
        ". )",
        "| ",
        "- ",
        "$a",
        "(",
    ],
)
def test_time_grows_with_the_text_and_not_with_what_it_says(part: str) -> None:
    text = f"|\n{part * (200_000 // len(part))}x"

    began = time.process_time()
    split(text)

    assert time.process_time() - began < 5  # a search that is quadratic takes minutes
