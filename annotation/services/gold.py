"""Saying what the right answer to an item is, and taking that back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.http import Http404

from annotation import subjects
from annotation.kinds import KINDS
from annotation.kinds.base import Known
from annotation.models import Form, Gold, Item, Question
from annotation.queries.forms import current_form, questions_of
from annotation.refusals import AnswersRefused, NoForm
from annotation.services.annotations import checked
from annotation.services.queue import ADD_SLOTS_OF_ITEM
from audit.services import record
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

MOST_ACCEPTED = 10
LONGEST_NOTE = 2_000
PARTS = frozenset({"accepted", "within"})

# Its answer is known, so it wants no more annotations; what somebody holds or has answered stays.
CLOSE = """
DELETE FROM annotation_slot WHERE item_id = %(item)s AND holder_id IS NULL AND annotation_id IS NULL
"""


class NotGold(Refusal):
    """Nothing is known about the item that could be taken back."""

    status = 409
    title = "This item has no known answer"

    def __init__(self) -> None:
        super().__init__("Nobody has said what the right answer to this item is, or it was taken back.")


@transaction.atomic
def mark(place: Place, *, item_id: int, answers: Mapping[str, Any], note: str = "") -> Gold:
    """Say what is right about an item: a new version, or the newest one where nothing changed.

    `answers` maps keys of the form in force to `{"accepted": [value, …], "within"?: n}`, values in the item's own
    response order. Raises AnswersRefused, NoForm, Http404.
    """
    item = _locked(place, item_id)
    form = current_form(place.project.pk)
    if form is None:
        raise NoForm
    known = check(form, item, answers, note)
    newest = _newest(item)
    if newest and (newest.form_id, newest.answers, newest.note) == (form.pk, known, note):
        return newest
    gold = _add(place, item, newest, form=form, answers=known, note=note)
    _run(CLOSE, place, item)
    if not place.project.has_had_gold:
        Project.objects.filter(pk=place.project.pk).update(has_had_gold=True)
        place.project.has_had_gold = True
    _record(place, gold, "gold.marked")
    return gold


@transaction.atomic
def withdraw(place: Place, *, item_id: int) -> Gold:
    """Know nothing about the item any more, so that it is labeled as any other. Raises NotGold, Http404."""
    item = _locked(place, item_id)
    newest = _newest(item)
    if newest is None or newest.is_withdrawn:
        raise NotGold
    gold = _add(place, item, newest, form=newest.form, answers={}, is_withdrawn=True)
    _run(ADD_SLOTS_OF_ITEM, place, item)
    _record(place, gold, "gold.withdrawn")
    return gold


def accepting(gold: Gold | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What `mark` takes to accept these answers too, beside those that are accepted: question key to one value."""
    before = gold.answers if gold else {}
    found: dict[str, Any] = {key: dict(one) for key, one in before.items()}
    for key, value in answers.items():
        one = found.setdefault(key, {"accepted": [], "within": 0})
        if value not in one["accepted"]:
            one["accepted"] = [*one["accepted"], value]
    return found


def check(form: Form, item: Item, answers: Mapping[str, Any], note: str) -> dict[str, Any]:
    """The known answers as they are stored, each validated by its kind. Raises AnswersRefused with every fault."""
    questions = {question.key: question for question in questions_of(form.pk)}
    errors: dict[str, str] = {}
    known: dict[str, Any] = {}
    if not answers:
        errors["answers"] = "A known answer answers at least one question."
    if len(note) > LONGEST_NOTE or "\x00" in note:
        errors["note"] = f"The note takes at most {LONGEST_NOTE:,} characters, and no NUL."
    for key, one in answers.items():
        question = questions.get(key)
        if question is None:
            errors[key] = f"There is no question “{str(key)[:40]}”."
            continue
        try:
            known[key] = _checked_one(form, item, question, one)
        except AnswersRefused as refused:
            errors[key] = next(iter(refused.errors.values()))
    if errors:
        raise AnswersRefused(errors)
    return known


def _checked_one(form: Form, item: Item, question: Question, one: Any) -> dict[str, Any]:
    if not isinstance(one, Mapping) or not set(one) <= PARTS or not isinstance(one.get("accepted"), list):
        raise _refused(question, "is known as “accepted”, a list of answers, and “within”.")
    if not 0 < len(one["accepted"]) <= MOST_ACCEPTED:
        raise _refused(question, f"takes 1 to {MOST_ACCEPTED} accepted answers.")
    straight = list(range(len(item.responses)))
    accepted = [
        checked(form.pk, {question.key: value}, item=item, shown=straight, partial=True)[question.key]
        if value is not None
        else _none(question)
        for value in one["accepted"]
    ]
    return {"accepted": _once(accepted), "within": _within(one.get("within", 0), accepted, item, question)}


def _within(value: Any, accepted: Sequence[Any], item: Item, question: Question) -> int:
    """How far off still counts, if the kind can tell at all whether an answer is right."""
    kind = KINDS[question.kind]
    subject = subjects.of(item, questions=[question])
    if kind.is_right(accepted[0], Known(accepted), question, subject) is None:
        raise _refused(question, "cannot be checked: nobody can tell by rule whether such an answer is right.")
    allowed = kind.tolerances(question)
    if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
        raise _refused(question, f"takes a tolerance of {' or '.join(map(str, allowed))}.")
    return value


def _once(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _none(question: Question) -> Any:
    raise _refused(question, "has an accepted answer that says nothing.")


def _refused(question: Question, sentence: str) -> AnswersRefused:
    return AnswersRefused({question.key: f"“{question.title}” {sentence}"})


def _locked(place: Place, item_id: int) -> Item:
    item = Item.objects.select_for_update(no_key=True).filter(pk=item_id, project=place.project).first()
    if item is None:
        raise Http404
    return item


def _newest(item: Item) -> Gold | None:
    return Gold.objects.filter(item=item).order_by("-version").first()


def _add(place: Place, item: Item, newest: Gold | None, **fields: Any) -> Gold:
    version = newest.version + 1 if newest else 1
    return Gold.objects.create(project=place.project, item=item, version=version, created_by=place.user, **fields)


def _run(statement: str, place: Place, item: Item) -> None:
    project = place.project
    with connection.cursor() as cursor:
        cursor.execute(statement, {"item": item.pk, "project": project.pk, "overlap": project.overlap})


def _record(place: Place, gold: Gold, verb: str) -> None:
    record(
        verb,
        subject=f"item:{gold.item_id}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"version": gold.version, "questions": sorted(gold.answers)},
    )
