"""Which steps of a response are good, neutral or wrong, what is wrong with them, and what would be right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from django.utils.safestring import SafeString
from pydantic import Field

from annotation.kinds import distances, steps_board, steps_distance, steps_right, steps_votes
from annotation.kinds import steps_drawing as drawing
from annotation.kinds.base import (
    AnswerRefused,
    Asked,
    BaseKind,
    Judged,
    Known,
    Settings,
    SettingsRefused,
    Subject,
    best,
    placed,
    read_settings,
    shown,
)
from annotation.kinds.boards import Hint, Voice
from annotation.kinds.error_kinds import USUAL, ErrorKind, letters, named
from annotation.kinds.steps_checks import LABELS, MOST_ALTERNATIVES, Checks, error_kinds, first_error, stops
from annotation.kinds.votes import Facet, Vote
from annotation.splitting import TURN_SPLITTERS, TURNS_VERSION

MARKED = {str(label): label for label in LABELS}
WORDS = {1: "good", 0: "neutral", -1: "wrong"}
FINALS = {"right": "final answer right", "wrong": "final answer wrong", "none": "no final answer"}


class StepsSettings(Settings):
    cut: Literal["steps", "turns"] = Field(
        default="steps",
        title="What is a step",
        description="“steps” of a solution, or “turns” of the assistant, calls of tools included, for trajectories.",
    )
    first_error: bool = Field(
        default=True,
        title="Stop at the first wrong step",
        description="Steps after it need no answer, which is what most process reward models are trained on.",
    )
    errors: list[ErrorKind] = Field(
        default_factory=lambda: [ErrorKind(**one) for one in named(USUAL)],
        max_length=30,
        title="Kinds of error",
        description="One to a line; each gets a letter. Leave it empty not to ask what is wrong with a step.",
    )
    corrections: bool = Field(default=True, title="Offer to correct a wrong step")
    alternatives: bool = Field(default=False, title="Offer to write alternatives to a step")
    final_answer: bool = Field(
        default=False,
        title="Ask whether the final answer is right",
        description="Shows the item's reference answer where its source has one (“reference” or “answer”).",
    )


class Steps(BaseKind):
    """One part for each response, null where nothing was said: `{"splitter", "labels": [1, 0, -1, null], …}`.

    The maps `errors`, `corrections` and `alternatives` have step numbers from 0 as keys. `splitter` names who cut the
    steps; an answer about steps that were cut in another way is refused. Null is *not answered*, 0 *neutral*.
    """

    name = "steps"
    title = "Steps"
    level = "ordinal"
    template = "annotation/kinds/steps.html"
    side_template = "annotation/kinds/steps_side.html"
    board_template = "annotation/boards/steps.html"
    scripts: tuple[str, ...] = ("annotation/kinds/steps.js",)
    styles: tuple[str, ...] = ("annotation/kinds/steps.css",)
    settings_type = StepsSettings

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        if target != "response":
            raise SettingsRefused("Steps belong to a response, so they are asked about each response.")
        checked = read_settings(StepsSettings, raw)
        keys = [kind["key"] for kind in checked["errors"]]
        if len(set(keys)) < len(keys):
            raise SettingsRefused("Two kinds of error have the same key.")
        return checked

    def asks_steps(self, settings: Mapping[str, Any]) -> bool:
        """Turns are where they are; nobody cuts them."""
        return settings.get("cut") != "turns"

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        responses = _cut(question, subject).responses
        parts = [_read(post, f"{question.key}.{place}", question, judged) for place, judged in enumerate(responses)]
        return parts if any(parts) else None

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        subject = _cut(question, subject)
        parts = self._checked(value, question, subject)
        for checks, part in zip(_checks(question, subject), parts, strict=True):
            if question.is_required:
                checks.complete(part)
        return parts

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
        """What the form does not ask (steps after the first error, the final answer) is left out, not refused."""
        given = label.get("responses")
        if not isinstance(given, list) or len(given) != len(subject):
            raise AnswerRefused(f"“{question.title}” takes {len(subject)} responses' steps.")
        asked = _cut(question, subject)
        for part, judged, own in zip(given, subject.responses, asked.responses, strict=True):
            if isinstance(part, dict) and _spoken_of(part, judged).steps != own.steps:
                raise AnswerRefused(f"“{question.title}” asks about other steps than the label judges.")
        parts = [_as_asked(part, question, judged) for part, judged in zip(given, asked.responses, strict=True)]
        return self._checked(parts, question, asked)

    def as_label(self, value: Any) -> dict[str, Any]:
        """Without the splitter: the response brings the steps along, whoever cut them. Turns it has in any case."""
        return {"responses": [part and _without_splitter(part) for part in value]}

    def _checked(self, value: Any, question: Asked, subject: Subject) -> list[Any]:
        if not isinstance(value, list) or len(value) != len(subject):
            raise AnswerRefused(f"“{question.title}” takes {len(subject)} parts, one for each response.")
        parts = [checks.stored(part) for checks, part in zip(_checks(question, subject), value, strict=True)]
        if not any(parts):
            raise AnswerRefused(f"“{question.title}” says nothing about any step.")
        return parts

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return placed(value, order)

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        return shown(value, order)

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        kinds, keys = error_kinds(question), letters(error_kinds(question))
        found = [("+ or 1", "The step is good"), ("0 or 2", "It is neutral"), ("− or 3", "It is wrong")]
        found += [(keys[kind["key"]], f"Wrong: {kind['title']}") for kind in kinds if keys[kind["key"]]]
        return [*found, ("Tab", "Correct the step")] if question.settings.get("corrections", True) else found

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        fields: dict[str, str] = {}
        for place, part in enumerate(value if isinstance(value, list) else ()):
            if isinstance(part, dict):
                fields |= _fields_of(part, f"{question.key}.{place}")
        return fields

    def same(self, first: Any, second: Any) -> bool:
        """Whether labels and final answers agree; how an error was named or mended is no disagreement."""
        return bool(_verdicts(first) == _verdicts(second))

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        """The mean over the responses that both speak about (`steps_distance`)."""
        both = zip(first, second, strict=False)
        return distances.mean(steps_distance.between(one, other) for one, other in both)

    def tolerances(self, question: Asked) -> Sequence[int]:
        """Steps between the first errors: where one mistake ends and the next begins, careful people differ by one."""
        return (0, 1)

    def is_right(self, value: Any, known: Known, question: Asked, subject: Subject) -> float | None:
        """The mean over the responses that are known (`steps_right`)."""
        return best(steps_right.share(value, one, known.within) for one in known.accepted)

    def facets(self, question: Asked) -> Sequence[Facet]:
        return steps_votes.facets(question)

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterator[Vote]:
        return steps_votes.votes(value, facets)

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        told = [(letter, _told(part, question)) for letter, part in _lettered(value) if part]
        single = len(value) == 1
        return "; ".join(sentence if single else f"{letter} {sentence}" for letter, sentence in told)

    def details(self, value: Any, question: Asked, subject: Subject) -> list[str]:
        titles = {kind["key"]: kind["title"].lower() for kind in error_kinds(question)}
        return [
            f"{'' if len(value) == 1 else f'{letter}, '}step {number + 1}: {'; '.join(found)}"
            for letter, part in _lettered(value)
            for number in range(len(part["labels"]) if part else 0)
            if (found := list(_remarks(part, str(number), titles)))
        ]

    def board(
        self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]
    ) -> tuple[steps_board.Side, ...]:
        return steps_board.board(voices, _cut(question, subject), letters)

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        """One hint for each response: a word at every step would tell annotators what to say before they have read."""
        parts = enumerate(zip(letters, value, strict=True))
        return tuple(
            Hint(f"{question.key}.{place}", _told(part, question), letter) for place, (letter, part) in parts if part
        )

    def texts(self, question: Asked, subject: Subject) -> Sequence[str]:
        return drawing.texts(_cut(question, subject))

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> drawing.Drawn:
        return drawing.drawn(question, _cut(question, subject), letters, fields, html)


def _cut(question: Asked, subject: Subject) -> Subject:
    """The item with its responses in the steps that are asked about."""
    if question.settings.get("cut") != "turns":
        return subject
    return replace(subject, responses=tuple(judged.cut_as(TURNS_VERSION) for judged in subject.responses))


def _spoken_of(part: Mapping[str, Any], judged: Judged) -> Judged:
    """The response in the steps that a label from elsewhere judges: as it came, or in its turns."""
    splitter = part.get("splitter")
    return judged.cut_as(splitter) if isinstance(splitter, str) and splitter in TURN_SPLITTERS else judged


def _without_splitter(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in part.items() if name != "splitter" or said in TURN_SPLITTERS}


def _checks(question: Asked, subject: Subject) -> list[Checks]:
    if len(subject) == 1:
        return [Checks(question, subject.responses[0], "")]
    return [Checks(question, one, f" of response {chr(65 + place)}") for place, one in enumerate(subject.responses)]


def _read(post: Mapping[str, str], field: str, question: Asked, judged: Judged) -> dict[str, Any] | None:
    """One response's part from its form fields; what stands after a first error is not asked and does not count."""
    labels = [_label(post.get(f"{field}.{number}", ""), question) for number in range(len(judged.steps))]
    wrong = first_error(labels)
    if stops(question) and wrong is not None:
        labels = [*labels[: wrong + 1], *[None] * (len(labels) - wrong - 1)]
    asked = range(len(labels) if wrong is None or not stops(question) else wrong + 1)
    faulty = [number for number in asked if labels[number] == -1]
    found: dict[str, Any] = {"splitter": post.get(f"{field}.cut") or judged.cut_by, "labels": labels}
    found["errors"] = {str(n): keys for n in faulty if (keys := _errors(post, f"{field}.{n}", question))}
    found["corrections"] = {str(n): text for n in faulty if (text := _correction(post, f"{field}.{n}", judged, n))}
    found["alternatives"] = {str(n): texts for n in asked if (texts := _alternatives(post, f"{field}.{n}"))}
    found["final"] = post.get(f"{field}.final")
    kept = {name: part for name, part in found.items() if part}
    return kept if set(kept) > {"splitter", "labels"} or any(label is not None for label in labels) else None


