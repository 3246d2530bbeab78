"""Pairs from a tree of responses: what they share, siblings first, every depth in turn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.selection.tree import Branch, pairs


def grown(seed, count):
    """Texts of a tree, in which whoever branches off goes on with a character that nobody else has."""
    draw = np.random.default_rng(seed)
    texts, branches = ["x" * int(draw.integers(3, 12))], [Branch(None, 0)]
    for at in range(1, count):
        parent = int(draw.integers(0, at))
        offset = int(draw.integers(0, len(texts[parent])))
        texts.append(texts[parent][:offset] + chr(1_000 + at) + "y" * int(draw.integers(0, 10)))
        branches.append(Branch(parent, offset))
    return texts, branches


def common(one, other):
    """How many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@given(st.integers(0, 100_000), st.integers(1, 12))
def test_a_pair_shares_exactly_what_it_says(seed, count):
    texts, branches = grown(seed, count)

    found = pairs(branches, 1_000)

    for pair in found:
        assert common(texts[pair.left], texts[pair.right]) == pair.shared
    assert len({(pair.left, pair.right) for pair in found}) == len(found) == count * (count - 1) // 2


@given(st.integers(0, 100_000), st.integers(2, 12))
def test_siblings_come_before_cousins(seed, count):
    found = [pair.are_siblings for pair in pairs(grown(seed, count)[1], 1_000)]

    assert found == sorted(found, reverse=True)
    assert found[0]


def test_siblings_part_where_they_were_made_to_and_cousins_are_below_them():
    # 0 ── 1 at 5 ── 3 at 8;   0 ── 2 at 5
    found = pairs([Branch(None, 0), Branch(0, 5), Branch(0, 5), Branch(1, 8)], 10)

    siblings = {(pair.left, pair.right, pair.shared, pair.depth) for pair in found if pair.are_siblings}
    cousins = {(pair.left, pair.right, pair.shared, pair.depth) for pair in found if not pair.are_siblings}
    assert siblings == {(0, 1, 5, 0), (0, 2, 5, 0), (1, 2, 5, 0), (1, 3, 8, 1)}
    assert cousins == {(0, 3, 5, 0), (2, 3, 5, 0)}


def test_a_parent_that_was_still_the_same_there_is_passed_over():
    # 2 goes on from 1 at 3, where 1 is still its parent's text.
    (pair, *_) = [one for one in pairs([Branch(None, 0), Branch(0, 6), Branch(1, 3)], 10) if one.shared == 3]

    assert (pair.left, pair.right, pair.depth) in {(0, 2, 0), (1, 2, 0)}


def test_every_depth_is_asked_about_in_turn():
    shallow = [Branch(0, 1)] * 6
    deep = [Branch(1, 5), Branch(1, 9)]

    found = pairs([Branch(None, 0), *shallow, *deep], 6)

    assert [pair.depth for pair in found][:3] == [0, 1, 2]
    assert found == pairs([Branch(None, 0), *shallow, *deep], 6)
    assert len(found) == 6
    assert pairs([Branch(None, 0)], 5) == pairs([], 5) == []


def test_a_response_goes_on_from_one_before_it():
    with pytest.raises(ValueError, match="one before it"):
        pairs([Branch(None, 0), Branch(1, 0)], 1)
    with pytest.raises(ValueError, match="one before it"):
        pairs([Branch(None, 0), Branch(0, -1)], 1)
