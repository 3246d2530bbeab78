"""What the newest analysis knows of one model, and of all that answered, as pages tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from curation.models import Analysis, Standing
from curation.queries.people_words import Line
from modelhooks.models import Checkpoint
from modelhooks.queries import head_charts
from modelhooks.queries import probing as probes
from modelhooks.queries.probing import Probing
from modelhooks.services.instructions import can_be_told
from ui.templatetags.numbers import percent

TARGETS = (0.8, 0.9, 0.95, 0.98)
TARGET = 0.9
FEWEST_COMPARED = 100  # units with people, before a judge may earn anything
FEWEST_CHECKED = 20  # answers above a certainty, before it is tested at all
FEWEST_CONSISTENT = 0.9  # of pairs judged in both orders

ORDER = ("question", "facet", "-labels", "id")

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """What would be accepted from a confidence on, and the error that it would admit."""

    confidence: float
    checked: int
    right: float
    at_least: float
    accepts: int
    holds: bool
    """Whether it, and every stricter one that could be tested, meets the target."""
    label: str

    @property
    def address(self) -> str:
        """As a form sends it."""
        return f"{self.confidence:.4f}"

    @property
    def error(self) -> float:
        """The share that may be wrong at most."""
        return 1 - self.at_least


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a judge has to show before anything of it is accepted without a person."""

    words: str
    is_met: bool
    told: str


@dataclass(frozen=True, slots=True)
class View:
    """One model on one facet."""

    standing: Standing
    headline: str
    lines: list[Line]
    calibration: head_charts.Calibration | None
    cuts: list[Cut]
    chosen: Cut | None
    """The loosest that holds the target."""
    conditions: list[Condition]
    target: float
    probing: Probing | None
    """What it has shown of itself on our own probes; None where they were never asked."""
    can_be_probed: bool
    can_be_told: bool
    """Whether there is a page of what it is told."""
    checkpoint: Checkpoint

    @property
    def target_words(self) -> str:
        """As addresses and forms have it."""
        return f"{self.target:g}"

    @property
    def is_trusted(self) -> bool:
        """Whether every condition is met."""
        return all(one.is_met for one in self.conditions)

    @property
    def figures(self) -> dict[str, Any]:
        found: dict[str, Any] = self.standing.figures
        return found


def listed(analysis: Analysis) -> QuerySet[Standing]:
    """Models that answered, by facet, who said most first."""
    found = Standing.objects.filter(analysis=analysis, checkpoint__isnull=False)
    return found.select_related("checkpoint", "analysis").order_by(*ORDER)


def target_of(words: str) -> float:
    """The target that an address names, else the usual one."""
    return next((one for one in TARGETS if f"{one:g}" == words), TARGET)


def view(standing: Standing, target: float) -> View:
    """Everything that is told of one model on a facet."""
    told = standing.figures
    cuts = _cuts(told.get("cutoffs", ()), target)
    chosen = next((one for one in reversed(cuts) if one.holds), None)
    checkpoint: Checkpoint = standing.checkpoint  # type: ignore[assignment]
    probing = probes.newest(standing.analysis.project, checkpoint)
    bins = (told.get("calibration") or {}).get("bins", ())
    return View(
        standing,
        headline(standing.annotator, told),
        _lines(told),
        head_charts.calibration([{"confidence": one[0], "accuracy": one[1], "count": one[2]} for one in bins]),
        cuts,
        chosen,
        conditions(told, chosen, target, probing),
        target,
        probing,
        probes.can_be_probed(checkpoint),
        can_be_told(checkpoint),
        checkpoint,
    )


def headline(name: str, told: Told) -> str:
    """How far it agrees with people, beside how far these agree among themselves."""
    own, people = told.get("with_people"), told.get("people_among")
    if own is None:
        return f"{name} has answered nothing yet that people answered, too"
    beside = f"; two people do {percent(people['value'])} of the time" if people else ""
    return f"{name} says what a person says {percent(own['value'])} of the time{beside}"


def _lines(told: Told) -> list[Line]:
    own, people, orders = told.get("with_people"), told.get("people_among"), told.get("orders") or {}
    matches = {"value": told.get("matches"), "low": told.get("matches_low"), "high": told.get("matches_high")}
    shares = (
        ("Says what a person says", own, told.get("shared", 0), people["value"] if people else None),
        ("Says what people’s labels come to", matches if told.get("compared") else None, told.get("compared", 0), None),
        ("Says the same in both orders", orders.get("consistent"), orders.get("both", 0), None),
        ("Chooses the response shown first", orders.get("first"), orders.get("asked", 0), 0.5),
        ("Does not decide", told.get("abstained"), (told.get("abstained") or {}).get("of", 0), None),
    )
    return [_line(words, one, of, usual) for words, one, of, usual in shares if one]


def _line(words: str, one: Told, of: int, usual: float | None) -> Line:
    low, high = one["low"], one["high"]
    bounds = "" if low is None else f", from {percent(low)} to {percent(high)}"
    return Line(words, one["value"], low, high, of, usual, False, f"{words}: {percent(one['value'])}{bounds}")


def _cuts(cutoffs: Sequence[Told], target: float) -> list[Cut]:
    """Strictest first. Tested in this order, and the first that fails ends it, so that the chance of any that holds
    wrongly stays where one test's is; a cutoff that no run of right answers could pass is no test."""
    found, holds = [], True
    for one in cutoffs:
        could = one["checked"] >= FEWEST_CHECKED and one["best"] >= target
        holds = holds and (not could or one["at_least"] >= target)
        right = one["right"] / one["checked"] if one["checked"] else 0.0
        label = (
            f"from {percent(one['confidence'], 1)} on right about {percent(right)}, at least {percent(one['at_least'])}"
        )
        passes = holds and could
        found.append(Cut(one["confidence"], one["checked"], right, one["at_least"], one["accepts"], passes, label))
    return found


def conditions(told: Told, chosen: Cut | None, target: float, probing: Probing | None) -> list[Condition]:
    """Everything that a judge has to show first. All of it is met, or nothing that it says stands without a person."""
    orders, shared = told.get("orders") or {}, told.get("shared", 0)
    consistent = orders.get("consistent")
    return [
        Condition(
            "Enough of its answers are held against people",
            shared >= FEWEST_COMPARED,
            f"{shared:,} units, of {FEWEST_COMPARED} at least",
        ),
        Condition(
            "It was asked in both orders and says the same in most",
            consistent is not None and consistent["low"] >= FEWEST_CONSISTENT,
            f"{percent(consistent['value'])} of {consistent['of']:,} pairs, {percent(consistent['low'])} at least"
            if consistent
            else "asked in one order only, or not about pairs: how sure it is cannot be believed",
        ),
        Condition(
            f"From some certainty on it is right {percent(target)} of the time at least",
            chosen is not None,
            f"from {percent(chosen.confidence, 1)} on, {percent(chosen.at_least)} at least"
            if chosen
            else "at no certainty that could be tested",
        ),
        Condition(
            "It passes every probe, so that it takes nothing for something",
            probing is not None and probing.is_passed,
            _probed(probing),
        ),
    ]


def _probed(probing: Probing | None) -> str:
    """Of the newest run of probes, in words."""
    if probing is None:
        return "no probes were asked yet"
    if not probing.is_of_today:
        return "it was asked other probes than those of today"
    if not probing.is_done:
        return "the probes are not all answered yet"
    failed = [f"“{one.title}”" for one in probing.failed]
    return f"it fails {', '.join(failed)}" if failed else f"fooled {percent(probing.at_most, 1)} of the time at most"
