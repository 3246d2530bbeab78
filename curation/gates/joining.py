"""Which prompt groups share a split because their prompts are nearly the same. For workers: it compares in numpy."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from annotation.models import Item
from curation.gates.sketchbook import Sketchbook, alike, asked, reader
from curation.noise.sketches import crowds
from projects.models import Project

AT_ONCE = 1_000


def joined(project: Project, last_item: int) -> dict[str, str]:
    """From each prompt group that is joined with others to the one whose split all of them take: that of the oldest
    item. Looks at every item up to `last_item`, labeled or not, so it says the same for as long as items stand."""
    groups: list[str] = []
    with tempfile.TemporaryDirectory() as folder, Sketchbook(Path(folder)) as book:
        for items in _batches(project, last_item):
            groups += [group for _, group, words in items if words.strip()]  # as the book does
            book.add([item for item, _, _ in items], [0] * len(items), [words for _, _, words in items])
        keys, ids = book.keys(), book.ids()
        links = _Links(groups)
        for one, other in _same(keys):
            links.join(one, other)
        for one, other, _ in alike(book.pairs(keys), ids, reader(project), is_settled=links.are_joined):
            links.join(one, other)
    return links.told()


class _Links:
    """Groups that are joined, directly or by others (union-find); the first of the items decides."""

    def __init__(self, groups: list[str]) -> None:
        self._groups = groups
        self._first: dict[str, int] = {}
        for place, group in enumerate(groups):
            self._first.setdefault(group, place)
        self._up: dict[str, str] = {}

    def are_joined(self, one: int, other: int) -> bool:
        return self._top(self._groups[one]) == self._top(self._groups[other])

    def join(self, one: int, other: int) -> None:
        top, below = sorted((self._top(self._groups[one]), self._top(self._groups[other])), key=self._first.__getitem__)
        if top != below:
            self._up[below] = top

    def told(self) -> dict[str, str]:
        return {group: self._top(group) for group in self._up}

    def _top(self, group: str) -> str:
        while group in self._up:
            group = self._up[group]
        return group


def _batches(project: Project, last_item: int) -> Iterator[list[tuple[int, str, str]]]:
    low = 0
    while True:
        found = Item.objects.filter(project=project, pk__gt=low, pk__lte=last_item).order_by("pk")
        items = list(found.values_list("pk", "group", "messages")[:AT_ONCE])
        if not items:
            return
        yield [(item, group, asked(messages)) for item, group, messages in items]
        low = items[-1][0]


def _same(keys: np.ndarray) -> Iterator[tuple[int, int]]:
    for order, begins in crowds(keys):
        for at in np.flatnonzero(~begins[1:]).tolist():
            yield int(order[at]), int(order[at + 1])
