"""What a project tells a judge of pairs, in versions: the next one, and which is in use."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from audit.services import record
from modelhooks.catalog import OptionsRefused, checked, takes_instructions
from modelhooks.models import Checkpoint, Contract, JudgeVersion, Run
from modelhooks.services.checkpoints import LONGEST_NAME
from projects.models import Project
from ui.problems import Refusal

MOST_VERSIONS = 30
LONGEST_DIAGNOSIS = 2_000
LONGEST_PART = 40  # of the judge's name, and of the project's slug, in a version's name


class InstructionsRefused(Refusal):
    """These instructions cannot be a version; the text says why."""

    status = 422
    title = "These instructions cannot be taken"


def can_be_told(checkpoint: Checkpoint) -> bool:
    """Whether it judges pairs, and takes instructions."""
    return checkpoint.contract == Contract.PREFERENCE and takes_instructions(checkpoint.backend)


def version_of(project: Project, checkpoint: Checkpoint) -> JudgeVersion:
    """The version that this checkpoint is in the project; the first one of a judge that has none yet, unsaved."""
    found = JudgeVersion.objects.select_related("judge", "checkpoint").filter(project=project, checkpoint=checkpoint)
    first = JudgeVersion(project=project, judge=checkpoint, checkpoint=checkpoint, number=1, is_in_use=True)
    return found.first() or first


def begun(one: JudgeVersion) -> JudgeVersion:
    """The same, written down if it was not yet."""
    if one.pk:
        return one
    found, _ = JudgeVersion.objects.get_or_create(
        project=one.project, checkpoint=one.checkpoint, defaults={"judge": one.judge, "number": 1, "is_in_use": True}
    )
    return found


def held(one: JudgeVersion) -> list[JudgeVersion]:
    """All versions of the same judge in the project, by number; nobody else changes them until the transaction ends.

    No key is locked: rows that only name a version are written meanwhile.
    """
    found = JudgeVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("judge", "checkpoint")
    return list(found.filter(project=one.project_id, judge=one.judge_id).order_by("number"))


@transaction.atomic
def write(
    parent: JudgeVersion,
    text: str,
    *,
    by: User | None,
    run: Run | None = None,
    diagnosis: str = "",
    provenance: Mapping[str, Any] | None = None,
) -> JudgeVersion:
    """Add a version with these instructions, which nobody uses yet. Raises InstructionsRefused."""
    parent = begun(parent)
    others = held(parent)
    if len(others) >= MOST_VERSIONS:
        raise InstructionsRefused(f"A judge has at most {MOST_VERSIONS} versions in a project.")
    options = _options(parent.checkpoint, text)
    if twin := next((one for one in others if one.instructions == options["instructions"]), None):
        raise InstructionsRefused(f"Version {twin.number} says the same.")
    number = others[-1].number + 1
    made = JudgeVersion.objects.create(
        project=parent.project,
        judge=parent.judge,
        number=number,
        checkpoint=_checkpoint(parent, number, options, by),
        parent=parent,
        run=run,
        diagnosis=diagnosis[:LONGEST_DIAGNOSIS],
        provenance=dict(provenance or {}),
        created_by=by,
    )
    _record(made, by, "judge.instructed", parent=parent.number, run=run.pk if run else None)
    return made


def use(one: JudgeVersion, *, by: User, health: str, fingerprint: str, **figures: Any) -> None:
    """Put a version in the place of the one in use, in the caller's transaction, which holds them all."""
    JudgeVersion.objects.filter(project=one.project_id, judge=one.judge_id, is_in_use=True).update(is_in_use=False)
    JudgeVersion.objects.filter(pk=one.pk).update(is_in_use=True)
    one.is_in_use = True
    Checkpoint.objects.filter(pk=one.checkpoint_id).update(
        checked_at=Now(), is_healthy=True, health=health[:500], fingerprint=fingerprint
    )
    _record(one, by, "judge.promoted", **figures)


def _options(checkpoint: Checkpoint, text: str) -> dict[str, Any]:
    if not can_be_told(checkpoint):
        raise InstructionsRefused(f"{checkpoint.name} judges no pairs, or takes no instructions.")
    try:
        return checked(checkpoint.backend, checkpoint.contract, {**checkpoint.options, "instructions": text})
    except OptionsRefused as refusal:
        raise InstructionsRefused(str(refusal)) from None


def _checkpoint(parent: JudgeVersion, number: int, options: Mapping[str, Any], by: User | None) -> Checkpoint:
    """The project's own; it is checked when it is tried."""
    judge = parent.judge
    return Checkpoint.objects.create(
        name=_name(parent, number),
        contract=judge.contract,
        backend=judge.backend,
        options=options,
        licence=judge.licence,
        commercial_use=judge.commercial_use,
        project=parent.project,
        created_by=by,
    )


def _name(parent: JudgeVersion, number: int) -> str:
    """Unlike any other of the installation, whoever took a name like it before."""
    slug, judge = parent.project.slug[:LONGEST_PART], parent.judge.name[:LONGEST_PART]
    name = f"{judge}, {slug} {number}"
    taken = Checkpoint.objects.filter(name=name).exists()
    return f"{name} ~{parent.project_id}.{parent.judge_id}"[:LONGEST_NAME] if taken else name


def _record(one: JudgeVersion, by: User | None, verb: str, **detail: Any) -> None:
    record(
        verb,
        subject=f"checkpoint:{one.checkpoint_id}",
        actor_id=by.pk if by else None,
        project_id=one.project_id,
        detail={"judge": one.judge_id, "version": one.number, **detail},
    )
