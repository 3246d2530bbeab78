"""Many labeled steps from one problem: a tree of solutions, grown where a wrong rest hides in a place that can end
right.

Source: Luo et al., *Improve Mathematical Reasoning in Language Models by Automated Process Supervision* (OmegaPRM),
2024, algorithm 1, with the figures of Du et al., *MM-PRM*, 2025. A search takes a wrong rest from a place where some
rests end right, finds its first error by halving, and every place that it looks at on the way is a labeled prefix.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from modelhooks.contracts import Usage
from modelhooks.stepwise.rollouts import BETWEEN, Ends, Estimate, Problem, Walk, go_on

Steps = tuple[str, ...]


@dataclass(frozen=True)
class Growth:
    """How far a tree grows and what it prefers.

    Q = alpha^(1 - share right) · beta^(characters of the rest / length); U = exploration · √(all searches) / (1 +
    searches from here). `places` bounds how many prefixes are gone on from, `searches` how many wrong rests are looked
    into.
    """

    places: int = 1_000
    searches: int = 200
    alpha: float = 0.5
    beta: float = 0.9
    length: int = 2_000
    exploration: float = 0.125


@dataclass(frozen=True)
class Row:
    """One chain of the tree: segments of a solution, and the estimate after each. It ends at the first of 0."""

    segments: tuple[str, ...]
    estimates: tuple[Estimate, ...]


@dataclass
class Tree:
    """All prefixes that were gone on from, with what came of it."""

    problem: Problem
    ends: dict[Steps, Ends] = field(default_factory=dict)
    searches: dict[Steps, int] = field(default_factory=dict)
    searched: set[tuple[Steps, str]] = field(default_factory=set)

    @property
    def usage(self) -> Usage:
        """What it all cost."""
        return sum((one.usage for one in self.ends.values()), Usage())

    @property
    def is_telling(self) -> bool:
        """Whether some answers to the problem are right and some wrong; a tree of another problem teaches nothing."""
        return _is_mixed(self.ends[()].estimate) if () in self.ends else False

    def rows(self) -> list[Row]:
        """Every longest chain of labeled prefixes, none twice."""
        if not self.is_telling:
            return []
        prefixes = [steps for steps, ends in self.ends.items() if steps and ends.estimate.told]
        inner = {other[:length] for other in prefixes for length in range(1, len(other))}
        chains = [[each for each in prefixes if one[: len(each)] == each] for one in sorted(set(prefixes) - inner)]
        return list(dict.fromkeys(map(self._row, chains)))

    def _row(self, chain: Sequence[Steps]) -> Row:
        segments, found, before = [], [], 0
        for steps in sorted(chain, key=len):
            segments.append(BETWEEN.join(steps[before:]))
            found.append(self.ends[steps].estimate)
            before = len(steps)
            if not found[-1].hard:
                break
        return Row(tuple(segments), tuple(found))

    def candidates(self) -> Iterator[tuple[Steps, str]]:
        """Wrong rests that nobody looked into yet, of places from which others end right."""
        for steps, ends in self.ends.items():
            if _is_mixed(ends.estimate):
                for rest, is_right in ends.rests:
                    if is_right is False and (steps, rest) not in self.searched and len(_cut(rest)) > 1:
                        yield steps, rest

    def worth(self, steps: Steps, rest: str, growth: Growth) -> float:
        """Q + U: a rest that surprises, is short, and comes from where few have looked."""
        share = self.ends[steps].estimate.soft or 0.0
        quality = math.pow(growth.alpha, 1 - share) * math.pow(growth.beta, len(rest) / growth.length)
        total = sum(self.searches.values())
        return quality + growth.exploration * math.sqrt(total) / (1 + self.searches.get(steps, 0))


def grow(walk: Walk, problem: Problem, growth: Growth | None = None) -> Tree:
    """A tree for a problem; the steps of the problem's own solution are not used."""
    limits, tree = growth or Growth(), Tree(problem)
    _look(walk, tree, ())
    while sum(tree.searches.values()) < limits.searches and len(tree.ends) < limits.places:
        chosen = max(tree.candidates(), key=lambda one: (tree.worth(one[0], one[1], limits), one), default=None)
        if chosen is None:
            break
        _search(walk, tree, *chosen, most=limits.places)
    return tree


def _search(walk: Walk, tree: Tree, steps: Steps, rest: str, *, most: int) -> None:
    """The first error of a rest by halving. The whole rest is known to end wrong, the place where it begins to be
    good.
    """
    tree.searched.add((steps, rest))
    tree.searches[steps] = tree.searches.get(steps, 0) + 1
    cut = _cut(rest)
    low, high = 0, len(cut)
    while high - low > 1 and len(tree.ends) < most:
        middle = (low + high) // 2
        found = _look(walk, tree, steps + cut[:middle])
        if found.hard is None:
            return
        low, high = (middle, high) if found.hard else (low, middle)


def _look(walk: Walk, tree: Tree, steps: Steps) -> Estimate:
    """What going on from these steps comes to; known places are not gone on from again."""
    if steps not in tree.ends:
        (tree.ends[steps],) = go_on(walk, [(tree.problem, steps)])
    return tree.ends[steps].estimate


def _is_mixed(estimate: Estimate) -> bool:
    return 0 < estimate.right < estimate.told


def _cut(rest: str) -> Steps:
    """A rest in its steps: paragraphs."""
    return tuple(part.strip() for part in rest.split(BETWEEN) if part.strip())


def balanced(rows: Sequence[Row]) -> Mapping[str, int]:
    """How many segments end in a place that can still end right, and how many do not: what sampling has to even out."""
    found = [estimate.hard for row in rows for estimate in row.estimates]
    return {"good": found.count(True), "bad": found.count(False)}
