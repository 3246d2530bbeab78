"""Pairs with the side that is better, in the item's own order: the columns of JudgeBench, for checks of judges.

JudgeBench's own script asks its judge in both orders, so nothing here turns a pair round.
"""

import pyarrow as pa

from curation.recipes import losses, pairs
from curation.recipes.columns import PROVENANCE, text, traced
from curation.recipes.common import DECIDING_PAIRS, ONE_TEXT, WEIGHTS, has_weights
from curation.recipes.contract import Build, Recipe, Row, always
from curation.recipes.drops import Drop
from curation.recipes.parameters import Parameters
from curation.recipes.records import ItemRecord, Message
from curation.recipes.turns import as_answer, as_text

LABELS = {True: "A>B", False: "B>A"}
UNNAMED = "several models"
IDENTIFIED = pa.field("pair_id", pa.string(), nullable=False)


def builder(parameters: Parameters) -> Build:
    """A row for each pair whose responses are one turn each."""

    def layout(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row | Drop:
        texts = {"question": as_text(prompt, parameters), "won": as_answer(chosen), "lost": as_answer(rejected)}
        return next((one for one in texts.values() if isinstance(one, Drop)), texts)

    return pairs.builder((layout,), parameters, finish=_in_order)


def _in_order(row: Row, item: ItemRecord, places: tuple[int, int]) -> Row:
    """The two sides by their places in the item, and which of them is better."""
    is_first = places[0] < places[1]
    won, lost = row.pop("won"), row.pop("lost")
    models = {item.responses[place].get("model") or "" for place in places}
    return {
        "original_id": item.key,
        "source": str(item.source.get("dataset") or "") or next(iter(item.tags), ""),
        "response_model": models.pop() if len(models) == 1 else UNNAMED,
        "response_A": won if is_first else lost,
        "response_B": lost if is_first else won,
        "label": LABELS[is_first],
        **row,
    }


def characters(row: Row) -> int:
    return len(row["question"]) + max(len(row["response_A"]), len(row["response_B"]))


RECIPE = Recipe(
    name="judge_pairs",
    title="Pairs that judges are tried on",
    description=(
        "A question, two responses in the item's own order, and A>B or B>A: the columns of JudgeBench, whose script "
        "asks a judge in both orders."
    ),
    schema=traced(
        text("original_id"),
        text("source"),
        text("question"),
        text("response_model"),
        text("response_A"),
        text("response_B"),
        text("label"),
        by=PROVENANCE,
    ),
    builder=builder,
    characters=characters,
    loses=(*losses.OF_PAIRS, losses.ONE_TEXT, losses.SEVERAL_TURNS),
    read_back=always("judgebench"),
    parameters=(pairs.QUESTION, pairs.DIMENSION, *DECIDING_PAIRS, *ONE_TEXT, WEIGHTS),
    reads_circumstances=has_weights,
)
