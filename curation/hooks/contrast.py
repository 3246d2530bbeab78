"""Rubrics written from what people prefer, and kept where judging by them gives the same preference."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.urls import reverse

from annotation import opinions, pictures
from annotation.hooks.chosen_items import items_of, named
from annotation.models import Item
from curation.hooks import pairs
from curation.models import RubricAttempt
from curation.rubrics.labelled import Labelled
from modelhooks.contracts import Contrast, Contrasted
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run

LONGEST_REASON = 500


class Contrasting:
    """A writer of rubrics says what makes the better response better, and shows that it decides so."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """The labelled pairs."""
        return pairs.labelled_items(run)

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """The better and the worse response of each."""
        items = items_of(run, subjects)
        labels = pairs.labels_for(run, items)
        return [_asked(run, item, labels.get(item.pk)) for item in items]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """One outcome for each pair: a rubric that was kept, or why none was."""
        items = items_of(run, list(answers))
        labels = pairs.labels_for(run, items)
        # Overturned since it was asked about: a rubric that explains what nobody says any more explains nothing.
        gone = {item.pk: pairs.UNLABELLED for item in items if item.pk not in labels}
        rows = [_attempt(run, labels[item.pk], answers[item.pk][0]) for item in items if item.pk in labels]
        RubricAttempt.objects.bulk_create(rows)
        counts = Counter(f"rubrics {one.outcome}" for one in rows)
        return Stored(dict(counts), gone)

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """Items by their keys."""
        return named(run, subjects)

    def pictures(self, run: Run) -> Resolve:
        """Out of the project's own store."""
        return pictures.resolver(run.project_id)

    def made_url(self, run: Run) -> str:
        """What became of every pair."""
        return reverse("curation:rubric-attempts", args=[run.project.slug, run.pk])

    def ended(self, run: Run) -> None:
        """There is nothing to count."""


def _asked(run: Run, item: Item, label: Labelled | None) -> Asked:
    if label is None:
        return Asked(item.pk, refusal=pairs.UNLABELLED)
    if unseen := pictures.why_unseen(item, run.checkpoint):
        return Asked(item.pk, refusal=unseen)
    contrast = Contrast(
        opinions.prompt_of(item),
        better=item.text_of(label.better),
        worse=item.text_of(label.worse),
        attempts=run.parameters["attempts"],
        votes=run.parameters["votes"],
    )
    return Asked(item.pk, (contrast,))


def _attempt(run: Run, label: Labelled, said: Contrasted) -> RubricAttempt:
    chosen = None if said.chosen is None else said.attempts[said.chosen]
    return RubricAttempt(
        run=run,
        item_id=label.item,
        better=label.better,
        outcome=RubricAttempt.Outcome.KEPT if chosen else RubricAttempt.Outcome.REJECTED,
        reason="" if chosen else said.reason[:LONGEST_REASON],
        is_unexplained=said.is_unexplained,
        margin=chosen.margin if chosen else None,
        criteria=[asdict(one) for one in chosen.criteria] if chosen else [],
        attempts=[asdict(one) for one in said.attempts],
    )
