"""Runs recipes over a snapshot: in memory for a preview, into files for a release. No database here."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation import splits
from curation.files.behind import Behind
from curation.files.lengths import Lengths
from curation.files.shown import Shown
from curation.files.split_files import Limits, Run, SplitFiles, Written
from curation.gates.columns import Columns
from curation.origins import Origins
from curation.recipes import (
    RECIPES,
    AnnotationRecord,
    Build,
    Drop,
    ItemRecord,
    Outcome,
    Parameters,
    Recalled,
    Recipe,
    Row,
)
from curation.recipes.common import WITH_GOLD, follows
from curation.recipes.consensus import known_then
from curation.recipes.files import shows_files
from curation.recipes.omitting import kept

Source = Callable[[str], Path]
"""Where the file with a SHA-256 lies."""

Watch = Callable[[ItemRecord, str, Run], None]
"""Is told of every item that gives rows to train on or to measure by, with its split, and what runs work beside."""

Heard = Callable[[list[AnnotationRecord], str], list[AnnotationRecord]]
"""From all annotations of an item and its split to those whose labels count there."""

Labeled = tuple[ItemRecord, list[AnnotationRecord]]
"""An item and all annotations of it in the snapshot, oldest first."""


class NullFound(ValueError):
    """A recipe made a row without a value that it must have. Its text says where."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A recipe with its settled parameters."""

    recipe: Recipe
    parameters: Parameters

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Chosen":
        """From `{name, parameters}` as a release keeps it."""
        return cls(RECIPES[stored["name"]], stored["parameters"])

    @property
    def schema(self) -> pa.Schema:
        """The columns that these parameters give."""
        return self.recipe.schema(self.parameters)

    @property
    def leaves_gold_out(self) -> bool:
        """Whether items whose answer is known give none of its rows; a release from before there were any says nothing
        of it."""
        return self.parameters.get(WITH_GOLD.name) is False

    @property
    def reads_circumstances(self) -> bool:
        """Whether it wants to know how annotations came about."""
        return self.recipe.reads_circumstances(self.parameters)

    def heard(self, item: ItemRecord, annotations: list[AnnotationRecord]) -> list[AnnotationRecord]:
        """The annotations that have a say in its rows: where a consensus decides, those that it knew."""
        return known_then(item, annotations) if follows(self.parameters) else annotations


@dataclass(slots=True)
class Tally:
    """What one recipe made of the items it met: `rows_from + sum(dropped)` is the number of them.

    `left_out` counts rows that could not be made of items that did give others: two responses of a ranking that share
    a place, one response of several that nobody judged.
    """

    chosen: Chosen
    builds: dict[str, Build] = field(default_factory=dict)
    rows: int = 0
    rows_from: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    split_rows: Counter[str] = field(default_factory=Counter)
    lengths: Lengths = field(default_factory=Lengths)
    origins: Origins = field(default_factory=Origins)
    recalled: list[ItemRecord] = field(default_factory=list)
    """Earlier items that the rows of the last one hold as well."""
    columns: Columns = field(init=False)
    """What its rows say alike."""
    sample: Row | None = None
    """Its first row, where they are counted and not written."""
    agreed: float = 0.0
    """The sum of what those rows say of `agreement`, where they do."""

    def __post_init__(self) -> None:
        self.columns = Columns(self.chosen.schema)

    @property
    def agreement(self) -> float | None:
        """The share of votes behind a row that say what it says, on average; None where rows have no votes."""
        return self.agreed / self.rows if self.sample and "agreement" in self.sample else None

    def look(self, rows: Sequence[Row]) -> None:
        """Remember what a preview tells of rows that are only counted."""
        if rows and self.sample is None:
            self.sample = rows[0]
        self.agreed += sum(row.get("agreement", 0.0) for row in rows)

    def build(self, split: str) -> Build:
        """The function that makes rows of the items of this split."""
        found = self.builds.get(split)
        if found is None:
            found = self.builds[split] = self.chosen.recipe.builder(self.chosen.parameters)
        return found


