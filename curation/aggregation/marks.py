"""Marked words of several people as one set of marks, learnt from who misses much and who marks what is not there.

A text is cut at every beginning and end of a mark; within such a piece all characters were marked by the same people,
so sums over characters below are sums over pieces. With z_c whether character c is wrong, and annotator a marking it
with chance s_a where it is and f_a where it is not, EM:
    log-odds z_c = log π/(1 - π) + Σ_a log P(marked_ac | 1) / P(marked_ac | 0)
    s_a = (Σ q m / 20 + 2) / (Σ q / 20 + 3),   f_a = (Σ (1 - q) m / 20 + ½) / (Σ (1 - q) / 20 + 10)
Twenty characters count as one observation, for the characters of a word are not marked independently.
Source: Dawid and Skene 1979 for two values, by characters; the division by twenty is ours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from curation.aggregation.labels import BadLabels
from modelhooks.head.pairs import Floats, Integers

CHARACTERS = 20.0
ITERATIONS = 30
TOLERANCE = 1e-6
LOW_SIGHT, HIGH_SIGHT, LOW_ALARM, HIGH_ALARM = 0.02, 0.99, 1e-3, 0.5
GAP, CRUMB = 2, 3  # characters: gaps that close, and marks that are too short to be meant


@dataclass(frozen=True, slots=True)
class Marks:
    """m marks [start, end) in characters, and who has read what: a reading without marks says that nothing is wrong."""

    texts: Integers
    annotators: Integers
    starts: Integers
    ends: Integers
    readings: Integers
    """(r, 2) text and annotator, each once."""
    lengths: Integers
    """(texts,) characters."""
    annotator_count: int

    def __post_init__(self) -> None:
        columns = (self.texts, self.annotators, self.starts, self.ends)
        if any(column.shape != self.texts.shape for column in columns) or self.readings.shape[1:] != (2,):
            raise BadLabels("Marks are columns of the same length, readings pairs of a text and an annotator.")
        read = _keys(self.readings[:, 0], self.readings[:, 1], self.annotator_count)
        if len(np.unique(read)) < len(read):
            raise BadLabels("An annotator reads a text once.")
        if not np.isin(_keys(self.texts, self.annotators, self.annotator_count), read).all():
            raise BadLabels("Somebody marked what they have not read.")
        if (
            len(self.texts)
            and not ((self.starts >= 0) & (self.starts < self.ends) & (self.ends <= self.lengths[self.texts])).all()
        ):
            raise BadLabels("A mark is empty or lies outside of its text.")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Texts cut where any mark begins or ends, and what every reader did with each piece."""

    texts: Integers
    starts: Integers
    ends: Integers
    """(p,) of each piece, in the order of the text."""
    piece: Integers
    annotators: Integers
    marked: NDArray[np.bool_]
    """(k,) of each piece and each reader of its text."""

    @property
    def characters(self) -> Floats:
        """(p,) how long each piece is."""
        found: Floats = (self.ends - self.starts).astype(float)
        return found


@dataclass(frozen=True, slots=True)
class Marked:
    """What is wrong, and how each annotator reads."""

    pieces: Pieces
    posterior: Floats
    """(p,) how likely each piece is wrong."""
    sight: Floats
    """(annotators,) s: how much of what is wrong each marks."""
    alarm: Floats
    """(annotators,) f: how much of what is right each marks."""

    def spans(self, at_least: float = 0.5, *, gap: int = GAP, crumb: int = CRUMB) -> Integers:
        """(k, 3) text, start, end of what is wrong with more than this chance; small gaps closed, crumbs dropped."""
        return joined(self.pieces, self.posterior > at_least, gap=gap, crumb=crumb)


def cut(marks: Marks) -> Pieces:
    """The pieces of every text that somebody has read."""
    read = np.unique(marks.readings[:, 0])
    texts = np.concatenate([marks.texts, marks.texts, read, read])
    borders = np.concatenate([marks.starts, marks.ends, np.zeros(len(read), np.int64), marks.lengths[read]])
    at = np.unique(np.column_stack([texts, borders]), axis=0)
    inner = at[:-1, 0] == at[1:, 0] if len(at) else np.zeros(0, bool)
    pieces, starts, ends = at[:-1][inner, 0], at[:-1][inner, 1], at[1:][inner, 1]
    piece, who = _read_pieces(marks, pieces)
    return Pieces(pieces, starts, ends, piece, who, _is_marked(marks, pieces, starts, piece, who))


