"""All responses of a prompt with their places: what listwise training reads, and what pairs cannot say."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import pyarrow as pa

from annotation.kinds import Judged
from curation.recipes import losses
from curation.recipes.columns import TRACE, text, traced
from curation.recipes.common import DECIDING, ONE_TEXT, WEIGHTS, follows, has_weights
from curation.recipes.consensus import agreed, sure
from curation.recipes.contract import Build, Outcome, Recipe, Row, always
from curation.recipes.drops import Drop
from curation.recipes.panel import Said, behind, heard
from curation.recipes.parameters import Parameters, QuestionOf
from curation.recipes.records import AnnotationRecord, ItemRecord
from curation.recipes.turns import as_text

Places = list[float]
"""The place of each response, from 1, the best first; those that share one have the mean of the places they take."""

ANSWERS = pa.list_(pa.struct([("answer", pa.string()), ("model", pa.string()), ("rank", pa.int64())]))
POINTS = {"a": 2, "tie": 1, "b": 0}
"""Twice what the first of two gets."""
QUESTION = QuestionOf(name="question", title="Which question is read", kinds=("ranking",))


class Order(NamedTuple):
    """The rank of each response, 1 for the best, and where a consensus decided how sure it is."""

    ranks: list[int]
    confidence: float = 0.0


def builder(parameters: Parameters) -> Build:
    """A row for each item that somebody put in order."""

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        prompt = as_text(item.messages, parameters)
        if isinstance(prompt, Drop):
            return prompt
        said = heard(annotations, parameters, parameters["question"], QUESTION.kinds)
        if isinstance(said, Drop):
            return said
        row = _row(item, prompt, said, parameters)
        return row if isinstance(row, Drop) else [row]

    return build


def _row(item: ItemRecord, prompt: str, said: Sequence[Said], parameters: Parameters) -> Row | Drop:
    if len(said) < parameters["min_votes"]:
        return Drop.TOO_FEW_VOTES
    votes = [places(one.value, len(item.responses)) for one in said]
    order = _agreed(item, parameters) if follows(parameters) else Order(consensus(votes))
    if isinstance(order, Drop):
        return order
    ranks = order.ranks
    if len(set(ranks)) == 1:
        return Drop.TIE
    agreement = concord(votes, ranks)
    if agreement < parameters["min_agreement"]:
        return Drop.LOW_AGREEMENT
    return {
        "prompt": prompt,
        "answers": _answers(item, ranks),
        "num_responses": len(ranks),
        "pair_id": item.key,
        "prompt_id": item.group,
        "n_votes": len(said),
        "agreement": agreement,
        **sure(order.confidence, parameters),
        **behind([one.annotation for one in said], parameters),
    }


def _agreed(item: ItemRecord, parameters: Parameters) -> Order | Drop:
    """The order that follows from the consensus on each two responses, by how many each beats, a tie counting half
    (Copeland); as sure as the least sure of them."""
    count = len(item.responses)
    points, confidence = [0] * count, 1.0
    for one, other in combinations(range(count), 2):
        found = agreed(item, parameters, place=f"{one}.{other}")
        if isinstance(found, Drop):
            return found
        points[one] += POINTS[found.value]
        points[other] += 2 - POINTS[found.value]
        confidence = min(confidence, found.confidence)
    return Order([1 + sum(others > own for others in points) for own in points], confidence)


def places(groups: Sequence[Sequence[int]], responses: int) -> Places:
    """From tie groups, best first, to the place of each response: a tie for second and third is 2.5 for both."""
    found = [0.0] * responses
    before = 0
    for group in groups:
        for number in group:
            found[number] = before + (len(group) + 1) / 2
        before += len(group)
    return found


def consensus(votes: Sequence[Places]) -> list[int]:
    """The rank of each response by its mean place (Borda): equal means share a rank, and the next ranks are skipped."""
    sums = [sum(found) for found in zip(*votes, strict=True)]  # halves of whole numbers add up without error
    return [1 + sum(other < own for other in sums) for own in sums]


def concord(votes: Sequence[Places], ranks: Sequence[int]) -> float:
    """How far annotators order each two responses as the ranks do: 1 as they do, 0 the other way, a tie between."""
    pairs = list(combinations(range(len(ranks)), 2))
    apart = sum(abs(_order(vote, pair) - _order(ranks, pair)) for vote in votes for pair in pairs)
    return 1 - apart / (2 * len(votes) * len(pairs))


def _order(places_: Sequence[float], pair: tuple[int, int]) -> int:
    """-1 where the first of the two comes first, 1 where the second does, 0 for a tie."""
    one, two = (places_[number] for number in pair)
    return (one > two) - (one < two)


def _answers(item: ItemRecord, ranks: Sequence[int]) -> list[Row]:
    """The responses, best first; those of one rank in the item's own order."""
    found = [
        {
            "answer": Judged.from_turns(response["messages"]).text,
            "model": response.get("model") or "",
            "rank": rank,
        }
        for response, rank in zip(item.responses, ranks, strict=True)
    ]
    return sorted(found, key=lambda answer: int(answer["rank"]))


def characters(row: Row) -> int:
    return len(row["prompt"]) + max(len(answer["answer"]) for answer in row["answers"])


UNDECIDED = "Rankings that come to one place for all: they give no row."
RECIPE = Recipe(
    name="ranking",
    title="Whole rankings",
    description=(
        "A prompt and all its responses with their models and ranks, the best first; ties share a rank. The layout of "
        "Nectar, for listwise training."
    ),
    schema=traced(
        text("prompt"),
        pa.field("answers", ANSWERS, nullable=False),
        pa.field("num_responses", pa.int64(), nullable=False),
        by=TRACE,
    ),
    builder=builder,
    characters=characters,
    loses=(*losses.OF_ROWS, losses.ONE_TEXT, losses.TAGS, UNDECIDED),
    read_back=always("nectar"),
    parameters=(QUESTION, *DECIDING, *ONE_TEXT, WEIGHTS),
    reads_circumstances=has_weights,
)
