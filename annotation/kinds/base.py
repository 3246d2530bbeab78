"""What every kind of question provides. A kind is one module here and one line in `annotation.kinds.KINDS`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

from django.utils.safestring import SafeString
from pydantic import BaseModel, ConfigDict, ValidationError

from annotation import splitting, turns
from annotation.kinds.boards import Hint, Said, Voice
from annotation.kinds.votes import Facet, Vote


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
    """What its assistant wrote (`annotation.turns.text_of`)."""
    steps: tuple[tuple[int, int], ...] = ()
    """Where each step starts and ends; together they are the whole text. Empty where no question asks for steps."""
    cut_by: str = ""
    """Who cut the steps: `import`, a splitter's version, or a person's segmentation; an answer remembers it."""
    turns: Sequence[Mapping[str, Any]] = field(default=(), compare=False, repr=False)
    """The turns that the text is taken from, with what else stands in them."""

    @classmethod
    def from_turns(
        cls, messages: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, int]] | None = None
    ) -> "Judged":
        """A response as items hold it: its turns and, where it is cut, `{start, end}` steps."""
        return cls(
            turns.text_of(messages),
            tuple((step["start"], step["end"]) for step in steps or ()),
            "import" if steps else "",
            messages,
        )

    def cut_as(self, splitter: str) -> "Judged":
        """The response in the steps that this splitter makes; as it is where no splitter has the name."""
        if splitter in splitting.TURN_SPLITTERS:
            steps = splitting.TURN_SPLITTERS[splitter](self.text, turns.places(self.turns))
        elif splitter in splitting.SPLITTERS:
            steps = splitting.SPLITTERS[splitter](self.text)
        else:
            return self
        return replace(self, steps=steps, cut_by=splitter)


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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known to be right about an item: any of the accepted answers, stored ones in the item's own order."""

    accepted: Sequence[Any]
    within: int = 0
    """How far off still counts, in what the kind counts in (`Kind.tolerances`)."""


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
    board_template: str
    """Draws the answers of several annotators side by side, on the page of the item."""
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    """Static files of its own, loaded where a form asks this kind."""

    @property
    def settings_type(self) -> type[Settings]:
        """The titles and descriptions of its fields are what the form builder shows."""

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        """The settings with their defaults filled in. Raises SettingsRefused."""

    def asks_steps(self, settings: Mapping[str, Any]) -> bool:
        """Whether it wants the texts cut into steps, which costs a look-up that other questions are spared."""

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

    def as_label(self, value: Any) -> dict[str, Any]:
        """A stored value as a label that `admit` takes back: what a raw release writes (docs/answers.md)."""

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

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        """How far apart two stored answers are: 0 agrees wholly, 1 disagrees wholly; None where they say nothing
        that can be compared. Symmetric, 0 (or None) between an answer and itself, the same in whatever order the
        responses stand. The distance is the one that the field uses for the kind (docs/methods.md)."""

    def facets(self, question: Asked) -> Sequence[Facet]:
        """What can be counted of its answers; nothing where they are free words."""

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterable[Vote]:
        """What a stored answer says about the question's facets, once for each place; what it leaves open is no vote.

        The answer may have been given to an earlier form, with values that the facets do not have.
        """

    def tolerances(self, question: Asked) -> Sequence[int]:
        """How far off a known answer somebody may be asked to count as right, 0 first; 0 alone for most kinds."""

    def is_right(self, value: Any, known: Known, question: Asked, subject: Subject) -> float | None:
        """How right a stored answer is where the right one is known: 1 wholly, 0 not at all, in between for answers
        of many parts; the best over what is accepted. None where nothing can be said, as of free words."""

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        """The answer as people say it, in one line."""

    def details(self, value: Any, question: Asked, subject: Subject) -> list[str]:
        """What the line leaves out, one thing to a line; none where it says all."""

    def board(self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]) -> Any:
        """What `board_template` shows, as `board.drawn`: what two or more annotators said, what is disputed marked.

        Their values are stored ones, in the order of the subject, which is that of `letters`.
        """

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        """Somebody's stored answer as an opinion to show beside the control: a few words for each row that it is about.

        It picks nothing. The value is in the order of the subject and its `letters`, and the hints' fields are those of
        the rows that `draw` gives for both. A hint `takes` what answers its row, in fields that `parse` reads.
        """

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


class BaseKind(ABC):
    """What most kinds have in common: they speak of no side, need no file of their own and draw in the dock."""

    side_template = ""
    is_column = False
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    board_template = "annotation/boards/words.html"

    @abstractmethod
    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        """See `Kind.words`."""

    def asks_steps(self, settings: Mapping[str, Any]) -> bool:
        return False

    def settings_for(self, question: Asked, subject: Subject) -> Mapping[str, Any]:
        found: Mapping[str, Any] = question.settings
        return found

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return value

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        return value

    def same(self, first: Any, second: Any) -> bool:
        return bool(first == second)

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        """Nominal: 0 for the same, 1 for anything else."""
        return 0.0 if self.same(first, second) else 1.0

    def facets(self, question: Asked) -> Sequence[Facet]:
        return ()

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterable[Vote]:
        return ()

    def tolerances(self, question: Asked) -> Sequence[int]:
        return (0,)

    def is_right(self, value: Any, known: Known, question: Asked, subject: Subject) -> float | None:
        """One less the kind's distance to what is accepted."""
        apart = [self.compare(value, one, question, subject) for one in known.accepted]
        return best(None if one is None else 1 - one for one in apart)

    def details(self, value: Any, question: Asked, subject: Subject) -> list[str]:
        return []

    def board(self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]) -> Any:
        """The answers in words, one below the other."""
        return tuple(
            Said(
                voice,
                self.words(voice.value, question, subject),
                tuple(self.details(voice.value, question, subject)),
            )
            for voice in voices
        )

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        """One hint that says it all, for the question as a whole, and that nothing is taken from."""
        return (Hint(question.key, self.words(value, question, subject)),)

    def texts(self, question: Asked, subject: Subject) -> Sequence[str]:
        return ()


def best(shares: Iterable[float | None]) -> float | None:
    """The highest of those that say something; None where none does."""
    return max((share for share in shares if share is not None), default=None)


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
