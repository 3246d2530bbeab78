"""What a run lends a model for the time that it asks: a purse to pay its server from, and what items show.

A model stays in memory from run to run, and what one of them may spend is no concern of the next.
"""

from typing import Protocol, Self, runtime_checkable

from modelhooks.backends.remote.endpoint import Prices
from modelhooks.backends.remote.purse import Purse
from modelhooks.judging.pictures import Resolve


@runtime_checkable
class Paid(Protocol):
    """A model whose server counts what it is asked."""

    @property
    def prices(self) -> Prices:
        """Of a million tokens."""

    def paying_from(self, purse: Purse) -> Self:
        """The same model, which spends no more than this purse holds."""


@runtime_checkable
class Sighted(Protocol):
    """A model that pictures may be shown to."""

    def seeing(self, resolve: Resolve) -> Self:
        """The same model, which finds pictures like this if it is shown any."""
