"""What a release was told to leave out, fixed when it was asked for: findings and decisions go on changing."""

from django.db import models

from annotation.models import Annotation, Item
from curation.models.releases import Release


class Omission(models.Model):
    """An item or annotation about which a detector had found something then. Added with the release, never edited."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="omissions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    detector = models.CharField(max_length=40)
    question = models.CharField(max_length=40, blank=True)
    is_confirmed = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.detector}: item {self.item_id}"
