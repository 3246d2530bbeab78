"""A version of a judge decides labeled pairs, without being told the label and without answering anything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.module_loading import import_string

from annotation import opinions, pictures
from annotation.hooks.chosen_items import items_of, named
from annotation.models import Item
from curation.hooks import pairs
from curation.models import JudgeVerdict
from modelhooks.contracts import Comparison, Judgment
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run

REPORT = "curation.judging.reports.write"
"""By name: pages ask a hook for addresses, and the web process has no use for numpy."""
LONGEST_REASONS = 4_000


class Trials:
    """Pairs are asked as a run over items asks them, so what one knows the other does not ask again."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """The labeled pairs."""
        return pairs.labelled_items(run)

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """The two responses of each, as they stand."""
        items = items_of(run, subjects)
        labels = pairs.labels_for(run, items)
        return [_asked(run, item) if item.pk in labels else Asked(item.pk, refusal=pairs.UNLABELLED) for item in items]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """One row for each pair and fingerprint: what the same weights said before is replaced."""
        rows = [
            JudgeVerdict(
                version_id=run.parameters["version"],
                item_id=item,
                fingerprint=run.fingerprint,
                run=run,
                said=said[0].preference or JudgeVerdict.Said.NONE,
                reasons=_reasons(said[0]),
            )
            for item, said in answers.items()
        ]
        JudgeVerdict.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["version", "fingerprint", "item"],
            update_fields=["run", "said", "reasons"],
        )
        silent = sum(one.said == JudgeVerdict.Said.NONE for one in rows)
        counts = {"pairs decided": len(rows) - silent, "pairs that it did not decide": silent}
        return Stored({words: count for words, count in counts.items() if count})

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """Items by their keys."""
        return named(run, subjects)

    def pictures(self, run: Run) -> Resolve:
        """Out of the project's own store."""
        return pictures.resolver(run.project_id)

    def made_url(self, run: Run) -> str:
        """All versions of the judge, side by side."""
        return reverse("curation:judge-versions", args=[run.project.slug, run.checkpoint_id])

    def ended(self, run: Run) -> None:
        """What every version of the judge comes to, beside the one in use."""
        import_string(REPORT)(run)


def _asked(run: Run, item: Item) -> Asked:
    if unseen := pictures.why_unseen(item, run.checkpoint):
        return Asked(item.pk, refusal=unseen)
    first, second = (item.text_of(place) for place in range(pairs.PAIR))
    return Asked(item.pk, (Comparison(opinions.prompt_of(item), first, second, item.principle),))


def _reasons(said: Judgment) -> str:
    return (said.rationale or said.reason)[:LONGEST_REASONS]
