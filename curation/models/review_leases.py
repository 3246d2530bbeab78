"""Who has an item in hand to review it."""

from django.conf import settings
from django.db import models

from annotation.models import Item
from projects.models import Project


class ReviewLease(models.Model):
    """The right to decide on an item until a time by the database's clock, so that no two people read it at once.

    One row for each item that was ever taken; the next reviewer takes it over once it has run out.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="review_lease")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["project", "reviewer"], name="review_lease_by_reviewer")]

    def __str__(self) -> str:
        return f"item {self.item_id} until {self.expires_at}"
