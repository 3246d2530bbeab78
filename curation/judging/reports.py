"""How often versions of a judge say what people say, on the same pairs, and which is better than the one in use.

`figures` of a report are `{"all", "unseen", "against"}`: how often the version prefers what people prefer, over all
pairs and over those of prompts that nothing in its history was written from; and, of a version that is not in use, the
same beside the one that is, on pairs that neither has seen: the gain, its interval, and the one that holds together for
every version of the judge that was ever tried (`curation.criteria.evolution`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models.functions import Now

from curation.criteria import evolution
from curation.criteria.accuracy import gain, of_choices
from curation.evaluation.graded import Graded
from curation.evaluation.names import ROWS
from curation.hooks import pairs
from curation.models import JudgeReport, JudgeVerdict
from curation.noise.proposals import Booleans
from curation.rubrics.labelled import Labelled, Labels
from curation.rubrics.tables import told
from modelhooks.head.pairs import Floats, Integers
from modelhooks.models import JudgeVersion, Run
from modelhooks.services import instructions

CANNOT_TELL = 0.5
PLACES = {JudgeVerdict.Said.FIRST.value: 0, JudgeVerdict.Said.SECOND.value: 1}


@dataclass(frozen=True, slots=True)
class Held:
    """A version held against labeled pairs: everything in the order of the items."""

    version: JudgeVersion
    run: Run
    fingerprint: str
    items: Sequence[int]
    groups: Integers
    """(pairs,) the prompt of each, as a number."""
    points: Floats
    """(pairs,) 1 where it prefers what people prefer, 0 where it prefers the other, a half where it prefers none."""
    unseen: Booleans
    """(pairs,) whether nothing in its history was written from the pair's prompt."""

    def graded(self, which: Booleans) -> Graded:
        """Some of the pairs."""
        return of_choices(self.points[which], self.groups[which])

    def on(self, items: Sequence[int], elsewhere: Floats) -> Floats:
        """Its points on these pairs. One that it was not tried on counts as no gain, so that a version that saw few
        pairs still counts among those that were tried."""
        has = dict(zip(self.items, self.points.tolist(), strict=True))
        return np.array([has.get(item, point) for item, point in zip(items, elsewhere.tolist(), strict=True)], float)


def write(run: Run) -> None:
    """Count the trials of all versions of the judge anew, in the caller's transaction, with the labels of this run.

    One more that was tried makes it harder for all, so every report changes. Called again, it leaves the same.
    """
    version = JudgeVersion.objects.get(pk=run.parameters["version"], project=run.project_id)
    versions = {one.pk: one for one in instructions.held(version)}
    before = JudgeReport.objects.filter(version__in=versions, question=run.question).exclude(version=version)
    tried = [(versions[one.version_id], one.run, one.fingerprint) for one in before.select_related("run")]
    tried.append((versions[version.pk], run, run.fingerprint))
    labels = pairs.labels_of(run)
    everything = [hold(versions, *one, labels) for one in sorted(tried, key=lambda one: one[0].number)]
    in_use = next((one for one in everything if one.version.is_in_use), None)
    for one in everything:
        others = [other for other in everything if other is not one and other is not in_use]
        _keep(one, labels, figures(one, None if one is in_use else in_use, others))


def hold(
    versions: Mapping[int, JudgeVersion], version: JudgeVersion, run: Run, fingerprint: str, labels: Labels
) -> Held:
    """What these weights said in trials of a version, beside the labels."""
    found = JudgeVerdict.objects.filter(version=version, fingerprint=fingerprint).order_by("item")
    said = dict(found.values_list("item", "said"))
    known = labels.of(run.project, list(said))
    items = [item for item in said if item in known]
    seen = written_from(version, versions)
    return Held(
        version,
        run,
        fingerprint,
        items,
        np.unique(np.array([known[item].group for item in items], str), return_inverse=True)[1],
        np.array([point(said[item], known[item]) for item in items], float),
        np.array([known[item].group not in seen for item in items], bool),
    )


def point(said: str, label: Labelled) -> float:
    """1 for what people prefer, 0 for the other, a half for neither."""
    place = PLACES.get(said)
    return CANNOT_TELL if place is None else float(place == label.better)


def written_from(version: JudgeVersion, versions: Mapping[int, JudgeVersion]) -> frozenset[str]:
    """The groups of prompts that it, or one that it came from, was written from."""
    seen: set[str] = set()
    one: JudgeVersion | None = version
    while one is not None:
        seen |= set(one.provenance.get("seen", ()))
        one = None if one.parent_id is None else versions[one.parent_id]
    return frozenset(seen)


def figures(held: Held, in_use: Held | None, others: Sequence[Held]) -> dict[str, Any]:
    """All that is told of a version (see above). `others` were tried in the same place."""
    return {
        "all": _part(held, np.ones(len(held.items), bool)),
        "unseen": _part(held, held.unseen),
        "against": None if in_use is None else _against(held, in_use, others),
    }


def _part(held: Held, which: Booleans) -> dict[str, Any]:
    graded = held.graded(which)
    return {
        "pairs": int(which.sum()),
        "accuracy": told(graded.estimate(ROWS)),
        "level": float((graded.points == CANNOT_TELL).mean()) if len(graded.points) else 0.0,
    }


def _against(held: Held, in_use: Held, others: Sequence[Held]) -> dict[str, Any] | None:
    """Both on the pairs that both were held against and that neither has seen."""
    fresh = _unseen(held) & _unseen(in_use)
    if not fresh:
        return None
    items = [item for item in held.items if item in fresh]
    now, then = (one.graded(np.isin(np.array(one.items), items)) for one in (held, in_use))
    # Prompts are numbered in the order in which each meets them; one numbering has to serve for both.
    then = of_choices(then.points, now.clusters)
    better = gain(now, then)
    challengers = [now.points, *(one.on(items, then.points) for one in others)]
    mine = evolution.promotion(then.points, challengers, now.clusters).challengers[0]
    is_told = better is not None and better.is_told
    return {
        "pk": in_use.version.pk,
        "version": in_use.version.number,
        "fingerprint": in_use.fingerprint,
        "pairs": len(items),
        "accuracy": told(then.estimate(ROWS)),
        "now": told(now.estimate(ROWS)),
        "gain": None if better is None else told(better.by),
        "among_all": told(mine.gain),
        "is_told": is_told,
        "different": mine.different,
        "rivals": [one.version.number for one in others],
        "wins": bool(is_told and mine.wins),
    }


def _unseen(held: Held) -> set[int]:
    return {item for item, is_unseen in zip(held.items, held.unseen.tolist(), strict=True) if is_unseen}


def _keep(held: Held, labels: Labels, found: Mapping[str, Any]) -> None:
    JudgeReport.objects.update_or_create(
        version=held.version,
        question=held.run.question,
        defaults={
            "project_id": held.version.project_id,
            "run": held.run,
            "fingerprint": held.fingerprint,
            "last_annotation": labels.last,
            "pairs": len(held.items),
            "prompts": len(np.unique(held.groups)),
            "figures": found,
            "counted_at": Now(),
        },
    )
