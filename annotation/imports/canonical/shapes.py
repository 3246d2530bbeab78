"""An item as an adapter hands it over. Nothing here is checked yet: `validate` does that.

Not frozen, which would make each of them twice as slow to build; nobody changes one but `validate`, which adds tags.
"""

from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict


class Refused(Exception):
    """A row that cannot become an item. Its text is a sentence for the person who sent the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason[:500])
        self.reason = reason[:500]


class Call(TypedDict):
    """A tool that the assistant calls. `arguments` is the JSON text that it wrote, whether or not that can be read."""

    id: NotRequired[str]
    name: str
    arguments: str


class MediaRef(TypedDict):
    """A picture, sound or film that a turn shows.

    An adapter gives one of `sha256` (the project has it), `path` (in the archive, as the row says it) and `spilled`
    (set aside by the reader), and perhaps a `name`. Once the file is there, it is `sha256`, `kind`, `type` and `name`.
    `place` says that a file of this type is shown, and a column of the row says which; no item keeps one.
    """

    sha256: NotRequired[str]
    kind: NotRequired[str]
    type: NotRequired[str]
    name: NotRequired[str]
    path: NotRequired[str]
    spilled: NotRequired[str]
    place: NotRequired[str]


class Message(TypedDict):
    """One turn. The role is system, user, assistant or tool; `annotation.turns` says which turn may hold what."""

    role: str
    content: str
    reasoning: NotRequired[str]
    tool_calls: NotRequired[list[Call]]
    tool_call_id: NotRequired[str]
    name: NotRequired[str]
    is_error: NotRequired[bool]
    media: NotRequired[list[MediaRef]]


@dataclass(slots=True, kw_only=True)
class CanonicalResponse:
    """The completion turns of one answer, without the prompt."""

    messages: list[Message]
    model: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    steps: list[Any] | None = None
    """`{"start", "end"}` slices that lie one after another and together are its text, in Unicode code points."""


@dataclass(slots=True, kw_only=True)
class CanonicalLabel:
    """One annotator's answer that came with the row. It is testimony, never gold.

    What `answer` holds depends on `kind`:

    * `preference`: `{"winner": "a" | "b" | "tie" | "both_bad" | "unsure", "strength": 0..3 | None}`. The winner
      is a position in the item's `responses`, a being the first. The strength has no sign, and a tie has none at all.
    * `rating`: `{"values": [4, 2, None]}`, one number per response in order; None where it was not rated. About the
      item as a whole `{"value": 4}`.
    * `text`: `{"text": "..."}`.
    * `choice`: `{"values": ["math"]}`; about each response `{"values": [["yes"], None]}`.
    * `ranking`: `{"groups": [[2], [0, 3], [1]]}`, best first, each response once.
    * `rubric`: `{"verdicts": {criterion: [{"value", "quote"?, "note"?} | None, ...]}}`; compared `{criterion: {...}}`.
    * `steps`: `{"responses": [{"labels": [1, 0, -1, None], "errors"?, "corrections"?, "alternatives"?, "final"?}]}`,
      None for a response of which nothing is said.
    * `spans`: `{"spans": [{"response", "start", "end", "type", "severity"?, "note"?}]}`.

    docs/answers.md says what each part means.
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
