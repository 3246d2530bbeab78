"""The checkpoints of the installation, as their pages tell them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from jobs.models import State
from modelhooks.access import runs_seen_by
from modelhooks.catalog import BACKENDS
from modelhooks.models import Checkpoint, Run
from projects.models import Project

MOST = 200  # on one page; nobody keeps more at hand
RUNS = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a checkpoint works: one word for the badge, its tone, and the sentence behind it."""

    word: str
    tone: str  # "good", "bad", "warn" or ""
    sentence: str
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A checkpoint in the list."""

    checkpoint: Checkpoint
    backend: str
    standing: Standing


def listed(*, project: Project | None = None, retired: bool = False) -> QuerySet[Checkpoint]:
    """The installation's checkpoints by name, with their check and when one was last used; those of a project, too."""
    last = Run.objects.filter(checkpoint=OuterRef("pk")).order_by("-pk").values("created_at")[:1]
    known = Checkpoint.objects.of(project) if project else Checkpoint.objects.filter(project__isnull=True)
    found = known.filter(retired_at__isnull=not retired).select_related("check_job")
    return found.annotate(last_used=Subquery(last)).order_by("name")


def lines(checkpoints: Iterable[Checkpoint]) -> list[Line]:
    """The same as pages show them."""
    return [Line(one, title_of(one), standing(one)) for one in checkpoints]


def standing(checkpoint: Checkpoint) -> Standing:
    """What is known of its health; select `check_job` with it."""
    job = checkpoint.check_job
    if checkpoint.retired_at:
        return Standing("retired", "", "No run is started with it any more.")
    if job and job.is_open:
        said = "It is loaded and asked now." if job.state == State.LEASED else "It waits for a worker to check it."
        return Standing("being checked", "warn", f"{said} {job.message}".strip(), is_waiting=True)
    if job and job.state != State.DONE:
        return Standing("check broke off", "bad", job.message or "The check ended without a word.")
    if checkpoint.is_healthy is None:
        return Standing("not checked", "warn", "Nobody has checked yet whether it works.")
    return (
        Standing("works", "good", checkpoint.health)
        if checkpoint.is_healthy
        else Standing("does not work", "bad", checkpoint.health)
    )


def headline(lines: Sequence[Line]) -> str:
    """The answer that the list opens with."""
    if not lines:
        return "There are no checkpoints yet"
    broken = sum(1 for line in lines if line.standing.tone == "bad")
    if broken:
        return f"{broken} of {len(lines)} checkpoint{'' if len(lines) == 1 else 's'} {_do(broken)} not work"
    waiting = sum(1 for line in lines if line.standing.tone == "warn")
    if waiting:
        return f"{len(lines) - waiting} of {len(lines)} checkpoint{'' if len(lines) == 1 else 's'} known to work"
    return "The one checkpoint works" if len(lines) == 1 else f"All {len(lines)} checkpoints work"


def title_of(checkpoint: Checkpoint) -> str:
    """What runs it, in words."""
    backend = BACKENDS.get(checkpoint.backend)
    return backend.title if backend else checkpoint.backend


def options_in_words(checkpoint: Checkpoint) -> list[tuple[str, str]]:
    """What it says to its backend, with the titles that the form had; what is empty is left out."""
    backend = BACKENDS.get(checkpoint.backend)
    described = backend.options_type.model_json_schema().get("properties", {}) if backend else {}
    return [
        (described.get(name, {}).get("title", name), str(value))
        for name, value in checkpoint.options.items()
        if value not in (None, "")
    ]


def runs_of(checkpoint: Checkpoint, user: User) -> list[Run]:
    """Its newest runs in projects that this person may view."""
    found = runs_seen_by(user).filter(checkpoint=checkpoint).select_related("job", "project", "created_by")
    return list(found.order_by("-pk")[:RUNS])


def _do(count: int) -> str:
    return "does" if count == 1 else "do"
