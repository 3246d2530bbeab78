"""What may still be spent. The most that a request can cost is set aside before it is sent, so the cap is never
passed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from modelhooks.backends.remote.endpoint import Prices
from modelhooks.contracts import Usage

FREE = Prices()


class Spent(Exception):
    """There is not enough left for this."""


@dataclass
class Entry:
    """One request's line: first the most that it can use, in the end what it did."""

    usage: Usage


class Purse:
    """A cap on tokens (prompt and completion together), on cost in the unit of the prices, on both or on neither.

    A request of which nobody can say what it used counts as the most that it could. `has_refused` says whether a
    request was ever too much for what was left.
    """

    def __init__(self, prices: Prices = FREE, *, tokens: int | None = None, cost: float | None = None) -> None:
        self.prices = prices
        self.used = Usage()
        self._tokens = tokens
        self._cost = cost
        self._aside: list[Entry] = []
        self.has_refused = False

    @contextmanager
    def set_aside(self, most: Usage) -> Iterator[Entry]:
        """A line for one request; `usage` of it is to be set as soon as it is known. Raises Spent."""
        if not self._affords(most):
            self.has_refused = True
            raise Spent
        entry = Entry(most)
        self._aside.append(entry)
        try:
            yield entry
        finally:
            self._aside.remove(entry)
            self.used += entry.usage

    @property
    def cost(self) -> float:
        """What has been used, by the prices."""
        return self.prices.cost(self.used)

    def _affords(self, most: Usage) -> bool:
        aside = sum((entry.usage for entry in self._aside), most)
        tokens = _tokens(self.used) + _tokens(aside)
        cost = self.cost + self.prices.most(aside)
        return (self._tokens is None or tokens <= self._tokens) and (self._cost is None or cost <= self._cost)


def _tokens(usage: Usage) -> int:
    return usage.prompt_tokens + usage.completion_tokens
