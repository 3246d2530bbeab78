"""Rules that turn annotations into rows. Pure functions on plain values; a new one is one module and one line here."""

from dataclasses import replace

from curation.recipes import (
    dpo_pairs,
    first_error,
    kto,
    ranking,
    ratings,
    raw,
    rm_pairs,
    rubrics,
    spans,
    stepwise,
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


RECIPES: dict[str, Recipe] = {
    "rm_pairs": _trained_on(rm_pairs.RECIPE),
    "dpo_pairs": _trained_on(dpo_pairs.RECIPE),
    "kto": _trained_on(kto.RECIPE),
    "stepwise": _trained_on(stepwise.RECIPE),
    "first_error": _trained_on(first_error.RECIPE),
    "ratings": _trained_on(ratings.RECIPE),
    "ranking": _trained_on(ranking.RECIPE),
    "rubrics": _trained_on(rubrics.RECIPE),
    "spans": _trained_on(spans.RECIPE),
    "vision_pairs": _trained_on(vision_pairs.RECIPE),
    "raw": raw.RECIPE,
}
DEFAULT = "rm_pairs"

__all__ = [
    "DEFAULT",
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
