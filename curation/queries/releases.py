"""What pages want to know about releases: one sentence, the funnel from labels to rows, and how to load the files."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.fields.json import KeyTransform

from annotation.models import Annotation
from curation import accepting, holding_out, omitting, overturns, removals, splits
from curation.building import Built, Chosen, Labeled, Tally, count
from curation.describe.manifest import Manifest, files_of, preferred_format
from curation.following import followed
from curation.gates import AGREEMENT, DEFAULT, Result, agreement, columns
from curation.models import Release, ReleaseFile
from curation.recipes import RECIPES, Row
from curation.recipes.drops import in_order, in_words
from curation.recipes.files import FOLDER
from curation.snapshot import Snapshot, discarded, gold, last_annotation, last_discard, last_gold
from jobs.models import State
from jobs.standing import is_delayed
from projects.models import Project

MOST_ANNOTATIONS = 100_000
MOST_SECONDS = 1.5
NEWEST = 100
WHOLE = 100.0
LONGEST_SAMPLE = 3_000  # characters


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a funnel: how many items, as a share of the labeled ones in percent."""

    label: str
    items: int
    share: float
    role: str  # "start", "drop" or "rows"


@dataclass(frozen=True, slots=True)
class Funnel:
    """From labeled items to the rows of one recipe."""

    recipe: str
    title: str
    rows: int
    steps: list[Step]
    left_out: list[tuple[str, int]]
    """Rows that could not be made of items that gave others: why, and how many."""
    splits: dict[str, int]
    characters: dict[str, int]
    long_rows: int  # above 1,024 tokens, as estimated
    agreement: float | None = None
    """Of a preview: the share of votes behind a row that say what it says, on average."""
    sample: str = ""
    """Of a preview: its first row as JSON, cut where it is long."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a release would hold, as far as there was time to look."""

    funnels: list[Funnel]
    items: int
    annotations: int
    is_whole: bool
    stopping: list[str]
    """What gates would say against it, of those that can be told before the rows are written."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a release is: the share of annotations read, annotations a second, and the end, as far as known."""

    share: float | None
    rate: float | None
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A release in the list."""

    release: Release
    rows: str


def newest(project: Project) -> list[Line]:
    """The hundred newest releases, without the long part of their manifests."""
    found = Release.objects.filter(project=project).select_related("job", "created_by").defer("manifest")
    made = found.annotate(made=KeyTransform("recipes", "manifest")).order_by("-number")
    return [Line(release, rows_in_words(release.made)) for release in made[:NEWEST]]


def rows_in_words(recipes: Sequence[Mapping[str, Any]] | None) -> str:
    """`1,108 in rm_pairs, 1,240 in raw`; empty while there are none."""
    return ", ".join(f"{recipe['rows']:,} in {recipe['name']}" for recipe in recipes or [])


def headline(release: Release, now: datetime) -> str:
    """The answer that the page of a release opens with."""
    if release.withdrawn_at:
        return "This release was withdrawn"
    if release.manifest:
        return _ready(release.manifest["recipes"][0])
    match release.job.state:
        case State.QUEUED:
            return f"This release {'is delayed' if is_delayed(release.job, now) else 'waits for its turn'}"
        case State.LEASED:
            return "This release is being written"
        case State.CANCELLED:
            return "This release was cancelled"
    return "This release was not made"


def progress(release: Release, now: datetime) -> Progress:
    """How far the writing is."""
    job = release.job
    started = job.started_at if job.state == State.LEASED else None
    elapsed = (now - started).total_seconds() if started else 0.0
    share = job.done / job.total if job.total else None
    return Progress(
        share=share,
        rate=job.done / elapsed if elapsed > 1 and job.done else None,
        seconds_left=elapsed * (1 - share) / share if share and elapsed > 1 else None,
    )


def unreleased(project: Project) -> tuple[int, int]:
    """Annotations that are in no frozen release, up to a bound, and the number of the newest one (0 without any)."""
    frozen = Release.objects.filter(project=project, frozen_at__isnull=False).order_by("-number")
    last, number = frozen.values_list("last_annotation", "number").first() or (0, 0)
    return Annotation.objects.filter(project=project, id__gt=last)[: MOST_ANNOTATIONS + 1].count(), number


def gates_of(release: Release) -> list[dict[str, Any]] | None:
    """What its gates found; None before it is frozen or stopped by them, and of releases older than gates."""
    return release.manifest.get("gates") if release.manifest else release.stopped_by


def instead_of(release: Release) -> Release | None:
    """The release that stands in the place of a withdrawn one, however many took that place after each other."""
    stands = release if release.withdrawn_at else None
    while stands and stands.withdrawn_at:
        taking = Release.objects.filter(instead_of=stands, frozen_at__isnull=False, number__gt=stands.number)
        stands = taking.order_by("-number").first()
    return stands


def size(release: Release) -> int:
    """Bytes of all files together."""
    total: int | None = ReleaseFile.objects.filter(release=release).aggregate(total=Sum("size"))["total"]
    return total or 0


def listed(release: Release) -> QuerySet[ReleaseFile]:
    """The files with rows and the papers, by path. Those that rows show may be very many; the manifest has them all."""
    return release.files.exclude(path__contains=f"/{FOLDER}/")


def beside(release: Release) -> int:
    """How many files lie beside the rows because rows show them."""
    return release.files.filter(path__contains=f"/{FOLDER}/").count()


def funnels(manifest: Manifest) -> list[Funnel]:
    """The funnel of each recipe of a frozen release."""
    return [_funnel(recipe, manifest["snapshot"]["labeled_items"]) for recipe in manifest["recipes"]]


def preview(
    project: Project,
    recipes: Sequence[Mapping[str, Any]],
    shares: Mapping[str, int],
    limits: Mapping[str, Any] = DEFAULT,
    hold_out: Mapping[str, Any] | None = None,
) -> Preview | None:
    """What these settled recipes would give today, and which gates with these limits would stop it. None when nothing
    is labeled. Prompts that are nearly the same are not looked for here.

    Looks at the oldest items first and stops at a hundred thousand annotations, or after a second and a half.
    """
    last = last_annotation(project)
    if last is None:
        return None
    # Circumstances are counted nowhere.
    decided = overturns.standing(project, last_review=overturns.newest(project), last_annotation=last)
    found = omitting.now(project, recipes).by_item
    newest_acceptance = accepting.newest(project, recipes)
    accepted = accepting.standing(project, last_acceptance=newest_acceptance, last_annotation=last)
    out_for_good = removals.standing(project)
    snapshot = Snapshot(project, last, False, followed(project, recipes), found, decided, accepted, out_for_good)
    first = _First(snapshot.labeled(), deadline=time.monotonic() + MOST_SECONDS)
    held_out = holding_out.read(project, holding_out.fix(project, hold_out or {}))
    split_of = held_out.splitter(splits.chooser(splits.salt_of(project.salt), shares))
    out = discarded(project, last_discard(project))
    known = gold(project, last_gold(project))
    built = count(
        [Chosen.of(recipe) for recipe in recipes], first, split_of, heard=held_out.heard, discarded=out, gold=known
    )
    stopping = [one.says for one in _foreseen(project, recipes, built, limits) if not one.passed]
    return Preview(_counted(built), built.seen.items, built.seen.annotations, not first.was_cut, stopping)


def _foreseen(
    project: Project, recipes: Sequence[Mapping[str, Any]], built: Built, limits: Mapping[str, Any]
) -> Iterator[Result]:
    """Gates that need no mathematics."""
    yield agreement.result(project, agreement.questions_of(recipes), limits[AGREEMENT.name])
    yield from columns.results(built.columns, limits)


def parameters_in_words(recipe: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each parameter of a recipe that says something, with its value as text."""
    said = sorted((name, value) for name, value in recipe["parameters"].items() if value not in ("", None))
    return [(name, ", ".join(value) if isinstance(value, list) else str(value)) for name, value in said]


