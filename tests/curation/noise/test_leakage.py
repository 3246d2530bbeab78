"""Benchmark rows among the items: thirteen words are a leak, twelve are not, whole short rows are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.noise import leakage
from curation.noise.leakage import index, leaks, proposals

ROW = " ".join(f"b{number}" for number in range(30))
SHORT = "How many legs has a spider?"


def around(*planted):
    return " ".join(["some words before", *planted, "and some behind"])


def run(start, count):
    return " ".join(f"b{number}" for number in range(start, start + count))


@pytest.mark.parametrize("start", [0, 9, 17])
def test_thirteen_words_in_a_row_leak_and_twelve_do_not(start):
    benchmark = index([ROW])

    (leak,) = leaks([around(run(start, 12)), around(run(start, 13))], benchmark)

    assert (leak.text, leak.row, leak.words) == (1, 0, run(start, 13))


def test_case_and_punctuation_do_not_hide_a_leak_and_another_order_is_none():
    benchmark = index([ROW])
    loud = run(3, 13).upper().replace(" ", ", ")
    swapped = " ".join(reversed(run(3, 13).split()))

    assert proposals([loud, swapped], benchmark).suggested.tolist() == ["drop", "keep"]


def test_a_row_shorter_than_a_run_leaks_only_as_a_whole_and_a_tiny_one_never():
    benchmark = index([SHORT, "Yes."])

    said = proposals([around(SHORT), "How many legs has a dog?", "Yes.", around("yes")], benchmark)

    assert said.suggested.tolist() == ["drop", "keep", "keep", "keep"]
    assert said.evidence["benchmark_row"][0] == 0


def test_the_row_is_named_and_every_text_once():
    other = " ".join(f"c{number}" for number in range(20))

    found = list(leaks([other + " " + ROW, "clean", ROW], index(["x " * 5, ROW, other])))

    assert [leak.text for leak in found] == [0, 2]
    assert found[0].row in {1, 2}
    assert found[1].row == 1


def test_equal_hashes_of_other_words_are_no_leak(monkeypatch):
    monkeypatch.setattr(leakage, "runs", lambda hashed, length: np.zeros(max(0, len(hashed) - length + 1), np.uint64))

    assert not proposals([" ".join(["other"] * 20)], index([ROW])).flagged.any()
    assert proposals([ROW], index([ROW])).flagged.all()


@given(st.lists(st.sampled_from("abc"), max_size=40), st.lists(st.sampled_from("abc"), max_size=40))
def test_hits_are_those_of_comparing_all_runs(text, row):
    length = 5
    expected = len(row) >= length and any(
        row[i : i + length] == text[j : j + length]
        for i in range(len(row) - length + 1)
        for j in range(len(text) - length + 1)
    )

    found = proposals([" ".join(text)], index([" ".join(row)], length=length, shortest=length))

    assert found.flagged.tolist() == [expected]


def test_nothing_leaks_without_a_benchmark_or_texts_and_lengths_make_sense():
    assert not proposals([ROW], index([])).flagged.any()
    assert len(proposals([], index([ROW]))) == 0
    with pytest.raises(ValueError, match="one word"):
        index([ROW], shortest=0)
    with pytest.raises(ValueError, match="one word"):
        index([ROW], length=3, shortest=4)
