"""What every recipe offers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from curation.recipes.common import refuse_half_a_consensus
from curation.recipes.drops import REASONS, Drop
from curation.recipes.parameters import Parameter, Parameters, QuestionOf, settle
from curation.recipes.records import AnnotationRecord, ItemRecord, QuestionRecord

Row = dict[str, Any]
"""One row of a release: column names to values that fit the recipe's schema."""


class Recalled(NamedTuple):
    """An earlier item of the same split, left out for this reason so far, is in one of these rows after all."""

    reason: Drop
    item: ItemRecord


Outcome = Sequence[Row | Drop | Recalled] | Drop
"""What one labeled item becomes: for each row that it could give, the row or why it is left out; or why all are."""

Build = Callable[[ItemRecord, Sequence[AnnotationRecord]], Outcome]
"""From an item to its rows. It may remember earlier items; each split has one of its own, so nothing crosses splits."""


def outcome(found: Sequence[Row | Drop | Recalled]) -> Outcome:
    """What was found for the rows of an item. Where all of them are left out, so is the item, for the commonest reason;
    of equally common ones for the first in REASONS, whatever the order of the rows."""
    for one in found:
        if not isinstance(one, Drop):
            return found
    return max(REASONS, key=found.count)


def no_files(_parameters: Parameters, _row: Row) -> Sequence[str]:
    """For rows that are complete in themselves."""
    return ()


class RowsFile(NamedTuple):
    """A file of a recipe's rows, by its name inside the recipe's folder."""

    name: str
    split: str
    suffix: str


def no_companions(_files: Sequence[RowsFile]) -> Mapping[str, Any]:
    """For rows that tools find by themselves."""
    return {}


def is_never(_parameters: Parameters) -> bool:
    """For what holds with no parameters."""
    return False


def always(layout: str) -> Callable[[Parameters], str]:
    """What comes back in this import layout whatever the parameters."""
    return lambda _parameters: layout


never = always("")


def fixed(schema: pa.Schema) -> Callable[[Parameters], pa.Schema]:
    """A schema that is the same whatever the parameters."""
    return lambda _parameters: schema


@dataclass(frozen=True, slots=True)
class Recipe:
    """Rules that turn annotations into rows; a pure function of the snapshot and its parameters.

    `parameters` is what a person may choose; `settle` checks that and fills in the rest. Of settled parameters,
    `schema` makes the columns, and `builder` the function from an item and its annotations (all of them, oldest first)
    to rows. `characters` is the length that a trainer would meet in a row: of a pair, the longer side.
    """

    name: str
    title: str
    description: str
    schema: Callable[[Parameters], pa.Schema]
    builder: Callable[[Parameters], Build]
    characters: Callable[[Row], int]
    parameters: tuple[Parameter, ...] = ()
    complete: Callable[[Parameters, Sequence[QuestionRecord]], Parameters] | None = None
    """Fills in what follows from several parameters, or from the question, and refuses what does not go together."""
    is_record: bool = False
    """Whether its rows are the record itself, which nobody trains on: gates do not look at it."""
    keeps_files: bool = False
    """Whether it has a place for pictures, sound and films; else what shows any is left out."""
    needs_files: bool = False
    """Whether it reads nothing but items that show some."""
    files: Callable[[Parameters, Row], Sequence[str]] = no_files
    """The files that a row names, to lie beside it: `recipes.files.name_of` each."""
    companions: Callable[[Sequence[RowsFile]], Mapping[str, Any]] = no_companions
    """What a tool wants to find beside the rows: names of JSON files to what they hold."""
    loses: tuple[str, ...] = ()
    """What of labels and items its rows leave behind, in sentences for those who read a release."""
    read_back: Callable[[Parameters], str] = never
    """The import layout in which the rows come back with the same labels; empty where none does."""
    reads_circumstances: Callable[[Parameters], bool] = is_never
    """Whether it wants to know how an annotation came about (order shown, seconds, time, reason, source) and not only
    what it says; reading that takes a fifth longer."""

    @property
    def common_parameters(self) -> tuple[Parameter, ...]:
        """Those that mean the same in other recipes."""
        return tuple(one for one in self.parameters if one.is_common)

    @property
    def own_parameters(self) -> tuple[Parameter, ...]:
        """The others."""
        return tuple(one for one in self.parameters if not one.is_common)

    def settle(self, given: Mapping[str, Any], questions: Sequence[QuestionRecord]) -> Parameters:
        """The parameters, checked and complete. Raises BadParameters."""
        settled = settle(self.parameters, given, questions)
        refuse_half_a_consensus(settled)
        return self.complete(settled, questions) if self.complete else settled

    @property
    def reads(self) -> tuple[str, ...]:
        """The kinds of question that it reads, what it is mostly used for first."""
        return next((one.kinds for one in self.parameters if isinstance(one, QuestionOf)), ())

    def missing(self, questions: Sequence[QuestionRecord], *, shows_files: bool) -> str:
        """A sentence where there is nothing that this recipe could read; else empty.

        `questions` are those of the form, `shows_files` says whether any item of the project shows one.
        """
        if self.needs_files and not shows_files:
            return "No item here shows a picture, so this recipe has nothing to read."
        asked = (one.missing(questions) for one in self.parameters if isinstance(one, QuestionOf))
        return next((sentence for sentence in asked if sentence), "")
