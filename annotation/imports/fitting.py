"""Which question of a form an imported label answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from annotation.imports.canonical import CanonicalItem, CanonicalLabel, Refused
from annotation.kinds import KINDS, AnswerRefused, Asked, Judged, Subject


class Kinded(Asked, Protocol):
    """A question that says its kind (`annotation.models.Question` is one)."""

    kind: str


@dataclass(slots=True)
class Fitted:
    """What one annotator of the source said about one item, as the answers of a form."""

    annotator: str
    answers: dict[str, Any]
    source: dict[str, Any]
    seconds: float | None = None


def fit(item: CanonicalItem, questions: Sequence[Kinded]) -> tuple[list[Fitted], int]:
    """One `Fitted` per annotator, and how many labels no question asks for. Raises Refused."""
    fitted: dict[str, Fitted] = {}
    answered: list[tuple[CanonicalLabel, Kinded]] = []
    judged = tuple(Judged.from_turns(response.messages, response.steps) for response in item.responses)
    subject = Subject(judged, rubric=item.rubric)
    for label in item.labels:
        question = _question_for(label, questions)
        if question is None:
            continue
        one = fitted.setdefault(label.annotator, Fitted(label.annotator, {}, {}, label.seconds))
        one.answers[question.key] = _admitted(label, question, subject)
        _keep(one, question, label.source)
        answered.append((label, question))
    for label, question in answered:  # last, so that none takes the place of a text that the annotator gave as such
        _place_rationale(label, fitted[label.annotator], question, questions, subject)
    return list(fitted.values()), len(item.labels) - len(answered)


def _question_for(label: CanonicalLabel, questions: Sequence[Kinded]) -> Kinded | None:
    """The question named like the label's dimension, else the first of its kind when it has none."""
    of_kind = [question for question in questions if question.kind == label.kind]
    if label.dimension:
        return next((question for question in of_kind if question.key == label.dimension), None)
    return of_kind[0] if of_kind else None


def _admitted(label: CanonicalLabel, question: Kinded, subject: Subject) -> Any:
    try:
        return KINDS[label.kind].admit(label.answer, question, subject)
    except AnswerRefused as refusal:
        raise Refused(f"The label of {label.annotator[:60]} does not fit: {refusal}") from None


def _keep(one: Fitted, answered: Kinded, found: Mapping[str, Any]) -> None:
    """Into the provenance; where another label of the annotator says something else there, under its question's key."""
    for name, value in found.items():
        if one.source.setdefault(name, value) != value:
            one.source[f"{answered.key}.{name}"] = value


def _place_rationale(
    label: CanonicalLabel, one: Fitted, answered: Kinded, questions: Sequence[Kinded], subject: Subject
) -> None:
    """Into the form's first text question if it fits there and is free, else kept in the provenance.

    Why one dimension was judged as it was is no reason for the whole, and is always kept with its question's key.
    """
    if not label.rationale:
        return
    question = next((question for question in questions if question.kind == "text"), None)
    if question is not None and question.key not in one.answers and not label.dimension:
        try:
            one.answers[question.key] = KINDS["text"].admit({"text": label.rationale}, question, subject)
        except AnswerRefused:
            pass
        else:
            return
    _keep(one, answered, {f"{answered.key}.rationale" if label.dimension else "rationale": label.rationale})
