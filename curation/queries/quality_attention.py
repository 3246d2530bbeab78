"""What needs a curator now: a few lines, each with a number, why, and the way to where it is dealt with."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from curation.models.analyses import FEWEST
from curation.models.analyses import Standing as Stands
from curation.queries.people_words import badges
from curation.queries.quality import MOST_NEW, Standing, View, is_poor
from curation.queries.quality_filters import Filters
from curation.queries.quality_noise import Detected
from curation.queries.quality_people import MOST_STANDING_OUT
from projects.models import Project

MOST = 8
NAMED = 3  # annotators in a line
ANNOTATORS = ("person", "imported", "model")


@dataclass(frozen=True, slots=True)
class Line:
    """`number` is how much there is of it, in the reader's eyes; `touches` is how many labels or places it is about."""

    number: str
    title: str
    words: str
    button: str
    address: str
    touches: int
    is_act: bool = False
    """Whether the button does something, instead of leading somewhere."""


def attention(
    project: Project, at: Standing, shown: View, detected: Sequence[Detected], standing_out: Sequence[Stands]
) -> tuple[list[Line], int]:
    """What touches most comes first; and how many lines are left out."""
    lines = [*_findings(project, detected, shown), *_unsure(project, shown), *_people(project, standing_out)]
    lines += _new(project, at)
    if all(one.kind != "question" for one in detected):  # what a detector has found is not told twice
        lines += _poor(project, shown)
    lines.sort(key=lambda one: -one.touches)
    return lines[:MOST], max(0, len(lines) - MOST)


def _findings(project: Project, detected: Sequence[Detected], shown: View) -> list[Line]:
    """What is about items is dealt with in the review queue; what is about annotators or questions is read first."""
    found = []
    for one in detected:
        if not one.open:
            continue
        page, button = ("review", "Review") if one.is_of_items else ("quality-findings", "Look")
        address = reverse(f"curation:{page}", args=[project.slug]) + Filters.query({"detector": one.detector})
        found.append(Line(f"{one.open:,}", one.title, _reviewed(one), button, address, _touched(one, shown)))
    return found


def _touched(one: Detected, shown: View) -> int:
    """About how many labels: all that a question has, the share of one annotator, or one for each finding."""
    told = [facet.agreement[""] for facet in shown.facets]
    labels = max((figures["labels"] for figures in told), default=1)
    if one.kind == "question":
        return one.open * labels
    annotators = max((figures["annotators"] for figures in told), default=1)
    return one.open * (labels // max(1, annotators) if one.kind in ANNOTATORS else 1)


def _reviewed(one: Detected) -> str:
    if one.precision is None:
        return f"none is reviewed yet; the strongest stands out by {one.strongest:.2f}"
    return f"of {one.precision.of:,} reviewed ones {one.precision.hits:,} were right"


def _unsure(project: Project, shown: View) -> list[Line]:
    address = reverse("curation:quality-items", args=[project.slug])
    lines = []
    for one in shown.facets:
        counts, compared = one.counts.get(""), one.agreement[""]["units"]
        if not counts or compared < FEWEST or counts["sure"] == counts["units"]:
            continue
        number = counts["units"] - counts["sure"]
        open_ = counts["units"] - counts["settled"]
        settled = f", {open_:,} of them not settled at all" if open_ else ""
        filters = shown.filters.with_(question=one.question, facet=one.facet, slice="", why="unsure")
        words = f"{shown.names.of(one.question, one.facet)}{settled}"
        lines.append(Line(f"{number:,}", "Least sure consensus", words, "Look", f"{address}{filters.address}", number))
    return lines


def _poor(project: Project, shown: View) -> list[Line]:
    address = reverse("curation:quality", args=[project.slug])
    lines = []
    for one in shown.facets:
        figures = one.agreement[""]
        if is_poor(figures):
            words = f"α {figures['alpha']['value']:.2f} on {figures['units']:,} places: the guideline may be unclear"
            filters = shown.filters.with_(question=one.question, facet="", slice="", why="")
            title = f"People do not agree on {shown.names.of(one.question, one.facet)}"
            lines.append(Line("1", title, words, "Look", f"{address}{filters.address}", figures["labels"]))
    return lines


def _people(project: Project, standing_out: Sequence[Stands]) -> list[Line]:
    """In one line, for a page of theirs tells the rest."""
    if not standing_out:
        return []
    shown = standing_out[:MOST_STANDING_OUT]
    names = dict.fromkeys(one.annotator for one in shown)
    number = f"{len(names)}{'+' if len(standing_out) > len(shown) else ''}"
    first = [f"{one.annotator[:40]}: {badges(one.figures)[0]}" for one in shown if badges(one.figures)]
    words = "; ".join(dict.fromkeys(first[:NAMED]))
    title = "Annotator who stands out" if number == "1" else "Annotators who stand out"
    address = reverse("curation:people", args=[project.slug]) + Filters.query(
        {"question": shown[0].question, "facet": shown[0].facet}
    )
    return [Line(number, title, words, "Look", address, sum(one.labels for one in shown))]


def _new(project: Project, at: Standing) -> list[Line]:
    if not at.unseen or at.is_looking:
        return []
    number = f"{MOST_NEW:,}+" if at.unseen > MOST_NEW else f"{at.unseen:,}"
    address = reverse("curation:quality-look", args=[project.slug])
    words = "the figures below do not know them"
    return [Line(number, "Labels since the last look", words, "Look anew", address, at.unseen, is_act=True)]
