"""Items that somebody took out because they are no good, and took back in."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.items import Item
from projects.models import Project


class DiscardQuerySet(models.QuerySet["Discard"]):
    def standing(self, *, last: int | None = None) -> "DiscardQuerySet":
        """What keeps an item out now, or did when `last` was the newest row of all."""
        known = models.Q() if last is None else models.Q(id__lte=last)
        later = Discard.objects.filter(known, item=models.OuterRef("item"), id__gt=models.OuterRef("id"))
        return self.filter(known, ~models.Exists(later), is_out=True)


class Discard(models.Model):
    """An item was taken out, or taken back in; the newest row of an item stands. Added, never edited, so that a release
    can say which of them it knew. The database refuses UPDATE and DELETE.

    An item that is out is offered to nobody and gives no row of a release. Its annotations stay what they are.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="discards", db_index=False)
    is_out = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = DiscardQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["item", "-id"], name="discard_by_item"),
            models.Index(fields=["project", "-id"], name="discard_by_project"),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} is {'out' if self.is_out else 'back'}"
