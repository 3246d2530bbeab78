"""The numbers by which people who label know items.

Items are numbered as they came in, and are given out about in that order. One that is mixed in out of turn could be
told by its number, so from its first gold item on a project's annotators see other numbers: each person's own shuffle
of all numbers below 2^48, which says nothing of the order without the project's salt. Who may view items sees the
items' own.
"""

import hmac
from collections.abc import Iterable

from projects.access import Place

HALF = 24  # bits
MASK = (1 << HALF) - 1
ROUNDS = 4  # a Feistel network of four is a permutation that nobody can tell from a random one (Luby, Rackoff, 1988)


def number_of(place: Place, item_id: int) -> int:
    """What this person knows the item by. Below 2^48, so that a browser can count it."""
    return _shuffled(_key(place), item_id, range(ROUNDS)) if _is_hidden(place) else item_id


def item_of(place: Place, number: int) -> int:
    """The id that the number stands for; 0, which no item has, where none can."""
    if not _is_hidden(place):
        return number
    return _shuffled(_key(place), number, reversed(range(ROUNDS))) if 0 <= number < 1 << 2 * HALF else 0


def _is_hidden(place: Place) -> bool:
    return place.project.has_had_gold and not place.may_view


def _key(place: Place) -> bytes:
    return f"{place.project.salt}:item-number:{place.user.pk}".encode()


def _shuffled(key: bytes, number: int, rounds: Iterable[int]) -> int:
    """Exchanging the halves at the end makes the way back the same way with its rounds in reverse."""
    left, right = number >> HALF, number & MASK
    for one in rounds:
        left, right = right, left ^ _mixed(key, one, right)
    return right << HALF | left


def _mixed(key: bytes, one: int, half: int) -> int:
    return int.from_bytes(hmac.digest(key, b"%d:%d" % (one, half), "sha256")[:3])
