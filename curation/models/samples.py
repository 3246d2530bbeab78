"""Items drawn by chance to be labeled anew, by which it is seen how many labels are wrong."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models import Annotation, Item
from curation.models.analyses import Analysis
from projects.models import Project


class Sample(models.Model):
    """Items drawn from all whose labels an analysis settled; what is answered is held against its consensus."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="samples", db_index=False)
    number = models.PositiveIntegerField()
    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="+")
    population = models.PositiveIntegerField(help_text="How many items there were to draw from.")
    size = models.PositiveIntegerField()
    seed = models.CharField(max_length=32, help_text="The draw can be done again with it.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="sample_number_once")]

    def __str__(self) -> str:
        return f"sample {self.number}"


class SampledItem(models.Model):
    """One item of a sample. `annotation` is set once, by whoever labeled it anew without seeing what others said."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    annotation = models.OneToOneField(Annotation, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "position"], name="sampled_position_once"),
            models.UniqueConstraint(fields=["item", "sample"], name="sampled_once"),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} of {self.sample}"
