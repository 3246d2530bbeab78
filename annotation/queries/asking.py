"""Before a model is asked: which checkpoints can answer which question, and about how many items it would be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotation.models import Annotation, Question
from annotation.opinions import Conversion, conversion
from annotation.queries.forms import current_form, questions_of
from annotation.queries.items import COUNTED, Filters, count, ids_of
from modelhooks.models import Checkpoint
from modelhooks.queries.checkpoints import MOST, listed
from projects.models import Project

LOOKED_AT = 5_000  # items that are searched for answers that are there already


@dataclass(frozen=True, slots=True)
class Unfit:
    """A checkpoint that cannot be asked, and why."""

    checkpoint: Checkpoint
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A question, who could answer it, and who of them is meant; None where there is nobody."""

    questions: list[Question]
    question: Question | None
    checkpoint: Checkpoint | None
    fitting: list[Checkpoint]
    unfitting: list[Unfit]

    @property
    def conversion(self) -> Conversion | None:
        """How the checkpoint answers the question."""
        return conversion(self.checkpoint.contract, self.question) if self.checkpoint and self.question else None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would be about. `known` of the first `looked_at` items have this checkpoint's answer already."""

    items: int
    is_many: bool  # more than `items`, which were counted
    known: int
    looked_at: int


def choice(project: Project, question_key: str, checkpoint_id: int) -> Choice:
    """What can be chosen, in three queries. Whoever chooses nothing, or what is not there, gets the first that fits."""
    form = current_form(project.pk)
    asked = list(questions_of(form.pk)) if form else []
    checkpoints = list(listed(project=project)[:MOST])
    able = [question for question in asked if any(conversion(one.contract, question) for one in checkpoints)]
    question = next((one for one in able if one.key == question_key), able[0] if able else None)
    unfitting = [Unfit(one, why) for one in checkpoints if (why := _why_not(one, question))]
    barred = {one.checkpoint.pk for one in unfitting}
    fitting = [one for one in checkpoints if one.pk not in barred]
    meant = next((one for one in fitting if one.pk == checkpoint_id), fitting[0] if fitting else None)
    return Choice(able, question, meant, fitting, unfitting)


def preview(project: Project, filters: Filters, limit: int | None, chosen: Choice) -> Preview:
    """How many items a run would be about, and how many of them cost nothing."""
    found = count(project, filters)
    is_many = found > COUNTED and not filters.is_empty and (limit is None or limit > COUNTED)
    items = COUNTED if is_many else min(found, limit or found)
    ids = list(ids_of(project, replace(filters, after=0))[: min(limit or LOOKED_AT, LOOKED_AT)])
    return Preview(items, is_many, _known(chosen, ids), len(ids))


def _known(chosen: Choice, ids: Sequence[int]) -> int:
    """Those to which the same weights said the same question's answer before."""
    checkpoint, question = chosen.checkpoint, chosen.question
    if not (checkpoint and question and checkpoint.fingerprint):
        return 0
    return (
        Annotation.objects.current()
        .filter(
            item__in=ids,
            form=question.form_id,
            run__checkpoint=checkpoint.pk,
            run__question=question.key,
            run__fingerprint=checkpoint.fingerprint,
        )
        .count()
    )


def _why_not(checkpoint: Checkpoint, question: Question | None) -> str:
    said = checkpoint.get_contract_display()
    if question is None or conversion(checkpoint.contract, question) is None:
        return f"It {said[0].lower()}{said[1:]}{f', which is no answer to “{question.title}”' if question else ''}."
    if checkpoint.is_healthy is False:
        return f"It did not pass its check: {checkpoint.health}"
    return ""
