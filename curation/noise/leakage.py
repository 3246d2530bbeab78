"""Rows of benchmarks among the items: a reward model must not be trained on what it is measured by.

A text leaks a benchmark row if they share a run of n words (n = 13), or if the row has fewer than n words and at least
`shortest`, and stands in the text whole. Runs are found by their hashes and then compared word by word.

Source: Brown et al., *Language Models are Few-Shot Learners*, 2020, appendix C (13-grams); Liu et al.,
*Skywork-Reward-V2*, 2025, which cleans its pairs so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from curation.noise.proposals import Proposals, Suggestion, propose
from curation.noise.shingles import Hashes, runs, sequence, words

LENGTH = 13
SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Leak:
    """One text that holds a run of words of one benchmark row."""

    text: int
    row: int
    words: str
    """The shared run, casefolded and without punctuation."""


@dataclass(frozen=True, slots=True)
class Index:
    """The runs of a benchmark's rows."""

    rows: tuple[tuple[str, ...], ...]
    """The words of each row."""
    tables: tuple[tuple[int, Hashes, Hashes], ...]
    """For each length of run: the length, the rising hashes, and which row (as a number) each first came from."""


def index(rows: Sequence[str], *, length: int = LENGTH, shortest: int = SHORTEST) -> Index:
    """Of a benchmark's texts. Rows of fewer than `shortest` words are too common to mean anything, and left out.

    Raises ValueError for lengths below one.
    """
    if not 1 <= shortest <= length:
        raise ValueError("A run has one word at least, and the shortest row is no longer than a run.")
    by_length: dict[int, list[tuple[Hashes, int]]] = {}
    for number, row in enumerate(rows):
        hashed = sequence(row)
        if len(hashed) >= shortest:
            size = min(length, len(hashed))
            by_length.setdefault(size, []).append((runs(hashed, size), number))
    return Index(
        tuple(tuple(words(row)) for row in rows), tuple(_table(size, by_length[size]) for size in sorted(by_length))
    )


def leaks(texts: Sequence[str], benchmark: Index) -> Iterator[Leak]:
    """The texts that leak, each once, with the first run that was found, longer runs first."""
    for number, text in enumerate(texts):
        hashed, spoken = sequence(text), words(text)
        hit = next(_hits(hashed, spoken, benchmark), None)
        if hit is not None:
            yield Leak(number, *hit)


def proposals(texts: Sequence[str], benchmark: Index) -> Proposals:
    """Proposals to drop the texts that leak; the evidence names the benchmark's row."""
    row = np.full(len(texts), np.nan)
    for leak in leaks(texts, benchmark):
        row[leak.text] = leak.row
    leaked = np.isfinite(row)
    lengths = [table[0] for table in benchmark.tables]
    return propose(
        "benchmark_leakage",
        leaked.astype(float),
        {Suggestion.DROP: leaked},
        evidence={"benchmark_row": row},
        parameters={"rows": len(benchmark.rows), "lengths": lengths},
    )


def _table(size: int, parts: list[tuple[Hashes, int]]) -> tuple[int, Hashes, Hashes]:
    hashed = np.concatenate([found for found, _ in parts])
    origin = np.concatenate([np.full(len(found), number, np.uint64) for found, number in parts])
    distinct, first = np.unique(hashed, return_index=True)
    return size, distinct, origin[first]


def _hits(hashed: Hashes, spoken: list[str], benchmark: Index) -> Iterator[tuple[int, str]]:
    for size, known, origin in reversed(benchmark.tables):
        found = runs(hashed, size)
        place = np.minimum(np.searchsorted(known, found), len(known) - 1)
        for at in np.flatnonzero(known[place] == found).tolist():
            row, run = int(origin[place[at]]), spoken[at : at + size]
            if _contains(benchmark.rows[row], tuple(run)):
                yield row, " ".join(run)


def _contains(row: tuple[str, ...], run: tuple[str, ...]) -> bool:
    return any(row[at : at + len(run)] == run for at in range(len(row) - len(run) + 1))
