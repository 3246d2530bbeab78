"""Pairs as Axolotl's `bradley_terry.chat_template` reads them: one user turn, two answers, and a system turn or ""."""

from functools import partial

from curation.recipes import losses, pairs
from curation.recipes.columns import text, traced
from curation.recipes.common import DECIDING_PAIRS, SYSTEM, WEIGHTS, has_weights
from curation.recipes.contract import Recipe, Row
from curation.recipes.drops import Drop
from curation.recipes.records import Message
from curation.recipes.turns import as_answer


def layout(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row | Drop:
    """A row of a prompt with a single user turn. `system` is never left out: Axolotl fails where it is missing."""
    if [turn["role"] for turn in prompt] not in (["user"], ["system", "user"]):
        return Drop.SEVERAL_TURNS
    texts = {
        "system": "".join(turn["content"] for turn in prompt[:-1]),
        "input": str(prompt[-1]["content"]),
        "chosen": as_answer(chosen),
        "rejected": as_answer(rejected),
    }
    return next((one for one in texts.values() if isinstance(one, Drop)), texts)


def characters(row: Row) -> int:
    return len(row["system"]) + len(row["input"]) + max(len(row["chosen"]), len(row["rejected"]))


CHATS = "Prompts of several turns: they give no row."
RECIPE = Recipe(
    name="axolotl_bt",
    title="Pairs for Axolotl's reward models",
    description=(
        "System, input, chosen and rejected as texts: type bradley_terry.chat_template of Axolotl. It knows prompts of "
        "one turn alone, so longer ones are left out."
    ),
    schema=traced(text("system"), text("input"), text("chosen"), text("rejected")),
    builder=partial(pairs.builder, (layout,)),
    characters=characters,
    loses=(*losses.OF_PAIRS, losses.SEVERAL_TURNS, CHATS),
    parameters=(pairs.QUESTION, pairs.DIMENSION, *DECIDING_PAIRS, SYSTEM, WEIGHTS),
    reads_circumstances=has_weights,
)
