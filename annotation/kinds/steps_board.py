"""Several answers about steps side by side: a strip of marks for each annotator, one below the other step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.kinds.base import Judged, Subject
from annotation.kinds.boards import Voice, is_split, usual
from annotation.kinds.steps_checks import first_error

SIGNS = {1: "+", 0: "0", -1: "−", None: ""}
WORDS = {1: "good", 0: "neutral", -1: "wrong", None: "not answered"}
CLASSES = {1: "good", 0: "neutral", -1: "wrong", None: "open"}
FINALS = {"right": "right", "wrong": "wrong", "none": "none given"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What one annotator said about one step; `is_apart` where more of the others said something else."""

    sign: str
    word: str
    look: str
    is_first_error: bool
    is_apart: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """One annotator's marks, step by step, and what they said about the final answer."""

    voice: Voice
    marks: tuple[Mark, ...]
    final: str
    is_final_apart: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number from 1, its text as written, and whether those who judged it differ."""

    number: int
    text: str
    is_split: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One response. `elsewhere` spoke of steps that were cut in another way; nobody's mark stands for theirs."""

    letter: str
    steps: tuple[Step, ...]
    strips: tuple[Strip, ...]
    elsewhere: tuple[Voice, ...]
    has_finals: bool

    @property
    def disputed(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.is_split)

    @property
    def settled(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.is_split)


def board(voices: Sequence[Voice], subject: Subject, letters: Sequence[str]) -> tuple[Side, ...]:
    """Every response that somebody judged step by step."""
    sides = (
        _side(letter, judged, [(voice, voice.value[place]) for voice in voices if voice.value[place]])
        for place, (letter, judged) in enumerate(zip(letters, subject.responses, strict=True))
    )
    return tuple(side for side in sides if side.strips or side.elsewhere)


def _side(letter: str, judged: Judged, parts: Sequence[tuple[Voice, Mapping[str, Any]]]) -> Side:
    here = [(voice, part) for voice, part in parts if _fits(part, judged)]
    columns = [
        [part["labels"][number] for _, part in here if part["labels"][number] is not None]
        for number in range(len(judged.steps))
    ]
    common = [usual(column) for column in columns]
    finals = [part["final"] for _, part in here if "final" in part]
    return Side(
        letter=letter,
        steps=tuple(
            Step(number, judged.text[start:end].strip("\r\n"), is_split(column))
            for number, ((start, end), column) in enumerate(zip(judged.steps, columns, strict=True), 1)
        ),
        strips=tuple(_strip(voice, part, columns, common, finals) for voice, part in here),
        elsewhere=tuple(voice for voice, part in parts if not _fits(part, judged)),
        has_finals=bool(finals),
    )


def _fits(part: Mapping[str, Any], judged: Judged) -> bool:
    return bool(part["splitter"] == judged.cut_by and len(part["labels"]) == len(judged.steps))


def _strip(
    voice: Voice,
    part: Mapping[str, Any],
    columns: Sequence[Sequence[int]],
    common: Sequence[Any],
    finals: Sequence[str],
) -> Strip:
    labels = part["labels"]
    wrong, final = first_error(labels), part.get("final")
    return Strip(
        voice=voice,
        marks=tuple(
            Mark(
                sign=SIGNS[label],
                word=WORDS[label],
                look=CLASSES[label],
                is_first_error=number == wrong,
                is_apart=label is not None and is_split(columns[number]) and label != common[number],
            )
            for number, label in enumerate(labels)
        ),
        final=FINALS[final] if final else "",
        is_final_apart=bool(final) and is_split(finals) and final != usual(finals),
    )
