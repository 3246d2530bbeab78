"""Answers about one item that somebody asks for by name: another opinion, or that of the person who asks."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Now

from annotation.models import Form, Item, Lease, Slot
from annotation.models.items import FIRST_EXTRA
from annotation.refusals import NoForm
from annotation.services.queue import lease_end
from audit.services import record
from projects.access import Place
from ui.problems import Refusal


class EnoughOpinions(Refusal):
    """More answers about one item settle nothing."""

    status = 409
    title = "A hundred people have been asked"

    def __init__(self) -> None:
        super().__init__("The item has as many slots as it can have. Decide it yourself, or discard it.")


SOON = 100  # a priority before that of all items which nobody asked for


@transaction.atomic
def ask_for_another(place: Place, item: Item) -> Slot:
    """Want one more answer about the item, before all others, from someone who has not answered it.

    An answer that is wanted already, and that nobody is giving now, is it; else the item takes one more slot than its
    project's overlap.
    """
    _hold(item)
    slot = _free(item) or _added(item)
    Slot.objects.filter(pk=slot.pk).update(priority=max(slot.priority, SOON))
    record("item.opinion_asked", subject=f"item:{item.pk}", actor_id=place.user.pk, project_id=place.project.pk)
    return slot


@transaction.atomic
def ask_about_many(place: Place, item_ids: Collection[int]) -> int:
    """`ask_for_another` about many items of a project at once; how many of them could take one more answer.

    The same items again, before anybody has answered, want no more than they want already.
    """
    items = list(
        Item.objects.select_for_update(no_key=True)
        .filter(pk__in=item_ids, project=place.project)
        .order_by("pk")  # whoever else asks about several waits instead of crossing
        .values_list("pk", flat=True)
    )
    free = {slot.item_id: slot for slot in _free_of(items).order_by("item", "-number")}
    wanted = [item for item in items if item not in free]
    last = dict(
        Slot.objects.filter(item__in=wanted, number__lt=FIRST_EXTRA)
        .values_list("item")
        .annotate(Max("number"))
        .order_by()
    )
    added = [
        Slot(project=place.project, item_id=item, number=number, priority=SOON)
        for item in wanted
        if (number := last.get(item, -1) + 1) < FIRST_EXTRA
    ]
    Slot.objects.bulk_create(added)
    Slot.objects.filter(pk__in=[slot.pk for slot in free.values()], priority__lt=SOON).update(priority=SOON)
    return len(free) + len(added)


@transaction.atomic
def claim_item(place: Place, item: Item) -> Lease:
    """The right of this person to answer this very item now, in a slot that is free or one more. Raises NoForm.

    For those who have not answered it: a second answer of the same person is a revision.
    """
    _hold(item)
    own = Slot.objects.select_related("lease").filter(item=item, holder=place.user, annotation__isnull=True).first()
    if own and own.lease:
        Slot.objects.filter(pk=own.pk).update(expires_at=lease_end(place))
        return own.lease
    form = Form.objects.filter(project=place.project).order_by("-version").first()
    if form is None:
        raise NoForm
    slot = _free(item) or _added(item)
    if slot.lease_id:
        Lease.objects.filter(pk=slot.lease_id).update(outcome=Lease.Outcome.LOST, ended_at=Now())
    guideline = place.project.guidelines.aggregate(newest=Max("version"))["newest"]
    lease = Lease.objects.create(
        project=place.project, item=item, annotator=place.user, form=form, guideline_version=guideline
    )
    Slot.objects.filter(pk=slot.pk).update(lease=lease, holder=place.user, expires_at=lease_end(place))
    return lease


def _hold(item: Item) -> None:
    """Slots of one item are added by one transaction at a time; answers to it are not kept waiting."""
    Item.objects.select_for_update(no_key=True).get(pk=item.pk)


def _free(item: Item) -> Slot | None:
    return _free_of([item.pk]).order_by("number").first()


def _free_of(items: Collection[int]) -> QuerySet[Slot]:
    """Slots below those of extras that nobody has answered or is answering, locked."""
    free = Q(expires_at__isnull=True) | Q(expires_at__lt=Now())
    slots = Slot.objects.select_for_update(skip_locked=True)
    return slots.filter(free, item__in=items, annotation__isnull=True, number__lt=FIRST_EXTRA)


def _added(item: Item) -> Slot:
    """The next number below those of what is given beyond an item's overlap at random."""
    last = Slot.objects.filter(item=item, number__lt=FIRST_EXTRA).aggregate(last=Max("number"))["last"]
    number = 0 if last is None else last + 1
    if number == FIRST_EXTRA:
        raise EnoughOpinions
    return Slot.objects.create(project_id=item.project_id, item=item, number=number)
