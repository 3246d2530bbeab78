"""What each detector finds of the defects that were planted, and what it says of a clean project.

For each detector: of what it finds, the share that is so (precision); of what was planted, the share that it
finds (recall); and how many findings it raises where nothing is wrong (false alarms on the clean control).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from accounts.models import User
from annotation.demo.planted import loading
from annotation.demo.planted.world import World, plan
from annotation.models import Item
from curation.models import Benchmark, Finding
from curation.services import analyses, benchmarks
from jobs import runner
from jobs.models import Job, State
from projects.access import Place
from projects.models import Project, Role

BENCHMARK = "planted-benchmark"
MOST_TURNS = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """One detector's finds in the world with defects, and its alarms in the clean one."""

    defect: str
    found: int
    planted: int
    hits: int
    """What was found of the planted."""
    true: int
    """What was found and is as the detector says: the planted, and labels that are wrong though nobody planted them."""
    false_alarms: int
    looked_at: int
    """Things in the clean world that it could have named."""

    @property
    def precision(self) -> float:
        return self.true / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.planted if self.planted else 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What is found in one world, by detector, as keys of items or groups and names of people."""

    world: World
    project: Project
    by_detector: Mapping[str, set[str]]


def later(world: World) -> set[str]:
    """Of the items that are alike, those that came after their like: they are what is found."""
    return {key for key in world.defects["duplicate"] if key.startswith("again-")}


DEFECTS: dict[str, tuple[str, Callable[[World], set[str]]]] = {
    "disputed_labels": ("a fifth of the bought labels turned round", lambda world: world.defects["flip"]),
    "draws_lots": ("a tenth of the annotators draws lots", lambda world: world.defects["spammer"]),
    "one_side": ("an annotator takes the left", lambda world: world.defects["position"]),
    "cycles": ("prompts whose preferences go in a circle", lambda world: world.defects["cycle"]),
    "tastes": ("items that two halves of the annotators see differently", lambda world: world.defects["groups"]),
    "near_duplicates": ("items that repeat another", later),
    "benchmark_leakage": ("prompts of a benchmark", lambda world: world.defects["leak"]),
    "judge_order": ("a judge follows the order", lambda world: world.defects["by_order"]),
    "judge_length": ("a judge follows length", lambda world: world.defects["by_length"]),
    "judge_probes": ("a judge takes nothing for something", lambda world: world.defects["by_nothing"]),
}
"""Detector to what is planted for it, in words and as it would be named."""


def wrong(world: World) -> set[str]:
    """Items whose label is wrong: what was turned round, and where most people erred by themselves."""
    said: dict[str, float] = {key: 1.0 if winner == "a" else -1.0 for key, winner in world.bought.items()}
    for vote in world.votes:
        said[vote.key] = said.get(vote.key, 0.0) + {"a": 1.0, "b": -1.0}.get(vote.winner, 0.0)
    truth = {one.key: {"a": 1.0, "b": -1.0, "": 0.0}[one.better] for one in world.items if not one.taste}
    return {key for key, sign in truth.items() if sign * said.get(key, 0.0) < 0}


def _nothing(_world: World) -> set[str]:
    return set()


ALSO: dict[str, Callable[[World], set[str]]] = {
    "disputed_labels": wrong,
    "draws_lots": lambda world: world.defects["position"],
}
"""What a detector may name beside what was planted for it: labels that people got wrong by themselves; and who takes the
left does not read, either."""


def measured(items: int, *, seed: int, owner: User) -> dict[str, Outcome]:
    """Both worlds planned, loaded, looked at and counted. Name of a detector to its outcome."""
    planted = told(plan(items, seed=seed), owner, "planted")
    clean = told(plan(items, seed=seed, clean=True), owner, "clean")
    return {name: _outcome(name, planted, clean) for name in DEFECTS}


def told(world: World, owner: User, slug: str) -> Told:
    """Import, detectors, findings: as a curator would have it."""
    project = loading.load(world, owner, slug=slug)
    Benchmark.objects.filter(name=BENCHMARK).delete()
    benchmarks.put(BENCHMARK, world.benchmark)
    asked = analyses.start(Place(owner, project, Role.OWNER))
    job = _ended(str(asked.job_id))
    if job.state != State.DONE:
        raise RuntimeError(job.message)
    return Told(world, project, {name: set(_named(project, name)) for name in DEFECTS})


def _ended(job_id: str) -> Job:
    """After as many turns as it takes on this machine."""
    for _ in range(MOST_TURNS):
        runner.execute(job_id)
        job = Job.objects.get(pk=job_id)
        if not job.is_open:
            break
    return job


def _named(project: Project, detector: str) -> Iterator[str]:
    found = Finding.objects.filter(project=project, detector=detector, gone__isnull=True).select_related(
        "person", "checkpoint"
    )
    by = "group" if detector == "cycles" else "key"
    names = dict(Item.objects.filter(project=project).values_list("pk", by))
    for one in found:
        if one.person:
            yield one.person.name
        elif one.checkpoint:
            yield one.checkpoint.name.removesuffix(f" of {project.slug}")
        elif one.item_id:
            yield names[one.item_id]


def _outcome(name: str, planted: Told, clean: Told) -> Outcome:
    words, of = DEFECTS[name]
    wanted, found = of(planted.world), planted.by_detector[name]
    return Outcome(
        defect=words,
        found=len(found),
        planted=len(wanted),
        hits=len(found & wanted),
        true=len(found & (wanted | ALSO.get(name, _nothing)(planted.world))),
        false_alarms=len(clean.by_detector[name] - ALSO.get(name, _nothing)(clean.world)),
        looked_at=_looked_at(name, clean.world),
    )


def _looked_at(name: str, world: World) -> int:
    if name.startswith("judge_"):
        return len(world.judges)
    return len(world.people if name in {"draws_lots", "one_side"} else world.items)


def lines(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """A table in Markdown."""
    yield "| detector | planted | found | precision | recall | false alarms in a clean project |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for name, one in outcomes.items():
        yield (
            f"| `{name}` | {one.planted:,}: {one.defect} | {one.found:,} | {one.precision:.2f} | {one.recall:.2f} "
            f"| {one.false_alarms:,} of {one.looked_at:,} |"
        )
