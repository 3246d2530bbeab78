"""What may be chosen about any run that asks a model about rubrics: of how many prompts, and where it stops."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modelhooks.judging.rubrics import MOST_CRITERIA
from modelhooks.services.runs import RunRefused

MOST = 100_000  # pairs, items or justifications of one run
WRITTEN = 50
"""The share of prompts, in percent, that rubrics are written from unless another is said."""
STAY_UNSEEN = "The others stay unseen, so that what is written can be measured by them."

Chosen = TypeVar("Chosen", bound=BaseModel)


class Bounds(BaseModel):
    """Of every such run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    percent: int = Field(default=100, ge=1, le=100, title="Share of prompts, in percent")
    limit: int = Field(default=1_000, ge=1, le=MOST, title="Pairs at most")
    most_tokens: int = Field(default=0, ge=0, le=10**12, title="Stop after so many tokens")
    most_cost: float = Field(default=0.0, ge=0, le=1e9, title="Never cost more than")


def checked(kind: type[Chosen], wishes: Mapping[str, Any] | None) -> Chosen:
    """Wishes with their defaults. Raises RunRefused with a sentence about the first that cannot be had."""
    try:
        return kind.model_validate(dict(wishes or {}))
    except ValidationError as error:
        first = error.errors()[0]
        raise RunRefused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None


def length_fault(most: int) -> str:
    """Why a rubric cannot be of so many criteria at most; empty where it can."""
    return "" if 1 <= most <= MOST_CRITERIA else f"A rubric that judges can be asked has 1 to {MOST_CRITERIA} criteria."
