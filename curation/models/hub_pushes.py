"""Where releases went outside: each push to a repository of the Hub."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from curation.models.releases import Release
from jobs.models import Job


class HubPush(models.Model):
    """One push of a release to a dataset repository. How far it is, is told by its job."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="pushes")
    repository = models.CharField(max_length=200, help_text="owner/name on the Hub of the deployment.")
    may_be_public = models.BooleanField(default=False, help_text="Whether it may be one that all the world reads.")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    commit = models.CharField(max_length=64, blank=True, help_text="Its id there, once it is there.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["repository"], name="hub_push_by_repository")]

    def __str__(self) -> str:
        return f"push to {self.repository}"
