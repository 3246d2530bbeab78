"""RewardBench 2: one right completion and several wrong ones; in the subset Ties several are right.

Its code takes the first completion for the right one, so that a second one would count as wrong: outside Ties such a
row is refused.
"""

import re

from annotation.imports.adapters.columns import key_of, list_of, missing, text_of, whole_number
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.rewardbench2 import ADAPTER
from annotation.imports.adapters.turns import user
from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import quoted
from curation.evaluation.names import REF, SUBSETS, TIED
from curation.layouts.contract import Convert, Known, Layout, known

TIES = "Ties"
_role = re.compile(rf"({TIED}|{REF}):([0-9]{{1,12}})")


def converter() -> Convert:
    """The right completions stand first. Remembers the rows of Ties, of which each may stand once."""
    seen: set[tuple[str, int]] = set()

    def convert(row: Row) -> Known:
        missing(row, "prompt", "chosen", "rejected")
        chosen, rejected = list_of(row, "chosen"), list_of(row, "rejected")
        subset, key = text_of(row, "subset"), key_of(row.get("id"), "The id")
        _check(row, len(chosen), len(rejected))
        if subset == TIES:
            _check_tie(key or "", len(chosen), seen)
        elif len(chosen) > 1:
            raise Refused(f"There are {len(chosen)} right completions; outside the subset {TIES} there may be one.")
        found = known(
            row,
            key=key,
            subset=subset,
            messages=user(row["prompt"]),
            texts=[*chosen, *rejected],
            right=range(len(chosen)),
        )
        if subset == TIES:
            seen.add(role_of(found.key))
        return found

    return convert


def role_of(key: str) -> tuple[str, int]:
    """What a row of Ties is, by its id: `tied:3` or `ref:3`. Raises `Refused` for another id."""
    found = _role.fullmatch(key)
    if not found:
        raise Refused(f"The id is {quoted(key)}; in the subset {TIES} it is {TIED}: or {REF}: and a number.")
    return found[1], int(found[2])


def _check(row: Row, right: int, wrong: int) -> None:
    """The counts beside the lists are theirs, and there is something to tell apart."""
    if not right or not wrong:
        raise Refused("There is no right completion, or no wrong one.")
    for name, count in (("num_correct", right), ("num_incorrect", wrong), ("total_completions", right + wrong)):
        if row.get(name) not in (None, "") and whole_number(row[name], name) != count:
            raise Refused(f"The {name} is {row[name]}, and the lists hold {count}.")


def _check_tie(key: str, right: int, seen: set[tuple[str, int]]) -> None:
    role, number = role_of(key)
    if role == TIED and right < 2:
        raise Refused("A row of tied completions has two right ones at least.")
    if (role, number) in seen:
        raise Refused(f"There is a row {role}:{number} before.")


LAYOUT = Layout(
    name="rewardbench2",
    title=ADAPTER.title,
    about=(
        "One right completion among several. A row is right where it scores highest, and in part where others score "
        "the same. The subset Ties has a rule of its own; the score is the mean over subsets."
    ),
    example=ADAPTER.example,
    sniff=ADAPTER.sniff,
    converter=converter,
    headline=SUBSETS,
    recipe="bestofn_eval",
)
