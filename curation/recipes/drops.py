"""Why a labeled item, or one of the rows that it could have given, is left out."""

from collections.abc import Mapping
from enum import StrEnum

from curation.detector_words import title_of

FINDING = "finding:"
"""Before the name of the detector that found something: reasons beside those of `Drop`."""


class Drop(StrEnum):
    """Why a labeled item gives no row."""

    DISCARDED = "discarded"
    GOLD = "gold"
    HELD_OUT = "held_out"
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
    SEVERAL_TURNS = "several_turns"
    LONG_RESPONSE = "long_response"
    NO_MODEL = "no_model"
    NO_CRITIQUE = "no_critique"
    REPEATED = "repeated"
    STEPS_DIFFER = "steps_differ"
    SEPARATOR_INSIDE = "separator_inside"
    NEUTRAL = "neutral"
    UNFINISHED = "unfinished"
    FINAL_UNKNOWN = "final_unknown"
    RATING_MISSING = "rating_missing"
    SPREAD = "spread"
    NOT_SINGLE = "not_single"
    NEITHER = "neither"
    UNPAIRED = "unpaired"
    NO_CRITERIA = "no_criteria"
    NOT_JUDGED = "not_judged"
    NO_CONSENSUS = "no_consensus"
    NOT_SURE = "not_sure"
    SHOWS_FILES = "shows_files"
    NO_PICTURES = "no_pictures"
    NOT_PICTURES = "not_pictures"


REASONS: dict[Drop, str] = {
    Drop.DISCARDED: "discarded by a reviewer",
    Drop.GOLD: "a known answer, which checks people",
    Drop.HELD_OUT: "labels of held-out annotators, or of others where they are held out",
    Drop.SHOWS_FILES: "pictures, sound or films, for which this recipe has no place",
    Drop.NO_PICTURES: "no pictures where the recipe looks for them",
    Drop.NOT_PICTURES: "files that are no pictures, or stand elsewhere",
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
    Drop.SEVERAL_TURNS: "a prompt of several turns",
    Drop.LONG_RESPONSE: "a response of several turns",
    Drop.NO_MODEL: "a response whose model is not known",
    Drop.NO_CRITIQUE: "no reason was given in words",
    Drop.REPEATED: "the prompt of an earlier item",
    Drop.STEPS_DIFFER: "answers that speak of different steps",
    Drop.SEPARATOR_INSIDE: "the separator inside a step",
    Drop.NEUTRAL: "a neutral step at the start",
    Drop.UNFINISHED: "steps that were left open",
    Drop.FINAL_UNKNOWN: "a final answer that nobody is sure of",
    Drop.RATING_MISSING: "a quality that nobody rated",
    Drop.SPREAD: "ratings too far apart",
    Drop.NOT_SINGLE: "several responses and one answer about the item",
    Drop.NEITHER: "neither good nor bad",
    Drop.UNPAIRED: "no opposite to pair it with",
    Drop.NO_CRITERIA: "no criteria",
    Drop.NOT_JUDGED: "no criterion that counts was judged",
    Drop.NO_CONSENSUS: "no consensus yet",
    Drop.NOT_SURE: "consensus not sure enough",
}


def in_words(reason: str) -> str:
    """A reason as funnels, cards and sentences say it."""
    if reason.startswith(FINDING):
        title = title_of(reason.removeprefix(FINDING))
        return f"found by a detector: {title[:1].lower()}{title[1:]}"
    return REASONS[Drop(reason)]


def in_order(counted: Mapping[str, int]) -> dict[str, int]:
    """What was counted at all: first the recipes' own reasons in their order, then detectors by name."""
    known = {str(reason): counted[reason] for reason in REASONS if counted.get(reason)}
    return known | {reason: counted[reason] for reason in sorted(counted) if reason.startswith(FINDING)}
