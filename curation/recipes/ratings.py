"""One column per quality: what regression reward models are trained on, with every annotator's numbers beside.

Each rating question is a dimension. A response is a row if every dimension has enough ratings: no column is ever null.
"""

import math
from collections.abc import Mapping, Sequence

import pyarrow as pa

from annotation.kinds import Judged
from curation.recipes import losses
from curation.recipes.columns import PROVENANCE, RESERVED, RESPONSE_INDEX, TRACE, WEIGHT, text, traced
from curation.recipes.common import DECIDING, ONE_TEXT, WEIGHTS, follows, has_weights
from curation.recipes.consensus import agreed, sure
from curation.recipes.consensus import outcome as consensus
from curation.recipes.contract import Build, Outcome, Recipe, Row, outcome
from curation.recipes.drops import Drop
from curation.recipes.majority import Outcome as Most
from curation.recipes.majority import majority
from curation.recipes.panel import Said, behind, heard
from curation.recipes.parameters import OneOf, Option, Parameters, QuestionsOf, Whole
from curation.recipes.records import Agreed, AnnotationRecord, ItemRecord
from curation.recipes.turns import as_text

ROUNDED, MEAN, MAJORITY = "rounded", "mean", "majority"
RAW = "ratings_raw"
TAKEN = RESERVED | {"response", RAW} | {field.name for field in (*PROVENANCE, RESPONSE_INDEX, WEIGHT)}

QUESTIONS = QuestionsOf(name="questions", title="Columns", kinds=("rating",))
VALUE = OneOf(
    name="value",
    title="From several ratings to one",
    options=(
        Option(ROUNDED, "The mean, rounded to a whole number"),
        Option(MEAN, "The mean"),
        Option(MAJORITY, "What most gave"),
    ),
)
MAX_SPREAD = Whole(
    name="max_spread",
    title="Apart at most",
    help="Levels between the highest and the lowest rating of a quality; what is further apart is left out.",
    default=10,
    low=0,
    high=10,
)


def columns(questions: Sequence[str]) -> dict[str, str]:
    """The column of each question: its key, unless a trainer reads a column of that name or the row has one already."""
    found: dict[str, str] = {}
    for key in questions:
        name = f"rating_{key}" if key in TAKEN else key
        while name in found.values() or (name != key and name in questions):
            name += "_"
        found[key] = name
    return found


HELPSTEER2 = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")


def builder(parameters: Parameters) -> Build:
    """A row for each response that was rated in every respect."""
    named = columns(parameters["questions"])

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        prompt = as_text(item.messages, parameters)
        if isinstance(prompt, Drop):
            return prompt
        said: dict[str, list[Said]] = {}
        for key, name in named.items():
            found = heard(annotations, parameters, key, QUESTIONS.kinds)
            if isinstance(found, Drop):
                return found
            said[name] = found
        return outcome([_row(item, prompt, place, said, parameters) for place in range(len(item.responses))])

    return build


def _row(
    item: ItemRecord, prompt: str, place: int, said: Mapping[str, Sequence[Said]], parameters: Parameters
) -> Row | Drop:
    """One response, with what was said by the column that it goes into."""
    given = {name: _given(one, place, len(item.responses)) for name, one in said.items()}
    levels = {name: [level for level, _annotation in one] for name, one in given.items()}
    most: dict[str, Most[int] | Most[float]] = {}
    keys = dict(zip(given, parameters["questions"], strict=True))
    for name, one in levels.items():
        known = _known(item, keys[name], place, said[name], parameters) if follows(parameters) else None
        decided = _decided(one, known, parameters)
        if isinstance(decided, Drop):
            return decided
        most[name] = decided
    return {
        "prompt": prompt,
        "response": Judged.from_turns(item.responses[place]["messages"]).text,
        **{name: one.value for name, one in most.items()},
        RAW: levels,
        "pair_id": item.key,
        "prompt_id": item.group,
        "response_index": place,
        "n_votes": min(one.n_votes for one in most.values()),
        "agreement": sum(one.agreement for one in most.values()) / len(most),
        **sure(min(one.confidence for one in most.values()), parameters),
        **behind([annotation for one in given.values() for _level, annotation in one], parameters),
    }


