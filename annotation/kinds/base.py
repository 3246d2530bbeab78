"""What every kind of question provides. A kind is one module here and one line in `annotation.kinds.KINDS`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, ValidationError


class AnswerRefused(Exception):
    """An answer does not fit its question; the text is a sentence for the person who gave it."""


class SettingsRefused(Exception):
    """A question's settings do not hold together; the text is a sentence for the person who built the form."""


class Asked(Protocol):
    """A question as the kinds see it (`annotation.models.Question` is one)."""

    key: str
    title: str
    target: str
    is_required: bool
    settings: Any


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be picked: its form value, its words, and its key on the keyboard."""

    value: str
    label: str
    key: str = ""
    side: str = ""  # "a" or "b" where the option speaks for a side


class Settings(BaseModel):
    """Base of every kind's settings: unknown fields are refused, values are not coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@runtime_checkable
class Kind(Protocol):
    """One kind of question. Values are plain JSON; `order[i]` is the item's response shown at place `i`."""

    name: str
    title: str
    level: str  # nominal, ordinal or interval: what agreement may assume
    template: str

    @property
    def settings_type(self) -> type[Settings]:
        """The titles and descriptions of its fields are what the form builder shows."""

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        """The settings with their defaults filled in. Raises SettingsRefused."""

    def parse(self, post: Mapping[str, str], question: Asked, responses: int) -> Any:
        """Read the value from form fields; None when nothing was answered. Raises AnswerRefused."""

    def validate(self, value: Any, question: Asked, responses: int) -> Any:
        """The value as it will be stored. Raises AnswerRefused."""

    def admit(self, label: Mapping[str, Any], question: Asked, responses: int) -> Any:
        """The stored value of a label made elsewhere (see `annotation.imports.canonical.CanonicalLabel.answer`).

        As strict as `validate`, except that what the label does not say may stay unsaid. Raises AnswerRefused.
        """

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        """From what the annotator saw to the item's own response order."""

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        """The inverse of `to_item_order`."""

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        """Keys and what they do, for the sheet that `?` opens."""

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        """Form field names and values that show this answer: the inverse of `parse`."""

    def same(self, first: Any, second: Any) -> bool:
        """Whether two answers agree."""

    def words(self, value: Any, question: Asked) -> str:
        """The answer as people say it."""


def read_settings(model: type[Settings], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Validate raw settings against a kind's model. Raises SettingsRefused with a sentence on the first fault."""
    try:
        return model.model_validate(dict(raw)).model_dump(exclude_none=True)
    except ValidationError as error:
        raise SettingsRefused(_sentence(model, error)) from None


def _sentence(model: type[Settings], error: ValidationError) -> str:
    """The first fault, in words that name the field as the form builder does."""
    fault = error.errors()[0]
    name = str(fault["loc"][0])[:60] if fault["loc"] else ""
    if name not in model.model_fields:
        return f"There is no setting “{name}”."
    field = model.model_fields[name]
    title = field.title or name
    if fault["type"] == "literal_error":
        return f"“{title}” is one of {fault['ctx']['expected']}."
    bounds = {type(limit).__name__: limit for limit in field.metadata}
    if field.annotation is int and {"Ge", "Le"} <= bounds.keys():
        return f"“{title}” is a whole number from {bounds['Ge'].ge} to {bounds['Le'].le}."
    return f"“{title}”: {fault['msg']}."
