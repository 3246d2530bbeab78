"""Pairs with the margin that their strength is worth, for reward trainers that want rewards apart by so much.

Loss: -log σ(r_chosen - r_rejected - margin). Touvron et al., *Llama 2*, 2023, section 3.2.2. Which numbers are best is
open; so they are parameters, and stand in the manifest.
"""

from functools import partial

from curation.recipes import losses, pairs, rm_pairs
from curation.recipes.columns import messages, traced
from curation.recipes.common import has_weights
from curation.recipes.contract import Build, Recipe, Row
from curation.recipes.parameters import Numbers, Parameters
from curation.recipes.records import ItemRecord

MARGINS = Numbers(
    name="margins",
    title="Margins for a strength of 0, 1, 2 and 3",
    help="In logits of reward. Between whole strengths, which are means of votes, the margin lies between.",
    default=(0.0, 1.0, 2.0, 3.0),
    low=0,
    high=100,
)


def margin(strength: float, margins: list[float]) -> float:
    """What a strength from 0 up is worth, linear between whole ones; above the last, as much as the last."""
    below = min(int(strength), len(margins) - 1)
    above = min(below + 1, len(margins) - 1)
    return margins[below] + (strength - below) * (margins[above] - margins[below])


def builder(parameters: Parameters) -> Build:
    """A row for each pair; its margin is never null, since one null stops a trainer."""
    return pairs.builder((rm_pairs.layout,), parameters, finish=partial(_with_margin, parameters[MARGINS.name]))


def _with_margin(margins: list[float], row: Row, _item: ItemRecord, _places: tuple[int, int]) -> Row:
    return {**row, "margin": margin(row["strength"], margins)}


BY_HOW_MUCH = "The margin, once a file is imported: what comes back is who is better."

RECIPE = Recipe(
    name="rm_pairs_margin",
    title="Pairs for reward models, with margins",
    description=(
        "As pairs for reward models, and by how much the chosen one has to be ahead. TRL RewardTrainer reads it as it "
        "is, OpenRLHF with margin_loss_enable. Not for direct preference training, which ignores it."
    ),
    schema=traced(messages("chosen"), messages("rejected"), rm_pairs.MARGIN),
    builder=builder,
    characters=rm_pairs.characters,
    loses=(*losses.OF_PAIRS, BY_HOW_MUCH),
    parameters=(*pairs.PARAMETERS, MARGINS),
    reads_circumstances=has_weights,
)
