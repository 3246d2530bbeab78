"""How long rows are: a histogram that stays small however many there are."""

from collections import Counter

STEP = 16
CHARACTERS_PER_TOKEN = 4
LIMITS = (1_024, 2_048, 4_096)


class Lengths:
    """Counts lengths in characters, rounded up to the next sixteen."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, characters: int) -> None:
        self._counts[-(-characters // STEP)] += 1

    def percentile(self, percent: int) -> int:
        """The length that this share of rows does not exceed; 0 without rows."""
        wanted = -(-self._counts.total() * percent // 100)
        for step in sorted(self._counts):
            wanted -= self._counts[step]
            if wanted <= 0:
                return step * STEP
        return 0

    def above(self, tokens: int) -> int:
        """Rows of more than so many tokens, at four characters to a token."""
        return sum(rows for step, rows in self._counts.items() if step * STEP > tokens * CHARACTERS_PER_TOKEN)

    def summary(self) -> dict[str, object]:
        """Percentiles of characters, and rows above the lengths at which trainers cut or drop."""
        return {
            "characters": {f"p{percent}": self.percentile(percent) for percent in (50, 90, 99, 100)},
            "rows_above_estimated_tokens": {str(limit): self.above(limit) for limit in LIMITS},
            "estimate": f"{CHARACTERS_PER_TOKEN} characters to a token",
        }
