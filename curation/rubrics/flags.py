"""What a report says against the criteria of a version: what a person should look at, each a defect of one criterion.

Plain Python, and light: pages read it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.kinds.rubric_score import is_gate
from ui.templatetags.numbers import percent, points

UNSTEADY = 0.2
"""The share of verdicts that change when they are asked for again, beyond which a criterion counts as noisy."""
COSTS_A_LOOK = 0.2  # what tells nothing only costs whoever answers it
MISLEADS = 0.5  # at least: what tells the wrong way lowers what is better
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Flag:
    """One defect of one criterion. `strength` orders them, 0 to 1; `words` are a sentence without its subject."""

    key: str
    defect: str
    words: str
    strength: float
    figures: Mapping[str, Any]


def flags(criteria: Sequence[Mapping[str, Any]], found: Mapping[str, Mapping[str, Any]]) -> Iterator[Flag]:
    """Of each criterion in turn, by the figures that a report has of it (`curation.rubrics.reports`)."""
    titles = {one["key"]: one["title"] for one in criteria}
    for one in criteria:
        figures = found.get(one["key"], {})
        yield from _standing(one, figures)
        if twin := figures.get("duplicate_of"):
            words = f"says what “{titles.get(twin, twin)[:80]}” says"
            yield Flag(one["key"], "duplicate", words, HALF, {"same_as": twin})
        changed = figures.get("changed")
        if changed and changed["value"] > UNSTEADY:
            words = f"is noisy: asked again, {percent(changed['value'])} of its verdicts change"
            yield Flag(one["key"], "noisy", words, min(1.0, changed["value"]), {"changed": changed})


def _standing(one: Mapping[str, Any], figures: Mapping[str, Any]) -> Iterator[Flag]:
    apart, met, standing = (figures.get(name) for name in ("discrimination", "met", "standing"))
    if standing == "reversed" and apart:
        words = f"tells the wrong way round: {points(apart['value'])} between preferred and rejected responses"
        yield Flag(one["key"], standing, words, min(1.0, MISLEADS + abs(apart["value"]) / 2), {"difference": apart})
    if standing == "dead" and met and not _is_kept_gate(one, met["value"]):
        words = f"decides nothing: {percent(met['value'])} of responses meet it"
        yield Flag(one["key"], standing, words, COSTS_A_LOOK, {"met": met})
    if standing == "undiscriminating" and apart:
        words = f"is not shown to tell: {points(apart['value'])} between preferred and rejected responses"
        yield Flag(one["key"], standing, words, COSTS_A_LOOK, {"difference": apart})


def _is_kept_gate(one: Mapping[str, Any], met: float) -> bool:
    """Whether it is a gate that nearly all responses pass, as they should: it tells the few that do not."""
    return is_gate(one) and (met > HALF) is (one["weight"] >= 0)
