"""Drafts of the library made of what models wrote: of a run's rubrics, of single ones, and as curators edit them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from annotation.models import Item, Rubric, RubricVersion
from annotation.queries.items import ids_of
from annotation.queries.rubrics import filters_of, read_slice
from annotation.services import rubrics
from annotation.services.rubrics import RubricRefused
from curation.models import RubricAttempt, RubricReport
from curation.rubrics.editing import Edit, EditRefused, edited
from curation.rubrics.said import Gathered, Said
from curation.services.run_wishes import length_fault
from modelhooks.models import Run
from projects.access import Place

LONGEST_TITLE = 1_000


def gathered_of(runs: Sequence[Run], sliced_by: Mapping[str, str] | None = None) -> list[Gathered]:
    """The criteria of all rubrics that were kept, those that say nearly the same together. Loads numpy."""
    from curation.rubrics.gathering import gathered

    return gathered(_said(runs, sliced_by or {}))


def gather(
    place: Place, *, runs: Sequence[Run], name: str, most: int, sliced_by: Mapping[str, str] | None = None
) -> RubricVersion:
    """A rubric of the criteria with the most prompts behind them, as a draft. Raises RubricRefused."""
    if fault := length_fault(most):
        raise RubricRefused("most", fault)
    slice_ = read_slice(sliced_by or {})
    found = gathered_of(runs, slice_)[:most]
    if not found:
        raise RubricRefused("runs", "No rubric was kept, so there is nothing to gather.")
    return rubrics.create(
        place.project,
        by=place.user,
        name=name,
        criteria=[criterion(one.text, one.kind) for one in found],
        scope=Rubric.Scope.SLICE if slice_ else Rubric.Scope.PROJECT,
        sliced_by=slice_,
        source=RubricVersion.Source.CONTRAST,
        note=f"The {len(found)} criteria with the most prompts behind them.",
        provenance={
            "runs": [run.pk for run in runs],
            "support": [{"prompts": one.support, "apart": one.apart, "wordings": one.wordings} for one in found],
        },
        run=runs[0] if len(runs) == 1 else None,
    )


@transaction.atomic
def take(place: Place, attempt: RubricAttempt) -> RubricVersion:
    """The rubric of one pair, for its item alone; the one that was taken before, where it was. Raises RubricRefused."""
    item = Item.objects.select_for_update(no_key=True).get(pk=attempt.item_id)
    there = RubricVersion.objects.filter(rubric__item=item, run=attempt.run_id).order_by("pk").first()
    if there:
        return there
    if attempt.outcome != RubricAttempt.Outcome.KEPT:
        raise RubricRefused("attempt", f"No rubric of this pair was kept: {attempt.reason}")
    return rubrics.create(
        place.project,
        by=place.user,
        name=f"Of {item.key}"[:120],
        criteria=[criterion(one["text"], one["kind"]) for one in attempt.criteria],
        scope=Rubric.Scope.ITEM,
        item=item,
        source=RubricVersion.Source.CONTRAST,
        provenance={"runs": [attempt.run_id], "margin": attempt.margin},
        run=attempt.run,
    )


def criterion(text: str, kind: str, origin: str = "contrast") -> dict[str, Any]:
    """A criterion that a model wrote, as the library keeps it; a rubric is read line by line."""
    return {"title": " ".join(text.split())[:LONGEST_TITLE], "kind": kind, "origin": origin}


def _said(runs: Sequence[Run], sliced_by: Mapping[str, str]) -> Iterator[Said]:
    found = RubricAttempt.objects.filter(run__in=runs, outcome=RubricAttempt.Outcome.KEPT)
    if sliced_by:
        found = found.filter(item__in=ids_of(runs[0].project, filters_of(sliced_by)))
    rows = found.order_by("pk").values_list("criteria", "attempts", "item__group")
    for criteria, attempts, group in rows.iterator():
        chosen = next(one for one in attempts if one["criteria"] == criteria and one["is_consistent"])
        for place, one in enumerate(criteria):
            apart = chosen["told_apart"][place] if place < len(chosen["told_apart"]) else 0.0
            yield Said(one["text"], one["kind"], group, apart)


def decide(
    place: Place, version: RubricVersion, edits: Mapping[str, Edit], *, note: str, weights: Mapping[str, float]
) -> RubricVersion:
    """The next version: what a curator decided about each criterion, with these weights where some are given.

    A criterion without an edit stays as it is. Raises RubricRefused and RubricRetired.
    """
    if stray := set(edits) - {one["key"] for one in version.criteria}:
        raise RubricRefused("edits", f"This version has no criterion “{min(stray)[:40]}”.")
    weighed = {
        one["key"]: replace(edit, weight=weights.get(one["key"], edit.weight))
        for one in version.criteria
        for edit in (edits.get(one["key"], Edit()),)
    }
    try:
        criteria = edited(version.criteria, weighed)
    except EditRefused as refused:
        raise RubricRefused("edits", str(refused)) from None
    return rubrics.new_version(
        version.rubric,
        by=place.user,
        criteria=criteria,
        note=note or _told(version.criteria, edits),
        provenance={"runs": version.provenance.get("runs", [])} if version.provenance.get("runs") else {},
        parent=version,
    )


def fitted_weights(version: RubricVersion, report: RubricReport | None) -> dict[str, float]:
    """Weights as they were fitted to labels, the largest of size 1; none where none were fitted. A criterion to which
    labels give no weight keeps its own."""
    found = report.figures["criteria"] if report else {}
    shares = {key: one["weight"]["share"] for key, one in found.items() if one["weight"]}
    most = max((abs(share) for share in shares.values()), default=0.0)
    known = {one["key"] for one in version.criteria}
    return (
        {key: round(share / most, 2) for key, share in shares.items() if key in known and round(share / most, 2)}
        if most
        else {}
    )


def _told(criteria: Sequence[Mapping[str, Any]], edits: Mapping[str, Edit]) -> str:
    """What was decided, in a sentence."""
    dropped = sum(not one.is_kept and not one.into for one in edits.values())
    merged = sum(bool(one.into) for one in edits.values())
    split = sum(len([line for line in one.title.splitlines() if line.strip()]) > 1 for one in edits.values())
    parts = [f"{count} {word}" for count, word in ((dropped, "dropped"), (merged, "merged"), (split, "split")) if count]
    return f"Of {len(criteria)} criteria {', '.join(parts)}." if parts else ""
