"""Runs recipes over a snapshot: in memory for a preview, into files for a release. No database here."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curation import splits
from curation.files.behind import Behind
from curation.files.lengths import Lengths
from curation.files.split_files import Limits, SplitFiles, Written
from curation.recipes import RECIPES, AnnotationRecord, Build, Drop, ItemRecord, Parameters, Recipe, Row

Labeled = tuple[ItemRecord, list[AnnotationRecord]]
"""An item and all annotations of it in the snapshot, oldest first."""

MOST_LICENSES = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """A recipe with its settled parameters."""

    recipe: Recipe
    parameters: Parameters

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Chosen":
        """From `{name, parameters}` as a release keeps it."""
        return cls(RECIPES[stored["name"]], stored["parameters"])


@dataclass(slots=True)
class Tally:
    """What one recipe made of the items it met: `rows_from + sum(dropped)` is the number of them."""

    chosen: Chosen
    build: Build
    rows: int = 0
    rows_from: int = 0
    dropped: Counter[Drop] = field(default_factory=Counter)
    split_rows: Counter[str] = field(default_factory=Counter)
    lengths: Lengths = field(default_factory=Lengths)


@dataclass(slots=True)
class Seen:
    """What the snapshot held."""

    items: int = 0
    annotations: int = 0
    forms: set[int] = field(default_factory=set)
    guidelines: set[int] = field(default_factory=set)
    licenses: Counter[str] = field(default_factory=Counter)

    def add(self, item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> None:
        self.items += 1
        self.annotations += len(annotations)
        for annotation in annotations:
            self.forms.add(annotation.form_version)
            if annotation.guideline_version:
                self.guidelines.add(annotation.guideline_version)
        if item.source:
            self._add_license(item.source)

    def _add_license(self, source: Mapping[str, Any]) -> None:
        named = source.get("license") or source.get("licence")
        if isinstance(named, str):
            is_room = named in self.licenses or len(self.licenses) < MOST_LICENSES
            self.licenses[named[:100] if is_room else "others"] += 1


@dataclass(frozen=True, slots=True)
class Built:
    """What became of the snapshot; the files are there when `build` returns."""

    seen: Seen
    tallies: list[Tally]
    files: list[Written]
    warnings: list[str]


def count(chosen: Sequence[Chosen], labeled: Iterable[Labeled], split_of: Callable[[str], str]) -> Built:
    """What a release would hold, without writing anything."""
    seen, tallies = Seen(), _tallies(chosen)
    for item, annotations in labeled:
        seen.add(item, annotations)
        split = split_of(item.group)
        for tally in tallies:
            _rows(tally, item, annotations, split)
    return Built(seen, tallies, [], [])


def build(
    folder: Path,
    chosen: Sequence[Chosen],
    labeled: Iterable[Labeled],
    *,
    suffixes: Sequence[str],
    split_of: Callable[[str], str],
    limits: Limits | None = None,
) -> Built:
    """Write every row of every recipe into the folder. A split without rows gets no file.

    Raises OSError when the disk is full; the folder is then the caller's to remove.
    """
    seen, tallies = Seen(), _tallies(chosen)
    limits = limits or Limits()
    with ExitStack() as stack, Behind() as behind:
        sinks: dict[tuple[str, str], SplitFiles] = {}
        for item, annotations in labeled:
            seen.add(item, annotations)
            split = split_of(item.group)
            for tally in tallies:
                recipe = tally.chosen.recipe
                for row in _rows(tally, item, annotations, split):
                    sink = sinks.get((recipe.name, split))
                    if sink is None:
                        sink = SplitFiles(folder, recipe, split, suffixes=suffixes, limits=limits, run=behind.run)
                        sinks[recipe.name, split] = sink
                        stack.callback(sink.abandon)
                    sink.add(row)
        files = [file for place in _order(sinks) for file in sinks[place].close()]
    warnings = [warning for place in _order(sinks) for warning in sinks[place].warnings()]
    return Built(seen, tallies, files, warnings)


def _tallies(chosen: Sequence[Chosen]) -> list[Tally]:
    return [Tally(one, one.recipe.builder(one.parameters)) for one in chosen]


def _rows(tally: Tally, item: ItemRecord, annotations: list[AnnotationRecord], split: str) -> Sequence[Row]:
    """The rows of one item, counted."""
    outcome = tally.build(item, annotations)
    if isinstance(outcome, Drop):
        tally.dropped[outcome] += 1
        return ()
    tally.rows_from += 1
    tally.rows += len(outcome)
    tally.split_rows[split] += len(outcome)
    for row in outcome:
        tally.lengths.add(tally.chosen.recipe.characters(row))
    return outcome


def _order(sinks: Mapping[tuple[str, str], SplitFiles]) -> list[tuple[str, str]]:
    names = list(RECIPES)
    return sorted(sinks, key=lambda place: (names.index(place[0]), splits.NAMES.index(place[1])))
