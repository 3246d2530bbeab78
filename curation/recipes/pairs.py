"""What the pair recipes share: two responses, one chosen and one rejected, and the turns before them."""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from curation.recipes.common import ALTERNATING, DECIDING_PAIRS, MAJORITY, SYSTEM, TURNS, WEIGHTS, follows, sources_of
from curation.recipes.consensus import agreed, sure
from curation.recipes.contract import Build, Outcome, Row, outcome
from curation.recipes.drops import Drop
from curation.recipes.panel import weight
from curation.recipes.parameters import DimensionOf, Parameter, Parameters, QuestionOf
from curation.recipes.records import AnnotationRecord, ItemRecord, Message
from curation.recipes.turns import alternates, plain, says_something, under
from curation.recipes.votes import Ballot, Verdict, decide, ranks

Layout = Callable[[list[Message], list[Message], list[Message]], Row | Drop]
"""Puts a prompt, a chosen and a rejected completion into columns, or says why they have no place for them. None is null
or empty, no two the same. A recipe has one for each row that a pair becomes."""

Finish = Callable[[Row, ItemRecord, tuple[int, int]], Row | Drop]
"""Adds to a row what else the item says; the numbers are those of the chosen and the rejected response."""

QUESTION = QuestionOf(name="question", title="Which question decides", kinds=("preference", "ranking"))
DIMENSION = DimensionOf(name="dimension", title="Which of its dimensions", of_kinds=("preference",))
PARAMETERS: tuple[Parameter, ...] = (QUESTION, DIMENSION, *DECIDING_PAIRS, SYSTEM, TURNS, WEIGHTS)
TWO, SIDES = 2, (0, 1)


def builder(
    layouts: Sequence[Layout],
    parameters: Parameters,
    neither: Sequence[Layout] = (),
    finish: Finish | None = None,
) -> Build:
    """The function from an item and its annotations to a row for each layout, or to the reason why there is none.

    A preference speaks of an item's two responses; a ranking of each two of them, so it may give many pairs. Where
    both are bad, the pair goes into the layouts `neither`, if there are any, in the item's own order.
    """
    ballot = ballot_of(parameters)._replace(keeps_both_bad=bool(neither))

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        found: list[Row | Drop] = []
        for pair in pairs_of(item, annotations, ballot):
            verdict = pair if isinstance(pair, Drop) else decided(item, annotations, pair, parameters)
            made = verdict if isinstance(verdict, Drop) else _pair(item, annotations, verdict, parameters)
            rows = _laid_out(made, layouts, neither)
            if finish is not None and isinstance(made, Pair):
                rows = [row if isinstance(row, Drop) else finish(row, item, made.places) for row in rows]
            found += rows
        return outcome(found)

    return build


def ballot_of(parameters: Parameters) -> Ballot:
    """Which votes count, and what they must reach."""
    return Ballot(
        question=parameters["question"],
        dimension=parameters.get("dimension", ""),
        sources=sources_of(parameters),
        min_votes=parameters["min_votes"],
        min_agreement=parameters.get("min_agreement", 0.0),
        aggregator=parameters.get("aggregator", MAJORITY),
    )


def pairs_of(item: ItemRecord, annotations: Sequence[AnnotationRecord], ballot: Ballot) -> Iterable[Ballot | Drop]:
    """A ballot for each two responses that the answers compare; or why there is none."""
    if ranks(annotations, ballot.question):
        return (ballot._replace(pair=pair, is_ranked=True) for pair in combinations(range(len(item.responses)), 2))
    return (ballot if len(item.responses) == TWO else Drop.NOT_A_PAIR,)


RowsOfPair = Callable[[ItemRecord, Sequence[AnnotationRecord], Ballot, Parameters], list[Row] | Drop]
"""The rows that the ballot's two responses give, or why they give none."""


def each_pair(rows: RowsOfPair, ballot: Ballot, parameters: Parameters) -> Build:
    """The function from an item to the rows of every two responses that somebody compared."""

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        found: list[Row | Drop] = []
        for pair in pairs_of(item, annotations, ballot):
            made = pair if isinstance(pair, Drop) else rows(item, annotations, pair, parameters)
            found += [made] if isinstance(made, Drop) else made
        return outcome(found)

    return build


