"""Whom a row speaks of, where that may be a person, a name that came with an import, or a checkpoint."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings
from django.db import models

from modelhooks.models import Checkpoint

PERSON, IMPORTED = "person-", "imported-"
LONGEST_ID = 18  # digits
NOBODY = models.Q(person__isnull=True, imported_name="", checkpoint__isnull=True)
ONE_ANNOTATOR = (
    models.Q(person__isnull=False, imported_name="", checkpoint__isnull=True)
    | (models.Q(person__isnull=True, checkpoint__isnull=True) & ~models.Q(imported_name=""))
    | models.Q(person__isnull=True, imported_name="", checkpoint__isnull=False)
)

COLUMNS = {"person": "person_id", "imported": "imported_name", "model": "checkpoint_id"}
"""The column of each kind of annotator, as `curation.votes.Annotator` names them."""


class OfAnAnnotator(models.Model):
    """The three columns, of which at most one says something."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    imported_name = models.CharField(max_length=200, blank=True, db_default="", default="")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def annotator(self) -> str:
        """The name that people know; select `person` and `checkpoint` with it."""
        if self.person:
            return str(self.person)
        return self.checkpoint.name if self.checkpoint else self.imported_name

    @property
    def annotator_key(self) -> str:
        """How an address names a person or an imported name (`curation:person`); checkpoints are named by their id."""
        if self.person_id:
            return f"{PERSON}{self.person_id}"
        return f"{IMPORTED}{urlsafe_b64encode(self.imported_name.encode()).decode().rstrip('=')}"


def named_by(key: str) -> models.Q | None:
    """Rows of whom an `annotator_key` names; None for what is no such key."""
    if key.startswith(PERSON):
        number = key.removeprefix(PERSON)
        is_id = number.isascii() and number.isdigit() and len(number) <= LONGEST_ID
        return models.Q(person_id=int(number)) if is_id else None
    if not key.startswith(IMPORTED) or not key.isascii():
        return None
    try:
        name = urlsafe_b64decode(key.removeprefix(IMPORTED) + "==").decode()
    except ValueError:
        return None
    return models.Q(imported_name=name) if name and "\x00" not in name else None
