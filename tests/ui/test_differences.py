"""Word by word: true to both texts, sensible to read, and as fast on hostile texts as on ordinary ones."""

import random
import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.differences import MOST_PIECES, Change, difference, marked


def joined(changes: list[Change], *, without: str = "") -> str:
    return "".join(text for op, text in changes if op != without)


def test_words_that_differ_are_named() -> None:
    found = difference("The quick brown fox jumps over the dog.", "The quick red fox leaps over the dog!")

    assert found.changes == [
        ("same", "The quick "),
        ("cut", "brown "),
        ("add", "red "),
        ("same", "fox "),
        ("cut", "jumps "),
        ("add", "leaps "),
        ("same", "over the dog"),
        ("cut", "."),
        ("add", "!"),
    ]


def test_each_side_is_its_own_text() -> None:
    found = difference("a b\nc", "a  x\nc")

    assert found.old == [("same", "a "), ("cut", "b\n"), ("same", "c")]
    assert found.new == [("same", "a  "), ("add", "x\n"), ("same", "c")]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("", "", []),
        ("", "a b", [("add", "a b")]),
        ("a b", "", [("cut", "a b")]),
        ("a b", "a b", [("same", "a b")]),
        ("a a a", "a a", [("same", "a a"), ("cut", "a")]),
    ],
)
def test_small_texts(old: str, new: str, changes: list[Change]) -> None:
    found = difference(old, new).changes

    assert [(op, text.strip()) for op, text in found] == [(op, text.strip()) for op, text in changes]


def test_scattered_small_words_do_not_make_confetti() -> None:
    old = "Paris is the capital of France, which every pupil of geography learns at the beginning of school"
    new = "Bananas grow on the slopes of volcanoes, where farmers of old islands planted the first of them"

    assert [op for op, _ in difference(old, new).changes if op == "same"] == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab ,\n", max_size=60), st.text(alphabet="ab ,\n", max_size=60))
def test_any_two_texts_come_back_whole(old: str, new: str) -> None:
    found = difference(old, new)

    assert joined(found.old) == old
    assert joined(found.new) == new
    assert joined(found.changes, without="cut") == new
    assert [change for change in found.changes if change[0] == "cut"] == [c for c in found.old if c[0] == "cut"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=30), st.lists(st.sampled_from("abcd"), max_size=30))
def test_the_common_words_are_as_many_as_there_can_be(old: list[str], new: list[str]) -> None:
    from ui.differences import _longest_common

    pairs = _longest_common(old, new)

    assert len(pairs) == longest(old, new)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def longest(old: list[str], new: list[str]) -> int:
    """The textbook recurrence."""
    row = [0] * (len(new) + 1)
    for word in old:
        before = row[:]
        for j, other in enumerate(new, start=1):
            row[j] = before[j - 1] + 1 if word == other else max(before[j], row[j - 1])
    return row[-1]


def test_two_thousand_words_are_compared_at_once() -> None:
    rng = random.Random(1)
    old = [rng.choice("abcdefghijklmnopqrst") for _ in range(2_000)]
    new = [word if rng.random() > 0.2 else "z" for word in old]

    started = time.process_time()
    difference(" ".join(old), " ".join(new))

    assert time.process_time() - started < 0.5  # 0.02 measured


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 100_000, "a " * 99_000 + "b"),
        ("a b " * 50_000, "b a " * 50_000),
        ("a" * 400_000, "b"),
        ("!" * 100_000, "?!" * 50_000),
        (" " * 150_000 + "a", "\n" * 150_000),
        ("a\n" * 50_000, "b\na\n" * 30_000),
    ],
)
def test_hostile_texts_are_compared_coarsely_and_stay_whole(old: str, new: str) -> None:
    started = time.process_time()
    found = difference(old, new)

    assert time.process_time() - started < 5  # 0.2 measured
    assert joined(found.old) == old
    assert joined(found.new) == new


def test_texts_of_too_many_words_are_compared_by_lines() -> None:
    lines = [f"{number} one two three four five\n" for number in range(MOST_PIECES // 4)]

    changed = [line.replace("one", "eins") if number % 2 else line for number, line in enumerate(lines)]
    found = difference("".join(lines), "".join(changed))

    assert found.changes[0] == ("same", "0 one two three four five\n")
    assert ("cut", "1 one two three four five\n") in found.changes


def test_marks_are_elements_around_escaped_text() -> None:
    html = marked(difference("a <b> c", "a <i>\u202e c").changes)

    assert '<del class="cut">b</del>' in html
    assert '<ins class="add">i</ins>' in html
    assert "&lt;" in html
    assert '<span class="badge-char" title="U+202E RIGHT-TO-LEFT OVERRIDE">U+202E</span>' in html
    assert "<b>" not in re.sub("<(del|ins|span|div)[ >]", "", html)


def test_marks_stand_in_the_direction_of_the_text() -> None:
    assert 'dir="rtl"' in marked(difference("سلام دنیا", "سلام شما").new)
