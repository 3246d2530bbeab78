"""An item as an adapter hands it over. Nothing here is checked yet: `validate` does that.

Not frozen, which would make each of them twice as slow to build; nobody changes one but `validate`, which adds tags.
"""

from dataclasses import dataclass, field
from typing import Any, TypedDict


class Refused(Exception):
    """A row that cannot become an item. Its text is a sentence for the person who sent the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason[:500])
        self.reason = reason[:500]


class Message(TypedDict):
    """One turn. The role is system, user, assistant or tool."""

    role: str
    content: str


@dataclass(slots=True, kw_only=True)
class CanonicalResponse:
    """The completion turns of one answer, without the prompt."""

    messages: list[Message]
    model: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    steps: list[Any] | None = None


@dataclass(slots=True, kw_only=True)
class CanonicalLabel:
    """One annotator's answer that came with the row. It is testimony, never gold.

    What `answer` holds depends on `kind`:

    * `preference`: `{"winner": "a" | "b" | "tie" | "both_bad" | "unsure", "strength": 0..3 | None}`. The winner
      is a position in the item's `responses`, a being the first. The strength has no sign, and a tie has none at all.
    * `rating`: `{"values": [4, 2, None]}`, one number per response in order; None where it was not rated.
    * `text`: `{"text": "..."}`.
    """

    annotator: str
    kind: str
    answer: dict[str, Any]
    seconds: float | None = None
    rationale: str | None = None
    source: dict[str, Any] = field(default_factory=dict)
    dimension: str | None = None


@dataclass(slots=True, kw_only=True)
class CanonicalItem:
    """A prompt with its responses, and the labels that came along."""

    messages: list[Message]
    responses: list[CanonicalResponse]
    key: str | None = None
    group: str | None = None
    source: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    language: str | None = None
    principle: str | None = None
    rubric: list[Any] = field(default_factory=list)
    """Its own criteria, each an object or a line as `annotation.kinds.rubric_criteria` reads them; `validate` makes
    objects with every field of them."""
    labels: list[CanonicalLabel] = field(default_factory=list)
    allows_empty: bool = False
    """Whether a response without any text is an answer here (the model said nothing) and not a mistake."""
