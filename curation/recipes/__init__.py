"""Rules that turn annotations into rows. Pure functions on plain values; a new one is one module and one line here."""

from dataclasses import replace

from curation.recipes import (
    arena,
    axolotl_bt,
    bestofn_eval,
    critique_sft,
    dpo_pairs,
    first_error,
    judge_pairs,
    kto,
    llamafactory,
    nemo_rl,
    prompts,
    ranking,
    ratings,
    raw,
    rm_pairs,
    rm_pairs_margin,
    rm_pairs_votes,
    rubrics,
    spans,
    stepwise,
    text_pairs,
    vision_pairs,
)
from curation.recipes.common import WITH_GOLD
from curation.recipes.contract import Build, Outcome, Recalled, Recipe, Row
from curation.recipes.drops import REASONS, Drop
from curation.recipes.parameters import BadParameters, Parameters
from curation.recipes.records import AnnotationRecord, ItemRecord, QuestionRecord
from curation.recipes.settled import by_reviewers


def _trained_on(recipe: Recipe) -> Recipe:
    """What gives rows to train on follows reviewers who overturned what others said, and leaves out items whose answer
    is known, unless somebody wishes them."""
    return replace(recipe, builder=by_reviewers(recipe.builder), parameters=(*recipe.parameters, WITH_GOLD))


FAMILIES: dict[str, tuple[Recipe, ...]] = {
    "Reward models": (
        rm_pairs.RECIPE,
        rm_pairs_margin.RECIPE,
        rm_pairs_votes.RECIPE,
        text_pairs.RECIPE,
        ratings.RECIPE,
        ranking.RECIPE,
        spans.RECIPE,
        vision_pairs.RECIPE,
    ),
    "Preference training and reinforcement learning": (
        dpo_pairs.RECIPE,
        kto.RECIPE,
        prompts.RECIPE,
        prompts.VERL,
    ),
    "Steps": (stepwise.RECIPE, first_error.RECIPE),
    "Criteria and judges that write": (rubrics.RECIPE, critique_sft.RECIPE),
    "The layout of one tool": (llamafactory.RECIPE, axolotl_bt.RECIPE, nemo_rl.RECIPE),
    "Test sets and battles": (bestofn_eval.RECIPE, judge_pairs.RECIPE, arena.RECIPE),
    "Everything": (raw.RECIPE,),
}
"""What a recipe is for, to those who choose one. A new recipe stands here and nowhere else."""

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe if recipe is raw.RECIPE else _trained_on(recipe)
    for family in FAMILIES.values()
    for recipe in family
}
DEFAULT = "rm_pairs"

__all__ = [
    "DEFAULT",
    "FAMILIES",
    "REASONS",
    "RECIPES",
    "AnnotationRecord",
    "BadParameters",
    "Build",
    "Drop",
    "ItemRecord",
    "Outcome",
    "Parameters",
    "QuestionRecord",
    "Recalled",
    "Recipe",
    "Row",
]
