"""What is in no release any more, because a person asked for their data back or a row must not be there."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models import Item
from projects.models import Project


class Removal(models.Model):
    """An item, or all that one annotator said, is in no release made from then on, and in no analysis. Added, never
    edited; the database refuses UPDATE and DELETE. The labels themselves stay where they are, for the audit chain."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    imported_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "item", "person", "imported_name"], name="removal_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(item__isnull=False, person__isnull=True, imported_name="")
                    | models.Q(item__isnull=True, person__isnull=False, imported_name="")
                    | (models.Q(item__isnull=True, person__isnull=True) & ~models.Q(imported_name=""))
                ),
                name="removal_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"removal {self.pk}"
