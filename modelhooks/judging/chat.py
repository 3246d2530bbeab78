"""The little that a judge needs of a chat model: texts and pictures go in, samples of a strict shape come out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from modelhooks.contracts import Usage

# What each pair of a request and its answer is bounded by; a server may allow less.
MOST_SAMPLES = 64
MOST_ALTERNATIVES = 20
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
LARGEST_PICTURE = 20 * 2**20  # bytes


class Answer(BaseModel):
    """A JSON object that a judge must give: every field is required, no other is allowed.

    Subclasses keep to what every server's structured output knows: texts, `Literal`s, lists with bounds, no numbers
    with a range and no patterns. Reasons stand before verdicts, since a model that answers first explains what it
    said.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Picture:
    """A picture's bytes as they lie in our own store; never a URL."""

    media_type: str
    content: bytes

    def __post_init__(self) -> None:
        if self.media_type not in PICTURES or len(self.content) > LARGEST_PICTURE:
            raise ValueError(f"A picture is PNG, JPEG, WebP or GIF and has at most {LARGEST_PICTURE:,} bytes.")


@dataclass(frozen=True)
class Turn:
    """One message of the chat. Pictures stand before its text."""

    role: str
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Sampling:
    """How samples are drawn. `max_tokens` bounds each sample; `alternatives` asks for that many log-probabilities."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 2_048
    seed: int | None = 0
    alternatives: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.temperature <= 2 and 0 < self.top_p <= 1):
            raise ValueError("The temperature is 0 to 2, and top-p above 0 and at most 1.")
        if self.max_tokens < 1 or not 0 <= self.alternatives <= MOST_ALTERNATIVES:
            raise ValueError(f"At least one token, and at most {MOST_ALTERNATIVES} alternatives of each.")

    def parameters(self) -> dict[str, Any]:
        """All of it, as it is recorded beside what was drawn with it."""
        return asdict(self)


@dataclass(frozen=True)
class Ask:
    """One question: the turns, how many samples of what shape (None: free text), and how they are drawn."""

    turns: tuple[Turn, ...]
    shape: type[Answer] | None = None
    samples: int = 1
    sampling: Sampling = Sampling()

    def __post_init__(self) -> None:
        if not 1 <= self.samples <= MOST_SAMPLES:
            raise ValueError(f"One to {MOST_SAMPLES} samples.")


@dataclass(frozen=True)
class Token:
    """A token as text, and log-probabilities (natural logarithm) of what could have stood in its place, itself among
    it.
    """

    text: str
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Sample:
    """One text that a model wrote, and how it ended: "stop" where it was done, "length" where it was cut off."""

    text: str
    finish_reason: str = "stop"
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Reply:
    """The samples, or why there are none: `reason` is a word to act on, `error` a sentence to show."""

    samples: tuple[Sample, ...] = ()
    usage: Usage = field(default_factory=Usage)
    reason: str = ""
    error: str = ""

    def __post_init__(self) -> None:
        if bool(self.samples) == bool(self.error):
            raise ValueError("A reply has samples or says why it has none.")


class Chat(Protocol):
    """A model that is talked to. `fingerprint` tells apart what answers differently."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def takes_images(self) -> bool: ...

    def ask(self, asks: Sequence[Ask]) -> list[Reply]:
        """One reply for each, in their order."""
