"""A tree of solutions: what it labels is true, and it spends no more than it may."""

import random
import re
from collections.abc import Sequence
from typing import Any

from modelhooks.contracts import Candidate, Generation, Usage, Verification
from modelhooks.stepwise.rollouts import Problem, Walk
from modelhooks.stepwise.tree import Growth, Tree, balanced, grow
from tests.modelhooks.judging.scripted import CODE

STEPS = 6
ROLLOUTS = 16
PROBLEM = Problem(({"role": "user", "content": "Six steps?"},), (), "right")


class Walker:
    """Writes six steps, each good or bad by chance; whoever has a bad step behind them ends wrong."""

    def __init__(self, chance: float, words: int = 16**4, seed: int = 1) -> None:
        self.chance, self.words, self.draw, self.places = chance, words, random.Random(seed), []

    def generate(self, prompts: Sequence[Any], *, n: int, parameters: Any) -> list[list[Generation]]:
        return [[self._rest(prompt[1]["content"]) for _ in range(n)] for prompt in prompts]

    def _rest(self, asked: str) -> Generation:
        begun = re.findall(r"(?:good|bad)\d-\w+", asked)
        self.places.append(tuple(begun))
        more = [
            f"{'good' if self.draw.random() < self.chance else 'bad'}{number}-{self.draw.randrange(self.words):x}"
            for number in range(len(begun), STEPS)
        ]
        return Generation("\n\n".join(more) or "nothing left", "stop", usage=Usage(requests=1))


class Truth:
    def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
        return [Verification("bad" not in one.response) for one in candidates]


def tree_of(chance: float, words: int = 16**4, **growth: Any) -> tuple[Tree, Walker]:
    walker = Walker(chance, words)
    return grow(Walk(walker, Truth(), ROLLOUTS, draw=lambda: CODE), PROBLEM, Growth(**growth)), walker


def test_no_prefix_with_an_error_is_ever_called_good_and_the_good_ones_mostly_are():
    tree, _ = tree_of(0.8, searches=40)

    hard = {steps: ends.estimate.hard for steps, ends in tree.ends.items() if steps}
    bad = [is_good for steps, is_good in hard.items() if any("bad" in step for step in steps)]
    good = [is_good for steps, is_good in hard.items() if not any("bad" in step for step in steps)]
    assert len(bad) > 10
    assert not any(bad)
    assert sum(good) / len(good) > 0.9


def test_rows_are_chains_that_end_at_the_first_error():
    tree, _ = tree_of(0.8, searches=30)

    rows = tree.rows()

    assert len(rows) == len(set(rows)) > 10
    for row in rows:
        assert len(row.segments) == len(row.estimates)
        assert all(estimate.hard for estimate in row.estimates[:-1])
        steps = tuple("\n\n".join(row.segments).split("\n\n"))
        assert tree.ends[steps].estimate == row.estimates[-1]
    counted = balanced(rows)
    assert counted["good"] > 0
    assert counted["bad"] > 0


def test_budgets_hold():
    tree, walker = tree_of(0.8, places=12)

    assert len(tree.ends) == 12
    assert len(walker.places) == 12 * ROLLOUTS
    assert tree.usage == Usage(requests=12 * ROLLOUTS)
    assert sum(tree.searches.values()) <= 12
    few, _ = tree_of(0.8, searches=3)
    assert sum(few.searches.values()) == 3
    assert len(few.ends) <= 1 + 3 * 3  # ⌈log₂ 6⌉ places for each search


def test_a_problem_that_is_always_or_never_solved_teaches_nothing():
    for chance in (0.0, 1.0):
        tree, _ = tree_of(chance)

        assert list(tree.ends) == [()]
        assert tree.rows() == []
        assert not tree.is_telling


def test_what_surprises_is_looked_into_first():
    tree, _ = tree_of(0.8, searches=1)
    growth = Growth()
    sure, unsure = tree.ends[()].rests, ((), "x\n\ny")
    assert sure

    assert tree.worth(*unsure, growth) > tree.worth((), "x\n\n" + "y" * 2_000, growth)
    other = next(steps for steps in tree.ends if steps)
    alike = {(): tree.ends[()], other: tree.ends[()]}
    visited = Tree(PROBLEM, alike, {(): 9})
    assert visited.worth((), "x", growth) < visited.worth(other, "x", growth)


def test_a_search_ends_on_both_sides_of_the_first_error():
    tree, _ = tree_of(0.9, searches=20)

    assert len(tree.searched) == 20
    for steps, rest in tree.searched:
        cut = tuple(rest.split("\n\n"))
        error = next(number for number, step in enumerate(cut) if step.startswith("bad"))
        assert error == 0 or steps + cut[:error] in tree.ends
        assert error + 1 == len(cut) or steps + cut[: error + 1] in tree.ends


def test_a_place_that_is_known_is_not_gone_on_from_again():
    tree, walker = tree_of(0.8, words=1, searches=60)

    assert sum(tree.searches.values()) > len(tree.ends)
    assert len(walker.places) == len(tree.ends) * ROLLOUTS
