"""Rules that turn annotations into rows. Pure functions on plain values; a new one is one module and one line here."""

from curation.recipes import dpo_pairs, kto, raw, rm_pairs
from curation.recipes.contract import REASONS, BadParameters, Build, Drop, Outcome, Parameters, Recipe, Row
from curation.recipes.records import AnnotationRecord, ItemRecord, QuestionRecord

RECIPES: dict[str, Recipe] = {
    "rm_pairs": rm_pairs.RECIPE,
    "dpo_pairs": dpo_pairs.RECIPE,
    "kto": kto.RECIPE,
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
    "Recipe",
    "Row",
]
