"""Marks: pieces hold what characters hold, planted readers come back, and joining follows its rule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.aggregation import mark_agreement
from curation.aggregation.alpha import alpha
from curation.aggregation.labels import BadLabels
from curation.aggregation.marks import Marks, cut, fit, joined

LENGTH = 400


def marks_of(rows, readings, lengths, annotator_count):
    """Rows are text, annotator, start, end."""
    table = np.array(rows, np.int64).reshape(len(rows), 4)
    read = np.array(readings, np.int64).reshape(len(readings), 2)
    return Marks(*table.T, read, np.array(lengths, np.int64), annotator_count)


def drawn(texts, annotators, per, seed):
    """Marks with jitter, misses and inventions; the first fifth of the readers marks anything. And what is wrong."""
    draw = np.random.default_rng(seed)
    miss, invents = draw.beta(2, 8, annotators), draw.gamma(1, 0.12, annotators)
    jitter, rows, readings, wrong = draw.integers(1, 9, annotators), [], [], []
    for text in range(texts):
        true = []
        for _ in range(draw.poisson(1.5)):
            start = draw.integers(0, LENGTH - 60)
            end = start + draw.integers(12, 60)
            if all(end + 5 < a or start > b + 5 for a, b in true):
                true.append((start, end))
        wrong += [(text, a, b) for a, b in true]
        for who in draw.choice(annotators, per, replace=False):
            readings.append((text, who))
            spans = [(draw.integers(0, LENGTH - 60), draw.integers(12, 60)) for _ in range(draw.poisson(invents[who]))]
            seen = [one for one in true if draw.random() > miss[who]]
            if who < annotators // 5:
                seen = []
                spans = [(draw.integers(0, LENGTH - 60), draw.integers(12, 60)) for _ in range(draw.poisson(1.5))]
            rows += [(text, who, a, a + size) for a, size in spans]
            off = jitter[who]
            moved = [(max(0, a + draw.integers(-off, off + 1)), b + draw.integers(-off, off + 1)) for a, b in seen]
            rows += [(text, who, a, max(a + 1, min(LENGTH, b))) for a, b in moved]
    return marks_of(rows, readings, [LENGTH] * texts, annotators), np.array(wrong).reshape(-1, 3)


def score(found, true, texts):
    """F1 of whole marks at an overlap of a half."""
    pairs = sum(
        mark_agreement.matched(found[found[:, 0] == text, 1:], true[true[:, 0] == text, 1:]) for text in range(texts)
    )
    return 2 * pairs / (len(found) + len(true))


def recovered(texts, per, seed):
    """F1 of what anybody marked, of the majority and of the model; spammers found."""
    marks, true = drawn(texts, 15, per, seed)
    found = fit(marks)
    pieces = found.pieces
    share = np.bincount(pieces.piece, pieces.marked) / np.bincount(pieces.piece)
    spans = [joined(pieces, share > 0), joined(pieces, share > 0.5), found.spans()]
    spammers = np.isin(np.argsort(found.sight - found.alarm)[:3], range(3)).mean()
    return np.array([*(score(one, true, texts) for one in spans), spammers])


def test_it_beats_the_majority_and_knows_the_readers():
    anybody, majority, model, spammers = recovered(200, 3, seed=0)

    assert model >= majority + 0.07
    assert model > anybody
    assert spammers == 1


@pytest.mark.nightly
@pytest.mark.parametrize("per", [3, 5])
def test_the_table_of_marks(per):
    anybody, majority, model, spammers = np.mean([recovered(300, per, seed) for seed in range(3)], axis=0)
    print(
        f"marks, {per} labels each: anybody {anybody:.3f}, majority {majority:.3f}, learnt {model:.3f}, "
        f"spammers found {spammers:.2f}"
    )

    assert model >= majority + 0.07
    assert model > anybody
    assert spammers == 1


SPANS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 28), st.integers(1, 12)), max_size=10)


def small(spans):
    rows = [(text, who, start, min(start + size, 30)) for text, who, start, size in spans]
    return marks_of(rows, [(text, who) for text in range(3) for who in range(3)], [30, 30, 30], 3)


def characters(marks):
    """(texts, annotators, characters) whether it is marked."""
    table = np.zeros((len(marks.lengths), marks.annotator_count, int(marks.lengths.max())), bool)
    for text, who, start, end in zip(marks.texts, marks.annotators, marks.starts, marks.ends, strict=True):
        table[text, who, start:end] = True
    return table


@settings(max_examples=40, deadline=None)
@given(SPANS)
def test_pieces_hold_what_characters_hold(spans):
    marks = small(spans)
    pieces = cut(marks)

    table = np.zeros((3, 3, 30), bool)
    for piece, who, marked in zip(pieces.piece, pieces.annotators, pieces.marked, strict=True):
        table[pieces.texts[piece], who, pieces.starts[piece] : pieces.ends[piece]] = marked

    assert (table == characters(marks)).all()
    assert pieces.characters.sum() == 90


@settings(max_examples=40, deadline=None)
@given(SPANS)
def test_alpha_of_characters_is_that_of_a_table_of_them(spans):
    marks = small(spans)
    marked = characters(marks).sum(axis=1).reshape(-1)
    counts = np.column_stack([3 - marked, marked]).astype(float)

    found, known = mark_agreement.of_characters(cut(marks), 3).total(), alpha(counts).total()

    assert found == (None if known is None else pytest.approx(known))


@settings(max_examples=30, deadline=None)
@given(SPANS)
def test_names_and_order_do_not_matter(spans):
    marks = small(spans)
    texts, who = np.array([2, 0, 1]), np.array([1, 2, 0])
    order = np.random.default_rng(0).permutation(len(marks.texts))
    other = Marks(
        texts[marks.texts][order],
        who[marks.annotators][order],
        marks.starts[order],
        marks.ends[order],
        np.column_stack([texts[marks.readings[:, 0]], who[marks.readings[:, 1]]]),
        marks.lengths,
        4,
    )

    found, again = fit(marks), fit(other)

    assert again.sight[who] == pytest.approx(found.sight, abs=1e-9)
    assert np.isfinite(np.r_[found.posterior, found.sight, found.alarm]).all()
    told = found.spans()
    named = np.column_stack([texts[told[:, 0]], told[:, 1:]])
    assert sorted(named.tolist()) == sorted(again.spans().tolist())


def test_everybody_marks_the_same_words():
    marks = marks_of([(0, who, 10, 25) for who in range(3)], [(0, who) for who in range(3)], [100], 3)

    assert fit(marks).spans().tolist() == [[0, 10, 25]]
    assert mark_agreement.f1(marks).total() == 1
    assert mark_agreement.of_characters(cut(marks), 1).total() == 1


def test_nobody_marks_anything():
    marks = marks_of([], [(0, 0), (0, 1), (1, 0)], [50, 20], 2)

    assert fit(marks).spans().shape == (0, 3)
    assert mark_agreement.f1(marks).total() is None


def test_nobody_reads_anything():
    assert fit(marks_of([], [], [50], 1)).spans().shape == (0, 3)


def test_small_gaps_close_and_crumbs_fall_away():
    marks = marks_of(
        [(0, 0, 0, 4), (0, 0, 6, 9), (0, 0, 12, 14), (0, 0, 20, 23), (1, 0, 0, 5)], [(0, 0), (1, 0)], [30, 5], 1
    )
    pieces = cut(marks)

    found = joined(pieces, np.bincount(pieces.piece, pieces.marked) > 0)

    assert found.tolist() == [[0, 0, 9], [0, 20, 23], [1, 0, 5]]


def test_marks_are_matched_one_to_one_from_half_an_overlap():
    one = np.array([[0, 10], [20, 30], [40, 50]])

    assert mark_agreement.matched(one, np.array([[0, 10], [1, 10]])) == 1
    assert mark_agreement.matched(one, np.array([[25, 30]])) == 1  # 5 of 10
    assert mark_agreement.matched(one, np.array([[26, 30]])) == 0
    assert mark_agreement.overlap(one[:1], np.array([[5, 15]])).tolist() == [[5 / 15]]


@pytest.mark.parametrize(
    ("rows", "readings"),
    [
        ([(0, 1, 0, 5)], [(0, 0)]),
        ([(0, 0, 5, 5)], [(0, 0)]),
        ([(0, 0, 0, 11)], [(0, 0)]),
        ([(0, 0, -1, 3)], [(0, 0)]),
        ([], [(0, 0), (0, 0)]),
    ],
)
def test_what_cannot_be_marked_is_refused(rows, readings):
    with pytest.raises(BadLabels):
        marks_of(rows, readings, [10], 2)
