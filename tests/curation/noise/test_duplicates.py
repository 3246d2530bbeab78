"""Near-duplicates by words and by embeddings: planted copies, exact overlaps, groups, and a crowd."""

import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.noise import duplicates
from curation.noise.duplicates import by_embedding, by_words, proposals, signatures
from curation.noise.shingles import jaccard, runs, sequence, shingles, words

VOCABULARY = [f"word{number}" for number in range(2_000)]


def prose(draw, count):
    return list(draw.choice(VOCABULARY, count))


def test_words_have_no_case_no_punctuation_and_one_form():
    assert words("Ｔhe ﬁrst, the “last”!") == ["the", "first", "the", "last"]
    assert words("猫が好き 2 cats") == ["猫", "が", "好", "き", "2", "cats"]
    assert words(" ,.! ") == []


def test_a_run_is_its_words_in_their_order():
    one, other, same = (set(shingles(text, 2).tolist()) for text in ("a b c", "a c b", "A, b: C"))

    assert one == same
    assert not one & other
    assert len(runs(sequence("a b a b a"), 2)) == 4
    assert len(shingles("a b a b a", 2)) == 2
    assert len(shingles("a b", 5)) == 1
    assert len(shingles("", 5)) == len(runs(sequence("a"), 2)) == len(runs(sequence("a"), 0)) == 0


def test_hashes_are_the_same_in_every_process():
    code = "from curation.noise.shingles import jaccard, shingles; print(shingles('the quick brown fox', 2).tolist())"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.strip() == str(shingles("the quick brown fox", 2).tolist())


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.lists(st.sampled_from("abcdefgh"), max_size=30))
def test_likeness_is_the_overlap_of_sets_of_runs(one, other):
    a, b = ({tuple(text[at : at + 2]) for at in range(len(text) - 1)} or {tuple(text)} - {()} for text in (one, other))

    found = jaccard(shingles(" ".join(one), 2), shingles(" ".join(other), 2))

    assert found == pytest.approx(len(a & b) / len(a | b) if a and b else 0.0)


def test_signatures_agree_as_often_as_sets_overlap():
    shared, one, other = (shingles(" ".join(prose(np.random.default_rng(seed), 400)), 1) for seed in range(3))
    a, b = np.union1d(shared, one), np.union1d(shared, other)

    agree = (np.equal(*signatures([a, b], places=4_096))).mean()

    assert agree == pytest.approx(jaccard(a, b), abs=0.03)


def test_planted_copies_are_found_and_nothing_else():
    draw = np.random.default_rng(0)
    texts = [prose(draw, 80) for _ in range(400)]
    copies = [list(texts[at]) for at in range(100)]
    for copy in copies:
        copy[int(draw.integers(80))] = "changed"

    near = by_words([" ".join(text) for text in texts + copies])

    assert set(zip(near.left.tolist(), near.right.tolist(), strict=True)) == {(at, 400 + at) for at in range(100)}
    assert near.similarity.min() >= 0.8
    assert np.flatnonzero(proposals(near).flagged).tolist() == list(range(400, 500))
    assert (near.group[400:] == np.arange(100)).all()


def test_what_is_linked_by_pairs_is_one_group_named_after_its_first():
    base = [f"w{number}" for number in range(60)]
    chain = [" ".join(base[at : at + 50]) for at in (0, 2, 4, 6)]

    near = by_words(["alone in the world", *chain], threshold=0.8)

    assert near.group.tolist() == [0, 1, 1, 1, 1]
    assert near.repeats.tolist() == [False, False, True, True, True]
    assert (1, 4) not in set(zip(near.left.tolist(), near.right.tolist(), strict=True))


def test_empty_texts_are_like_none_and_a_crowd_of_equals_is_linked_with_bounded_work():
    near = by_words(["", "!?", *["the same sentence again and again"] * 300])

    assert near.group[:2].tolist() == [0, 1]
    assert (near.group[2:] == 2).all()
    assert len(near.left) <= 300 * duplicates.MOST_IN_A_BUCKET
    assert len(by_words([]).group) == len(by_embedding(np.zeros((0, 3))).group) == 0
    with pytest.raises(ValueError, match="multiple"):
        by_words([], places=10)


@settings(max_examples=20)
@given(st.integers(0, 1_000))
def test_shuffled_texts_have_the_same_neighbors(seed):
    draw = np.random.default_rng(seed)
    texts = [" ".join(prose(draw, 12)) for _ in range(20)]
    texts += [re.sub(r"^\w+ ", "", text) for text in texts[:8]]
    order = draw.permutation(len(texts))

    def named(near, names):
        pairs = zip(near.left.tolist(), near.right.tolist(), strict=True)
        return {frozenset((names[a], names[b])) for a, b in pairs}

    plain, shuffled = by_words(texts, threshold=0.7), by_words([texts[at] for at in order], threshold=0.7)

    assert named(plain, list(range(len(texts)))) == named(shuffled, order.tolist())


def test_embeddings_are_compared_with_all_others_across_blocks(monkeypatch):
    monkeypatch.setattr(duplicates, "BLOCK", 7)
    draw = np.random.default_rng(0)
    points = draw.normal(size=(30, 4))
    points[20], points[29], points[3] = 2.5 * points[4], points[4] + 1e-3, 0.0
    unit = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    expected = {(a, b) for a in range(30) for b in range(a + 1, 30) if unit[a] @ unit[b] >= 0.95}

    near = by_embedding(points)

    assert set(zip(near.left.tolist(), near.right.tolist(), strict=True)) == expected
    assert {(4, 20), (4, 29), (20, 29)} <= expected
    assert not ((near.left == 3) | (near.right == 3)).any()
    monkeypatch.setattr(duplicates, "MOST_PAIRS", 2)
    with pytest.raises(ValueError, match="higher threshold"):
        by_embedding(points)
