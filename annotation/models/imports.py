"""One file brought in, and what became of each of its lines."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from jobs.models import Job
from projects.models import Project


class Import(models.Model):
    """A file on its way into items: `ok + duplicate + refused = total` once its job is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="imports")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    adapter = models.CharField(max_length=40, help_text="Which layout the file has.")
    options = models.JSONField(default=dict, help_text="Column mapping and the adapter's own choices.")
    file_name = models.CharField(max_length=200, help_text="What the user called it; never used as a path.")
    file_size = models.BigIntegerField()
    file_digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    rows_read = models.BigIntegerField(default=0, help_text="Rows accounted for; a resumed job goes on after them.")
    last_number = models.BigIntegerField(default=0, help_text="The number of the last of them, as people count rows.")
    byte_offset = models.BigIntegerField(null=True, help_text="Where to seek to, in a plain file of lines.")
    ok = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    labels = models.BigIntegerField(default=0, help_text="Annotations that came along and were stored.")
    labels_left_out = models.BigIntegerField(default=0, help_text="Labels that no question of the form asks for.")

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["project", "-created_at"], name="import_by_project")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rows_read=models.F("ok") + models.F("duplicate") + models.F("refused")),
                name="import_every_row_accounted",
            )
        ]


class RefusedRow(models.Model):
    """A row that did not become an item, with its number and the reason."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refused_rows")
    number = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    excerpt = models.TextField(max_length=500, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="refused_row_once")]
