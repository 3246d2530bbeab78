"""What a judge's verdicts by a version of a rubric say of it and of each criterion, beside what people prefer.

`figures` of a report are `{"all", "unseen", "before", "criteria", "fitted", "hidden"}`: how often the rubric prefers
what people prefer, over all pairs and over those of prompts that nothing in its history was written from; the same of
the version before it, the difference on the pairs that both were held against, and whether it holds beside every other
version that was tried in that one's place; each criterion by its key, with how far people who answered it agree, and
the judge with them; what weights fitted to people's labels would come
to on prompts held out; and which plain features of responses tell what people prefer beyond all criteria. Those of
guessed criteria have `beyond`, too: which tell more than the version that they were guessed for, on other prompts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.kinds.rubric_score import is_gate
from annotation.models import Item, RubricVersion
from curation.criteria import evolution, gatekeeper, hypotheses, redundancy, validation, weights
from curation.criteria.accuracy import Accuracy, accuracy, gain
from curation.criteria.hidden import Hidden, hidden
from curation.criteria.scoring import Scoring
from curation.criteria.verdicts import PREFERRED, REJECTED, Verdicts, from_table
from curation.hooks import pairs
from curation.models import RubricAttempt, RubricLine, RubricReport, RubricVerdicts
from curation.noise.proposals import Booleans
from curation.queries.rubrics import rivals
from curation.rubrics import HYPOTHESES, people
from curation.rubrics.features import FEATURES, counted
from curation.rubrics.labelled import Labelled, written_part
from curation.rubrics.tables import table, told
from modelhooks.head.pairs import Floats, Integers
from modelhooks.models import Run

MOST_STEPS_BACK = 100
CHARACTERS = list(FEATURES).index("characters")
MOST_SEARCHED = 2_000
"""Pairs that are searched for what no criterion names: everything is learnt anew in each of many draws."""


@dataclass(frozen=True, slots=True)
class Held:
    """A version held against labelled pairs: everything in the order of the items."""

    version: RubricVersion
    items: Sequence[int]
    groups: Sequence[str]
    """(pairs,) the prompt of each."""
    verdicts: Verdicts
    features: Floats
    """(pairs, 2, features) counted in the preferred and the other response (`curation.rubrics.features`)."""
    unseen: Booleans
    """(pairs,) whether nothing was written from the pair's prompt."""

    @property
    def lengths(self) -> Floats:
        """(pairs, 2) characters, 1 at least: nothing has no logarithm."""
        return np.maximum(self.features[:, :, CHARACTERS], 1)

    def only(self, which: Booleans) -> "Held":
        """Some of the pairs."""
        places = np.flatnonzero(which)
        groups = [self.groups[at] for at in places.tolist()]
        return Held(
            self.version,
            [self.items[at] for at in places.tolist()],
            groups,
            from_table(self.verdicts.table()[places], numbered(groups)),
            self.features[places],
            self.unseen[places],
        )


def write(run: Run, version: RubricVersion) -> RubricReport:
    """Count what the run's verdicts come to, in the caller's transaction. Called again, it leaves the same."""
    labels = run.parameters["labels"]
    held = hold(run, version)
    found = figures(held, _before(run, version), _rivals(run, version), people.agreed(run, version))
    if _is_guessed(version):
        found["beyond"] = _beyond(run, held)
    written = {
        "project_id": run.project_id,
        "version": version,
        "checkpoint_id": run.checkpoint_id,
        "fingerprint": run.fingerprint,
        "question": run.question,
        "last_annotation": labels["last"],
        "pairs": len(held.items),
        "prompts": len(set(held.groups)),
        "figures": found,
        "created_by_id": run.created_by_id,
    }
    report, _ = RubricReport.objects.update_or_create(run=run, defaults=written)
    return report


def hold(run: Run, version: RubricVersion, among: Sequence[int] | None = None) -> Held:
    """What the run's weights said by a version, of every pair that the run's labels name, or of these items alone."""
    found = RubricVerdicts.objects.filter(version=version, fingerprint=run.fingerprint).order_by("item")
    if among is not None:
        found = found.filter(item__in=among)
    said = dict(found.values_list("item", "said"))
    labels = pairs.labels_of(run).of(run.project, list(said))
    items = [item for item in said if item in labels]
    groups, seen = [labels[item].group for item in items], written_from(version)
    return Held(
        version,
        items,
        groups,
        from_table(
            table(version.criteria, [((labels[item].better, labels[item].worse), said[item]) for item in items]),
            numbered(groups),
        ),
        _features([labels[item] for item in items]),
        np.array([group not in seen for group in groups], bool),
    )


