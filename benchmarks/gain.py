"""What curation gains: labels with planted flips go through the product, and reward heads learn from what it releases.

One world is one draw: some topics are kept for the test with their true labels, and of the labels of the others a share
is flipped. The product is not told which, nor how many. Its pairs are imported, looked at, reviewed and released; a
head is trained on each release with one strength of regularization, that of the raw release, so that arms differ by
labels alone.
"""

import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from accounts.models import User
from annotation.models import Form, Item, Question
from annotation.services import imports
from benchmarks.topics import Labeled
from curation import store
from curation.models import Detection, Finding, Release
from curation.queries.review_queue import Filters
from curation.queries.review_queue import queue as review_queue
from curation.services import analyses, releases, reviews
from curation.services.reviews import Asked
from curation.services.wishes import ReleaseRefused
from jobs import runner
from jobs.models import Job, State
from modelhooks.head import crossfit
from modelhooks.head.evaluation import hits_of
from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Floats, Integers, Pairs, Vectors
from modelhooks.services import embeddings
from projects.access import Place
from projects.models import Membership, Project, Role

QUESTION, DETECTOR = "better", "disputed_labels"
ALL_FINDINGS: dict[str, Any] = {"leave_out": [DETECTOR], "findings": "all"}
BECAUSE = "A benchmark asks what it would come to."
REVIEWED = 0.1
AT_ONCE = 200  # texts
AT_A_TIME = 5  # items of the queue, before it is read again
RESAMPLES = 2_000
RAW, CLEAN, QUEUE, LOTS = "raw", "clean", "queue", "lots"
DROPPED, ALL_DROPPED, BOTH = "dropped", "all dropped", "queue, rest dropped"
ARMS = {
    RAW: "as imported",
    DROPPED: "findings dropped, as far as the guard lets",
    ALL_DROPPED: "findings dropped, the guard overruled",
    QUEUE: "the first tenth of the queue reviewed",
    BOTH: "the same, and the other findings dropped, the guard overruled",
    LOTS: "a tenth drawn by lot reviewed",
    CLEAN: "no label flipped",
}


@dataclass(frozen=True, slots=True)
class World:
    """One draw. `said` is what the labels of the training pairs say: 0 or 1 by key."""

    training: Sequence[Labeled]
    test: Sequence[Labeled]
    said: Mapping[str, int]

    @property
    def is_flipped(self) -> Mapping[str, bool]:
        return {one.key: self.said[one.key] != one.better for one in self.training}


@dataclass(frozen=True, slots=True)
class Gained:
    """What became of one world: accuracy on the test topics by arm, and what the detector said."""

    accuracy: Mapping[str, float]
    note: str
    refused: str
    """Why the product does not drop findings by itself; empty where it does."""
    found: int
    precision: float
    """Of the findings, the share whose label was flipped."""
    reviewed: int
    confirmed: float
    """Of what was reviewed in the queue, the share whose label was flipped."""

    def told(self) -> str:
        """In a line."""
        arms = ", ".join(f"{arm} {value:.3f}" for arm, value in self.accuracy.items())
        reviewed = f"{self.reviewed} reviewed, {self.confirmed:.0%} of them flipped"
        return (
            f"{arms}; {self.found} found, {self.precision:.0%} of them flipped; {reviewed}. {self.note} {self.refused}"
        )


def draw(pairs: Sequence[Labeled], *, share: float, seed: int, tested: float, most: int) -> World:
    """A world of these pairs: so much of the topics for the test, `most` pairs of the others, `share` of them flipped."""
    rng = np.random.default_rng(seed)
    topics = rng.permutation(sorted({one.topic for one in pairs}))
    kept_back = set(topics[: max(1, round(tested * len(topics)))])
    others = [one for one in pairs if one.topic not in kept_back]
    chosen = [others[place] for place in sorted(rng.permutation(len(others))[:most])]
    flipped = set(rng.permutation(len(chosen))[: round(share * len(chosen))])
    said = {one.key: 1 - one.better if place in flipped else one.better for place, one in enumerate(chosen)}
    return World(chosen, [one for one in pairs if one.topic in kept_back], said)


class Known:
    """An embedder that has seen every text: what costs is computed once for all worlds."""

    def __init__(self, points: Mapping[str, Vectors], fingerprint: str) -> None:
        self.points, self.fingerprint = points, fingerprint
        self.dimensions = len(next(iter(points.values())))

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.points[text] for text in texts])


