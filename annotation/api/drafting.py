"""Drafts are kept as form fields, which the page and a program share; programs speak in answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from annotation.kinds import KINDS, AnswerRefused, Subject
from annotation.models import Question
from annotation.refusals import AnswersRefused


def fields_of(questions: Iterable[Question], answers: Mapping[str, Any]) -> dict[str, str]:
    """Answers as form fields. They need not be complete; raises AnswersRefused where one has no such shape."""
    known = {question.key: question for question in questions}
    errors = {key: f"There is no question “{str(key)[:40]}”." for key in answers if key not in known}
    fields: dict[str, str] = {}
    for key, question in known.items():
        found = KINDS[question.kind].fields(answers.get(key), question)
        if not found and _says_something(answers.get(key)):
            errors[key] = f"“{question.title}” is not answered in this shape."
        fields |= found
    if errors:
        raise AnswersRefused(errors)
    return fields


def answers_of(questions: Iterable[Question], fields: Mapping[str, str], subject: Subject) -> dict[str, Any]:
    """Form fields as answers; a field that does not read as an answer yet is left out."""
    answers: dict[str, Any] = {}
    for question in questions if fields else ():
        try:
            value = KINDS[question.kind].parse(fields, question, subject)
        except AnswerRefused:
            continue
        if value is not None:
            answers[question.key] = value
    return answers


def _says_something(value: Any) -> bool:
    """Whether anything in there is more than an empty place."""
    if isinstance(value, Mapping):
        return any(_says_something(one) for one in value.values())
    if isinstance(value, list):
        return any(_says_something(one) for one in value)
    return value is not None