def written_from(version: RubricVersion) -> frozenset[str]:
    """The groups of prompts that this version, or one that it came from, was written or revised from."""
    runs: set[int] = set()
    seen: set[str] = set()
    one: RubricVersion | None = version
    for _ in range(MOST_STEPS_BACK):
        if one is None:
            break
        runs |= {run for run in (one.run_id, *one.provenance.get("runs", ())) if run}
        seen |= set(one.provenance.get("seen", ()))
        one = one.parent
    kept = RubricAttempt.objects.filter(run__in=runs, outcome="kept").values_list("item__group", flat=True)
    found = RubricLine.objects.filter(run__in=runs).values_list("item__group", flat=True)
    return frozenset(kept.distinct()) | frozenset(found.distinct()) | seen


def figures(
    held: Held, before: Held | None, tried: Sequence[Held] = (), agreed: Mapping[str, people.Agreed] | None = None
) -> dict[str, Any]:
    """All that is told of a version (see above). `agreed` has the criteria that people answered."""
    scoring = scoring_of(held.version.criteria)
    unseen = held.only(held.unseen)
    learnt = weights.learn(held.verdicts, polarity=polarity_of(held.version.criteria))
    return {
        "all": _accuracy(accuracy(held.verdicts, scoring, lengths=held.lengths), len(held.items)),
        "unseen": _accuracy(accuracy(unseen.verdicts, scoring, lengths=unseen.lengths), len(unseen.items)),
        "before": None if before is None else _compared(held, before, tried),
        "criteria": _criteria(held, scoring, learnt, agreed or {}),
        "fitted": None if learnt is None else {"accuracy": told(learnt.accuracy)},
        "hidden": _hidden(held),
    }


def scoring_of(criteria: Sequence[Mapping[str, Any]]) -> Scoring:
    """How the criteria of a version are counted, as people see it (`annotation.kinds.rubric_score`)."""
    place = {one["key"]: at for at, one in enumerate(criteria)}
    needs = np.zeros((len(criteria), len(criteria)), bool)
    for at, one in enumerate(criteria):
        needs[at, [place[key] for key in one.get("depends_on", ())]] = True
    return Scoring(
        np.array([one["weight"] for one in criteria], float), np.array([is_gate(one) for one in criteria], bool), needs
    )


def polarity_of(criteria: Sequence[Mapping[str, Any]]) -> Integers:
    """-1 for pitfalls, else 1."""
    return np.array([-1 if one["weight"] < 0 else 1 for one in criteria], np.int64)


def _is_guessed(version: RubricVersion) -> bool:
    """Whether a run guessed it; that somebody says so of a version of theirs is not enough."""
    return version.run is not None and version.run.hook == HYPOTHESES


def _before(run: Run, version: RubricVersion) -> Held | None:
    """The version that this one came from, as the same weights found it. Guesses take nobody's place."""
    if version.parent is None or _is_guessed(version):
        return None
    held = hold(run, version.parent)
    return held if held.items else None


def _rivals(run: Run, version: RubricVersion) -> list[Held]:
    """The other versions that came from the same one, as the same weights found them."""
    return [hold(run, one) for one in rivals(version, run.fingerprint)]


def _compared(held: Held, before: Held, tried: Sequence[Held]) -> dict[str, Any] | None:
    """Both versions on the pairs that both were held against and that neither has seen."""
    fresh = {item for item, is_unseen in zip(held.items, held.unseen.tolist(), strict=True) if is_unseen}
    old = {item for item, is_unseen in zip(before.items, before.unseen.tolist(), strict=True) if is_unseen}
    both = fresh & old
    if not both:
        return None
    now, then = (one.only(np.isin(np.array(one.items), list(both))) for one in (held, before))
    found, earlier = (accuracy(one.verdicts, scoring_of(one.version.criteria)) for one in (now, then))
    better = gain(found.graded, earlier.graded)
    all_points = [found.graded.points, *(_points(one, now.items, earlier.graded.points) for one in tried)]
    mine = evolution.promotion(earlier.graded.points, all_points, now.verdicts.groups).challengers[0]
    is_told = better is not None and better.is_told
    return {
        "version": before.version.number,
        "rubric": before.version.rubric.number,
        "pairs": len(both),
        "accuracy": told(earlier.value),
        "now": told(found.value),
        "gain": None if better is None else told(better.by),
        "is_told": is_told,
        "rivals": [one.version.pk for one in tried],
        "among_all": told(mine.gain),
        "wins": bool(is_told and mine.wins),
    }


def _points(rival: Held, items: Sequence[int], before: Floats) -> Floats:
    """What a rival has on these pairs. One that it was not tried on counts as no gain, so that a rival that saw few
    pairs still counts among those that were tried."""
    graded = accuracy(rival.verdicts, scoring_of(rival.version.criteria)).graded
    has = dict(zip(rival.items, graded.points.tolist(), strict=True))
    return np.array([has.get(item, level) for item, level in zip(items, before.tolist(), strict=True)], float)


