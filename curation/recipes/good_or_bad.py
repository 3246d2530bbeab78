"""Whether single responses are good or bad, from a choice such as thumbs up and down, or from a rating."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from curation.recipes import agreed_judgments as judgments
from curation.recipes.common import ALTERNATING, follows
from curation.recipes.consensus import outcome as consensus
from curation.recipes.consensus import sure
from curation.recipes.contract import Build, Outcome, Row, outcome
from curation.recipes.drops import Drop
from curation.recipes.majority import majority
from curation.recipes.panel import Said, behind, heard
from curation.recipes.parameters import BadParameters, LevelOf, OptionsOf, Parameter, Parameters
from curation.recipes.records import AnnotationRecord, ItemRecord, Message, QuestionRecord
from curation.recipes.turns import alternates, plain, says_something, under

GOOD, BAD, NEUTRAL = 1, -1, 0
Layout = Callable[[list[Message], list[Message], bool], Row]
"""Puts a prompt, a completion and whether it is good into columns."""

PARAMETERS: tuple[Parameter, ...] = (
    OptionsOf(
        name="good",
        title="Options that mean good",
        help="Where a choice decides. An answer with none of them is a vote for neither.",
        of_kinds=("choice",),
        usual=frozenset({"yes", "good", "up", "thumbs_up", "like", "true", "right", "correct", "accept", "pass"}),
    ),
    OptionsOf(
        name="bad",
        title="Options that mean bad",
        of_kinds=("choice",),
        usual=frozenset(
            {"no", "bad", "down", "thumbs_down", "dislike", "false", "wrong", "incorrect", "reject", "fail"}
        ),
    ),
    LevelOf(
        name="good_from",
        title="Good from this level on",
        help="Where a rating decides. What lies between is a vote for neither.",
        of_kinds=("rating",),
        is_above=True,
    ),
    LevelOf(name="bad_to", title="Bad up to this level", of_kinds=("rating",), is_above=False),
)


def complete(settled: Parameters, _questions: Sequence[QuestionRecord]) -> Parameters:
    """Refuse what is good and bad at once. Raises BadParameters."""
    if both := sorted(set(settled.get("good", ())) & set(settled.get("bad", ()))):
        raise BadParameters(f"The option {both[0]} is good and bad at once.")
    if "good_from" in settled and settled["bad_to"] >= settled["good_from"]:
        raise BadParameters("bad_to is a level below good_from.")
    return settled


class Single(NamedTuple):
    """One response that most call good, or bad, after its prompt, and where that comes from."""

    prompt: list[Message]
    completion: list[Message]
    is_good: bool
    behind: Row
    item: ItemRecord


def builder(layout: Layout, parameters: Parameters) -> Build:
    """A row for each response that most call good, or bad."""

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        found = singles(item, annotations, parameters)
        if isinstance(found, Drop):
            return found
        return outcome([one if isinstance(one, Drop) else _row(one, layout) for one in found])

    return build


def reads(parameters: Parameters) -> bool:
    """Whether the question chosen is one about single responses."""
    return "good" in parameters or "good_from" in parameters


def singles(
    item: ItemRecord, annotations: Sequence[AnnotationRecord], parameters: Parameters
) -> list[Single | Drop] | Drop:
    """Each response of an item, or why nothing is known of it; or why nothing is of any."""
    if not item.messages:
        return Drop.NO_PROMPT
    kinds = ("choice",) if "good" in parameters else ("rating",)
    said = heard(annotations, parameters, parameters["question"], kinds)
    if isinstance(said, Drop):
        return said
    prompt = under(parameters["system"], item.messages)
    if prompt is None:
        return Drop.SYSTEM_TURN
    return [_single(item, place, prompt, said, parameters) for place in range(len(item.responses))]


def _row(single: Single, layout: Layout) -> Row:
    return {**layout(single.prompt, single.completion, single.is_good), **single.behind}


def _single(
    item: ItemRecord, place: int, prompt: list[Message], said: Sequence[Said], parameters: Parameters
) -> Single | Drop:
    completion = plain(item.responses[place]["messages"])
    if not says_something(completion):
        return Drop.EMPTY
    if parameters.get("turns") == ALTERNATING and not alternates(prompt, completion):
        return Drop.NON_ALTERNATING
    told = [Said(value, one.annotation) for one in said if (value := _about(one, place, item)) is not None]
    if not told:
        return Drop.QUESTION_MISSING if any(map(_is_per_response, said)) else Drop.NOT_SINGLE
    votes = [_vote(one.value, parameters) for one in told]
    if follows(parameters):
        found = judgments.agreed(item, str(place) if any(map(_is_per_response, said)) else "", parameters)
        most = consensus(votes, found, lambda one: _vote(judgments.read(one, parameters), parameters), parameters)
    else:
        found, most = Drop.NO_CONSENSUS, majority(votes, parameters)
    if isinstance(most, Drop):
        return most
    if most.value == NEUTRAL:
        return Drop.NEITHER
    row = {
        "pair_id": item.key if len(item.responses) == 1 else f"{item.key}/{place}",
        "prompt_id": item.group,
        "strength": max(most.value * sum(votes) / len(votes), 0.0),
        "p_chosen": _share(votes) if isinstance(found, Drop) else judgments.chance_of_good(found, parameters),
        "n_votes": most.n_votes,
        "agreement": most.agreement,
        **sure(most.confidence, parameters),
        **behind([one.annotation for one in told], parameters),
    }
    return Single(prompt, completion, most.value == GOOD, row, item)


def _share(votes: Sequence[int]) -> float:
    return (votes.count(GOOD) + votes.count(NEUTRAL) / 2) / len(votes)


def _is_per_response(one: Said) -> bool:
    """Whether an answer has an entry for each response: numbers, or lists of options."""
    return isinstance(one.value, list) and not any(isinstance(entry, str) for entry in one.value)


def _about(one: Said, place: int, item: ItemRecord) -> Any:
    """What an answer says of one response. What it says of the item is about its response, if it has but one."""
    if _is_per_response(one):
        return one.value[place] if place < len(one.value) else None
    return one.value if len(item.responses) == 1 else None


def _vote(value: Any, parameters: Parameters) -> int:
    """Good, bad or neither: a level, or one option or several."""
    if type(value) is int:
        is_good, is_bad = value >= parameters["good_from"], value <= parameters["bad_to"]
    else:
        chosen = {value} if isinstance(value, str) else set(value)
        is_good, is_bad = bool(chosen & set(parameters["good"])), bool(chosen & set(parameters["bad"]))
    return int(is_good) - int(is_bad)