def _given(said: Sequence[Said], place: int, responses: int) -> list[tuple[int, AnnotationRecord]]:
    """The levels given to one response, oldest first; a rating of an item with one response is one of that."""
    found = []
    for one in said:
        value = one.value[place] if isinstance(one.value, list) and place < len(one.value) else one.value
        if type(value) is int and (isinstance(one.value, list) or responses == 1):
            found.append((value, one.annotation))
    return found


def _known(item: ItemRecord, question: str, place: int, said: Sequence[Said], parameters: Parameters) -> Agreed | Drop:
    """The consensus on one response; on the item where that is what was rated."""
    is_per_response = any(isinstance(one.value, list) for one in said)
    return agreed(item, parameters, place=str(place) if is_per_response else "", question=question)


def _decided(
    levels: Sequence[int], known: Agreed | Drop | None, parameters: Parameters
) -> Most[int] | Most[float] | Drop:
    """One number from several, the share of them that equal it (rounded), and how many they are; `known` is the
    consensus that decides."""
    if not levels:
        return Drop.RATING_MISSING
    if max(levels) - min(levels) > parameters["max_spread"]:
        return Drop.SPREAD
    if known is not None:
        return _by_consensus(levels, known, parameters)
    return majority(levels, parameters) if parameters["value"] == MAJORITY else _mean(levels, parameters)


def _by_consensus(
    levels: Sequence[int], known: Agreed | Drop, parameters: Parameters
) -> Most[int] | Most[float] | Drop:
    """The level that is nearest to the consensus, or its estimate."""
    most = consensus(levels, known, lambda one: int(one.value), parameters)
    if parameters["value"] != MEAN or isinstance(most, Drop) or isinstance(known, Drop):
        return most
    return Most(known.estimate, most.agreement, most.n_votes, most.confidence)


def _mean(levels: Sequence[int], parameters: Parameters) -> Most[int] | Most[float] | Drop:
    if len(levels) < parameters["min_votes"]:
        return Drop.TOO_FEW_VOTES
    mean = sum(levels) / len(levels)
    rounded = math.floor(mean + 0.5)
    agreement = levels.count(rounded) / len(levels)
    if agreement < parameters["min_agreement"]:
        return Drop.LOW_AGREEMENT
    return Most(rounded if parameters["value"] == ROUNDED else mean, agreement, len(levels))


def schema(parameters: Parameters) -> pa.Schema:
    """A column per question: whole numbers, or means."""
    kind = pa.float64() if parameters["value"] == MEAN else pa.int64()
    names = columns(parameters["questions"]).values()
    return traced(
        text("prompt"),
        text("response"),
        *(pa.field(name, kind, nullable=False) for name in names),
        pa.field(RAW, pa.struct([(name, pa.list_(pa.int64())) for name in names]), nullable=False),
        by=[*TRACE[:2], RESPONSE_INDEX, *TRACE[2:]],
    )(parameters)


def characters(row: Row) -> int:
    return len(row["prompt"]) + len(row["response"])


def read_back(parameters: Parameters) -> str:
    """Numbers in the five respects of HelpSteer2 come back; those under other names say nothing to any layout."""
    has_all = sorted(parameters["questions"]) == sorted(HELPSTEER2) and parameters["value"] != MEAN
    return "helpsteer2" if has_all else ""


WHOSE = "Whose rating is whose: `ratings_raw` has the numbers, the row names the annotations behind them."

RECIPE = Recipe(
    name="ratings",
    title="Ratings for regression reward models",
    description=(
        "A prompt, a response and a number for each quality, as HelpSteer2 has them, with the single ratings beside."
    ),
    schema=schema,
    builder=builder,
    characters=characters,
    loses=(WHOSE, losses.SHOWN, losses.REST, losses.FILES, losses.ONE_TEXT, losses.ITEM),
    read_back=read_back,
    parameters=(QUESTIONS, VALUE, MAX_SPREAD, *DECIDING, *ONE_TEXT, WEIGHTS),
    reads_circumstances=has_weights,
)
