"""What every recipe offers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

from curation.recipes.records import AnnotationRecord, ItemRecord, QuestionRecord

Row = dict[str, Any]
"""One row of a release: column names to values that fit the recipe's schema."""

Parameters = dict[str, Any]
"""A recipe's settled parameters: plain JSON, complete, part of the manifest."""


class Drop(StrEnum):
    """Why a labeled item gives no row."""

    NOT_A_PAIR = "not_a_pair"
    NO_PROMPT = "no_prompt"
    EMPTY = "empty"
    IDENTICAL = "identical"
    NO_VOTES = "no_votes"
    QUESTION_MISSING = "question_missing"
    UNSURE = "unsure"
    TOO_FEW_VOTES = "too_few_votes"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    SPLIT = "split"
    LOW_AGREEMENT = "low_agreement"
    SYSTEM_TURN = "system_turn"
    NON_ALTERNATING = "non_alternating"


REASONS: dict[Drop, str] = {
    Drop.NOT_A_PAIR: "not exactly two responses",
    Drop.NO_PROMPT: "no prompt",
    Drop.EMPTY: "an empty response",
    Drop.IDENTICAL: "two identical responses",
    Drop.NO_VOTES: "no label from the chosen sources",
    Drop.QUESTION_MISSING: "the question was not answered",
    Drop.UNSURE: "everybody was unsure",
    Drop.TOO_FEW_VOTES: "too few votes",
    Drop.TIE: "a tie",
    Drop.BOTH_BAD: "both bad",
    Drop.SPLIT: "votes split evenly",
    Drop.LOW_AGREEMENT: "low agreement",
    Drop.SYSTEM_TURN: "a system turn",
    Drop.NON_ALTERNATING: "turns that do not alternate",
}

Outcome = list[Row] | Drop
"""What one labeled item becomes."""

Build = Callable[[ItemRecord, Sequence[AnnotationRecord]], Outcome]


class BadParameters(ValueError):
    """Parameters that a recipe cannot work with. Its text is a sentence for the person who chose them."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Rules that turn annotations into rows; a pure function of the snapshot and its parameters.

    `settle` checks what a person chose and fills in the rest. `builder` takes settled parameters and returns the
    function from an item and its annotations (all of them, oldest first) to rows. `characters` is the length that
    a trainer would meet in a row: of a pair, the longer side.
    """

    name: str
    title: str
    description: str
    schema: pa.Schema
    settle: Callable[[Mapping[str, Any], Sequence[QuestionRecord]], Parameters]
    builder: Callable[[Parameters], Build]
    characters: Callable[[Row], int]
    reads_circumstances: bool = False
    """Whether it wants to know how an annotation came about (order shown, seconds, time, reason) and not only what
    it says; reading that takes a fifth longer."""
