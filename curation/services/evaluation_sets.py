"""Making evaluation sets: from a file of a known layout, or from the rows of a release. They never change."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Max

import audit.services as audit
from annotation.imports.adapters import columns_of
from annotation.imports.canonical import Refused
from annotation.imports.reading import Limits, ReadingError, Record, Unreadable, open_rows
from annotation.imports.uploads import shown_name
from curation import store
from curation.describe.manifest import files_of, preferred_format
from curation.layouts import LAYOUTS, OF_RECIPES, Known, Layout, sniff
from curation.models import EvaluationRow, EvaluationSet, Release, ReleaseFile
from curation.serving import require_files
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

MOST_ROWS = 20_000
MOST_CHARACTERS = 64_000_000
MOST_BYTES = 64 << 20
MOST_SUBSETS = 100
LONGEST_NAME = 80
REFUSALS_KEPT = 100
LOOKED_AT = 20  # rows, to find out the layout
LIMITS = Limits(total=4 * MOST_BYTES, rows=MOST_ROWS)


class EvaluationRefused(Refusal):
    """The set cannot be made; the text says why."""

    status = 422
    title = "This evaluation set cannot be made"


@dataclass(slots=True)
class Read:
    """What came of a source's rows."""

    known: list[Known] = field(default_factory=list)
    refused: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)
    characters: int = 0

    def refuse(self, number: int, reason: str) -> None:
        """Count a row that cannot be used, and keep the reasons of the first."""
        self.refused += 1
        if len(self.refusals) < REFUSALS_KEPT:
            self.refusals.append((number, reason))


def from_file(place: Place, *, name: str, file: BinaryIO, file_name: str = "", layout: str = "") -> EvaluationSet:
    """Make a set of a seekable file; of the layout that its rows are in where none is named.

    The set that is there already where the name and the rows are the same. Raises EvaluationRefused.
    """
    _check_name(name)
    if layout and layout not in LAYOUTS:
        raise EvaluationRefused(f"There is no layout {layout[:40]}; there are {', '.join(LAYOUTS)}.")
    try:
        records = iter(open_rows(file, limits=LIMITS))
        first = list(islice(records, LOOKED_AT))
        chosen = LAYOUTS.get(layout) or _sniffed(first)
        read = _read(chosen, chain(first, records))
    except ReadingError as error:
        raise EvaluationRefused(str(error)) from None
    return _make(place, name, chosen, read, {"file_name": shown_name(file_name) if file_name else ""})


def from_release(place: Place, *, name: str, release: Release, recipe: str, split: str) -> EvaluationSet:
    """Make a set of one split of a release's rows. Raises EvaluationRefused; otherwise as `from_file`."""
    _check_name(name)
    layout = OF_RECIPES.get(recipe)
    if layout is None:
        raise EvaluationRefused(f"An evaluation set is made of rows of {', '.join(OF_RECIPES)}, not of {recipe[:40]}.")
    require_files(release)
    with ExitStack() as opened:
        files = [opened.enter_context(store.opened(one)) for one in _shards(release, recipe, split)]
        try:
            read = _read(layout, chain.from_iterable(open_rows(one, limits=LIMITS) for one in files))
        except ReadingError as error:
            raise EvaluationRefused(str(error)) from None
    return _make(place, name, layout, read, {"release": release, "split": split})


def _shards(release: Release, recipe: str, split: str) -> list[ReleaseFile]:
    manifest = release.manifest
    if manifest is None:
        raise EvaluationRefused("This release is not done, so it has no rows yet.")
    paths = [one["path"] for one in files_of(manifest, recipe, split, preferred_format(manifest))]
    if not paths:
        raise EvaluationRefused(f"Release {release.number} has no rows of {recipe} in a split “{split[:40]}”.")
    return list(ReleaseFile.objects.filter(release=release, path__in=paths).order_by("path"))


def _check_name(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise EvaluationRefused(f"A set has a name of 1 to {LONGEST_NAME} characters that print.")


def _sniffed(first: list[Record]) -> Layout:
    found = sniff(columns_of([one.value for one in first if not isinstance(one.value, Unreadable)]))
    if found is None:
        titles = ", ".join(one.title for one in LAYOUTS.values())
        raise EvaluationRefused(f"The rows are in no layout that is known: {titles}.")
    return found


def _read(layout: Layout, records: Iterator[Record]) -> Read:
    found, convert = Read(), layout.converter()
    for number, record in enumerate(records, 1):
        if number > MOST_ROWS:  # of several files together; of one the reader says so
            raise EvaluationRefused(f"There are more than {MOST_ROWS:,} rows.")
        if isinstance(record.value, Unreadable):
            found.refuse(record.number, record.value.reason)
            continue
        try:
            row = convert(record.value)
        except Refused as refused:
            found.refuse(record.number, refused.reason)
            continue
        found.known.append(row)
        found.characters += sum(map(len, row.texts)) + sum(len(turn["content"]) for turn in row.messages)
        if found.characters > MOST_CHARACTERS:
            raise EvaluationRefused(f"There are more than {MOST_CHARACTERS:,} characters.")
    _require_some(found)
    return found


def _require_some(found: Read) -> None:
    if not found.known:
        why = f" Row {found.refusals[0][0]}: {found.refusals[0][1]}" if found.refusals else ""
        raise EvaluationRefused(f"No row can be used.{why}")
    if len({row.subset for row in found.known}) > MOST_SUBSETS:
        raise EvaluationRefused(f"There are more than {MOST_SUBSETS} subsets.")


@transaction.atomic
def _make(place: Place, name: str, layout: Layout, read: Read, source: Mapping[str, Any]) -> EvaluationSet:
    project = Project.objects.select_for_update(no_key=True).get(pk=place.project.pk)
    digest = _digest(layout, read.known)
    if there := EvaluationSet.objects.filter(project=project, name=name).first():
        if bytes(there.digest) == digest:
            return there
        raise EvaluationRefused(f"There is a set “{name}” with other rows, and a set never changes. Take another name.")
    last = EvaluationSet.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0
    made = EvaluationSet.objects.create(
        project=project,
        number=last + 1,
        name=name,
        layout=layout.name,
        digest=digest,
        row_count=len(read.known),
        subsets=sorted(Counter(row.subset for row in read.known).items()),
        refused=read.refused,
        refusals=read.refusals,
        created_by=place.user,
        **source,
    )
    rows = (EvaluationRow(evaluation_set=made, number=n, **asdict(row)) for n, row in enumerate(read.known, 1))
    EvaluationRow.objects.bulk_create(rows, batch_size=1_000)
    _record(place, made)
    return made


def _digest(layout: Layout, rows: list[Known]) -> bytes:
    """SHA-256 over the layout and every row, in order."""
    written = hashlib.sha256(layout.name.encode())
    for row in rows:
        written.update(b"\0" + json.dumps(asdict(row), sort_keys=True).encode())
    return written.digest()


def _record(place: Place, made: EvaluationSet) -> None:
    audit.record(
        "evaluation.made",
        subject=f"evaluation:{made.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={
            "name": made.name,
            "layout": made.layout,
            "rows": made.row_count,
            "refused": made.refused,
            "sha256": bytes(made.digest).hex(),
            **({"release": str(made.release_id), "split": made.split} if made.release_id else {}),
        },
    )
