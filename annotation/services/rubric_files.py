"""Rubrics from files, and into files: JSON Lines in one of the layouts of `annotation.rubrics.layouts`."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.db import transaction

from accounts.models import User
from annotation.imports.canonical import Refused
from annotation.kinds import SettingsRefused
from annotation.models import Rubric, RubricVersion
from annotation.models.rubrics import LONGEST_NAME
from annotation.rubrics.layouts import LAYOUTS, Layout, Written
from annotation.services import rubrics
from projects.models import Project
from ui import safe_json
from ui.problems import Refusal
from ui.safe_json import JsonRefused

LARGEST_FILE = 8 * 2**20
MOST_IN_FILE = 1_000
TOLD = 5  # faults that a refusal names

Source = RubricVersion.Source


class FileRefused(Refusal):
    """Nothing of this file was brought in; the sentence says what is wrong with it."""

    status = 422
    title = "This file of rubrics cannot be read"


@transaction.atomic
def bring_in(
    project: Project, raw: bytes, *, by: User | None, layout: str = "", file_name: str = "", name: str = ""
) -> list[RubricVersion]:
    """Every rubric of a file as a new rubric of the whole project, or none of them where one cannot be read.

    A rubric that is here already, by name and criteria, stands as it is, so that the same file twice is one. Without
    `layout` the first rubric tells. `name` is for a file of one. Raises FileRefused.
    """
    found = read(raw, layout=layout, file_name=file_name)
    if name and len(found) > 1:
        raise FileRefused(f"The file holds {len(found):,} rubrics, which cannot all have one name.")
    known = _known(project, {name or one.name for _, one in found})
    return [_kept(project, one, source, by=by, name=name or one.name, known=known) for source, one in found]


def read(raw: bytes, *, layout: str = "", file_name: str = "") -> list[tuple[str, Written]]:
    """The rubrics of a file with the layout of each, all of them named. Raises FileRefused."""
    rows = _rows(raw)
    if layout and layout not in LAYOUTS:
        raise FileRefused(f"There is no layout “{layout[:40]}”; known are {', '.join(LAYOUTS)}.")
    chosen = LAYOUTS[layout] if layout else _fitting(rows[0])
    found, faults = [], []
    for number, row in enumerate(rows, 1):
        try:
            found.append(chosen.read(row))
        except (Refused, SettingsRefused) as refused:
            faults.append(f"Rubric {number}: {refused}")
    if faults:
        more = f" There are {len(faults) - TOLD:,} more such rubrics." if len(faults) > TOLD else ""
        raise FileRefused(f"{' '.join(faults[:TOLD])}{more} Nothing was brought in.")
    names = _names(found, PurePath(file_name).stem or chosen.title)
    return [(chosen.name, _named(one, called)) for one, called in zip(found, names, strict=True)]


def write(versions: Iterable[RubricVersion], layout: str) -> Iterator[str]:
    """Versions as lines of a file, each with its line break. Their rubrics and those's items come with them."""
    for version in versions:
        for row in LAYOUTS[layout].write(written(version)):
            yield json.dumps(row, ensure_ascii=False) + "\n"


def written(version: RubricVersion) -> Written:
    """A version as layouts take it."""
    rubric = version.rubric
    prompt = str(rubric.item.messages[-1]["content"]) if rubric.item and rubric.item.messages else ""
    return Written(version.criteria, rubric.name, prompt, version.note, version.provenance)


def file_name(version: RubricVersion, layout: str) -> str:
    """What a browser calls the file."""
    return f"rubric-{version.rubric.number}-version-{version.number}.{layout}.jsonl"


def _rows(raw: bytes) -> list[dict[str, Any]]:
    """The objects of a list, of lines, or a single one."""
    if len(raw) > LARGEST_FILE:
        raise FileRefused(f"The file has {len(raw):,} bytes; {LARGEST_FILE:,} are taken at most.")
    limits = safe_json.Limits(size=LARGEST_FILE, values=500_000)
    try:
        whole = safe_json.loads(raw, limits=limits)
        rows = whole if isinstance(whole, list) else [whole]
    except JsonRefused as refused:
        rows = _lines(raw, limits, refused)
    if not rows or len(rows) > MOST_IN_FILE:
        raise FileRefused(f"A file holds 1 to {MOST_IN_FILE:,} rubrics; this one holds {len(rows):,}.")
    if wrong := next((number for number, row in enumerate(rows, 1) if not isinstance(row, dict)), None):
        raise FileRefused(f"Rubric {wrong} is no JSON object.")
    return rows


def _lines(raw: bytes, limits: safe_json.Limits, refused: JsonRefused) -> list[Any]:
    lines = list(safe_json.lines(io.BytesIO(raw), limits=limits))
    if len(lines) < 2:
        raise FileRefused(str(refused)) from None
    if wrong := next((line for line in lines if line.refusal), None):
        raise FileRefused(f"Line {wrong.number}: {wrong.refusal}")
    return [line.value for line in lines]


def _fitting(row: Mapping[str, Any]) -> Layout:
    fitting = next((one for one in LAYOUTS.values() if one.fits(row)), None)
    if fitting is None:
        raise FileRefused(f"The first rubric is in none of the layouts {', '.join(LAYOUTS)}.")
    return fitting


def _names(found: Sequence[Written], otherwise: str) -> list[str]:
    """A name for each; those that have none, or another's, are numbered."""
    names: list[str] = []
    for number, one in enumerate(found, 1):
        called = " ".join(one.name.split())[: LONGEST_NAME - 8] or otherwise[: LONGEST_NAME - 8]
        numbered = len(found) > 1 and (not one.name.strip() or called in names)
        names.append(f"{called} {number}" if numbered else called)
    return names


def _named(one: Written, name: str) -> Written:
    return Written(one.criteria, name, one.prompt, one.note, one.provenance)


def _known(project: Project, names: set[str]) -> dict[str, list[RubricVersion]]:
    """The newest versions of rubrics in use that have these names."""
    rubrics_ = Rubric.objects.in_use().filter(project=project, scope=Rubric.Scope.PROJECT, name__in=names)
    newest = RubricVersion.objects.filter(rubric__in=rubrics_).order_by("rubric", "-number").distinct("rubric")
    found: dict[str, list[RubricVersion]] = {}
    for version in newest.select_related("rubric"):
        found.setdefault(version.rubric.name, []).append(version)
    return found


def _kept(
    project: Project,
    one: Written,
    source: str,
    *,
    by: User | None,
    name: str,
    known: Mapping[str, Sequence[RubricVersion]],
) -> RubricVersion:
    for version in known.get(name, ()):
        if version.criteria == one.criteria:
            return version
    note, provenance = one.note, one.provenance
    return rubrics.create(
        project, by=by, name=name, criteria=one.criteria, source=source, note=note, provenance=provenance
    )
