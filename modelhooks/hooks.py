"""What a run asks about and where its answers go: written on the floors above, named in the setting MODEL_HOOKS."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run


@dataclass(frozen=True, slots=True)
class Asked:
    """All that is asked about one subject, in the input type of the checkpoint's contract.

    One that cannot be asked about says in a sentence why (`refusal`), and is given up at once.
    """

    subject: int
    inputs: tuple[Any, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a chunk's answers: `counts` by words, and of which subjects nothing came, with a sentence why."""

    counts: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """A subject as people know it: in a few words, and the address of its page (empty where it has none)."""

    words: str
    address: str = ""


class Hook(Protocol):
    """Text in, opinions out. Verbs that take subjects are given few at a time, in transactions of the run."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """The id of each subject and about how many characters it holds, in an order that never changes."""

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """What is asked about each of these."""

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """Write the answers to each subject's inputs, once, in the transaction that ends its chunk."""

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """These subjects as people know them, for a page of failures; what is gone is left out."""

    def pictures(self, run: Run) -> Resolve:
        """Finds the bytes of what the run's subjects show."""

    def made_url(self, run: Run) -> str:
        """Where what it made is looked at; empty where that is with its subjects."""

    def ended(self, run: Run) -> None:
        """Everything is answered or given up: count what that comes to, in a transaction of the run.

        Called again where the run went on afterwards, or was killed before it could say that it ended.
        """


def named(name: str) -> Hook:
    """The hook of this name. Raises KeyError for one that is not in the settings."""
    hook: Hook = import_string(settings.MODEL_HOOKS[name])()
    return hook
