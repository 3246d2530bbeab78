"""What every kind of question provides. A kind is one module here and one line in `annotation.kinds.KINDS`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from django.utils.safestring import SafeString
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


@dataclass(frozen=True, slots=True)
class Judged:
    """One response as kinds see it. Offsets are in Unicode code points, ends excluded."""

    text: str
    """Its completion turns, joined by blank lines."""
    steps: tuple[tuple[int, int], ...] = ()
    """Where each step starts and ends; together they are the whole text. Empty where no question asks for steps."""
    cut_by: str = ""
    """Who cut the steps: `import`, a splitter's version, or a person's segmentation; an answer remembers it."""

    @classmethod
    def from_turns(
        cls, messages: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, int]] | None = None
    ) -> "Judged":
        """A response as items hold it: `{role, content}` turns and, where it is cut, `{start, end}` steps."""
        text = "\n\n".join(turn["content"] for turn in messages)
        return cls(text, tuple((step["start"], step["end"]) for step in steps or ()), "import" if steps else "")


@dataclass(frozen=True, slots=True)
class Subject:
    """The item that a question is asked about, its responses in the order in which an answer speaks of them."""

    responses: tuple[Judged, ...]
    reference: str = ""
    """The answer that is known to be right, where the source has one."""

    rubric: Sequence[Mapping[str, Any]] = ()
    """The item's own criteria, checked (`rubric_criteria.checked`); empty where it came with none."""

    def __len__(self) -> int:
        """How many responses there are."""
        return len(self.responses)


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
    """Draws the question in the dock."""
    side_template: str
    """Draws a response in place of its plain text, for kinds that are answered inside the text; else empty."""
    is_column: bool
    """Whether it stands in a column beside the responses instead of in the dock: for long lists of criteria."""
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    """Static files of its own, loaded where a form asks this kind."""
    asks_steps: bool
    """Whether it wants the responses cut into steps, which costs a look-up that other kinds are spared."""

    @property
    def settings_type(self) -> type[Settings]:
        """The titles and descriptions of its fields are what the form builder shows."""

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        """The settings with their defaults filled in. Raises SettingsRefused."""

    def settings_for(self, question: Asked, subject: Subject) -> Mapping[str, Any]:
        """The settings as they apply to this item, for a program that answers."""

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        """Read the value from form fields; None when nothing was answered. Raises AnswerRefused."""

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        """The value as it will be stored. Raises AnswerRefused."""

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
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
        """Form field names and values that show this answer: the inverse of `parse`.

        Also of an answer that nobody has checked yet: what has no such shape is left out.
        """

    def same(self, first: Any, second: Any) -> bool:
        """Whether two answers agree."""

    def words(self, value: Any, question: Asked) -> str:
        """The answer as people say it, in one line."""

    def details(self, value: Any, question: Asked) -> list[str]:
        """What the line leaves out, one thing to a line; none where it says all."""

    def texts(self, question: Asked, subject: Subject) -> Sequence[str]:
        """Untrusted texts that `draw` wants as HTML. They go through the one door with everything else of the page."""

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> Any:
        """What the templates show, as `block.drawn`: the question filled in as `fields` stand, responses under their
        `letters`, `html` being the rendered `texts`."""


class BaseKind:
    """What most kinds have in common: they speak of no side, need no file of their own and draw in the dock."""

    side_template = ""
    is_column = False
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    asks_steps = False

    def settings_for(self, question: Asked, subject: Subject) -> Mapping[str, Any]:
        found: Mapping[str, Any] = question.settings
        return found

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return value

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        return value

    def same(self, first: Any, second: Any) -> bool:
        return bool(first == second)

    def details(self, value: Any, question: Asked) -> list[str]:
        return []

    def texts(self, question: Asked, subject: Subject) -> Sequence[str]:
        return ()


def placed(value: Any, order: Sequence[int]) -> Any:
    """A list with one entry per response, from shown order to item order; anything else as it is."""
    if not isinstance(value, list) or len(value) != len(order):
        return value
    found: list[Any] = [None] * len(order)
    for place, index in enumerate(order):
        found[index] = value[place]
    return found


def shown(value: Any, order: Sequence[int]) -> Any:
    """The inverse of `placed`."""
    if not isinstance(value, list) or len(value) != len(order):
        return value
    return [value[index] for index in order]


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
