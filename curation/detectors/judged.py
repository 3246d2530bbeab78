"""Judges that follow something else than what is asked: the order in which they are shown two responses, or length.

Read from what the analysis measured of every model, so that the page of a judge and a finding about it say the same.
Every judge is held against lots or against people with a false discovery rate over all judges of the project, and a
pull that is certain but slight is no matter.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import binomtest, norm

from curation.analysis import judges as judging
from curation.analysis import judgments
from curation.detectors.contract import Found, Said, described, named
from curation.detectors.scene import Scene
from curation.models import Standing
from curation.noise.raters import benjamini_hochberg
from curation.votes import Annotator
from modelhooks.models import Checkpoint
from modelhooks.queries import probing as probes

RATE = 0.01  # of false discoveries
FEWEST_TORN = 12  # pairs whose two orders contradict each other; with fewer no direction could be certain
LEAST_PULL = 0.1  # of the pairs: so many more must go to one place than to the other
FEWEST_PAIRS = 100  # whose better response people settled, before a pull of length is believed
LEAST_LENGTH = 0.5  # log-odds that much more length adds, beyond what it adds for people
OF_PEOPLE = 0.25  # and so much of what it adds for people
WIDTH = 3.92  # standard errors between the bounds of an interval of 95 %


@dataclass(frozen=True, slots=True)
class Judge:
    """One judge on one facet of a question, and what an analysis measured of it there."""

    checkpoint: int
    question: str
    facet: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Suspect:
    """How likely an honest judge would look as this one does, and what there is to say if that is too unlikely."""

    judge: Judge
    p: float
    is_much: bool
    words: str
    strength: float
    evidence: dict[str, float | int | None]


Judges = Callable[[Scene], Iterator[Judge]]
Ask = Callable[[Judge], Suspect | None]


def find(judges: Judges, ask: Ask, lacking: str, scene: Scene) -> Said:
    """All judges are held against the same rate at once."""
    known = list(judges(scene))
    asked = [suspect for one in known if (suspect := ask(one))]
    stands = benjamini_hochberg(np.array([one.p for one in asked]), RATE)
    named_ones = [_found(one) for one, holds in zip(asked, stands, strict=True) if holds and one.is_much]
    return Said(named_ones, _note(len(known), len(known) - len(asked), lacking))


def _note(judges: int, silent: int, lacking: str) -> str:
    if not judges:
        return "No model has compared two responses yet."
    return f"{judges - silent:,} judges were looked at." + (f" Of {silent:,} {lacking}." if silent else "")


def _found(one: Suspect) -> Found:
    who = Annotator("model", one.judge.checkpoint)
    return Found(
        about=named(who),
        words=one.words,
        strength=float(np.clip(one.strength, 0, 1)),
        evidence={**one.evidence, "p_value": one.p},
        question=one.judge.question,
        facet=one.judge.facet,
        annotator=who,
    )


def _all(scene: Scene) -> Iterator[Judge]:
    """Models that were asked about two responses, those too that never decided: such a one has no standing."""
    for question in scene.questions:
        if question.kind == "preference":
            said = judgments.read(scene.project, question, scene.analysis.last_annotation)
            for checkpoint in np.unique(said.checkpoint).tolist():
                yield Judge(checkpoint, question.key, "", judging.in_orders(said, checkpoint) or {})


def _measured(scene: Scene) -> Iterator[Judge]:
    """Models that were held against people on two responses."""
    told = Standing.objects.filter(analysis=scene.analysis, checkpoint__isnull=False, figures__has_key="length")
    for one in told.order_by("question", "facet", "checkpoint"):
        yield Judge(one.checkpoint_id or 0, one.question, one.facet, one.figures["length"] or {})


def order(judge: Judge) -> Suspect | None:
    """Of the pairs where its two orders contradict each other, one that is merely unsure takes either place as often:
    McNemar's test, exact."""
    told = judge.figures
    first, second = told.get("torn", (0, 0))
    if first + second < FEWEST_TORN:
        return None
    pull = (first - second) / told["both"]
    place, other = ("first", "second") if first >= second else ("second", "first")
    return Suspect(
        judge,
        float(binomtest(first, first + second).pvalue),
        abs(pull) >= LEAST_PULL,
        f"Of {told['both']:,} pairs in both orders it chose what was shown {place} both times in "
        f"{max(first, second):,}, and what was shown {other} in {min(first, second):,}.",
        abs(pull),
        {"always_first": first, "always_second": second, "pairs": told["both"], "bias": told["bias"]},
    )


def length(judge: Judge) -> Suspect | None:
    """How far its own pull goes beyond people's on the same pairs, by a normal approximation of the resampled
    difference."""
    told = judge.figures
    beyond = told.get("beyond")
    if not beyond or beyond["low"] is None or told["pairs"] < FEWEST_PAIRS:
        return None
    own, people, more = told["pull"]["value"], told["people_pull"]["value"], beyond["value"]
    error = max((beyond["high"] - beyond["low"]) / WIDTH, 1e-9)
    return Suspect(
        judge,
        float(2 * norm.sf(abs(more) / error)),
        # One that is less right than people follows whatever they follow less, in either direction: that is no pull.
        # And people's own is a little more than noisy labels show.
        own * more > 0 and abs(more) >= LEAST_LENGTH + OF_PEOPLE * abs(people),
        f"Prefers what is {'longer' if more > 0 else 'shorter'}, beyond people: much more length adds {own:+.2f} in "
        f"log-odds to its choice and {people:+.2f} to theirs, on {told['pairs']:,} pairs.",
        1 - float(np.exp(-abs(more))),
        {
            "pull": own,
            "pull_of_people": people,
            **{f"beyond_{part}": beyond[part] for part in ("value", "low", "high")},
            "pairs": told["pairs"],
        },
    )


def probed(scene: Scene) -> Said:
    """No test of chance: a probe is failed or it is not."""
    asked = {one: found for one in _answered(scene) if (found := probes.newest(scene.project, one))}
    done = {one: found for one, found in asked.items() if found.is_done and found.is_of_today}
    failed = [_failed(one, found) for one, found in done.items() if not found.is_passed]
    return Said(failed, f"{len(done):,} judges have answered the probes of today.")


def _answered(scene: Scene) -> list[Checkpoint]:
    """Models that said something that was counted."""
    told = Standing.objects.filter(analysis=scene.analysis, checkpoint__isnull=False)
    return list(Checkpoint.objects.filter(pk__in=told.values("checkpoint")).order_by("pk"))


def _failed(checkpoint: Checkpoint, found: probes.Probing) -> Found:
    who = Annotator("model", checkpoint.pk)
    missed = {one.kind.value: f"{one.met} of {one.of}" for one in found.failed}
    titles = "; ".join(f"{one.title.lower()}: {one.met} of {one.of}" for one in found.failed)
    return Found(
        about=named(who),
        words=f"Fails our probes. {titles[:1].upper()}{titles[1:]}",
        strength=max((1 - one.met / one.of for one in found.failed), default=found.at_most),
        evidence={**missed, "fooled_at_most": round(found.at_most, 4), "run": found.run.pk},
        annotator=who,
    )


DETECTORS = (
    described(
        "judge_order",
        "1",
        partial(find, _all, order, "too few contradict themselves, or were asked in both orders"),
    ),
    described(
        "judge_length", "1", partial(find, _measured, length, f"fewer than {FEWEST_PAIRS} pairs are settled by people")
    ),
    described("judge_probes", "1", probed),
)