def _accuracy(found: Accuracy, count: int) -> dict[str, Any]:
    length = found.length
    return {
        "pairs": count,
        "accuracy": told(found.value),
        "level": found.level,
        "by_gates": found.by_gates,
        "length": None if length is None else told(length.of_rubric),
        "length_of_people": None if length is None else told(length.of_people),
    }


def _criteria(
    held: Held, scoring: Scoring, learnt: weights.Learnt | None, agreed: Mapping[str, people.Agreed]
) -> dict[str, dict[str, Any]]:
    criteria = held.version.criteria
    keys = [one["key"] for one in criteria]
    alike = redundancy.redundancy(held.verdicts)
    kept_of = {keys[one]: keys[cluster.kept] for cluster in alike.clusters for one in cluster.merged}
    gates = {keys[one.criterion]: one for one in gatekeeper.gates(held.verdicts, scoring)}
    found = validation.validate(held.verdicts, polarity=polarity_of(criteria))
    return {
        key: {
            "standing": str(one.standing),
            "coverage": told(one.coverage),
            "met": told(one.met),
            "discrimination": told(one.discrimination),
            "stands": one.stands,
            "detectable": one.detectable,
            "changed": told(one.changed),
            "reliability": one.reliability,
            "pairs": one.pairs,
            "prompts": one.prompts,
            "duplicate_of": kept_of.get(key),
            "gate": _gate(gates[key]) if key in gates else None,
            "weight": None if learnt is None else _weight(learnt.weights[at]),
            "people": agreed.get(key),
        }
        for at, (key, one) in enumerate(zip(keys, found, strict=True))
    }


def _hidden(held: Held) -> list[dict[str, Any]]:
    """What the labels follow beyond the rubric, the most telling first; nothing of few prompts."""
    some = _some(held)
    varies = np.flatnonzero((some.features[:, PREFERRED] != some.features[:, REJECTED]).any(axis=0))
    names, keys = list(FEATURES), [one["key"] for one in held.version.criteria]
    return [
        {
            "feature": names[varies[one.candidate]],
            **_told_hidden(one, keys, len(some.items)),
            # Weights are shrunk: where a criterion tells nearly all, its double saves log-loss and tells nothing more.
            "is_claimed": one.is_claimed and one.hits.value > 0,
        }
        for one in hidden(some.verdicts, some.features[:, :, varies])
    ]


def _beyond(run: Run, guesses: Held) -> list[dict[str, Any]]:
    """What guessed criteria tell beyond the version that they were guessed for, the most telling first.

    Of the share of prompts that they were guessed from no pair counts, shown or not: those that were shown were chosen
    for being wrong, so the others are a choice, too.
    """
    rubric = guesses.version.parent
    if rubric is None:
        return []
    is_written = written_part(run.project, guesses.version.provenance["percent"])
    fresh = _some(guesses.only(np.array([not is_written(group) for group in guesses.groups], bool)))
    known = hold(run, rubric, fresh.items)
    both = fresh.only(np.isin(fresh.items, known.items))
    keys, guessed = ([one["key"] for one in version.criteria] for version in (rubric, guesses.version))
    return [
        {
            "key": guessed[one.found.candidate],
            **_told_hidden(one.found, keys, len(both.items)),
            "is_claimed": one.is_claimed,
            "says_criterion": None if one.criterion is None else keys[one.criterion],
            "says_guess": None if one.guess is None else guessed[one.guess],
        }
        for one in hypotheses.assess(known.verdicts, both.verdicts)
    ]


def _some(held: Held) -> Held:
    """Those that are searched, by lot."""
    places = np.random.default_rng(0).permutation(len(held.items))[:MOST_SEARCHED]
    return held.only(np.isin(np.arange(len(held.items)), places))


def _told_hidden(one: Hidden, keys: Sequence[str], pairs: int) -> dict[str, Any]:
    return {
        "gain": told(one.gain),
        "hits": told(one.hits),
        "leaning": one.leaning,
        "p": one.p,
        "nearest": None if one.nearest is None else keys[one.nearest],
        "nearness": one.nearness,
        "pairs": pairs,
    }


def _gate(one: gatekeeper.Gate) -> dict[str, Any]:
    return {"failed": told(one.failed), "against": told(one.against), "contradicts": one.contradicts}


def _weight(one: weights.Weight) -> dict[str, Any]:
    return {"share": one.share, "fitted": told(one.value), "saved": told(one.saved), "hits": told(one.hits)}


def _features(labels: Sequence[Labelled]) -> Floats:
    """(pairs, 2, features)"""
    found = Item.objects.filter(pk__in=[one.item for one in labels]).only("responses").in_bulk()
    rows = [[counted(found[one.item].text_of(place)) for place in (one.better, one.worse)] for one in labels]
    return np.array(rows, float).reshape(len(labels), 2, len(FEATURES))


def numbered(groups: Sequence[str]) -> Integers:
    """(pairs,) prompts by numbers, in the order in which they come."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int64)
