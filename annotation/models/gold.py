"""Items whose right answer is known, by which it is seen how well people label."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now, Random

from annotation.models.discards import Discard
from annotation.models.items import Item
from projects.models import Project


class GoldQuerySet(models.QuerySet["Gold"]):
    def current(self, *, last: int | None = None) -> Self:
        """What is known now, or was when `last` was the newest row of all: the newest version of each item that is
        still gold."""
        known = models.Q() if last is None else models.Q(id__lte=last)
        newer = Gold.objects.filter(known, item=models.OuterRef("item"), version__gt=models.OuterRef("version"))
        return self.filter(known, ~models.Exists(newer), is_withdrawn=False)

    def given(self) -> Self:
        """What is known now of items that people may be asked about: nobody is asked about what was discarded."""
        out = Discard.objects.standing().filter(item=models.OuterRef("item"))
        return self.current().filter(~models.Exists(out))


class Gold(models.Model):
    """One version of what is known about an item. Added, never edited: a correction is the next version.

    `answers` maps question keys to `{"accepted": [value, …], "within": n}`: values as annotations store them, in the
    item's own response order, and how far off still counts (`Kind.tolerances`). A withdrawn version knows nothing any
    more. `lot` is drawn once, so that what comes next can be drawn by an index. The database refuses UPDATE and DELETE.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="gold_versions", db_index=False)
    form = models.ForeignKey("annotation.Form", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    answers = models.JSONField()
    note = models.TextField(max_length=2_000, blank=True, help_text="Why this is the answer, for whoever is told.")
    is_withdrawn = models.BooleanField(default=False)
    lot = models.FloatField(db_default=Random())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = GoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="gold_version_once"),
            models.CheckConstraint(
                condition=models.Q(is_withdrawn=True, answers={})
                | (models.Q(is_withdrawn=False) & ~models.Q(answers={})),
                name="gold_knows_something",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "lot"], name="gold_by_lot", condition=models.Q(is_withdrawn=False)),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}, version {self.version}"
