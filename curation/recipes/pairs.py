"""What the pair recipes share: two responses, one chosen and one rejected, and the turns before them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from curation.recipes import settling
from curation.recipes.contract import Build, Drop, Outcome, Parameters, Row
from curation.recipes.records import AnnotationRecord, ItemRecord, Message, QuestionRecord
from curation.recipes.turns import plain
from curation.recipes.votes import Ballot, Verdict, decide

KEEP, FOLD, DROP = "keep", "fold", "drop"
ANY, ALTERNATING = "any", "alternating"


Layout = Callable[[list[Message], list[Message], list[Message]], Row]
"""Puts a prompt, a chosen and a rejected completion into columns. None of them is null or empty, no two the same.
A recipe has one for each row that a pair becomes."""


def settle(given: Mapping[str, Any], questions: Sequence[QuestionRecord]) -> Parameters:
    """The parameters of a pair recipe, complete. Raises BadParameters.

    `question` (default: the form's first preference), `dimension` of it, `min_votes`, `min_agreement`, `sources`
    (whose labels count), `system` (keep system turns, fold them into the first user turn, or drop such items) and
    `turns` (any, or alternating between user and assistant).
    """
    settling.only(given, "question", "dimension", "min_votes", "min_agreement", "sources", "system", "turns")
    asked = settling.question(given, questions, "preference")
    return {
        "question": asked.key,
        "dimension": settling.dimension(given, asked),
        "min_votes": settling.whole(given, "min_votes", 1, low=1, high=256),
        "min_agreement": settling.share(given, "min_agreement", 0.0),
        "sources": settling.sources(given),
        "system": settling.choice(given, "system", (KEEP, FOLD, DROP)),
        "turns": settling.choice(given, "turns", (ANY, ALTERNATING)),
    }


def builder(layouts: Sequence[Layout], parameters: Parameters) -> Build:
    """The function from an item and its annotations to a row for each layout, or to the reason why there is none."""
    ballot = Ballot(
        question=parameters["question"],
        dimension=parameters["dimension"],
        sources=frozenset(parameters["sources"]),
        min_votes=parameters["min_votes"],
        min_agreement=parameters["min_agreement"],
    )
    system, must_alternate = parameters["system"], parameters["turns"] == ALTERNATING

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        fault = _fault(item)
        if fault:
            return fault
        verdict = decide(annotations, ballot)
        if isinstance(verdict, Drop):
            return verdict
        prompt = _prompt(item.messages, system)
        if prompt is None:
            return Drop.SYSTEM_TURN
        chosen = plain(item.responses[verdict.winner]["messages"])
        rejected = plain(item.responses[1 - verdict.winner]["messages"])
        if must_alternate and not (_alternates(prompt, chosen) and _alternates(prompt, rejected)):
            return Drop.NON_ALTERNATING
        behind = _provenance(item, verdict)
        return [{**layout(prompt, chosen, rejected), **behind} for layout in layouts]

    return build


def _fault(item: ItemRecord) -> Drop | None:
    if len(item.responses) != 2:
        return Drop.NOT_A_PAIR
    if not item.messages:
        return Drop.NO_PROMPT
    one, two = item.responses[0]["messages"], item.responses[1]["messages"]
    if not (_says_something(one) and _says_something(two)):
        return Drop.EMPTY
    return Drop.IDENTICAL if one == two else None


def _says_something(messages: Sequence[Message]) -> bool:
    return any(turn["content"] and not turn["content"].isspace() for turn in messages)


def _prompt(messages: list[Message], system: str) -> list[Message] | None:
    """The prompt under the system policy; None where the policy has no place for its system turn."""
    turns = plain(messages)
    if system == KEEP or all(turn["role"] != "system" for turn in turns):
        return turns
    return _folded(turns) if system == FOLD else None


def _folded(turns: list[Message]) -> list[Message] | None:
    """System turns put before the first user turn's text; None where no user turn exists."""
    said = [turn["content"] for turn in turns if turn["role"] == "system"]
    rest = [turn for turn in turns if turn["role"] != "system"]
    for place, turn in enumerate(rest):
        if turn["role"] == "user":
            rest[place] = {"role": "user", "content": "\n\n".join([*said, turn["content"]])}
            return rest
    return None


def _alternates(prompt: list[Message], completion: list[Message]) -> bool:
    """Whether user and assistant take turns, the user first and the assistant last, after at most one system turn."""
    roles = [turn["role"] for turn in prompt + completion]
    spoken = roles[1:] if roles[0] == "system" else roles
    return len(spoken) % 2 == 0 and all(
        role == ("assistant" if place % 2 else "user") for place, role in enumerate(spoken)
    )


def _provenance(item: ItemRecord, verdict: Verdict) -> Row:
    return {
        "pair_id": item.key,
        "prompt_id": item.group,
        "strength": verdict.strength,
        "p_chosen": verdict.p_chosen,
        "n_votes": verdict.n_votes,
        "agreement": verdict.agreement,
        "label_source": verdict.label_source,
        "annotation_ids": verdict.annotation_ids,
    }
