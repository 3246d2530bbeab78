"""Asking for a new version of a project's reward head, and stopping it. The work is `modelhooks.services.training`."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from accounts import limits
from accounts.models import User
from audit.services import record
from jobs import services as jobs
from jobs.models import Job, State
from modelhooks.embedders import DEFAULT, EMBEDDERS
from modelhooks.labels import labels
from modelhooks.models import Head
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

OPEN = (State.QUEUED, State.LEASED)
ATTEMPTS = 4  # each goes on where the last one died, since what was embedded is kept


class HeadRefused(Refusal):
    """No head can be trained like that, or not now; the text says why."""

    status = 422
    title = "This reward head cannot be trained"


class Wishes(BaseModel):
    """What may be chosen about a version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    embedder: str = Field(default=DEFAULT, title="Embedder", description="What turns responses into numbers.")
    with_imported: bool = Field(
        default=False,
        title="Count imported labels, too",
        description="Labels that came with files count as votes beside those that were given here.",
    )
    widen: bool = Field(
        default=False,
        title="Measure on a wider set from now on",
        description="Freezes all that is kept back and answered by now. Heads before it are measured on it anew.",
    )
    target: float = Field(
        default=0.9,
        ge=0.55,
        le=0.99,
        title="Right at least this often where it speaks",
        description="Below the confidence that holds this, it abstains.",
    )
    seed: int = Field(default=0, ge=0, le=10**6, title="Seed")

    @field_validator("embedder")
    @classmethod
    def _is_known(cls, embedder: str) -> str:
        if embedder not in EMBEDDERS:
            raise ValueError(f"known are {', '.join(EMBEDDERS)}")
        return embedder


def train(place: Place, *, question: str, wishes: Mapping[str, Any] | None = None) -> Head:
    """Queue a new version for this question. Raises HeadRefused and `limits.TooMany`."""
    return _train(place.project, place.user, question, _checked(wishes or {}))


@transaction.atomic
def _train(project: Project, user: User, question: str, wishes: Wishes) -> Head:
    if question not in {one.key for one in labels().questions(project)}:
        raise HeadRefused(f"The form asks no preference “{question[:40]}” between two responses.")
    limits.spend("head", user_id=user.pk, project_id=project.pk)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # one number at a time
    busy = Head.objects.filter(project=project, question=question, job__state__in=OPEN).first()
    if busy:
        raise HeadRefused(f"Head {busy.number} is being trained for this question. Wait for it, or cancel it first.")
    job = jobs.enqueue(
        kind="head", args={}, actor_id=user.pk, queue=EMBEDDERS[wishes.embedder].queue, max_attempts=ATTEMPTS
    )
    newest = Head.objects.filter(project=project).aggregate(newest=Max("number"))["newest"]
    head = Head.objects.create(
        project=project,
        number=(newest or 0) + 1,
        question=question,
        parameters=wishes.model_dump(),
        last_annotation=labels().last(project),
        job=job,
        created_by=user,
    )
    Job.objects.filter(pk=job.pk).update(args={"head_id": head.pk})
    _record(user, head, "head.asked", question=question, **head.parameters)
    return head


@transaction.atomic
def cancel(place: Place, head: Head) -> None:
    """Ask it to stop at the next chunk. What was embedded stays known."""
    jobs.cancel(str(head.job_id))
    _record(place.user, head, "head.cancelled")


def current(project: Project, question: str) -> Head | None:
    """The version in office: the last one that was promoted."""
    return Head.objects.filter(project=project, question=question, is_promoted=True).order_by("-number").first()


def _checked(wishes: Mapping[str, Any]) -> Wishes:
    try:
        return Wishes.model_validate(dict(wishes))
    except ValidationError as error:
        first = error.errors()[0]
        raise HeadRefused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None


def _record(user: User, head: Head, verb: str, **detail: Any) -> None:
    record(
        verb,
        subject=f"head:{head.pk}",
        actor_id=user.pk,
        project_id=head.project_id,
        detail={"number": head.number, **detail},
    )