def apart(manifest: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """What is held out for the test split, and what went for good: names of kinds with what they are."""
    held, gone = manifest["splits"].get("held_out", {}), manifest.get("removed", {})
    more = [f"and {gone['and_more']:,} more"] if "and_more" in gone else []
    told = [
        ("Sources for test alone", held.get("sources")),
        ("Tags for test alone", held.get("tags")),
        ("Labels for test alone", held.get("annotators")),
        ("In one split", ["prompts that are nearly the same"] if "nearly_same" in held else None),
        ("Items taken out", gone.get("items")),
        ("People taken out", gone.get("annotators")),
        ("Taken out because", [*gone["because"], *more] if gone else None),
    ]
    return [(name, values) for name, values in told if values]


def snippet(release: Release, base: str, protocol: str) -> str:
    """Python that loads the first recipe over HTTP. `base` is the address that file paths are appended to."""
    if release.manifest is None:
        return ""
    suffix = preferred_format(release.manifest)
    recipe = release.manifest["recipes"][0]
    lines = [
        "from datasets import load_dataset",
        "",
        f'base = "{base}"',
        'token = {"Authorization": "Token YOUR_TOKEN"}',
        f"{recipe['name']} = load_dataset(",
        f'    "{"parquet" if suffix == "parquet" else "json"}",',
        "    data_files={",
        *(
            f'        "{split}": {_addresses(release.manifest, recipe["name"], split)},'
            for split in splits.ordered(recipe["splits"])
        ),
        "    },",
        f'    storage_options={{"{protocol}": {{"client_kwargs": {{"headers": token}}}}}},',
        ")",
    ]
    return "\n".join(lines)


class _First:
    """The first items of a stream, up to a number of annotations or a moment."""

    def __init__(self, labeled: Iterable[Labeled], *, deadline: float) -> None:
        self._labeled = labeled
        self._deadline = deadline
        self.was_cut = False

    def __iter__(self) -> Iterator[Labeled]:
        annotations = 0
        for labeled in self._labeled:
            if annotations >= MOST_ANNOTATIONS or time.monotonic() > self._deadline:
                self.was_cut = True
                return
            annotations += len(labeled[1])
            yield labeled


def _ready(recipe: Mapping[str, Any]) -> str:
    rows = f"{recipe['rows']:,}"
    if recipe["name"] == "raw":
        return f"{rows} labeled item{'' if recipe['rows'] == 1 else 's'}, with everything said about them"
    return f"{rows} row{'' if recipe['rows'] == 1 else 's'} ready to train on"


def _counted(built: Built) -> list[Funnel]:
    return [
        _funnel(
            {
                "name": tally.chosen.recipe.name,
                "rows": tally.rows,
                "items_with_rows": tally.rows_from,
                "items_dropped": in_order(tally.dropped),
                "rows_left_out": in_order(tally.left_out),
                "splits": tally.split_rows,
                "lengths": tally.lengths.summary(),
            },
            built.seen.items,
            tally,
        )
        for tally in built.tallies
    ]


def _sample(row: Row | None) -> str:
    text = json.dumps(row, ensure_ascii=False, indent=2, default=str) if row else ""
    return text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]}\n…"


