"""Notes from reviewers to annotators about answers of theirs."""

from django.db import transaction
from django.db.models.functions import Now

from annotation.models import Annotation, Note
from audit.services import record
from projects.access import Place
from ui.problems import Refusal

LONGEST = 5_000


class NoteMissing(Refusal):
    """Whoever is told something must be told what."""

    status = 422
    title = "The note is empty"

    def __init__(self) -> None:
        super().__init__("Write what the annotator should do otherwise. Nothing was changed.")


class NobodyToTell(Refusal):
    """The answer is nobody's here, one's own, or replaced meanwhile."""

    status = 422
    title = "There is nobody to tell"

    def __init__(self) -> None:
        super().__init__("Choose an answer that another person here gave and that still stands. Nothing was changed.")


@transaction.atomic
def leave(place: Place, annotation: Annotation | None, *, text: str) -> Note:
    """Tell the author of an annotation something about it. Raises NoteMissing and NobodyToTell."""
    said = text.replace("\x00", "").strip()[:LONGEST]
    if not said:
        raise NoteMissing
    if annotation is None or annotation.author_id in (None, place.user.pk):
        raise NobodyToTell
    note = Note.objects.create(
        project=place.project,
        item_id=annotation.item_id,
        annotation=annotation,
        to_id=annotation.author_id,
        by=place.user,
        text=said,
    )
    record(
        "note.left",
        subject=f"annotation:{annotation.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"note": note.pk},
    )
    return note


@transaction.atomic
def mark_read(note: Note) -> None:
    """Its reader has read it; the first time counts."""
    if Note.objects.filter(pk=note.pk, read_at__isnull=True).update(read_at=Now()):
        record("note.read", subject=f"note:{note.pk}", actor_id=note.to_id, project_id=note.project_id)
