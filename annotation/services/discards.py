"""Taking an item out for good reason, and taking it back in."""

from django.db import connection, transaction

from annotation.models import Annotation, Discard, Item, Slot
from annotation.services.queue import ADD_SLOTS_OF_ITEM
from audit.services import record
from projects.access import Place


@transaction.atomic
def discard(place: Place, item: Item, *, reason: str = "") -> Discard:
    """Keep an item out of the queue and of releases. Doing so twice is once.

    Whoever holds it may finish their answer.
    """
    Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    standing = Discard.objects.standing().filter(item=item).first()
    if standing:
        return standing
    Slot.objects.filter(item=item, annotation__isnull=True, holder__isnull=True).delete()
    return _written(place, item, is_out=True, reason=reason)


@transaction.atomic
def restore(place: Place, item: Item) -> Discard | None:
    """Take a discarded item back in, with the slots that its project's overlap asks for; None where it was not out."""
    Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    if not Discard.objects.standing().filter(item=item).exists():
        return None
    written = _written(place, item, is_out=False, reason="")
    with connection.cursor() as cursor:
        cursor.execute(
            ADD_SLOTS_OF_ITEM, {"project": place.project.pk, "overlap": place.project.overlap, "item": item.pk}
        )
    return written


def _written(place: Place, item: Item, *, is_out: bool, reason: str) -> Discard:
    with connection.cursor() as cursor:  # as annotations do: a release that is being fixed waits for us, or we for it
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext(%s))", [Annotation._meta.db_table])
    written = Discard.objects.create(
        project=place.project, item=item, is_out=is_out, reason=reason.replace("\x00", "")[:500], by=place.user
    )
    record(
        "item.discarded" if is_out else "item.restored",
        subject=f"item:{item.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"discard": written.pk},
    )
    return written
