"""Criteria as they were written pair by pair, and gathered from many pairs. Plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One criterion of one pair's rubric, and by how much the better response met it better, from -1 to 1.

    `group` is whose word it is: that of a prompt, or of a person.
    """

    text: str
    kind: str
    group: str
    apart: float


@dataclass(frozen=True, slots=True)
class Gathered:
    """Criteria that say nearly the same: the words of the most supported one."""

    text: str
    kind: str
    """That of most of them."""
    groups: frozenset[str]
    """The prompts, or people, behind it."""
    apart: float
    """The mean of theirs."""
    wordings: int
    texts: frozenset[str] = frozenset()
    """All that was said so."""

    @property
    def support(self) -> int:
        return len(self.groups)
