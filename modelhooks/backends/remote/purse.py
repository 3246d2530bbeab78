"""What may still be spent. The most that a request can cost is set aside before it is sent, so the cap is never
passed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from modelhooks.backends.remote.endpoint import Prices
from modelhooks.contracts import Usage

FREE = Prices()


class Spent(Exception):
    """There is not enough left for this."""


@dataclass
class Entry:
    """One request's line: first the most that it can use, in the end what it did."""

    usage: Usage
    prices: Prices = FREE


@dataclass
class Ledger:
    """What was used at which prices and what is set aside, of how much."""

    tokens: int | None
    cost: float | None
    used: dict[Prices, Usage] = field(default_factory=dict)
    aside: list[Entry] = field(default_factory=list)
    has_refused: bool = False

    @property
    def spent(self) -> float:
        """What has been used, by the prices."""
        return sum(prices.cost(usage) for prices, usage in self.used.items())

    def affords(self, entry: Entry) -> bool:
        """Whether this can be set aside, too."""
        aside = [*self.aside, entry]
        tokens = sum(map(_tokens, self.used.values())) + sum(_tokens(one.usage) for one in aside)
        cost = self.spent + sum(one.prices.most(one.usage) for one in aside)
        return (self.tokens is None or tokens <= self.tokens) and (self.cost is None or cost <= self.cost)


class Purse:
    """A cap on tokens (prompt and completion together), on cost in the unit of the prices, on both or on neither.

    A request of which nobody can say what it used counts as the most that it could. `has_refused` says whether a
    request was ever too much for what was left.
    """

    def __init__(self, prices: Prices = FREE, *, tokens: int | None = None, cost: float | None = None) -> None:
        self.prices = prices
        self._ledger = Ledger(tokens, cost)

    def beside(self, prices: Prices) -> "Purse":
        """The same purse for a server with prices of its own: what is spent from one is spent from the other."""
        other = Purse(prices)
        other._ledger = self._ledger
        return other

    @contextmanager
    def set_aside(self, most: Usage) -> Iterator[Entry]:
        """A line for one request; `usage` of it is to be set as soon as it is known. Raises Spent."""
        held, entry = self._ledger, Entry(most, self.prices)
        if not held.affords(entry):
            held.has_refused = True
            raise Spent
        held.aside.append(entry)
        try:
            yield entry
        finally:
            # Lines of two requests can be equal, and theirs are not each other's.
            held.aside[:] = [one for one in held.aside if one is not entry]
            held.used[self.prices] = held.used.get(self.prices, Usage()) + entry.usage

    @property
    def used(self) -> Usage:
        """All that has been used, from this purse and from those beside it."""
        return sum(self._ledger.used.values(), Usage())

    @property
    def cost(self) -> float:
        """What that costs, each at its prices."""
        return self._ledger.spent

    @property
    def has_refused(self) -> bool:
        """Whether a request was ever too much for what was left."""
        return self._ledger.has_refused

    @property
    def is_priced(self) -> bool:
        """Whether anything that was asked had a price, or would have had."""
        return any(prices.are_known for prices in (self.prices, *self._ledger.used))


def _tokens(usage: Usage) -> int:
    return usage.prompt_tokens + usage.completion_tokens
