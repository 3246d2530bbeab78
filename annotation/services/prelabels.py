"""Asking a model one question of the form about many items."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from accounts import limits
from annotation.models import Question
from annotation.opinions import conversion
from annotation.queries.forms import current_form, questions_of
from annotation.queries.items import Filters
from modelhooks.models import Checkpoint, Run
from modelhooks.services import runs
from modelhooks.services.runs import RunRefused
from projects.access import Place

MOST = 1_000_000  # items of one run


class Wishes(BaseModel):
    """What may be chosen about a run beside the checkpoint, the question and the items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    margin: float = Field(default=0.0, ge=0, le=1e6, title="Tie up to this difference of scores")
    threshold: float = Field(default=0.5, ge=-1e6, le=1e6, title="A step is good from this score on")
    n: int = Field(default=1, ge=1, le=32, title="Samples in each order")
    orders: Literal["both", "as_is"] = Field(default="both", title="Orders that two responses are shown in")
    disputed: Literal["abstain", "together"] = Field(default="abstain", title="Responses that it cannot order")
    right: str = Field(default="yes", max_length=40, title="The option for a right response")
    wrong: str = Field(default="no", max_length=40, title="The option for a wrong response")
    most_tokens: int = Field(default=0, ge=0, le=10**12, title="Stop after so many tokens")
    most_cost: float = Field(default=0.0, ge=0, le=1e9, title="Never cost more than")


def start(
    place: Place,
    *,
    checkpoint: Checkpoint,
    question: str,
    filters: Filters | None = None,
    limit: int = MOST,
    wishes: Mapping[str, Any] | None = None,
) -> Run:
    """Queue a run over the first `limit` items that the filters let through, in import order. Raises RunRefused."""
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    asked = _question(place, question)
    if conversion(checkpoint.contract, asked) is None:
        raise RunRefused(f"{checkpoint.name} cannot answer “{asked.title}”: it {_does(checkpoint)}.")
    if not 1 <= limit <= MOST:
        raise RunRefused(f"A run is about 1 to {MOST:,} items.")
    return runs.start(
        place,
        hook="prelabel",
        checkpoint=checkpoint,
        question=asked.key,
        parameters={
            "form": asked.form_id,
            "filters": plain(filters or Filters()),
            "limit": limit,
            **_checked(wishes or {}),
        },
    )


def _question(place: Place, key: str) -> Question:
    form = current_form(place.project.pk)
    found = next((one for one in questions_of(form.pk) if one.key == key), None) if form else None
    if found is None:
        raise RunRefused(f"The form asks no question “{key[:40]}”.")
    return found


def _does(checkpoint: Checkpoint) -> str:
    said = checkpoint.get_contract_display()
    return f"{said[0].lower()}{said[1:]}"


def plain(filters: Filters) -> dict[str, Any]:
    """The filters as JSON, from the beginning of their list."""
    found = asdict(filters)
    return {**found, "after": 0, "import_id": str(filters.import_id) if filters.import_id else None}


def _checked(wishes: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return Wishes.model_validate(dict(wishes)).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        raise RunRefused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
