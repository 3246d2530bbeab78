"""Where people cut a response into steps, in place of the splitter."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from annotation.models.items import Item


class Segmentation(models.Model):
    """One response's steps as a person cut them. Added, never edited; the newest of a response stands.

    The database refuses UPDATE and DELETE, and `services.segmentations` a row for an item that has been annotated:
    answers name the steps they speak of (`cut_by`).
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="segmentations", db_index=False)
    response = models.PositiveSmallIntegerField(help_text="Its place in the item's own order, from 0.")
    ends = ArrayField(models.PositiveIntegerField(), help_text="Where each step ends, in Unicode code points.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["item", "response", "-id"], name="segmentation_newest")]

    def __str__(self) -> str:
        return self.cut_by

    @property
    def cut_by(self) -> str:
        """What answers about these steps name as their splitter."""
        return f"hand-{self.pk}"

    @property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """Where each step starts and ends."""
        return tuple(zip((0, *self.ends), self.ends, strict=False))
