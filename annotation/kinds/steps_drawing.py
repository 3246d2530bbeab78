"""The steps of an item as the labeling page shows them, filled in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.html import escape
from django.utils.safestring import SafeString

from annotation.folds import Fold, Room
from annotation.kinds.base import Asked, Judged, Option, Subject
from annotation.kinds.error_kinds import letters
from annotation.kinds.rows import Choice, boxes, choices
from annotation.kinds.steps_checks import MOST_ALTERNATIVES, error_kinds, first_error, stops
from annotation.kinds.steps_context import contexts
from ui.rendering import raw_source

MARKS = (Option("1", "Good", "+"), Option("0", "Neutral", "0"), Option("-1", "Wrong", "−"))
FINALS = (Option("right", "Right", "1"), Option("wrong", "Wrong", "2"), Option("none", "None given", "3"))
OFFERED_ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its text as HTML and as it was written, and what has been said about it."""

    field: str
    number: int
    title: str
    html: SafeString
    raw: SafeString
    text: str
    asides: tuple[tuple[str, SafeString], ...]
    thoughts: Sequence[Fold]
    folds: Sequence[Fold]
    marks: tuple[Choice, ...]
    errors: tuple[Choice, ...]
    correction: str
    alternatives: tuple[str, ...]
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class Side:
    """One response."""

    field: str
    letter: str
    cut_by: str
    steps: tuple[Step, ...]
    finals: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The question: its sides in shown order, and how far the answer has come, in one line."""

    sides: tuple[Side, ...]
    line: str
    stops: bool
    corrects: bool
    reference: str


def drawn(
    question: Asked, subject: Subject, shown: Sequence[str], fields: Mapping[str, str], html: Sequence[SafeString]
) -> Drawn:
    """The question with its answer; `shown` are the letters of the responses, `html` the rendered steps in order."""
    pen = _Pen(question, html)
    places = enumerate(zip(shown, subject.responses, strict=True))
    sides = tuple(pen.side(place, letter, judged, fields) for place, (letter, judged) in places)
    return Drawn(
        sides=sides,
        line=line([(side.letter, [_marked(step.marks) for step in side.steps]) for side in sides], stops(question)),
        stops=stops(question),
        corrects=bool(question.settings.get("corrections", True)),
        reference=subject.reference if question.settings.get("final_answer") else "",
    )


def line(sides: Sequence[tuple[str, Sequence[int | None]]], stops: bool) -> str:
    """How far each response's steps are answered. Our script says the same (annotation/kinds/steps.js)."""
    told = [(letter, said(list(labels), stops)) for letter, labels in sides if labels]
    if len(told) < 2:
        return "".join(sentence for _, sentence in told)
    return " ".join(f"{letter}: {sentence}" for letter, sentence in told)


def said(labels: list[int | None], stops: bool) -> str:
    """One response's part of the line."""
    wrong, count = first_error(labels), len(labels)
    found = "" if wrong is None else f"First error at step {wrong + 1}."
    if found and stops:
        return f"{found} Later steps need no answer." if wrong != count - 1 else found
    answered = count - labels.count(None)
    if answered < count:
        return f"{answered} of {count} steps answered. {found}".strip()
    return found or f"No error in {count} step{'' if count == 1 else 's'}."


def texts(subject: Subject) -> list[str]:
    """What wants rendering, in the order in which it is drawn: before each step what others say, then the step."""
    found: list[str] = []
    for judged in subject.responses:
        for context in contexts(judged, "", Room()):
            found += [said for _, said in context.asides]
            found += [context.text] if context.text else []
    return found


def slices(judged: Judged) -> list[str]:
    """The text of each step without the white space around it."""
    return [judged.text[start:end].strip("\r\n") for start, end in judged.steps]


class _Pen:
    """Draws one step after the other, as long as there is rendered text for them."""

    def __init__(self, question: Asked, html: Sequence[SafeString]) -> None:
        keys = letters(error_kinds(question))
        self.question, self.rendered, self.room = question, iter(html), Room()
        self.kinds = [Option(kind["key"], kind["title"], keys[kind["key"]]) for kind in error_kinds(question)]

    def side(self, place: int, letter: str, judged: Judged, fields: Mapping[str, str]) -> Side:
        field = f"{self.question.key}.{place}"
        if fields.get(f"{field}.cut", judged.cut_by) != judged.cut_by:
            fields = {}  # what was said about other steps fits none of these
        steps = list(self._steps(field, letter, judged, fields))
        wrong = next((step.number for step in steps if _marked(step.marks) == -1), len(steps))
        if stops(self.question):
            steps = [replace(step, is_asked=step.number <= wrong) for step in steps]
        asks_final = self.question.settings.get("final_answer") and steps
        return Side(
            field=field,
            letter=letter,
            cut_by=judged.cut_by,
            steps=tuple(steps),
            finals=choices(FINALS, fields.get(f"{field}.final")) if asks_final else (),
        )

    def _steps(self, side: str, letter: str, judged: Judged, fields: Mapping[str, str]) -> Iterator[Step]:
        around = contexts(judged, letter, self.room)
        for number, (text, context) in enumerate(zip(slices(judged), around, strict=True)):
            field = f"{side}.{number}"
            yield Step(
                asides=tuple((speaker, next(self.rendered, escape(said))) for speaker, said in context.asides),
                thoughts=context.thoughts,
                folds=context.folds,
                field=field,
                number=number + 1,
                title=f"Response {letter}, step {number + 1}",
                html=next(self.rendered, escape(text)) if context.text else escape(""),
                raw=raw_source(text),
                text=text,
                marks=choices(MARKS, fields.get(field)),
                errors=boxes(self.kinds, f"{field}.error", fields),
                correction=fields.get(f"{field}.fix", ""),
                alternatives=self._alternatives(field, fields),
            )

    def _alternatives(self, field: str, fields: Mapping[str, str]) -> tuple[str, ...]:
        """What stands in the alternatives' texts, and empty ones to write more."""
        if not self.question.settings.get("alternatives"):
            return ()
        found = [text for n in range(MOST_ALTERNATIVES) if (text := fields.get(f"{field}.or.{n}", "")).strip()]
        return (*found, *[""] * max(OFFERED_ALTERNATIVES - len(found), len(found) < MOST_ALTERNATIVES))


def _marked(marks: Sequence[Choice]) -> int | None:
    return next((int(mark.value) for mark in marks if mark.is_checked), None)