def measured(world: World, embedder: Known, *, slug: str, seed: int = 0) -> Gained:
    """One world through the product: import, look, releases, reviews. Raises RuntimeError where a job fails."""
    place = brought(world, slug, embedder)
    raw = _pairs(world, embedder, _released(place))
    with threadpool_limits(limits=1):
        penalty = crossfit.choose_penalty(raw, seed=seed)
    job = _done(analyses.start(place).job_id)
    open_ones = set(_open(place))
    flipped = world.is_flipped
    dropped, refused = _as_far_as_it_lets(place)
    rows = {RAW: _released(place), DROPPED: dropped, CLEAN: {one.key: one.better for one in world.training}}
    rows[ALL_DROPPED] = _released(place, **ALL_FINDINGS, overrule=BECAUSE)
    reviewed = _by_queue(place, world)
    rows[QUEUE] = _released(place)
    rows[BOTH] = _released(place, **ALL_FINDINGS, overrule=BECAUSE)
    rows[LOTS] = _by_lot(world, f"{slug}-lots", embedder, len(reviewed), seed)
    test = _pairs(world, embedder, {one.key: one.better for one in world.test}, world.test)
    with threadpool_limits(limits=1):
        accuracy = {arm: _accuracy(_pairs(world, embedder, rows[arm]), penalty, test) for arm in ARMS}
    return Gained(
        accuracy=accuracy,
        note=Detection.objects.get(analysis__job=job, detector=DETECTOR).note,
        refused=refused,
        found=len(open_ones),
        precision=float(np.mean([flipped[key] for key in open_ones])) if open_ones else 0.0,
        reviewed=len(reviewed),
        confirmed=float(np.mean([flipped[key] for key in reviewed])) if reviewed else 0.0,
    )


def brought(world: World, slug: str, embedder: Known) -> Place:
    """A project with the training pairs, each with the label that came with it, and the points of its texts."""
    owner = User.objects.create_user(f"{slug}@gain.invalid", None, name="Owner")
    project = Project.objects.create(slug=slug, name="What curation gains", overlap=1, created_by=owner)
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    form = Form.objects.create(project=project, version=1, created_by=owner)
    Question.objects.create(form=form, position=0, key=QUESTION, kind="preference", title="Which is better?")
    place = Place(owner, project, Role.OWNER)
    lines = "".join(json.dumps(row) + "\n" for row in _rows(world))
    started = imports.start(place, upload=io.BytesIO(lines.encode()), file_name="gain.jsonl", adapter="goldpan")
    _done(started.job_id)
    texts = sorted({text for one in world.training for text in one.texts})
    for start in range(0, len(texts), AT_ONCE):
        embeddings.vectors(embedder, texts[start : start + AT_ONCE])
    return place


def _rows(world: World) -> Iterator[dict[str, Any]]:
    for one in world.training:
        yield {
            "key": one.key,
            "group": one.topic + one.prompt,
            "prompt": one.prompt,
            "responses": [{"text": text} for text in one.texts],
            "labels": [
                {
                    "kind": "preference",
                    "annotator": "bought",
                    "answer": {"winner": "ab"[world.said[one.key]], "strength": None},
                }
            ],
        }


def _done(job_id: Any) -> Job:
    runner.execute(str(job_id))
    job = Job.objects.get(pk=job_id)
    if job.state != State.DONE:
        raise RuntimeError(job.message)
    return job


def _released(place: Place, *, overrule: str = "", **parameters: Any) -> dict[str, int]:
    """A release for reward models as its file says it: key to the response that was chosen. Raises ReleaseRefused."""
    recipe = {"name": "rm_pairs", "parameters": parameters}
    asked, _ = releases.freeze(place, recipes=[recipe], formats=["jsonl"], splits={"train": 100}, overrule=overrule)
    if not asked.is_frozen:
        _done(asked.job_id)
    made = Release.objects.get(pk=asked.pk)
    texts = {item.key: item.text_of(0) for item in Item.objects.filter(project=place.project)}
    found: dict[str, int] = {}
    for file in made.files.filter(path__startswith="rm_pairs/", rows__isnull=False):
        for line in store.path_of(file).read_text().splitlines():
            row = json.loads(line)
            found[row["pair_id"]] = int(row["chosen"][-1]["content"] != texts[row["pair_id"]])
    return found


def _as_far_as_it_lets(place: Place) -> tuple[dict[str, int], str]:
    """The release with findings dropped; where the guard refuses, that with those dropped that a reviewer confirmed."""
    try:
        return _released(place, **ALL_FINDINGS), ""
    except ReleaseRefused as refused:
        return _released(place, leave_out=[DETECTOR], findings="confirmed"), str(refused)


