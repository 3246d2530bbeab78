"""Every table of quality as rows for a CSV file: the numbers that pages and programs are told, one row at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.detector_words import title_of
from curation.models import Analysis
from curation.queries import analyses, quality_findings, quality_people
from curation.queries.analyses import Facet
from curation.queries.quality_findings import ORDER, Asked
from projects.models import Project
from ui.spreadsheets import Cell

CHUNK = 2_000  # rows in memory at once
MEASURES = ("alpha", "plain", "nominal_alpha", "gwet", "fleiss")
BOUNDS = ("value", "low", "high")
COUNTS = ("units", "items", "settled", "sure")
CONSENSUS = (
    "item",
    "item__key",
    "question",
    "facet",
    "place",
    "value",
    "confidence",
    "labels",
    "by_reviewer",
    "since__number",
)
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` of a project, as its newest analysis (None before the first one) left them."""

    columns: Sequence[str]
    rows: Callable[[Project, Analysis | None], Iterator[Row]]


def _agreement(project: Project, done: Analysis | None) -> Iterator[Row]:
    """People among themselves, then each model with people; for each facet everywhere and in each slice."""
    for facet in analyses.facets(done) if done else ():
        for name, figures in facet.agreement.items():
            yield _agreed(done, facet, name, "people", figures)
            for model in figures.get("models", ()):
                yield _agreed(done, facet, name, model["model"], model)


def _agreed(done: Analysis | None, facet: Facet, name: str, who: str, figures: Mapping[str, Any]) -> Row:
    told = [(figures.get(measure) or {}).get(bound) for measure in MEASURES for bound in BOUNDS]
    counts = facet.counts.get(name, analyses.NOTHING)
    compared = (figures["units"], figures.get("labels"), figures.get("annotators"))
    first = (done.number if done else None, facet.question, facet.facet, name, who)
    return (*first, *told, *compared, *(counts[one] for one in COUNTS))


def _people(project: Project, done: Analysis | None) -> Iterator[Row]:
    """People, imported names and models, facet by facet, who said most first."""
    for one in analyses.standings(done).iterator(chunk_size=CHUNK) if done else ():
        figures = one.figures
        kind = "person" if one.person_id else "model" if one.checkpoint_id else "imported"
        compared = (figures.get(name) for name in ("compared", "matches", "matches_low", "matches_high"))
        yield (
            done.number if done else None,
            one.question,
            one.facet,
            kind,
            one.annotator,
            one.labels,
            *quality_people.reliability(figures),
            *compared,
            figures.get("is_spammer"),
            figures.get("is_adversary"),
        )


def _findings(project: Project, done: Analysis | None) -> Iterator[Row]:
    """All of them, the strongest first."""
    found = quality_findings.findings(project, Asked(open="all")).order_by(*ORDER)
    for one in found.iterator(chunk_size=CHUNK):
        yield (
            one.pk,
            one.detector,
            title_of(one.detector),
            one.version,
            one.question,
            one.facet,
            one.about,
            one.item_id,
            one.annotation_id,
            one.annotator,
            one.strength,
            one.chance,
            one.suggestion,
            one.words,
            one.decision,
            one.gone_id is None and not one.decision,
        )


def _consensus(project: Project, done: Analysis | None) -> Iterator[Row]:
    """What holds now, place by place in the order of items."""
    if done is None:
        return
    found = analyses.consensus_of(done).order_by("item", "question", "facet", "place", "pk")
    yield from found.values_list(*CONSENSUS).iterator(chunk_size=CHUNK)


TABLES: dict[str, Table] = {
    "agreement": Table(
        (
            "look",
            "question",
            "facet",
            "slice",
            "who",
            *(measure if bound == "value" else f"{measure}_{bound}" for measure in MEASURES for bound in BOUNDS),
            "compared",
            "labels",
            "annotators",
            *COUNTS,
        ),
        _agreement,
    ),
    "people": Table(
        (
            "look",
            "question",
            "facet",
            "kind",
            "annotator",
            "labels",
            "reliability",
            "low",
            "high",
            "compared",
            "matches",
            "matches_low",
            "matches_high",
            "is_spammer",
            "is_adversary",
        ),
        _people,
    ),
    "findings": Table(
        (
            "finding",
            "detector",
            "title",
            "version",
            "question",
            "facet",
            "about",
            "item",
            "annotation",
            "annotator",
            "strength",
            "chance",
            "suggestion",
            "words",
            "decision",
            "is_open",
        ),
        _findings,
    ),
    "consensus": Table(
        ("item", "key", "question", "facet", "place", "value", "confidence", "labels", "by_reviewer", "since_look"),
        _consensus,
    ),
}
"""Name of the file to the table in it."""
