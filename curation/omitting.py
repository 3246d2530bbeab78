"""What is left out of releases because of what detectors found: now, and as a release has fixed it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from curation.models import Decision, Detection, Finding, Measure, Omission, Release
from curation.recipes.common import CONFIRMED
from curation.recipes.records import Omits
from projects.models import Project

AT_ONCE = 2_000
UNDECIDED = ("", Decision.ANOTHER.value)

Recipes = Iterable[Mapping[str, Any]]
"""Settled ones: `{name, parameters}`."""


class NotLeftOut(ValueError):
    """What cannot be left out. Its text is a sentence for the person who wants to."""


class Line(NamedTuple):
    """One thing that may be left out."""

    item: int
    omits: Omits


@dataclass(frozen=True)
class Omitted:
    """All that may be left out of a release."""

    lines: Sequence[Line]

    @cached_property
    def by_item(self) -> Mapping[int, Sequence[Omits]]:
        found: dict[int, list[Omits]] = defaultdict(list)
        for line in self.lines:
            found[line.item].append(line.omits)
        return found

    @property
    def digest(self) -> str:
        """The same for the same; empty for nothing."""
        return sha256(json.dumps(self.lines).encode()).hexdigest() if self.lines else ""

    def told(self) -> dict[str, int] | None:
        """How many findings there are of each detector; None where there are none."""
        return dict(sorted(Counter(line.omits.detector for line in self.lines).items())) or None


def now(project: Project, recipes: Recipes) -> Omitted:
    """As it stands at this moment."""
    return Omitted(sorted(_found(project, _named(recipes)), key=str))


def fix(release: Release, omitted: Omitted) -> None:
    """Keep it with the release, in the transaction that makes that."""
    rows = (
        Omission(
            release=release,
            item_id=item,
            annotation_id=one.annotation,
            detector=one.detector,
            question=one.question,
            is_confirmed=one.is_confirmed,
        )
        for item, one in omitted.lines
    )
    Omission.objects.bulk_create(rows, batch_size=AT_ONCE)


def fixed(release: Release) -> Omitted:
    """As it stood when the release was asked for."""
    rows = Omission.objects.filter(release=release).order_by("pk")
    return Omitted(
        [
            Line(one.item_id, Omits(one.detector, one.annotation_id, one.question, one.is_confirmed))
            for one in rows.iterator(AT_ONCE)
        ]
    )


def check(project: Project, recipes: Recipes, *, is_overruled: bool = False) -> list[str]:
    """Refuse unknown detectors, and those with findings that nobody has reviewed and the guard does not let stand
    alone. Raises NotLeftOut. Where the guard is overruled, what it says against it, in sentences."""
    named = _named(recipes)
    known = detectors(project) if named else []
    unknown = sorted(named - set(known))
    if unknown:
        there = f"there are {', '.join(known)}" if known else "none has looked at this project"
        raise NotLeftOut(f"There is no detector {unknown[0]!r}; {there}.")
    against = [sentence for detector in sorted(_trusted(recipes)) for sentence in _against(project, detector)]
    if against and not is_overruled:
        raise NotLeftOut(
            f"{' '.join(against)} Review them, leave out those alone that a reviewer confirmed, or overrule the guard "
            "with a reason."
        )
    return against


def check_again(release: Release) -> None:
    """Refuse what was fixed with a release before anybody had reviewed it, where a newer analysis does not let its
    detector stand alone any more. Raises NotLeftOut."""
    if release.overruled:
        return
    unreviewed = Omission.objects.filter(release=release, is_confirmed=False, detector__in=_trusted(release.recipes))
    counted = Counter(unreviewed.values_list("detector", flat=True).iterator(AT_ONCE))
    for detector, waiting in sorted(counted.items()):
        if reasons := reasons_against(release.project, detector):
            raise NotLeftOut(
                f"When this release was asked for, nobody had reviewed {waiting:,} findings of {detector}, and since "
                f"then it may not leave out labels by itself any more. {' '.join(reasons)} Review them and make "
                "another release, or leave out those alone that a reviewer confirmed."
            )


def detectors(project: Project) -> list[str]:
    """Those that have looked at the project."""
    looked = Detection.objects.filter(analysis__project=project).order_by("detector")
    return list(looked.values_list("detector", flat=True).distinct())


def reasons_against(project: Project, detector: str) -> list[str]:
    """Why a detector may not leave out labels by itself, as the newest analysis came to it; empty where it may."""
    told = Measure.objects.filter(analysis__project=project, topic=Measure.Topic.GUARD, slice=detector)
    newest = told.order_by("-analysis__number").first()
    if newest is None:
        return ["No analysis has looked yet whether it may."]
    return [] if newest.figures["stands_alone"] else list(newest.figures["reasons"])


def _against(project: Project, detector: str) -> list[str]:
    """What the guard says against leaving out findings of this detector that nobody has reviewed."""
    waiting = _standing(project, {detector}).filter(decision__in=UNDECIDED).count()
    reasons = reasons_against(project, detector) if waiting else []
    if not reasons:
        return []
    return [
        f"Nobody has reviewed {waiting:,} findings of {detector}, and it may not leave out labels by itself.",
        *reasons,
    ]


def _found(project: Project, detectors: set[str]) -> Iterable[Line]:
    found = _standing(project, detectors).order_by("pk")
    told = found.values_list("item_id", "annotation__item_id", "detector", "annotation_id", "question", "decision")
    for item, of_annotation, detector, annotation, question, decision in told.iterator(AT_ONCE):
        yield Line(item or of_annotation, Omits(detector, annotation, question, decision not in UNDECIDED))


def _standing(project: Project, detectors: set[str]) -> Any:
    """Findings about items and labels that are still seen, and that no reviewer refuted."""
    found = Finding.objects.filter(project=project, detector__in=detectors, gone__isnull=True)
    about_labels = found.exclude(item__isnull=True, annotation__isnull=True)
    return about_labels.exclude(decision=Decision.UPHELD)


def _trusted(recipes: Recipes) -> set[str]:
    """Detectors whose findings are to be left out whether somebody reviewed them or not."""
    return {name for one in recipes if one["parameters"].get("findings") != CONFIRMED for name in _of(one)}


def _named(recipes: Recipes) -> set[str]:
    return {name for one in recipes for name in _of(one)}


def _of(recipe: Mapping[str, Any]) -> Sequence[str]:
    return recipe["parameters"].get("leave_out") or ()
