"""Annotators whose labels say little about what is labeled: lots, the contrary, one side, or no time to read.

Everybody is held against chance or the crowd with a false discovery rate over all annotators of a facet, so that in a
clean crowd hardly anybody is named.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from curation.aggregation import skill
from curation.analysis.consensus import PEOPLE
from curation.analysis.voted import Voted
from curation.detectors.contract import Found, Said, described, named
from curation.detectors.scene import Scene
from curation.noise.raters import benjamini_hochberg
from curation.votes import Votes

RATE = 0.01  # of false discoveries
FEWEST = 30  # labels, before anybody is named
OWN_PULL = 0.05  # one's own labels stand behind the consensus, too, so even lots are a little better than chance
LEAST_PULL = 0.15  # a side that is chosen less than this above a half is no matter, however certain

Ask = Callable[[Voted], Iterator[Found]]


def _everywhere(ask: Ask, scene: Scene) -> Said:
    seen = [one for one in scene.facets if one.votes.facet.scale in {"sides", "names"}]
    return Said([found for one in seen for found in ask(one)], _note(seen))


def _note(seen: list[Voted]) -> str:
    people = {who for one in seen for who in one.votes.annotators if who.kind in PEOPLE}
    return f"{len(people):,} annotators on {len(seen):,} questions." if people else "Nobody has labeled anything yet."


def _lots(one: Voted) -> Iterator[Found]:
    yield from _by_skill(one, "is_spammer", "What they say hardly depends on what is labeled", "spammer_score")


def _contrary(one: Voted) -> Iterator[Found]:
    yield from _by_skill(one, "is_adversary", "They are right less often than lots would be", "accuracy")


def _by_skill(one: Voted, flag: str, words: str, figure: str) -> Iterator[Found]:
    count = np.bincount(one.votes.annotator, minlength=len(one.votes.annotators))
    for number, told in enumerate(one.outcome.believed):
        if not told.get(flag) or (flag == "is_spammer" and not _may_be_lots(told)):
            continue
        who = one.votes.annotators[number]
        yield Found(
            about=named(who),
            words=f"{words}: right in {told['accuracy']:.0%}, where lots would be in {told['chance']:.0%}.",
            strength=float(np.clip(1 - told[figure], 0, 1)),
            evidence={
                **{name: told[name] for name in ("accuracy", "low", "high", "chance", "spammer_score")},
                "labels": int(count[number]),
            },
            question=one.question.key,
            facet=one.votes.facet.key,
            annotator=who,
        )


def _may_be_lots(told: dict[str, Any]) -> bool:
    """Whether lots would be as right, as far as the labels tell; who is less right than lots says the contrary."""
    return bool(told["low"] <= told["chance"] + OWN_PULL) and not told["is_adversary"]


def _one_side(one: Voted) -> Iterator[Found]:
    if one.votes.facet.scale != "sides":
        return
    told = _leanings(one.votes)
    leans = benjamini_hochberg(np.array([found.p if found else np.nan for found in told]), RATE)
    for number in np.flatnonzero(leans).tolist():
        found, who = told[number], one.votes.annotators[number]
        if found is None or found.first.count < FEWEST or abs(found.first.value - 0.5) < LEAST_PULL:
            continue
        side = "left" if found.first.value > 0.5 else "right"
        share = max(found.first.value, 1 - found.first.value)
        yield Found(
            about=named(who),
            words=f"Chose the response at the {side} in {share:.0%} of {found.first.count:,} pairs; by lot it is 50 %.",
            strength=float(2 * share - 1),
            evidence={
                "left": round(found.first.value, 4),
                "low": round(found.first.low, 4),
                "high": round(found.first.high, 4),
                "pairs": found.first.count,
                "p_value": found.p,
            },
            question=one.question.key,
            facet=one.votes.facet.key,
            annotator=who,
        )


def _leanings(votes: Votes) -> list[skill.Leaning | None]:
    """Of each annotator, from labels whose sides are known: those of people."""
    rows = np.flatnonzero(votes.side >= 0)
    return skill.leanings(votes.labels(rows))


DETECTORS = (
    described("draws_lots", "1", partial(_everywhere, _lots)),
    described("contrary", "1", partial(_everywhere, _contrary)),
    described("one_side", "1", partial(_everywhere, _one_side)),
)
