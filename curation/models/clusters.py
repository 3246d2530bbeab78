"""Prompts that a run wrote rubrics for, grouped by what they are about."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from jobs.models import Job
from modelhooks.models import Run


class PromptClusters(models.Model):
    """One grouping of the prompts of which a run kept a rubric. How far it is, is told by its job.

    `found` has for each cluster, the largest first: `number` from 1, `items`, how many `prompts` these are, its
    `stability` (`curation.criteria.clusters`), and the items `nearest` its center, of different prompts.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    embedder = models.CharField(max_length=40)
    most = models.PositiveSmallIntegerField(help_text="Clusters at most.")
    fingerprint = models.CharField(max_length=64, blank=True, db_collation="C", help_text="The embedder's.")
    found = models.JSONField(default=list)
    silhouette = models.FloatField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, found=[])
                | (models.Q(finished_at__isnull=False) & ~models.Q(found=[])),
                name="prompt_clusters_found_once_finished",
            )
        ]

    def __str__(self) -> str:
        return f"clusters of run {self.run_id}"
