"""Where rows come from: of which dataset, under which license, as far as their items say."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

MOST = 50
LONGEST = 100
NONE = "none named"
OTHERS = "others"


class Origins:
    """Counts by the name of a license and by that of a dataset; few names, however many there are."""

    def __init__(self) -> None:
        self.licenses: Counter[str] = Counter()
        self.datasets: Counter[str] = Counter()

    def add(self, source: Mapping[str, Any], rows: int = 1) -> None:
        """So many rows of an item with this source."""
        _count(self.licenses, source.get("license") or source.get("licence"), rows)
        _count(self.datasets, source.get("dataset"), rows)

    def told(self) -> dict[str, dict[str, int]]:
        """As a manifest has them."""
        return {"licenses": dict(sorted(self.licenses.items())), "datasets": dict(sorted(self.datasets.items()))}


def _count(counted: Counter[str], name: Any, rows: int) -> None:
    named = name[:LONGEST] if isinstance(name, str) and name else NONE
    is_room = named in counted or len(counted) < MOST
    counted[named if is_room else OTHERS] += rows