def _label(text: str, question: Asked) -> int | None:
    if text and text not in MARKED:
        raise AnswerRefused(f"“{question.title}” takes 1, 0 or -1 for each step.")
    return MARKED.get(text)


def _errors(post: Mapping[str, str], field: str, question: Asked) -> list[str]:
    return [kind["key"] for kind in error_kinds(question) if post.get(f"{field}.error.{kind['key']}")]


def _correction(post: Mapping[str, str], field: str, judged: Judged, number: int) -> str:
    """What was typed, unless it is the step itself: the page begins a correction with it."""
    text = _typed(post, f"{field}.fix")
    start, end = judged.steps[number]
    return "" if text.strip() in ("", judged.text[start:end].replace("\r\n", "\n").strip()) else text


def _alternatives(post: Mapping[str, str], field: str) -> list[str]:
    return [text for n in range(MOST_ALTERNATIVES) if (text := _typed(post, f"{field}.or.{n}")).strip()]


def _typed(post: Mapping[str, str], field: str) -> str:
    return post.get(field, "").replace("\r\n", "\n")


def _as_asked(part: Any, question: Asked, judged: Judged) -> Any:
    """A label from elsewhere cut down to what the form asks, and with the steps that it speaks of named."""
    if not isinstance(part, dict):
        return part
    part = {**part, "splitter": judged.cut_by}
    if not question.settings.get("final_answer"):
        part.pop("final", None)
    labels = part.get("labels")
    if not (isinstance(labels, list) and stops(question) and -1 in labels):
        return part
    last = labels.index(-1)
    part["labels"] = [*labels[: last + 1], *[None] * (len(labels) - last - 1)]
    asked = {str(number) for number in range(last + 1)}
    for name in ("errors", "corrections", "alternatives"):
        if isinstance(part.get(name), dict):
            part[name] = {number: said for number, said in part[name].items() if number in asked}
    return part


