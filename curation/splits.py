"""Which split an item falls into: by its prompt group, the same in every recipe and every release of a project."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

NAMES = ("train", "validation", "test")
DEFAULT = {"train": 90, "validation": 5, "test": 5}
RULE = "sha256(salt + ':' + group), first 8 bytes as a fraction of 100 %: test first, then validation, the rest train"


class BadSplits(ValueError):
    """Shares that do not make a whole. Its text is a sentence for the person who chose them."""


def settle(given: Mapping[str, Any]) -> dict[str, int]:
    """Shares in whole percent, in a fixed order, without the empty ones. Raises BadSplits."""
    unknown = sorted(str(name) for name in given if name not in NAMES)
    if unknown:
        raise BadSplits(f"There is no split {unknown[0][:40]!r}; known are {', '.join(NAMES)}.")
    if any(type(share) is not int or not 0 <= share <= 100 for share in given.values()):
        raise BadSplits("Each share is a whole number of percent from 0 to 100.")
    if sum(given.values()) != 100:
        raise BadSplits(f"The shares add up to {sum(given.values())} %, not to 100 %.")
    return ordered(given)


def ordered(by_split: Mapping[str, int]) -> dict[str, int]:
    """The same in the order of the splits, which the database does not keep; without the empty ones."""
    return {name: by_split[name] for name in NAMES if by_split.get(name)}


def salt_of(project_salt: str) -> str:
    """The salt of the splits. It is printed in manifests, and does not give the project's own salt away."""
    return sha256(f"splits:{project_salt}".encode()).hexdigest()[:16]


def chooser(salt: str, shares: Mapping[str, int]) -> Callable[[str], str]:
    """The function from a prompt group to its split. A group never moves, whatever is added to the project."""
    test = _border(shares.get("test", 0))
    held_out = _border(shares.get("test", 0) + shares.get("validation", 0))
    last = next((name for name in NAMES if shares.get(name)), NAMES[0])

    def split_of(group: str) -> str:
        place = sha256(f"{salt}:{group}".encode()).digest()
        if place < test:
            return "test"
        return "validation" if place < held_out else last

    return split_of


def _border(percent: int) -> bytes:
    """The first eight bytes of the digests from which on another split begins; behind all of them at 100 %."""
    return (percent * 2**64 // 100).to_bytes(9)[1:] if percent < 100 else b"\xff" * 33
