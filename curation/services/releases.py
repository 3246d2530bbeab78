"""Freezing a release: the moment that fixes what is in it. `releasing` is the job that writes it."""

import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max

import audit.services as audit
from accounts import limits
from annotation.models import Annotation
from curation import accepting, holding_out, omitting, overturns, removals
from curation.models import Release
from curation.services.wishes import Wish, settle
from curation.snapshot import last_annotation, last_discard, last_gold
from jobs.models import STOPPED
from jobs.services import enqueue
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

PATIENCE = 5.0  # seconds of asking for the lock without standing in anyone's way
PAUSE = 0.01


class NothingLabeled(Refusal):
    """A release of no annotations would be empty."""

    status = HTTPStatus.CONFLICT
    title = "There is nothing to release yet"

    def __init__(self) -> None:
        super().__init__("Nobody has labeled anything in this project yet. A release needs at least one annotation.")


class Frozen(NamedTuple):
    """A release, and whether it was there before it was asked for."""

    release: Release
    is_repeat: bool


def freeze(
    place: Place,
    *,
    recipes: Sequence[Mapping[str, Any]],
    formats: Sequence[str] | None = None,
    splits: Mapping[str, int] | None = None,
    gates: Mapping[str, Any] | None = None,
    hold_out: Mapping[str, Any] | None = None,
    note: str = "",
    overrule: str = "",
    instead_of: Release | None = None,
) -> Frozen:
    """Fix what a release will hold, and queue the job that writes it.

    The same wish again gives the same release while that one is being made, and for as long as nobody has labeled
    anything since. `gates` are limits by name (`curation.gates`), `hold_out` is what nothing is trained on
    (`curation.holding_out`); `overrule` is why it is made although gates or a guard speak against it. Raises
    ReleaseRefused, NothingLabeled and `limits.TooMany`. `instead_of` is withdrawn once this one is frozen.
    """
    wish = settle(
        place.project,
        recipes=recipes,
        formats=formats,
        shares=splits,
        limits=gates,
        hold_out=hold_out,
        overrule=overrule,
    )
    if last_annotation(place.project) is None:
        raise NothingLabeled
    return _freeze(place, wish, note, instead_of)


def freeze_all_the_same(place: Place, release: Release, reason: str) -> Frozen:
    """The same wish once more, of what is labeled now, whatever its gates say. Raises what `freeze` does."""
    replaced = release.instead_of
    return freeze(
        place,
        **wish_of(release),
        note=release.note,
        overrule=reason,
        instead_of=None if replaced is None or replaced.withdrawn_at else replaced,
    )


def wish_of(release: Release) -> dict[str, Any]:
    """What was wished, as `freeze` takes it."""
    return {
        "recipes": release.recipes,
        "formats": release.formats,
        "splits": release.splits,
        "gates": release.gates,
        "hold_out": holding_out.asked(release.hold_out),
    }


@transaction.atomic
def _freeze(place: Place, wish: Wish, note: str, instead_of: Release | None) -> Frozen:
    removals.lock(place.project)
    _wait_for_annotations()
    last = last_annotation(place.project)
    if last is None:
        raise NothingLabeled
    omitted = omitting.now(place.project, wish.recipes)
    # What takes another one's place is made in any case: the other one is to go.
    earlier = None if instead_of else _same_wish(place.project, wish, last, omitted.digest)
    if earlier:
        return Frozen(earlier, is_repeat=True)
    limits.spend("release", user_id=place.user.pk, project_id=place.project.pk)
    newest = Release.objects.filter(project=place.project).aggregate(newest=Max("number"))["newest"]
    release = Release(
        project=place.project,
        number=(newest or 0) + 1,
        note=note,
        recipes=wish.recipes,
        formats=wish.formats,
        splits=wish.splits,
        last_annotation=last,
        last_discard=last_discard(place.project),
        last_gold=last_gold(place.project),
        last_review=overturns.newest(place.project),
        last_acceptance=accepting.newest(place.project, wish.recipes),
        last_removal=removals.newest(place.project),
        instead_of=instead_of,
        digest=wish.digest,
        omitted=omitted.digest,
        gates=wish.gates,
        hold_out=holding_out.fix(place.project, wish.hold_out),
        overruled=wish.overruled,
        created_by=place.user,
    )
    release.job = enqueue(kind="release", args={"release_id": str(release.pk)}, actor_id=place.user.pk)
    release.save(force_insert=True)
    omitting.fix(release, omitted)
    audit.record(
        "release.asked",
        subject=f"release:{release.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={
            "number": release.number,
            "last_annotation": last,
            "digest": wish.digest,
            **({"overruled": wish.overruled["reason"]} if wish.overruled else {}),
        },
    )
    return Frozen(release, is_repeat=False)


def _wait_for_annotations() -> None:
    """Wait until no annotation is on its way, so that the largest id closes the snapshot; held until commit.

    Asks again and again rather than queueing: who queues for an exclusive lock makes every annotator behind it wait.
    """
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [Annotation._meta.db_table])
            if cursor.fetchone()[0]:
                return
            time.sleep(PAUSE)
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [Annotation._meta.db_table])


def _same_wish(project: Project, wish: Wish, last: int, omitted: str) -> Release | None:
    """A release of the same wish that is being made, or that was made from the same annotations and items, and leaves
    out the same."""
    others = (overturns.newest(project), accepting.newest(project, wish.recipes), removals.newest(project))
    newest = (last, last_discard(project), last_gold(project), *others)
    same = Release.objects.filter(project=project, digest=wish.digest, omitted=omitted, withdrawn_at=None)
    same = same.select_related("job")
    for release in same.exclude(job__state__in=STOPPED).order_by("-number"):
        others = (release.last_review, release.last_acceptance, release.last_removal)
        known = (release.last_annotation, release.last_discard, release.last_gold, *others)
        if release.job.is_open or known == newest:
            return release
    return None
