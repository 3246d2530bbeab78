"""Notes that reviewers left for an annotator."""

from dataclasses import dataclass

from annotation.models import Note
from annotation.queries.items import briefly
from projects.access import Place

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Told:
    """One note with the beginning of its item."""

    note: Note
    prompt: str


def unread(place: Place) -> list[Told]:
    """What this person has not read yet, the oldest first; one more query where there is something."""
    found = list(
        Note.objects.filter(to=place.user, project=place.project, read_at__isnull=True)
        .select_related("by")
        .order_by("pk")[:SHOWN]
    )
    prompts = {row["pk"]: row["prompt"] or "" for row in briefly([note.item_id for note in found])} if found else {}
    return [Told(note, prompts.get(note.item_id, "")) for note in found]
