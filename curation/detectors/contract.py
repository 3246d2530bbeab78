"""What a detector is: something that looks at a project's labels and says what it finds. It touches nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.detector_words import WORDS
from curation.detectors.scene import Scene
from curation.models.findings import Suggestion
from curation.votes import Annotator


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, ready to be written (`curation.models.Finding` says what each part means)."""

    about: str
    words: str
    strength: float
    evidence: dict[str, Any] = field(default_factory=dict)
    question: str = ""
    facet: str = ""
    item: int | None = None
    annotation: int | None = None
    annotator: Annotator | None = None
    suggestion: Suggestion = Suggestion.REVIEW


@dataclass(frozen=True, slots=True)
class Said:
    """All that a detector says, and in a sentence what it looked at or why it can say nothing."""

    found: Sequence[Found] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Detector:
    """`find` reads the scene and says; the same scene and version, the same findings.

    `name` and `version` stand in every finding; `title` and `about` say what it is to people.
    """

    name: str
    version: str
    title: str
    about: str
    find: Callable[[Scene], Said]


def described(name: str, version: str, find: Callable[[Scene], Said]) -> Detector:
    """One with the words that `curation.detector_words` has for it, which pages show."""
    return Detector(name, version, WORDS[name].title, WORDS[name].about, find)


def named(annotator: Annotator) -> str:
    """An annotator as part of `Found.about`: `person:3`, `imported:crowd`, `model:8`."""
    return f"{annotator.kind}:{annotator.key}"
