"""What models suggest to one person about one item: which answers are held ready, and which of them were shown.

It is decided when an item is handed out and kept on the lease, so a page that is loaded again, a second tab and an item
fetched ahead all show the same, and whatever an answer's `source` says was shown had been handed out by the server.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from projects.models import Suggestions

NAME = "Suggestion"
"""What stands in place of a name. A model's own would lend its answers weight, and could be that of a model which wrote
one of the responses (docs/decisions/0019)."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """`offered` are annotations of runs by question; `first` the answers, in item order, that the person gave before a
    suggestion to the question was shown."""

    mode: str
    offered: Mapping[str, int]
    first: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Suggested | None":
        """From `Lease.suggested`."""
        if stored is None:
            return None
        return cls(stored["mode"], stored.get("offered", {}), stored.get("first", {}))

    @property
    def stored(self) -> dict[str, Any]:
        """As `Lease.suggested` holds it."""
        return {"mode": self.mode, "offered": dict(self.offered), "first": dict(self.first)}

    @property
    def shown(self) -> dict[str, int]:
        """Annotations that were shown, by question."""
        if self.mode == Suggestions.START:
            return dict(self.offered)
        return {key: pk for key, pk in self.offered.items() if key in self.first}

    @property
    def waiting(self) -> frozenset[str]:
        """Questions whose suggestion waits for the person's own answer."""
        return frozenset(self.offered) - self.shown.keys()

    def after(self, own: Mapping[str, Any]) -> "Suggested":
        """With these own answers, in item order, to questions that wait; an earlier first answer stays the first."""
        newly = {key: value for key, value in own.items() if key in self.waiting and value is not None}
        return Suggested(self.mode, self.offered, {**newly, **self.first})

    def source(self, taken: Collection[str] = ()) -> dict[str, Any]:
        """What an annotation's `source` says of it; nothing where nothing was shown."""
        shown = self.shown
        if not shown:
            return {}
        first = {"first": dict(self.first)} if self.first else {}
        pressed = {"taken": sorted(taken)} if taken else {}
        return {"suggested": shown, "mode": self.mode, **first, **pressed}
