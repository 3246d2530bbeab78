"""Pairs of a good and a bad response that were judged by themselves: within an item, or from two of them.

A reward is a number that can be compared across prompts, so a reward model may learn from a good answer to one question
and a bad answer to another (Sun, Shen, Ton: "Rethinking Reward Modeling in Preference-based Large Language Model
Alignment", 2025). A response waits for the first opposite that comes along; which one that is follows from the order of
the items alone.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from curation.recipes.contract import Build, Outcome, Recalled, Row, outcome
from curation.recipes.drops import Drop
from curation.recipes.good_or_bad import Single, singles
from curation.recipes.panel import joined
from curation.recipes.parameters import OneOf, Option, Parameters
from curation.recipes.records import AnnotationRecord, ItemRecord, Message

Layout = Callable[[list[Message], list[Message]], Row]
"""Puts a good and a bad conversation into columns; their prompts may differ."""

PROMPT, ALL = "prompt", "all"
MOST_WAITING = 10_000  # responses that are remembered; the oldest are let go of

ACROSS = OneOf(
    name="across",
    title="Good and bad responses are paired",
    help="Where a choice or a rating decides. Each is in one pair, never across splits; responses of one item are "
    "paired among themselves.",
    options=(Option(PROMPT, "For prompts that are alike"), Option(ALL, "Across all prompts")),
    of_kinds=("choice", "rating"),
)


def builder(layout: Layout, parameters: Parameters) -> Build:
    """Remembers single responses until an opposite comes. An item with several responses is paired within itself."""
    waiting = Waiting()

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        found = singles(item, annotations, parameters)
        if isinstance(found, Drop):
            return found
        if len(found) > 1:
            return outcome(list(_within(found, layout)))
        (single,) = found
        if isinstance(single, Drop):
            return single
        opposite = waiting.meet(item.group if parameters["across"] == PROMPT else "", single)
        if opposite is None or isinstance(opposite, Drop):
            return opposite or Drop.UNPAIRED
        return [_row(single, opposite, layout), Recalled(Drop.UNPAIRED, opposite.item)]

    return build


class Waiting:
    """Single responses without an opposite so far, the oldest first. Those of one place are all good, or all bad."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most, self._number = most, 0
        self._places: dict[str, deque[Single]] = {}

    def meet(self, place: str, single: Single) -> Single | Drop | None:
        """The oldest opposite that waits there, which waits no longer; None where this one has to wait.

        A response that was called good once and bad once is no pair with itself.
        """
        there = self._places.setdefault(place, deque())
        if there and there[0].is_good != single.is_good:
            if _is_same(there[0], single):
                return Drop.IDENTICAL
            self._number -= 1
            return self._taken(place)
        there.append(single)
        self._number += 1
        if self._number > self._most:
            self._number -= 1
            self._taken(next(iter(self._places)))
        return None

    def _taken(self, place: str) -> Single:
        there = self._places[place]
        oldest = there.popleft()
        if not there:
            del self._places[place]
        return oldest


def _within(found: Sequence[Single | Drop], layout: Layout) -> Iterator[Row | Drop]:
    """Each good response of an item with each bad one, and why others are in no pair."""
    known = [one for one in found if not isinstance(one, Drop)]
    good, bad = ([one for one in known if one.is_good == is_good] for is_good in (True, False))
    yield from (one for one in found if isinstance(one, Drop))
    yield from (Drop.IDENTICAL if _is_same(one, other) else _row(one, other, layout) for one in good for other in bad)
    if not (good and bad):
        yield from (Drop.UNPAIRED for _one in known)


def _is_same(one: Single, other: Single) -> bool:
    return one.completion == other.completion and one.prompt == other.prompt


def _row(one: Single, other: Single, layout: Layout) -> Row:
    """The pair as the layout has it, and where it comes from: both sides, each as clear as it is."""
    good, bad = (one, other) if one.is_good else (other, one)
    return {**layout(good.prompt + good.completion, bad.prompt + bad.completion), **_behind(good.behind, bad.behind)}


def _behind(good: Row, bad: Row) -> Row:
    named = {"pair_id": f"{good['pair_id']}+{bad['pair_id']}", "prompt_id": good["prompt_id"]}
    return named | joined([good, {**bad, "p_chosen": 1 - bad["p_chosen"]}])