@dataclass(slots=True)
class Seen:
    """What the snapshot held."""

    items: int = 0
    annotations: int = 0
    forms: set[int] = field(default_factory=set)
    guidelines: set[int] = field(default_factory=set)
    origins: Origins = field(default_factory=Origins)

    def add(self, item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> None:
        self.items += 1
        self.annotations += len(annotations)
        for annotation in annotations:
            self.forms.add(annotation.form_version)
            if annotation.guideline_version:
                self.guidelines.add(annotation.guideline_version)
        self.origins.add(item.source)


@dataclass(frozen=True, slots=True)
class Built:
    """What became of the snapshot; the files are there when `build` returns."""

    seen: Seen
    tallies: list[Tally]
    files: list[Written]
    warnings: list[str]
    beside: list[str] = field(default_factory=list)
    """Files that rows name: paths inside the release."""

    @property
    def columns(self) -> list[tuple[str, Columns]]:
        """What the rows of each recipe say alike, by its name; nobody trains on the record itself."""
        return [(one.chosen.recipe.name, one.columns) for one in self.tallies if not one.chosen.recipe.is_record]


def everybody(annotations: list[AnnotationRecord], _split: str) -> list[AnnotationRecord]:
    """Every label counts in every split."""
    return annotations


def count(
    chosen: Sequence[Chosen],
    labeled: Iterable[Labeled],
    split_of: Callable[[str], str],
    *,
    heard: Heard = everybody,
    discarded: Container[int] = frozenset(),
    gold: Container[int] = frozenset(),
) -> Built:
    """What a release would hold, without writing anything. Items that are `discarded` give no row, those
    whose answer is known (`gold`) none to train on."""
    seen, tallies = Seen(), _tallies(chosen)
    for item, annotations in labeled:
        seen.add(item, annotations)
        split = split_of(item.group)
        counting = heard(annotations, split)
        for tally in _taking(tallies, item, discarded, gold):
            tally.look(_rows(tally, item, annotations if tally.chosen.recipe.is_record else counting, split))
    return Built(seen, tallies, [], [])


def nobody(_item: ItemRecord, _split: str, _run: Run) -> None:
    """Watches nothing."""


def nowhere(sha256: str) -> Path:
    """The source of a release whose items show no files."""
    raise FileNotFoundError(None, "No file is kept here", sha256)


def build(
    folder: Path,
    chosen: Sequence[Chosen],
    labeled: Iterable[Labeled],
    *,
    suffixes: Sequence[str],
    split_of: Callable[[str], str],
    source: Source = nowhere,
    limits: Limits | None = None,
    heard: Heard = everybody,
    watch: Watch = nobody,
    discarded: Container[int] = frozenset(),
    gold: Container[int] = frozenset(),
) -> Built:
    """Write every row of every recipe into the folder, and what rows show. A split without rows gets no file.

    Items that are `discarded` give no row, those whose answer is known (`gold`) none to train on. Raises NullFound, and
    OSError when the disk is full or a file that an item shows is gone; the folder is then the caller's to remove.
    """
    seen, tallies = Seen(), _tallies(chosen)
    with ExitStack() as stack, Behind() as behind:
        sinks = _Sinks(folder, suffixes, limits or Limits(), behind.run, source)
        stack.callback(sinks.abandon)
        for item, annotations in labeled:
            seen.add(item, annotations)
            split, is_watched = split_of(item.group), False
            counting = heard(annotations, split)
            for tally in _taking(tallies, item, discarded, gold):
                recipe = tally.chosen.recipe
                rows = _rows(tally, item, annotations if recipe.is_record else counting, split)
                if tally.columns.nulls:
                    raise NullFound(f"{recipe.name}.{next(iter(tally.columns.nulls))} of item {item.key}")
                is_watched |= bool(rows) and not recipe.is_record
                while tally.recalled:
                    watch(tally.recalled.pop(), split, behind.run)
                for row in rows:
                    sinks.of(tally.chosen, split).add(row)
            if is_watched:
                watch(item, split, behind.run)
        files = [file for sink in sinks.ordered() for file in sink.close()]
    warnings = [warning for sink in sinks.ordered() for warning in sink.warnings()]
    beside = dict.fromkeys(path for sink in sinks.ordered() for path in sink.beside)
    return Built(seen, tallies, files, warnings, sorted(beside))


class _Sinks:
    """The files of each split of each recipe, begun with the first row."""

    def __init__(self, folder: Path, suffixes: Sequence[str], limits: Limits, run: Run, source: Source) -> None:
        self._folder, self._suffixes, self._limits, self._run, self._source = folder, suffixes, limits, run, source
        self._begun: dict[tuple[str, str], SplitFiles] = {}

    def of(self, chosen: Chosen, split: str) -> SplitFiles:
        recipe = chosen.recipe
        found = self._begun.get((recipe.name, split))
        if found is None:
            found = self._begun[recipe.name, split] = SplitFiles(
                self._folder,
                recipe.name,
                chosen.schema,
                split,
                suffixes=self._suffixes,
                limits=self._limits,
                run=self._run,
                shown=Shown(partial(recipe.files, chosen.parameters), self._source),
            )
        return found

    def ordered(self) -> list[SplitFiles]:
        """By the order of recipes, then of splits."""
        return [self._begun[place] for place in _order(self._begun)]

    def abandon(self) -> None:
        """Let go of what was not finished."""
        for sink in self._begun.values():
            sink.abandon()


def _tallies(chosen: Sequence[Chosen]) -> list[Tally]:
    return [Tally(one) for one in chosen]


def _taking(tallies: Sequence[Tally], item: ItemRecord, discarded: Container[int], gold: Container[int]) -> list[Tally]:
    """Those that take the item; with the others it is counted why they do not."""
    is_out, is_known = item.id in discarded, item.id in gold
    taking = []
    for tally in tallies:
        why = _kept_out(tally.chosen, is_out=is_out, is_known=is_known)
        if why is None:
            taking.append(tally)
        else:
            tally.dropped[why] += 1
    return taking


def _kept_out(chosen: Chosen, *, is_out: bool, is_known: bool) -> Drop | None:
    if is_out:
        return Drop.DISCARDED
    return Drop.GOLD if is_known and chosen.leaves_gold_out else None


def outcome_of(
    tally: Tally,
    labeled: Labeled,
    split: str,
    *,
    discarded: Container[int],
    gold: Container[int],
    heard: Heard = everybody,
) -> Outcome | str:
    """What becomes of one item, uncounted: its rows and what could not be one, or why there are none. Items are to be
    asked about by rising ids, since some recipes remember earlier ones."""
    item, annotations = labeled
    why = _kept_out(tally.chosen, is_out=item.id in discarded, is_known=item.id in gold)
    counting = annotations if tally.chosen.recipe.is_record else heard(annotations, split)
    return why or _asked(tally, item, counting, split)


def _rows(tally: Tally, item: ItemRecord, annotations: list[AnnotationRecord], split: str) -> Sequence[Row]:
    """The rows of one item, counted."""
    outcome = _asked(tally, item, annotations, split)
    if isinstance(outcome, str):
        tally.dropped[outcome] += 1
        return ()
    rows: list[Row] = []
    for one in outcome:
        if isinstance(one, Drop):
            tally.left_out[one] += 1
        elif isinstance(one, Recalled):
            tally.dropped[one.reason] -= 1
            tally.rows_from += 1
            tally.recalled.append(one.item)
        else:
            rows.append(one)
            tally.columns.see(one)
            tally.lengths.add(tally.chosen.recipe.characters(one))
    tally.rows_from += 1
    tally.rows += len(rows)
    tally.origins.add(item.source, len(rows))
    tally.split_rows[split] += len(rows)
    return rows


def _asked(tally: Tally, item: ItemRecord, annotations: list[AnnotationRecord], split: str) -> Outcome | str:
    """A recipe of texts gives no row for an item that shows more than its texts."""
    is_text = tally.chosen.recipe.keeps_files or not shows_files(item)
    return _made(tally, item, annotations, split) if is_text else Drop.SHOWS_FILES


def _made(tally: Tally, item: ItemRecord, annotations: list[AnnotationRecord], split: str) -> Outcome | str:
    if not annotations:
        return Drop.HELD_OUT
    heard = tally.chosen.heard(item, annotations)
    if item.omitted:
        stays = kept(item, heard, tally.chosen.parameters)
        if isinstance(stays, str):
            return stays
        heard = stays
    return tally.build(split)(item, heard) if heard else Drop.NO_CONSENSUS


def _order(sinks: Mapping[tuple[str, str], SplitFiles]) -> list[tuple[str, str]]:
    names = list(RECIPES)
    return sorted(sinks, key=lambda place: (names.index(place[0]), splits.NAMES.index(place[1])))
