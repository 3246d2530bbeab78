"""What reward models are measured by, so that nothing of it is trained on."""

from django.db import models
from django.db.models.functions import Now


class Benchmark(models.Model):
    """The prompts of a public benchmark, kept for the whole installation. Items that hold one are findings."""

    name = models.CharField(max_length=80, unique=True)
    rows = models.JSONField(help_text="Its prompts, a list of texts.")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 over the rows.")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
