"""Letting a generator answer the prompts of items, so that its responses become new items."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from accounts import limits
from annotation.candidates import Shape
from annotation.imports.canonical.storable import text_fault
from annotation.queries.items import Filters
from annotation.services.prelabels import plain
from modelhooks.judging.candidates import MOST_RESPONSES
from modelhooks.models import Checkpoint, Contract, Run
from modelhooks.services import runs
from modelhooks.services.runs import RunRefused
from projects.access import Place

MOST = 100_000  # prompts of one run
LONGEST_SYSTEM = 8_000


class Wishes(BaseModel):
    """How responses are drawn, and what items they make. All of it is kept with the run and with each response."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    n: int = Field(default=4, ge=2, le=MOST_RESPONSES, title="Responses to each prompt")
    shape: Shape = Field(default="pairs", title="What they become")
    pairs: int = Field(default=0, ge=0, le=120, title="Pairs of each prompt")
    temperature: float = Field(default=1.0, ge=0, le=2, title="Temperature")
    top_p: float = Field(default=1.0, gt=0, le=1, title="Top-p")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, title="Seed")
    max_tokens: int = Field(default=1_024, ge=1, le=32_768, title="Longest response")
    system: str = Field(default="", max_length=LONGEST_SYSTEM, title="System prompt")
    most_tokens: int = Field(default=0, ge=0, le=10**12, title="Stop after so many tokens")
    most_cost: float = Field(default=0.0, ge=0, le=1e9, title="Never cost more than")

    @field_validator("system")
    @classmethod
    def _can_be_stored(cls, system: str) -> str:
        fault = text_fault(system)
        if fault:
            raise ValueError(f"it {fault}")
        return system.strip()


def start(
    place: Place,
    *,
    checkpoint: Checkpoint,
    filters: Filters | None = None,
    limit: int = MOST,
    wishes: Mapping[str, Any] | None = None,
) -> Run:
    """Queue a run over the prompts of the first `limit` items that the filters let through. Raises RunRefused."""
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    if checkpoint.contract != Contract.GENERATION:
        raise RunRefused(f"{checkpoint.name} writes no responses, so no items can come of it.")
    if not 1 <= limit <= MOST:
        raise RunRefused(f"A run is about 1 to {MOST:,} prompts.")
    return runs.start(
        place,
        hook="candidates",
        checkpoint=checkpoint,
        parameters={"filters": plain(filters or Filters()), "limit": limit, **_checked(wishes or {})},
    )


def _checked(wishes: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return Wishes.model_validate(dict(wishes)).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        raise RunRefused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
