"""Asking a model one question of the form about items: what it is asked, and how its answers become annotations."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, Subquery, Sum, TextField
from django.db.models.functions import Cast, Coalesce, Length

from annotation import opinions, pictures, subjects
from annotation.hooks.chosen_items import chosen, items_of, named
from annotation.kinds import KINDS, AnswerRefused, Subject
from annotation.models import Annotation, Item, ItemMedia, Question
from annotation.queries.forms import questions_of
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run
from modelhooks.sight import sees

FILES = ItemMedia.objects.filter(item=OuterRef("pk")).order_by().values("item").annotate(size=Sum("media__size"))
SHOWN = Coalesce(Subquery(FILES.values("size")), 0)  # bytes, which a chunk holds in memory as it does characters


class Prelabel:
    """A model answers one question of the form about items, as an annotator of its own."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """The items that the run's filters let through, up to its limit."""
        length = Length(Cast("messages", TextField())) + Length(Cast("responses", TextField()))
        return chosen(run, length + SHOWN if sees(run.checkpoint) else length)

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """What the checkpoint's contract asks about each of the items."""
        question, convert = _question(run), _conversion(run)
        return [self._asked(run, item, question, convert) for item in items_of(run, subjects)]

    def _asked(self, run: Run, item: Item, question: Question, convert: opinions.Conversion) -> Asked:
        if unseen := pictures.why_unseen(item, run.checkpoint):
            return Asked(item.pk, refusal=unseen)
        try:
            return Asked(item.pk, convert.inputs(item, question, subjects.of(item, questions=[question])))
        except opinions.NotAsked as error:
            return Asked(item.pk, refusal=str(error))

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """One annotation for each item, unless the same model has said the same before.

        What the checkpoint said when it was another (other weights, another library) is superseded.
        """
        question, before = _question(run), _said_before(run, list(answers))
        rows = []
        for item in items_of(run, list(answers)):
            old = before.get(item.pk)
            if old and old.run and (old.run.fingerprint, old.form_id) == (run.fingerprint, question.form_id):
                continue
            subject = subjects.of(item, questions=[question])
            rows.append(_annotation(run, item, question, subject, answers[item.pk], old))
        Annotation.objects.bulk_create(rows)
        return Stored()

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """Items by their keys."""
        return named(run, subjects)

    def pictures(self, run: Run) -> Resolve:
        """Out of the project's own store."""
        return pictures.resolver(run.project_id)

    def made_url(self, run: Run) -> str:
        """Annotations are looked at where their items are."""
        return ""

    def ended(self, run: Run) -> None:
        """There is nothing to count."""


def _annotation(  # noqa: PLR0917
    run: Run, item: Item, question: Question, subject: Subject, said: Sequence[Any], old: Annotation | None
) -> Annotation:
    convert = _conversion(run)
    source = {"fingerprint": run.fingerprint, **convert.provenance(said)}
    label, answers = convert.label(said, question, subject, run.parameters), {}
    try:
        if label is not None:
            answers = {question.key: KINDS[question.kind].admit(label, question, subject)}
    except AnswerRefused as refusal:
        source["abstained"] = f"Its answer does not fit the question: {refusal}"
    if not answers:
        source.setdefault("abstained", "It did not decide.")
    return Annotation(
        project_id=run.project_id,
        item=item,
        form_id=question.form_id,
        run=run,
        answers=answers,
        shown=list(range(len(item.responses))),
        source=source,
        supersedes=old,
    )


def _said_before(run: Run, items: Sequence[int]) -> dict[int, Annotation]:
    """What stands of this checkpoint's answers to the question, by item."""
    found = Annotation.objects.current().filter(
        item__in=items, run__checkpoint=run.checkpoint_id, run__question=run.question
    )
    return {one.item_id: one for one in found.select_related("run")}


def _question(run: Run) -> Question:
    """The question as the form asked it when the run was started."""
    return next(one for one in questions_of(run.parameters["form"]) if one.key == run.question)


def _conversion(run: Run) -> opinions.Conversion:
    found = opinions.conversion(run.checkpoint.contract, _question(run))
    if found is None:
        raise LookupError("The run was started for a question that its checkpoint cannot answer.")
    return found
