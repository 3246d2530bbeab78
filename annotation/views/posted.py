"""What the labeling page's form says."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from annotation.conditions import asked
from annotation.kinds import KINDS, AnswerRefused, Subject
from annotation.models import Question
from annotation.refusals import AnswersRefused
from annotation.services.forms import RESERVED, TAKEN

LONGEST_TAKEN = 10_000  # characters


def fields(request: HttpRequest) -> dict[str, str]:
    """Every answer field as it was sent, for a draft."""
    return {name: str(value) for name, value in request.POST.items() if name not in RESERVED}


def answers(request: HttpRequest, questions: Iterable[Question], subject: Subject) -> dict[str, Any]:
    """The fields as answers in shown order; raises AnswersRefused with a sentence for each that cannot be read."""
    read, errors = _read(request, questions, subject)
    if errors:
        raise AnswersRefused(errors)
    return read


def readable(request: HttpRequest, questions: Iterable[Question], subject: Subject) -> dict[str, Any]:
    """The same as far as it can be read: a form on its way."""
    return _read(request, questions, subject)[0]


def _read(
    request: HttpRequest, questions: Iterable[Question], subject: Subject
) -> tuple[dict[str, Any], dict[str, str]]:
    """What can be read, and a sentence for each question where it cannot."""
    sent = fields(request)
    read: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for question in asked(questions, sent):  # what is typed into a question that does not apply is no answer
        try:
            value = KINDS[question.kind].parse(sent, question, subject)
        except AnswerRefused as refusal:
            errors[question.key] = str(refusal)
            continue
        if value is not None:
            read[question.key] = value
    return read, errors


def taken(request: HttpRequest) -> set[str]:
    """Keys of the questions of which the page says that what was suggested was taken for a row of them."""
    rows = request.POST.get(TAKEN, "")[:LONGEST_TAKEN].split()
    return {row.partition(".")[0] for row in rows}


def request_key(request: HttpRequest) -> uuid.UUID:
    """The key in the form; a form without one is a request of its own."""
    return uuid_of(request.POST.get("request_key")) or uuid.uuid4()


def seconds(request: HttpRequest) -> float | None:
    """How long the person says they looked; None where that is no number."""
    try:
        return float(request.POST.get("seconds", ""))
    except ValueError:
        return None


def uuid_of(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def number(text: str | None) -> int | None:
    """A positive whole number that fits an id."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
