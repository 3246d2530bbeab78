"""Adding a checkpoint, checking that it works, and retiring it: for those who run the installation."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts import limits
from accounts.models import User
from audit.services import record
from jobs import services as jobs
from jobs.models import Job
from modelhooks.catalog import ADDED, BACKENDS, OptionsRefused, checked, queue_of
from modelhooks.models import Checkpoint, Contract
from ui.problems import Refusal

LONGEST_NAME = 100
LONGEST_LICENCE = 200
ATTEMPTS_OF_A_CHECK = 2  # one for the model, one for a worker that was stopped meanwhile


class CheckpointRefused(Refusal):
    """The checkpoint cannot be added or checked; the text says why."""

    status = 422
    title = "This checkpoint cannot be taken"


@transaction.atomic
def add(
    user: User | None,
    *,
    name: str,
    backend: str,
    contract: str,
    options: Mapping[str, Any],
    licence: str = "",
    commercial_use: bool | None = None,
) -> Checkpoint:
    """Write down a checkpoint and queue its first check. `user` is None on the server's own command line.

    Raises CheckpointRefused for a name that is taken, or what the backend does not take.
    """
    limits.spend("checkpoint", user_id=_id(user))
    named, licensed = _line(name, LONGEST_NAME, "name"), _line(licence, LONGEST_LICENCE, "licence")
    if not named:
        raise CheckpointRefused("A checkpoint needs a name.", errors={"name": ["A checkpoint needs a name."]})
    if contract not in Contract.values:
        raise CheckpointRefused(f"There is no contract “{contract[:40]}”. Known are {', '.join(Contract.values)}.")
    if backend in BACKENDS and backend not in ADDED:
        raise CheckpointRefused(f"Checkpoints of {BACKENDS[backend].title} come from training; nobody adds them.")
    try:
        taken = checked(backend, contract, options)
    except OptionsRefused as refusal:
        raise CheckpointRefused(str(refusal)) from None
    made = _create(
        name=named,
        backend=backend,
        contract=contract,
        options=taken,
        licence=licensed,
        commercial_use=commercial_use,
        created_by=user,
    )
    _record(user, made, "checkpoint.added", backend=backend, contract=contract, options=taken)
    _queue_check(user, made)
    return made


@transaction.atomic
def check(user: User | None, checkpoint: Checkpoint) -> Job:
    """Queue a check; the one that waits or runs already, if there is one. Raises CheckpointRefused when retired."""
    held = Checkpoint.objects.select_for_update(of=("self",)).select_related("check_job").get(pk=checkpoint.pk)
    if held.retired_at:
        raise CheckpointRefused(f"{held.name} is retired, and is not checked any more.")
    if held.check_job and held.check_job.is_open:
        return held.check_job
    limits.spend("checkpoint", user_id=_id(user))
    return _queue_check(user, held)


@transaction.atomic
def retire(user: User | None, checkpoint: Checkpoint) -> None:
    """No run is started with it any more. What it said stays, and its name stays taken."""
    if Checkpoint.objects.filter(pk=checkpoint.pk, retired_at__isnull=True).update(retired_at=Now()):
        _record(user, checkpoint, "checkpoint.retired")


def _create(**fields: Any) -> Checkpoint:
    try:
        with transaction.atomic():
            return Checkpoint.objects.create(**fields)
    except IntegrityError:
        sentence = f"There is a checkpoint “{fields['name']}” already. Checkpoints never change; take another name."
        raise CheckpointRefused(sentence, errors={"name": [sentence]}) from None


def _line(text: str, longest: int, word: str) -> str:
    """One line of words. Raises CheckpointRefused for control characters and for what is too long."""
    line = text.strip()
    if len(line) > longest or not (line.isprintable() or not line):
        sentence = f"The {word} is one line of at most {longest} characters."
        raise CheckpointRefused(sentence, errors={word: [sentence]})
    return line


def _id(user: User | None) -> int | None:
    return user.pk if user else None


def _queue_check(user: User | None, checkpoint: Checkpoint) -> Job:
    job = jobs.enqueue(
        kind="checkpoint-check",
        args={"checkpoint_id": checkpoint.pk},
        actor_id=_id(user),
        queue=queue_of(checkpoint.backend, checkpoint.options),
        max_attempts=ATTEMPTS_OF_A_CHECK,
    )
    Checkpoint.objects.filter(pk=checkpoint.pk).update(check_job=job)
    checkpoint.check_job = job
    return job


def _record(user: User | None, checkpoint: Checkpoint, verb: str, **detail: Any) -> None:
    record(
        verb,
        subject=f"checkpoint:{checkpoint.pk}",
        actor_id=_id(user),
        detail={"name": checkpoint.name, **detail},
    )