def _open(place: Place) -> Iterator[str]:
    found = Finding.objects.filter(project=place.project, detector=DETECTOR, gone__isnull=True, decision="")
    yield from found.values_list("item__key", flat=True)


def _by_queue(place: Place, world: World) -> list[str]:
    """The keys that a reviewer who knows the truth answered, from the top of the queue, which learns from decisions."""
    most, keys = round(REVIEWED * len(world.training)), list[str]()
    while lines := review_queue(place.project, Filters(), limit=min(AT_A_TIME, most - len(keys))):
        items = Item.objects.in_bulk([line.item_id for line in lines])
        keys += [_reviewed(place, world, items[line.item_id]) for line in lines]
    return keys


def _by_lot(world: World, slug: str, embedder: Known, count: int, seed: int) -> dict[str, int]:
    """What is released after as many reviews as the queue got, of items drawn by lot in a project of their own."""
    place = brought(world, slug, embedder)
    items = list(Item.objects.filter(project=place.project).order_by("pk"))
    for number in np.random.default_rng(seed + 1).permutation(len(items))[:count]:
        _reviewed(place, world, items[number])
    return _released(place)


def _reviewed(place: Place, world: World, item: Item) -> str:
    """One decision: upheld where the label is right, else overturned with the truth."""
    truth = next(one.better for one in world.training if one.key == item.key)
    asked = Asked(item=item, request_key=uuid.uuid4())
    if truth == world.said[item.key]:
        reviews.uphold(place, asked)
    else:
        reviews.overturn(place, asked, answers={QUESTION: {"winner": "ab"[truth], "strength": 1}})
    return item.key


def _pairs(world: World, embedder: Known, sides: Mapping[str, int], among: Sequence[Labeled] = ()) -> Pairs:
    """The pairs with a side, as a head takes them."""
    chosen = [one for one in among or world.training if one.key in sides]
    numbers: dict[str, int] = {}
    groups: Integers = np.array([numbers.setdefault(one.topic + one.prompt, len(numbers)) for one in chosen], np.int64)
    first, second = (embedder.embed([one.texts[place] for one in chosen]) for place in (0, 1))
    p: Floats = np.array([1.0 - sides[one.key] for one in chosen])
    return Pairs(
        np.asarray(first, float) - np.asarray(second, float), np.zeros((len(p), 0)), p, groups, np.ones(len(p))
    )


def _accuracy(training: Pairs, penalty: float, test: Pairs) -> float:
    return float(hits_of(fit(training, penalty).score(test.differences), test.p).mean())


@dataclass(frozen=True, slots=True)
class Recovered:
    """Of the distance from raw to clean labels, over several worlds; with its 95 % interval over resampled worlds."""

    share: float
    low: float
    """Not finite where so few worlds cannot even tell whether clean labels are better than raw ones."""
    high: float


def recovered(found: Sequence[Gained], arm: str, *, seed: int = 0) -> Recovered | None:
    """None where clean labels are no better than raw ones: there is nothing to recover."""
    gains = np.array(
        [[one.accuracy[arm] - one.accuracy[RAW], one.accuracy[CLEAN] - one.accuracy[RAW]] for one in found]
    )
    mean = gains.mean(axis=0)
    if mean[1] <= 0:
        return None
    drawn = np.random.default_rng(seed).integers(0, len(gains), (RESAMPLES, len(gains)))
    sums = gains[drawn].mean(axis=1)
    if np.quantile(sums[:, 1], 0.025) <= 0:
        return Recovered(float(mean[0] / mean[1]), -np.inf, np.inf)
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.975])
    return Recovered(float(mean[0] / mean[1]), float(low), float(high))


def lines(name: str, share: float, found: Sequence[Gained]) -> Iterator[str]:
    """The rows of one table: mean accuracy by arm, what of the way to clean labels that is, and what was said."""
    for arm, words in ARMS.items():
        told = np.array([one.accuracy[arm] for one in found])
        part = None if arm in (RAW, CLEAN) else recovered(found, arm)
        way = _way(part) if part else "–"
        spread = f"{told.min():.3f} to {told.max():.3f}"
        yield f"| {name}, {share:.0%} | {words} | {told.mean():.3f} | {spread} | {way} |"


def _way(part: Recovered) -> str:
    bounds = f"{part.low:.0%} to {part.high:.0%}" if np.isfinite(part.low) else "too few worlds to bound it"
    return f"{part.share:.0%} ({bounds})"
