"""What someone wants to be released: checked, completed, and the same for the same wish."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from curation import following, gates, holding_out, omitting, splits
from curation.building import Chosen
from curation.files import formats as suffixes
from curation.recipes import RECIPES, BadParameters, QuestionRecord
from curation.snapshot import questions_of
from projects.models import Project
from ui.problems import Refusal

EARLY = 2
EVERYTHING = "raw"


class ReleaseRefused(Refusal):
    """What was asked for cannot be made; the text says why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "This release cannot be made"


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone wants to be released, checked and complete."""

    recipes: list[dict[str, Any]]
    formats: list[str]
    splits: dict[str, int]
    gates: dict[str, Any]
    """The limit of every gate, by its name."""
    hold_out: dict[str, Any]
    """What is in the test split on purpose; empty: nothing."""
    overruled: dict[str, Any] | None = None
    """`{reason, against}` where a person lets it be made whatever speaks against it; `against` is what does by now."""

    @property
    def chosen(self) -> list[Chosen]:
        return [Chosen.of(recipe) for recipe in self.recipes]

    @property
    def digest(self) -> str:
        """The same for the same wish."""
        stored: list[Any] = [self.recipes, self.formats, self.splits]
        if chosen := gates.chosen(self.gates):
            stored.append(chosen)
        if self.hold_out:
            stored.append({"hold_out": self.hold_out})
        if self.overruled:
            stored.append(self.overruled["reason"])
        return sha256(json.dumps(stored, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def usual(questions: Sequence[QuestionRecord]) -> str:
    """The recipe that a form of these questions is mostly made for: the first one that names a kind of them early."""
    asked = {question.kind for question in questions}
    return next((name for name, recipe in RECIPES.items() if asked.intersection(recipe.reads[:EARLY])), EVERYTHING)


def settle(
    project: Project,
    *,
    recipes: Sequence[Mapping[str, Any]],
    formats: Sequence[str] | None = None,
    shares: Mapping[str, int] | None = None,
    limits: Mapping[str, Any] | None = None,
    hold_out: Mapping[str, Any] | None = None,
    overrule: str = "",
) -> Wish:
    """Check a wish against the project's form and fill in what was left out. Raises ReleaseRefused.

    `limits` are those of gates, `hold_out` is what is in the test split on purpose. `overrule` is a person's reason to
    leave out findings although the guard speaks against it, and to freeze what gates would stop.
    """
    names = [recipe.get("name") for recipe in recipes]
    known = [name for name in names if isinstance(name, str) and name in RECIPES]
    if not known or len(set(known)) < len(names):
        raise ReleaseRefused(f"A release takes one or more of the recipes {', '.join(RECIPES)}, each once.")
    given = [recipe.get("parameters") or {} for recipe in recipes]
    if not all(isinstance(parameters, Mapping) for parameters in given):
        raise ReleaseRefused("The parameters of a recipe are an object.")
    questions = questions_of(project)
    try:
        settled = [
            {"name": name, "parameters": RECIPES[name].settle(parameters, questions)}
            for name, parameters in zip(known, given, strict=True)
        ]
        reason = overrule.strip()
        against = omitting.check(project, settled, is_overruled=bool(reason))
        return Wish(
            recipes=sorted(
                following.settle(project, settled), key=lambda recipe: list(RECIPES).index(str(recipe["name"]))
            ),
            formats=suffixes.settle(list(suffixes.DEFAULT if formats is None else formats)),
            splits=splits.settle(splits.DEFAULT if shares is None else shares),
            gates=gates.settle(limits or {}),
            hold_out=holding_out.settle(project, hold_out or {}, settled),
            overruled={"reason": reason, "against": against} if reason else None,
        )
    except (
        BadParameters,
        suffixes.BadFormats,
        splits.BadSplits,
        following.NoSuchAnalysis,
        omitting.NotLeftOut,
        holding_out.BadHoldOut,
    ) as error:
        raise ReleaseRefused(str(error)) from None
