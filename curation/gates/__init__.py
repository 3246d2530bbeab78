"""What a release must pass before it is frozen: limits that a person may choose, and what was found beside each.

Two gates look at labels (`labels`), one at the columns of the rows (`columns`), three at prompts (`prompts`). What does
not pass blocks the release, unless a person overrules it with a reason, which stands in the manifest. A null where a
trainer wants a value is overruled by nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from curation.recipes.parameters import BadParameters, Parameter, Parameters, Share, Switch, Whole

AGREEMENT = Share(
    name="min_alpha",
    title="Agreement (α) at least, in percent",
    help="Krippendorff’s α of the question, as the newest analysis found it. 0: no worse than chance.",
)
GOLD = Share(
    name="min_gold_accuracy",
    title="Known answers got right at least, in percent",
    help="Where twenty answers or more were given to items whose answer is known.",
    default=0.5,
)
LEAKED = Whole(
    name="max_leaked",
    title="Leaked benchmark prompts at most",
    help="Of the benchmarks kept here (goldpan benchmark put) and of this project’s evaluation sets.",
    default=0,
    low=0,
    high=10**9,
)
SHARED = Whole(
    name="max_shared_prompts",
    title="Prompts in two splits at most",
    help="The same words in items whose prompt groups differ, because an import named the groups.",
    default=0,
    low=0,
    high=10**9,
)
NEAR = Share(
    name="max_near_duplicates",
    title="Near repeats across splits at most, in percent",
    help="Of held-out prompts: four of five runs of three words alike. 100 does not look.",
    default=0.01,
)
CONSTANT = Switch(
    name="allow_constant",
    title="Columns that never change may pass",
    help="A hundred rows or more that all have one label teach nothing.",
)
GATES: tuple[Parameter, ...] = (AGREEMENT, GOLD, LEAKED, SHARED, NEAR, CONSTANT)
"""All limits, in the order in which they are told."""
NULLS = "no_nulls"
"""The gate that has no limit."""


@dataclass(frozen=True, slots=True)
class Result:
    """One gate, and what it met."""

    gate: str
    limit: float | int | bool | None
    """As it was chosen; None for the gate that has none."""
    found: float | int | None
    """None: there was nothing to look at."""
    passed: bool
    says: str
    """A sentence."""
    examples: Sequence[str] = field(default_factory=tuple)
    """The first few that it met, each a sentence."""

    def told(self) -> dict[str, Any]:
        """As a manifest has it."""
        return {**asdict(self), "examples": list(self.examples)}


def settle(given: Mapping[str, Any]) -> Parameters:
    """The limits, checked and complete. Raises BadParameters."""
    unknown = sorted(set(given) - {one.name for one in GATES})
    if unknown:
        raise BadParameters(f"There is no gate {unknown[0][:40]!r}; known are {', '.join(one.name for one in GATES)}.")
    settled: Parameters = {}
    for one in GATES:
        settled[one.name] = one.settle(given, settled, ())
    return settled


DEFAULT: Mapping[str, Any] = settle({})


def chosen(limits: Mapping[str, Any]) -> Parameters:
    """Those limits that somebody chose otherwise than they are by themselves."""
    return {name: limit for name, limit in limits.items() if limit != DEFAULT[name]}


def against(results: Iterable[Result]) -> list[str]:
    """What they say that did not pass and that a person may overrule."""
    return [one.says for one in results if not one.passed and one.gate != NULLS]


def broken(results: Iterable[Result]) -> list[str]:
    """What they say that nobody may overrule."""
    return [one.says for one in results if not one.passed and one.gate == NULLS]
