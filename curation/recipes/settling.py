"""Checks the parameters that a person chose for a recipe, and says in a sentence what does not fit."""

from collections.abc import Mapping, Sequence
from typing import Any

from curation.recipes.contract import BadParameters
from curation.recipes.records import ORIGINS, QuestionRecord


def only(given: Mapping[str, Any], *known: str) -> None:
    """Refuse a parameter that the recipe does not have: a misspelled one would be silently without effect."""
    unknown = sorted(str(name) for name in given if name not in known)
    if unknown:
        names = ", ".join(known) or "it has none"
        raise BadParameters(f"The recipe has no parameter {unknown[0][:40]!r}; known are: {names}.")


def whole(given: Mapping[str, Any], name: str, default: int, *, low: int, high: int) -> int:
    value = given.get(name, default)
    if type(value) is not int or not low <= value <= high:
        raise BadParameters(f"{name} is a whole number from {low} to {high}.")
    return value


def share(given: Mapping[str, Any], name: str, default: float) -> float:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BadParameters(f"{name} is a number from 0 to 1.")
    return float(value)


def choice(given: Mapping[str, Any], name: str, options: Sequence[str]) -> str:
    """One of the options; the first is the default."""
    value = given.get(name, options[0])
    if value not in options:
        raise BadParameters(f"{name} is one of {', '.join(options)}.")
    return str(value)


def sources(given: Mapping[str, Any]) -> list[str]:
    """Whose labels count, in a fixed order."""
    value = given.get("sources", list(ORIGINS))
    if not isinstance(value, list) or not value or any(name not in ORIGINS for name in value):
        raise BadParameters(f"sources is a list of {' and '.join(ORIGINS)}.")
    return [name for name in ORIGINS if name in value]


def question(given: Mapping[str, Any], questions: Sequence[QuestionRecord], kind: str) -> QuestionRecord:
    """The question of this kind with the key given, or the form's first one."""
    fitting = [question for question in questions if question.kind == kind]
    if not fitting:
        raise BadParameters(f"The form has no {kind} question, so this recipe has nothing to read.")
    key = given.get("question", fitting[0].key)
    for candidate in fitting:
        if candidate.key == key:
            return candidate
    keys = ", ".join(candidate.key for candidate in fitting)
    raise BadParameters(f"The form has no {kind} question {str(key)[:40]!r}; it has {keys}.")


def dimension(given: Mapping[str, Any], asked: QuestionRecord) -> str:
    """A dimension of the question, or nothing for the question itself."""
    value = given.get("dimension", "")
    if value and value not in asked.dimensions:
        raise BadParameters(f"The question {asked.key} has no dimension {str(value)[:40]!r}.")
    return str(value)