def _funnel(recipe: Mapping[str, Any], items: int, tally: Tally | None = None) -> Funnel:
    def step(label: str, number: int, role: str) -> Step:
        return Step(label, number, round(WHOLE * number / items, 2) if items else 0.0, role)

    dropped = [step(in_words(reason), number, "drop") for reason, number in recipe["items_dropped"].items()]
    return Funnel(
        recipe=recipe["name"],
        title=RECIPES[recipe["name"]].title,
        rows=recipe["rows"],
        steps=[
            step("labeled items", items, "start"),
            *sorted(dropped, key=lambda one: -one.items),
            step("items with rows", recipe["items_with_rows"], "rows"),
        ],
        left_out=[(in_words(reason), number) for reason, number in recipe.get("rows_left_out", {}).items()],
        splits=splits.ordered(recipe["splits"]),
        characters=recipe["lengths"]["characters"],
        long_rows=recipe["lengths"]["rows_above_estimated_tokens"]["1024"],
        agreement=tally.agreement if tally else None,
        sample=_sample(tally.sample) if tally else "",
    )


def _addresses(manifest: Manifest, recipe: str, split: str) -> str:
    """The addresses of a split's shards as a Python expression."""
    files = files_of(manifest, recipe, split, preferred_format(manifest))
    if len(files) == 1:
        return f'base + "{files[0]["path"]}"'
    pattern = f"{recipe}/{split}-{{n:05d}}-of-{len(files):05d}.{preferred_format(manifest)}"
    return f'[base + f"{pattern}" for n in range({len(files)})]'
