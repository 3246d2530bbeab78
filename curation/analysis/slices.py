"""Parts of a project that are looked at on their own: items of a tag, or in a language."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from annotation.models import Item
from curation.votes import Votes
from projects.models import Project

MOST = 12  # the most common ones

Tagged = dict[str, frozenset[int]]
"""Slice name to the ids of its items."""


def read(project: Project) -> Tagged:
    """The most common tags and languages, as `tag:code` and `language:de`, with the items of each."""
    named: dict[str, set[int]] = {}
    for item, tags, language in Item.objects.filter(project=project).values_list("pk", "tags", "language").iterator():
        names = [f"tag:{tag}" for tag in tags] + ([f"language:{language}"] if language else [])
        for name in names:
            named.setdefault(name, set()).add(item)
    common = Counter({name: len(items) for name, items in named.items()}).most_common(MOST)
    return {name: frozenset(named[name]) for name, _ in common}


def masks(votes: Votes, tagged: Tagged) -> dict[str, NDArray[np.bool_]]:
    """[U] Which units belong to each slice."""
    items = np.array([unit.item for unit in votes.units], dtype=np.int64)
    return {name: np.isin(items, np.fromiter(found, np.int64, len(found))) for name, found in tagged.items()}
