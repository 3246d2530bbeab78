"""Pictures, sound and films that items show."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.items import Item
from projects.models import Project


class Media(models.Model):
    """One cleaned file of a project. The same bytes are one row; the file lies where `annotation.media.files` says.

    What it is comes from its bytes (`annotation.media.inside.table`). Never changed, but for `seen_at`.
    """

    class Kind(models.TextChoices):
        IMAGE = "image", "Image"
        AUDIO = "audio", "Audio"
        VIDEO = "video", "Video"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="media", db_index=False)
    sha256 = models.CharField(max_length=64, db_collation="C", help_text="Of the bytes as stored.")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    type = models.CharField(max_length=8, help_text="A name in the table of types, such as png.")
    size = models.BigIntegerField(help_text="In bytes.")
    width = models.PositiveIntegerField(null=True, help_text="In pixels, upright.")
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True, help_text="How long it plays, where the file says so.")
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(
        db_default=Now(), help_text="When somebody last brought it; what no item shows is kept for a while after that."
    )

    class Meta:
        verbose_name_plural = "media"
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="media_once"),
            models.CheckConstraint(condition=models.Q(sha256__regex="^[0-9a-f]{64}$"), name="media_named_by_digest"),
            models.CheckConstraint(condition=models.Q(kind__in=["image", "audio", "video"]), name="media_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind="audio", width__isnull=True, height__isnull=True)
                | models.Q(kind__in=["image", "video"], width__isnull=False, height__isnull=False),
                name="media_size_where_seen",
            ),
        ]
        indexes = [models.Index(fields=["seen_at", "id"], name="media_by_age")]

    def __str__(self) -> str:
        return f"{self.type} {self.sha256[:12]}"


class ItemMedia(models.Model):
    """An item shows a file. The database lets no file go that an item shows."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="media_shown", db_index=False)
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="shown_by")

    class Meta:
        verbose_name_plural = "item media"
        constraints = [models.UniqueConstraint(fields=["item", "media"], name="item_media_once")]
