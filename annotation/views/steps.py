"""What to do next in a project, for whoever asks; the most urgent first."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from annotation.queries.overview import Overview
from annotation.queries.projects import MOST_COUNTED
from jobs.models import State
from projects.access import Place

STOPPED = (State.FAILED, State.DEAD)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: how many, what, why, and the button that leads there."""

    what: str
    why: str
    verb: str
    url: str
    count: int = 0
    is_least: bool = False  # there are more than `count`


def next_steps(place: Place, overview: Overview, waiting: int) -> list[Step]:
    """At most five steps; none when nothing waits."""
    steps = [*_repairs(place, overview), *_beginnings(place, overview), *_work(place, overview, waiting)]
    return steps[:5]


def _repairs(place: Place, overview: Overview) -> Iterator[Step]:
    """What went wrong and can be mended."""
    if not place.may_own:
        return
    for run in overview.imports[:1]:  # what was wrong before the newest import is history
        address = reverse("annotation:import", args=[place.project.slug, run.pk])
        if run.job.state in STOPPED:
            yield Step("An import stopped", run.job.message or "It can be tried again.", "Look", address)
        elif run.refused:
            rows = "Row was refused" if run.refused == 1 else "Rows were refused"
            yield Step(rows, f"of {run.rows_read:,} in {run.file_name[:40]}", "Look", address, count=run.refused)


def _beginnings(place: Place, overview: Overview) -> Iterator[Step]:
    """What a project needs before people can label well."""
    if not place.may_own:
        return
    if not overview.has_form:
        yield Step("Say what is asked", "Without a form nothing can be labeled.", "Build", _to(place, "form"))
    if not overview.totals.items:
        yield Step("Import items", "Prompts with responses, from a file or the API.", "Import", _to(place, "imports"))
    if not overview.has_guideline:
        address = reverse("projects:guideline-edit", args=[place.project.slug])
        yield Step("Write the guideline", "What makes one response better, with hard cases.", "Write", address)
    if sum(1 for person in overview.people if person.role) < max(2, place.project.overlap):
        address = reverse("projects:members", args=[place.project.slug])
        yield Step("Invite people", _why_people(place.project.overlap), "Invite", address)


def _work(place: Place, overview: Overview, waiting: int) -> Iterator[Step]:
    if waiting and place.may_label and overview.has_form:
        what = "Item waits for you" if waiting == 1 else "Items wait for you"
        is_many = waiting > MOST_COUNTED
        shown = MOST_COUNTED if is_many else waiting
        yield Step(what, "Stop at any time; what you type is kept.", "Label", _to(place, "label"), shown, is_many)
    if overview.totals.done and not overview.totals.open and place.may_curate:
        address = reverse("curation:releases", args=[place.project.slug])
        yield Step("Make a release", "Every item is labeled; freeze them into files.", "Release", address)


def _why_people(overlap: int) -> str:
    if overlap == 1:
        return "You are the only one here."
    return f"Each item wants {overlap} people; there are fewer."


def _to(place: Place, page: str) -> str:
    return reverse(f"annotation:{page}", args=[place.project.slug])
