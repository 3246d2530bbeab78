"""What people have typed and not submitted. The cheapest write of the product: one upsert, nothing else."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404

from annotation.models import Draft, Item, Lease
from annotation.refusals import DraftTooLarge
from projects.access import Place

LARGEST = 400_000  # characters, names and values together


@transaction.atomic
def save(place: Place, *, item_id: int, fields: Mapping[str, str]) -> None:
    """Keep form fields as they stand, in shown order, valid or not. 404 unless this person held the item."""
    if sum(len(name) + len(text) for name, text in fields.items()) > LARGEST:
        raise DraftTooLarge
    if not Lease.objects.filter(project=place.project, item=item_id, annotator=place.user).exists():
        raise Http404
    storable = {name: text.replace("\x00", "") for name, text in fields.items()}
    Draft.objects.bulk_create(
        [Draft(author=place.user, item_id=item_id, answers=storable, saved_at=Now())],
        update_conflicts=True,
        unique_fields=["author", "item"],
        update_fields=["answers", "saved_at"],
    )


def find(place: Place, item: Item) -> dict[str, str]:
    """The fields this person left on the item; empty when there are none."""
    kept = Draft.objects.filter(author=place.user, item=item).values_list("answers", flat=True).first()
    return dict(kept or {})


def keep_for_lease(place: Place, lease_id: uuid.UUID, fields: Mapping[str, str]) -> None:
    """Save under the item that this lease was for. An autosave that arrives after its answer changes nothing."""
    lease = Lease.objects.filter(pk=lease_id, annotator=place.user, project=place.project).first()
    if lease is None:
        raise Http404
    if lease.outcome != Lease.Outcome.SUBMITTED:
        save(place, item_id=lease.item_id, fields=fields)
