"""One judgment from both orders of the same two responses: agreement, or an abstention that says why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from modelhooks.contracts import Judgment, Preference, Usage
from modelhooks.judging.confidence import majority, smoothed

Side = Literal["A", "B", "tie"]
AS_IT_IS: dict[Side, Preference] = {"A": "first", "B": "second", "tie": "tie"}
SWAPPED: dict[Side, Preference] = {"A": "second", "B": "first", "tie": "tie"}

TORN = "The judge says otherwise when the responses change sides."
DIVIDED = "The judge's samples do not agree by more than half."


@dataclass(frozen=True)
class Order:
    """What a judge said with the responses on these sides.

    `votes` has one entry for each sample that was asked for, None where it could not be read. `p_a` is the probability
    that A is better, ties counted half, where the judge's tokens tell it. `trouble` says why a vote is missing,
    `error` why there was no answer.
    """

    is_swapped: bool
    votes: tuple[Side | None, ...]
    p_a: float | None = None
    rationale: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    trouble: str = ""
    error: str = ""

    @property
    def preferences(self) -> list[Preference | None]:
        """The votes about the responses as they were given, whichever side they stood on."""
        meant = SWAPPED if self.is_swapped else AS_IT_IS
        return [None if vote is None else meant[vote] for vote in self.votes]

    @property
    def preference(self) -> Preference | None:
        """What more than half of all samples say."""
        found: Preference | None = majority(self.preferences)
        return found

    @property
    def p_first(self) -> float | None:
        """The probability of the first response: by the tokens, else by smoothed votes; None without any vote."""
        if self.p_a is not None:
            return 1 - self.p_a if self.is_swapped else self.p_a
        read = [one for one in self.preferences if one is not None]
        if not read:
            return None
        return smoothed((read.count("first") + read.count("tie") / 2) / len(read), len(read))


def judgment(orders: Sequence[Order]) -> Judgment:
    """One judgment from one order or two. Abstains unless every order comes to the same preference."""
    found = [order.preference for order in orders]
    agreed = found[0] if len(set(found)) == 1 else None
    said = [order.p_first for order in orders]
    known = [p for p in said if p is not None]
    votes: list[Preference] = [one for order in orders for one in order.preferences if one is not None]
    return Judgment(
        preference=agreed,
        p_first=sum(known) / len(known) if len(known) == len(said) else None,
        votes={one: votes.count(one) for one in ("first", "second", "tie") if one in votes},
        consistent_under_swap=_is_consistent(found),
        rationale="\n\n".join(order.rationale for order in orders if order.rationale),
        parse_ok=all(order.votes and None not in order.votes for order in orders),
        raw_text=tuple(text for order in orders for text in order.raw_text),
        usage=sum((order.usage for order in orders), Usage()),
        reason="" if agreed else _why(orders, found),
        error="" if agreed else next((order.error for order in orders if order.error), ""),
        by_order=tuple(_counted(order) for order in orders),
    )


def _counted(order: Order) -> dict[str, int]:
    """Votes by the side that they are for."""
    return {side: order.votes.count(side) for side in ("A", "B", "tie") if side in order.votes}


def _is_consistent(found: Sequence[Preference | None]) -> bool | None:
    return None if len(found) < 2 or None in found else len(set(found)) == 1


def _why(orders: Sequence[Order], found: Sequence[Preference | None]) -> str:
    if None not in found:
        return TORN
    return next((order.trouble for order in orders if order.trouble), DIVIDED)
