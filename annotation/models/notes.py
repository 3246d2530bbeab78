"""What a reviewer tells an annotator about an answer of theirs."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models.annotations import Annotation
from annotation.models.items import Item
from projects.models import Project


class Note(models.Model):
    """A few words to the author of an annotation, who alone reads them and says so."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="notes")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField(max_length=5_000)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["to", "project", "-id"], name="note_by_reader")]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something")]

    def __str__(self) -> str:
        return self.text[:80]