def _laid_out(made: "Pair | Drop", layouts: Sequence[Layout], neither: Sequence[Layout]) -> list[Row | Drop]:
    if isinstance(made, Drop):
        return [made] * len(layouts)
    return [made.under(layout) for layout in (layouts if made.has_winner else neither)]


def key_of(item: ItemRecord, pair: tuple[int, int]) -> str:
    """The `pair_id` of two responses of an item."""
    return item.key if len(item.responses) == TWO else f"{item.key}/{pair[0]}-{pair[1]}"


def nothing_to_compare(item: ItemRecord, pair: tuple[int, int]) -> Drop | None:
    """Why no vote could make a pair of these two responses, if so."""
    if not item.messages:
        return Drop.NO_PROMPT
    one, two = (item.responses[place]["messages"] for place in pair)
    if not (says_something(one) and says_something(two)):
        return Drop.EMPTY
    return Drop.IDENTICAL if one == two else None


class Sides(NamedTuple):
    """A prompt and two responses to it, as rows have them."""

    prompt: list[Message]
    responses: tuple[list[Message], list[Message]]


def sides_of(item: ItemRecord, pair: tuple[int, int], parameters: Parameters) -> Sides | Drop:
    """The prompt and these responses under the policies for turns; or which policy has no place for them."""
    prompt = under(parameters["system"], item.messages)
    if prompt is None:
        return Drop.SYSTEM_TURN
    one, two = (plain(item.responses[place]["messages"]) for place in pair)
    if parameters.get("turns") == ALTERNATING and not (alternates(prompt, one) and alternates(prompt, two)):
        return Drop.NON_ALTERNATING
    return Sides(prompt, (one, two))


class Decided(NamedTuple):
    """Two responses of an item, and what the votes say about them."""

    ballot: Ballot
    verdict: Verdict


class Pair(NamedTuple):
    """A prompt, a chosen and a rejected completion, and where that comes from."""

    prompt: list[Message]
    chosen: list[Message]
    rejected: list[Message]
    behind: Row
    places: tuple[int, int]
    has_winner: bool = True

    def under(self, layout: Layout) -> Row | Drop:
        """The row that this becomes."""
        row = layout(self.prompt, self.chosen, self.rejected)
        return row if isinstance(row, Drop) else {**row, **self.behind}


def decided(
    item: ItemRecord, annotations: Sequence[AnnotationRecord], ballot: Ballot, parameters: Parameters
) -> Decided | Drop:
    """What the votes, or the consensus, come to about the ballot's two responses; or why to nothing."""
    if nothing := nothing_to_compare(item, ballot.pair):
        return nothing
    if follows(parameters):
        place = f"{ballot.pair[0]}.{ballot.pair[1]}" if ballot.is_ranked else ""
        ballot = ballot._replace(agreed=agreed(item, parameters, ballot.dimension, place))
    verdict = decide(annotations, ballot)
    return verdict if isinstance(verdict, Drop) else Decided(ballot, verdict)


def _pair(
    item: ItemRecord, annotations: Sequence[AnnotationRecord], found: Decided, parameters: Parameters
) -> Pair | Drop:
    ballot, verdict = found
    one, two = ballot.pair
    places = (two, one) if verdict.winner == 1 else (one, two)
    sides = sides_of(item, places, parameters)
    if isinstance(sides, Drop):
        return sides
    behind = provenance(item, found, annotations, parameters)
    return Pair(sides.prompt, *sides.responses, behind, places, verdict.winner in SIDES)


def provenance(
    item: ItemRecord, found: Decided, annotations: Sequence[AnnotationRecord], parameters: Parameters
) -> Row:
    """The columns that say where a pair comes from."""
    verdict = found.verdict
    row: Row = {
        "pair_id": key_of(item, found.ballot.pair),
        "prompt_id": item.group,
        "strength": verdict.strength,
        "p_chosen": verdict.p_chosen,
        "n_votes": verdict.n_votes,
        "agreement": verdict.agreement,
        "label_source": verdict.label_source,
        "annotation_ids": verdict.annotation_ids,
    }
    row |= sure(verdict.confidence, parameters)
    if not parameters["weights"]:
        return row
    voters = [one for one in annotations if one.id in verdict.annotation_ids]
    return {**row, "weight": weight(voters)}
