"""Every embedder there is: what turns texts into points for the reward head. Importing this loads none of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.module_loading import import_string

from modelhooks.encoders import EmbedderOptions
from modelhooks.errors import LoadRefused

if TYPE_CHECKING:  # the web process knows which embedders there are, and has no numpy in memory
    from modelhooks.head.pairs import Vectors


class Embedder(Protocol):
    """Texts as points. `fingerprint` stands for everything that changes one."""

    fingerprint: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> "Vectors":
        """(n, d), each row of length 1."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One embedder. `loader` is the dotted name of a function from options to an Embedder; `queue`, who has it."""

    title: str
    loader: str
    queue: str
    options: Any = None


EMBEDDERS: dict[str, Kind] = {
    "minilm": Kind(
        "all-MiniLM-L6-v2, a small sentence encoder", "modelhooks.backends.embedding.load", "gpu", EmbedderOptions()
    ),
    "fake": Kind("Bag of words, for trying things out", "modelhooks.backends.bag_of_words.load", "cpu"),
}

DEFAULT = "minilm"

_warm: dict[str, Embedder] = {}  # at most one, as of models


def load(name: str) -> Embedder:
    """The embedder of this name, kept in memory. Raises LoadRefused."""
    if name not in _warm:
        _warm.clear()
        _warm[name] = _loaded(name)
    return _warm[name]


def _loaded(name: str) -> Embedder:
    kind = EMBEDDERS.get(name)
    if kind is None:
        raise LoadRefused(f"This worker knows no embedder “{name}”.")
    try:
        found: Embedder = import_string(kind.loader)(kind.options)
    except ImportError as error:
        raise LoadRefused(f"This worker cannot embed: {error.name or 'a library'} is not installed.") from None
    return found
