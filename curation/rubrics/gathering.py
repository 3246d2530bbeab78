"""From the rubrics of many pairs to few criteria: those that say nearly the same, counted together by prompts.

Two criteria say nearly the same where the sets of their words share `ALIKE` of all words in either (Jaccard), without
those that nearly every criterion begins with, and where both deny by the same words, or neither denies. The most
supported come first and gather what is like them; support is the number of prompts for which a criterion was written,
not of pairs, so that one prompt with a hundred pairs does not decide for all. Plain Python and numpy.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

from curation.noise.proposals import Booleans
from curation.noise.shingles import words
from curation.rubrics.said import Gathered, Said

ALIKE = 0.6
FRAME = frozenset({"the", "response"})
DENIALS = frozenset({"no", "not", "never", "nor", "neither", "without", "cannot", "lacks", "avoids"})
MOST_TEXTS = 3_000  # different ones that are compared


def gathered(said: Iterable[Said], *, share: float = ALIKE) -> list[Gathered]:
    """The most supported first; of equally supported ones what tells responses apart better, then by words.

    `share` of the words are common to what says nearly the same.
    """
    by_text: dict[tuple[str, ...], list[Said]] = {}
    for one in said:
        if told := tuple(word for word in words(one.text) if word not in FRAME):
            by_text.setdefault(told, []).append(one)
    ranked = sorted(by_text.items(), key=lambda one: (-_support(one[1]), one[0]))[:MOST_TEXTS]
    found = [
        _together(
            [one for at in cluster for one in ranked[at][1]],
            min(one.text for one in ranked[cluster[0]][1]),
            len(cluster),
        )
        for cluster in _clusters(_alike([told for told, _ in ranked], share))
    ]
    return sorted(found, key=lambda one: (-one.support, -one.apart, one.text))


def _support(said: Sequence[Said]) -> int:
    return len({one.group for one in said})


def _together(said: Sequence[Said], text: str, wordings: int) -> Gathered:
    kinds = [one.kind for one in said]
    return Gathered(
        text=text,
        kind=max(sorted(set(kinds)), key=kinds.count),
        groups=frozenset(one.group for one in said),
        apart=sum(one.apart for one in said) / len(said),
        wordings=wordings,
        texts=frozenset(one.text for one in said),
    )


def _alike(texts: Sequence[Sequence[str]], share: float) -> Booleans:
    """(n, n)"""
    places: dict[str, int] = {}
    cells = sorted({(at, places.setdefault(word, len(places))) for at, text in enumerate(texts) for word in text})
    rows, columns = ([one[axis] for one in cells] for axis in (0, 1))
    holds = sparse.csr_array((np.ones(len(cells), np.int32), (rows, columns)), shape=(len(texts), max(len(places), 1)))
    common = (holds @ holds.T).toarray()
    sizes = common.diagonal()
    kinds: dict[frozenset[str], int] = {}
    denies = np.array([kinds.setdefault(DENIALS.intersection(text), len(kinds)) for text in texts], np.int64)
    is_near = common >= share * (sizes[:, None] + sizes[None, :] - common)
    found: Booleans = is_near & (denies[:, None] == denies[None, :])
    return found


def _clusters(alike: Booleans) -> list[list[int]]:
    """Each gathers what is like it and not yet taken, in the order of the rows."""
    left = np.ones(len(alike), bool)
    found = []
    for at in range(len(alike)):
        if left[at]:
            members = np.flatnonzero(alike[at] & left)
            left[members] = False
            found.append([at, *(int(one) for one in members if one != at)])
    return found
