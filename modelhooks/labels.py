"""What a reward head learns from: written on a floor above, named in the setting HEAD_LABELS."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from modelhooks.hooks import Named
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the form that is answered by one of two."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Voted:
    """One pair and what people said of it. Who said nothing either way is not among the voters."""

    subject: int
    group: str
    p: float
    """The share of votes for the first response; a tie is half a vote for each."""
    voters: tuple[str, ...]
    annotations: tuple[int, ...]


class Labels(Protocol):
    """Reads only. Annotations are only ever added, so `last` (an annotation's id) names a moment for good."""

    def questions(self, project: Project) -> Sequence[Asked]:
        """Those that a head can be trained for, in the form's order."""

    def last(self, project: Project) -> int:
        """The newest annotation's id; 0 where there is none."""

    def voted(self, project: Project, question: str, *, last: int, with_imported: bool) -> Iterator[Voted]:
        """Every pair with a vote that stood at that moment, by subject."""

    def answered(self, project: Project, question: str, *, most: int) -> int:
        """How many pairs people have answered this about, counted up to `most`."""

    def texts(self, project: Project, subjects: Sequence[int]) -> Mapping[int, tuple[str, str]]:
        """The two responses of each of these."""

    def superseded(self, project: Project, annotations: Sequence[int]) -> int:
        """How many of these answers somebody has changed since."""

    def answered_since(self, project: Project, question: str, last: int, *, with_imported: bool) -> int:
        """How many answers of people came after that annotation; what was changed counts once more."""

    def names(self, project: Project, subjects: Sequence[int]) -> Mapping[int, Named]:
        """These pairs as people know them; what is gone is left out."""


def labels() -> Labels:
    """Where labels come from in this installation."""
    found: Labels = import_string(settings.HEAD_LABELS)()
    return found
