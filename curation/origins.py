"""Where rows come from: of which dataset, under which license, as far as their items say."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST = 50
MOST_PAIRS = 10_000
LONGEST = 100
NONE = "none named"
OTHERS = "others"


@dataclass(slots=True)
class Origins:
    """Counts rows by license and dataset; few names are told, however many there are."""

    _rows: dict[tuple[Any, Any], int] = field(default_factory=dict)

    def add(self, source: Mapping[str, Any], rows: int = 1) -> None:
        """So many rows of an item with this source. Asked for every row, so names are looked at in the end."""
        named = (source.get("license") or source.get("licence"), source.get("dataset"))
        try:
            known = self._rows.get(named)
        except TypeError:  # a list or an object, which is no name
            named = (None, None)
            known = self._rows.get(named)
        if known is None and len(self._rows) >= MOST_PAIRS:
            named = (OTHERS, OTHERS)
            known = self._rows.get(named)
        self._rows[named] = (known or 0) + rows

    def told(self) -> dict[str, dict[str, int]]:
        """As a manifest has them: names to rows, the first fifty that came and the others together."""
        return {"licenses": self._by(0), "datasets": self._by(1)}

    def _by(self, place: int) -> dict[str, int]:
        counted: Counter[str] = Counter()
        for named, rows in self._rows.items():
            name = named[place]
            text = name[:LONGEST] if isinstance(name, str) and name else NONE
            is_room = text in counted or len(counted) < MOST
            counted[text if is_room else OTHERS] += rows
        return dict(sorted(counted.items()))