def fit(marks: Marks) -> Marked:
    """Learn what is wrong and how people read from each other; starts from the share of readers who marked a piece."""
    pieces = cut(marks)
    size, weight, marked = len(pieces.texts), pieces.characters, pieces.marked.astype(float)
    readers = np.bincount(pieces.piece, minlength=size)
    posterior = np.bincount(pieces.piece, marked, size) / np.maximum(readers, 1)
    sight = alarm = np.zeros(marks.annotator_count)
    for _ in range(ITERATIONS):
        sight, alarm = _rates(pieces, posterior, marks.annotator_count)
        prior = np.clip(np.average(posterior, weights=weight), 1e-4, 1 - 1e-4) if size else 0.5
        yes = np.log(sight / alarm)[pieces.annotators]
        no = np.log((1 - sight) / (1 - alarm))[pieces.annotators]
        before = posterior
        posterior = expit(logit(prior) + np.bincount(pieces.piece, np.where(pieces.marked, yes, no), size))
        if np.abs(posterior - before).max(initial=0) < TOLERANCE:
            break
    return Marked(pieces, posterior, sight, alarm)


def joined(pieces: Pieces, is_wrong: NDArray[np.bool_], *, gap: int = GAP, crumb: int = CRUMB) -> Integers:
    """(k, 3) text, start, end: neighbors and those at most `gap` apart as one, none shorter than `crumb`."""
    rows = np.column_stack([pieces.texts, pieces.starts, pieces.ends])[is_wrong]
    if not len(rows):
        return np.zeros((0, 3), np.int64)
    begins = np.append(True, (rows[1:, 0] != rows[:-1, 0]) | (rows[1:, 1] - rows[:-1, 2] > gap))
    at = np.flatnonzero(begins)
    spans = np.column_stack([rows[at, :2], rows[np.append(at[1:], len(rows)) - 1, 2]])
    found: Integers = spans[spans[:, 2] - spans[:, 1] >= crumb]
    return found


def _rates(pieces: Pieces, posterior: Floats, count: int) -> tuple[Floats, Floats]:
    """How much of what is wrong, and of what is right, each annotator marks."""
    weight = pieces.characters[pieces.piece] / CHARACTERS
    wrong, right = posterior[pieces.piece] * weight, (1 - posterior[pieces.piece]) * weight

    def by_annotator(values: Floats) -> Floats:
        found: Floats = np.bincount(pieces.annotators, values, count).astype(float)
        return found

    sight = (by_annotator(wrong * pieces.marked) + 2) / (by_annotator(wrong) + 3)
    alarm = (by_annotator(right * pieces.marked) + 0.5) / (by_annotator(right) + 10)
    return np.clip(sight, LOW_SIGHT, HIGH_SIGHT), np.clip(alarm, LOW_ALARM, HIGH_ALARM)


def _read_pieces(marks: Marks, pieces: Integers) -> tuple[Integers, Integers]:
    """Each piece with each reader of its text."""
    order = np.argsort(marks.readings[:, 0], kind="stable")
    read = marks.readings[order]
    low, high = (np.searchsorted(read[:, 0], pieces, side=side) for side in ("left", "right"))
    piece = np.repeat(np.arange(len(pieces)), high - low)
    within = np.arange(len(piece)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    return piece, read[low[piece] + within, 1]


def _is_marked(marks: Marks, pieces: Integers, starts: Integers, piece: Integers, who: Integers) -> NDArray[np.bool_]:
    """Whether the reader marked the piece: the marks begun by its start outnumber those that have ended there."""
    if not len(piece):
        return np.zeros(0, bool)
    places = int(marks.lengths.max()) + 1
    read = _keys(pieces[piece], who, marks.annotator_count) * places + starts[piece]
    made = _keys(marks.texts, marks.annotators, marks.annotator_count) * places
    begun = np.searchsorted(np.sort(made + marks.starts), read, side="right")
    ended = np.searchsorted(np.sort(made + marks.ends), read, side="right")
    found: NDArray[np.bool_] = begun > ended
    return found


def _keys(texts: Integers, annotators: Integers, count: int) -> Integers:
    return texts * max(count, 1) + annotators
