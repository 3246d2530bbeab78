"""Several responses in order, each listing with other names in another order; what the listings agree on is the
answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from modelhooks.contracts import ResponseGroup, Usage
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.prompts import prompt

NAME = "listwise-1"
FEWEST, MOST = 2, 10
CONTRADICTORY = "The judge's list names a response twice, or another best or worst than its order has."


@dataclass(frozen=True)
class Listing:
    """An order of responses, by their numbers from 0. `groups` None where `error` says why there is none.

    `groups` are best first. Responses share a group where listings disagree about them, directly or by way of others;
    the pairs that they disagree about are `disputed`: not ties, but pairs that this judge cannot decide.
    """

    groups: tuple[tuple[int, ...], ...] | None
    disputed: frozenset[tuple[int, int]] = frozenset()
    mean_places: tuple[float, ...] = ()
    raw_text: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    error: str = ""
    came: bool = True
    """Whether the server answered at all; asked again it may, where it did not."""


@dataclass(frozen=True)
class ListwiseJudge:
    """Lists each group of 2 to 10 responses `listings` times: rotated, and every other time from the back."""

    setting: Setting
    listings: int = 2
    principle: str = ""

    @property
    def fingerprint(self) -> str:
        """Whatever changes a listing."""
        return self.setting.fingerprint(NAME, judge="listwise", listings=self.listings, principle=self.principle)

    def rank(self, groups: Sequence[ResponseGroup]) -> list[Listing]:
        """One listing for each group."""
        orders = [seatings(len(group.responses), self.listings) for group in groups]
        asked = [self._question(group, seats) for group, each in zip(groups, orders, strict=True) for seats in each]
        heard = iter(hear(self.setting, asked))
        return [_listing([(seats, next(heard)) for seats in each]) for each in orders]

    def _question(self, group: ResponseGroup, seats: Sequence[int]) -> Question[Answer]:
        shape = listed(len(seats))
        if not FEWEST <= len(seats) <= MOST:
            return Question(None, shape, reason=f"A list has {FEWEST} to {MOST} responses.")
        texts = {
            f"response-{place}": (f"response {_name(place)}", group.responses[seat]) for place, seat in enumerate(seats)
        }
        texts["principle"] = ("the one quality to order them by", self.principle) if self.principle else ("", "")
        places = "\n\n".join(f"{{{{response-{place}}}}}" for place in range(len(seats)))
        return question(
            self.setting, prompt(NAME).with_place("responses", places), shape, group.prompt, texts=texts, words={}
        )


def seatings(count: int, listings: int) -> list[tuple[int, ...]]:
    """Who sits where in each listing, by number: each begins further on, and every other one is read backwards."""
    found = []
    for number in range(listings):
        begin = (number // 2) * max(1, count // max(1, (listings + 1) // 2))
        turned = [(begin + place) % count for place in range(count)]
        found.append(tuple(reversed(turned) if number % 2 else turned))
    return found


@cache
def listed(count: int) -> type[Answer]:
    """As many critiques and names as there are responses."""
    name: Any = Literal[tuple(_name(place) for place in range(max(FEWEST, min(count, MOST))))]
    exactly = Field(min_length=count, max_length=count)
    return create_model(
        "Listed",
        __base__=Answer,
        case=(str, ...),
        critiques=(Annotated[list[str], exactly], ...),
        best_to_worst=(Annotated[list[name], exactly], ...),
        best=(name, ...),
        worst=(name, ...),
    )


def _name(place: int) -> str:
    return f"R{place + 1}"


def _listing(heard: Sequence[tuple[tuple[int, ...], Heard[Answer]]]) -> Listing:
    """What all listings agree on; one that cannot be read ends it, since nobody knows what it would have said."""
    texts = tuple(text for _, one in heard for text in one.texts)
    usage = sum((one.usage for _, one in heard), Usage())
    orders, trouble = [], ""
    for seats, one in heard:
        order = _order(seats, one.found[0]) if one.found else None
        trouble = trouble or ("" if order else one.trouble or CONTRADICTORY)
        orders.append(order or ())
    if trouble:
        came = not any(one.error for _, one in heard)
        return Listing(None, raw_text=texts, usage=usage, error=trouble, came=came)
    disputed = _disputed(orders)
    count = len(orders[0])
    means = tuple(sum(order.index(one) for order in orders) / len(orders) for one in range(count))
    return Listing(_groups(means, disputed), disputed, means, texts, usage)


def _order(seats: Sequence[int], found: Answer) -> tuple[int, ...] | None:
    """The numbers of the responses, best first; None where the list contradicts itself."""
    said = found.model_dump()
    names = said["best_to_worst"]
    if len(set(names)) != len(seats) or (said["best"], said["worst"]) != (names[0], names[-1]):
        return None
    return tuple(seats[int(name[1:]) - 1] for name in names)


def _disputed(orders: Sequence[Sequence[int]]) -> frozenset[tuple[int, int]]:
    pairs = combinations(range(len(orders[0])), 2)
    return frozenset((a, b) for a, b in pairs if len({order.index(a) < order.index(b) for order in orders}) > 1)


def _groups(means: Sequence[float], disputed: frozenset[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Who is linked by disputes stands in one group. Between groups all listings say the same, so means order them."""
    of = list(range(len(means)))
    for a, b in sorted(disputed):
        of = [of[a] if one == of[b] else one for one in of]
    groups = {one: tuple(number for number, each in enumerate(of) if each == one) for one in of}
    return tuple(sorted(groups.values(), key=lambda group: sum(means[number] for number in group) / len(group)))
