"""What people's justifications judge by, as principles with their words; which of them recur is for a draft to say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Length
from django.urls import reverse

from annotation import opinions, pictures
from annotation.models import Annotation, Item
from annotation.queries.items import Filters, ids_of
from curation import overturns
from curation.hooks import lines
from curation.models import RubricLine
from curation.preferences import Reviewed
from modelhooks import contracts
from modelhooks.contracts import Feedback
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.models import Run

PLACES = {"a": 0, "b": 1}
CHANGED = "It was changed, or a reviewer settled its item otherwise, since the run began."


class Principles(lines.Lines):
    """Its subjects are annotations: what people, or those of an import, wrote to one question of the form."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """Every justification of the run's share of prompts that stood when it began and has words."""
        found = _written(run).order_by("pk")
        length = Length("said") + Length(Cast("item__messages", TextField()))
        settled, is_read = _settled(run), lines.part(run)
        left = run.parameters["limit"]
        for pk, item, size, group in found.values_list("pk", "item", length, "item__group").iterator():
            if not left:
                return
            if is_read(group) and _stands(settled, pk, item):
                left -= 1
                yield pk, size

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """The words, the prompt, and the response that they are about where one is known."""
        standing = _standing(run, subjects)
        keys = [one.key for one in Reviewed().questions(run.project)]
        asked = [_asked(run, one, keys) for one in standing.values()]
        return [*asked, *(Asked(one, refusal=CHANGED) for one in subjects if one not in standing)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """The principles of each, as long as its words still stand."""
        standing = _standing(run, list(answers))
        gone = {subject: CHANGED for subject in answers if subject not in standing}
        return lines.stored(
            ((pk, answers[pk][0], _lines(run, one, answers[pk][0])) for pk, one in standing.items()), gone
        )

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """By the items that they are about."""
        found = Annotation.objects.filter(project=run.project_id, pk__in=subjects)
        slug = run.project.slug
        return {
            pk: Named(f"words about {key}", reverse("annotation:item", args=[slug, item]))
            for pk, key, item in found.values_list("pk", "item__key", "item")
        }


def _written(run: Run) -> QuerySet[Annotation]:
    """Each with its words as `said`; blanks are none."""
    chosen, filters = run.parameters["words"], Filters(**run.parameters["filters"])
    newest = Q(superseded_by__isnull=True) | Q(superseded_by__gt=chosen["last"])
    found = Annotation.objects.filter(newest, project=run.project_id, run__isnull=True, pk__lte=chosen["last"])
    if not chosen["with_imported"]:
        found = found.filter(author__isnull=False)
    if not filters.is_empty:
        found = found.filter(item__in=ids_of(run.project, filters))
    answered = found.filter(answers__has_key=run.question)
    return answered.annotate(said=KeyTextTransform(run.question, "answers")).filter(said__regex=r"\S")


def _standing(run: Run, subjects: Sequence[int]) -> dict[int, Annotation]:
    """Those of them that still say what they said."""
    settled = _settled(run)
    found = _written(run).filter(pk__in=subjects, superseded_by__isnull=True).select_related("item").order_by("pk")
    return {one.pk: one for one in found if _stands(settled, one.pk, one.item_id)}


def _settled(run: Run) -> overturns.Overturns:
    """As reviewers see it now, since the run began too."""
    last = Reviewed().last(run.project)
    return overturns.standing(run.project, last_review=overturns.newest(run.project), last_annotation=last)


def _stands(settled: overturns.Overturns, annotation: int, item: int) -> bool:
    """Words beside a label that a reviewer found wrong justify nothing."""
    return annotation not in settled.withdrawn and settled.settling.get(item, annotation) == annotation


def _asked(run: Run, one: Annotation, keys: Sequence[str]) -> Asked:
    if unseen := pictures.why_prompt_unseen(one.item.messages, run.checkpoint):
        return Asked(one.pk, refusal=unseen)
    feedback = Feedback(one.answers[run.question], opinions.prompt_of(one.item), _response(one, keys))
    return Asked(one.pk, (feedback,))


def _response(one: Annotation, keys: Sequence[str]) -> str:
    """The only one, or the one that the same annotator prefers; nothing where neither is so."""
    item: Item = one.item
    if len(item.responses) == 1:
        return item.text_of(0)
    winners = (one.answers[key].get("winner") for key in keys if isinstance(one.answers.get(key), dict))
    place = PLACES.get(next(winners, ""))
    return "" if place is None or place >= len(item.responses) else item.text_of(place)


def _lines(run: Run, one: Annotation, said: contracts.Principles) -> list[RubricLine]:
    return [
        RubricLine(
            run=run,
            item_id=one.item_id,
            annotation=one,
            number=number,
            text=each.text,
            kind=RubricLine.Kind.PRINCIPLE,
            holds=each.holds,
            quote=each.quote,
            details={"evidence": [{"snippet": lines.snippet(each.quote)}]},
        )
        for number, each in enumerate(said.found)
    ]