def _fields_of(part: Mapping[str, Any], field: str) -> dict[str, str]:
    """One response's part as form fields; what has no such shape is left out."""
    found: dict[str, Any] = {f"{field}.cut": part.get("splitter"), f"{field}.final": part.get("final")}
    labels = part.get("labels")
    for number, label in enumerate(labels if isinstance(labels, list) else ()):
        if type(label) is int and label in LABELS:
            found[f"{field}.{number}"] = str(label)
    for step, keys in _entries(part, "errors"):
        found |= {f"{field}.{step}.error.{key}": "on" for key in _texts(keys)}
    for step, text in _entries(part, "corrections"):
        found[f"{field}.{step}.fix"] = text
    for step, texts in _entries(part, "alternatives"):
        found |= {f"{field}.{step}.or.{n}": text for n, text in enumerate(_texts(texts))}
    return {name: text for name, text in found.items() if isinstance(text, str) and text}


def _entries(part: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    found = part.get(name)
    return iter(found.items() if isinstance(found, dict) else ())


def _texts(found: Any) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _verdicts(value: Any) -> Any:
    return [part and (part["labels"], part.get("final")) for part in value] if isinstance(value, list) else value


def _lettered(value: Any) -> Iterator[tuple[str, Any]]:
    return zip(map(chr, range(65, 65 + len(value))), value, strict=True)


def _told(part: Mapping[str, Any], question: Asked) -> str:
    labels = list(part["labels"])
    wrong, answered = first_error(labels), len(labels) - labels.count(None)
    if wrong is not None:
        found = f"first error at step {wrong + 1} of {len(labels)}"
    elif answered < len(labels):
        found = f"{answered} of {len(labels)} steps answered, no error"
    else:
        found = f"no error in {len(labels)} step{'' if len(labels) == 1 else 's'}"
    return f"{found}, {FINALS[part['final']]}" if "final" in part else found


def _remarks(part: Mapping[str, Any], number: str, titles: Mapping[str, str]) -> Iterator[str]:
    """What is said about one step beyond that it is good."""
    label = part["labels"][int(number)]
    if label in (0, -1):
        yield WORDS[label]
    if keys := part.get("errors", {}).get(number):
        yield ", ".join(titles.get(key, key) for key in keys)
    if text := part.get("corrections", {}).get(number):
        yield f"corrected: {text}"
    yield from (f"or: {text}" for text in part.get("alternatives", {}).get(number, ()))


KIND = Steps()
