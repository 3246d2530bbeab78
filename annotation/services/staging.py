"""An upload that waits for its owner to say what its columns mean, between one page and the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.core import signing
from django.http import Http404

from accounts import limits
from annotation.imports import uploads
from annotation.imports.adapters import ADAPTERS, columns_of, sniff, suggest
from annotation.models import Import
from annotation.services import imports
from projects.access import Place

KEPT = timedelta(days=1)
SALT = "annotation.staging"
LOOKED_AT = 500  # rows, so that rare values of a label are seen, too


@dataclass(frozen=True, slots=True)
class Staged:
    """A stored file with its first rows, the layout that fits it best, and a token that names it to its owner."""

    stored: uploads.Stored
    file_name: str
    rows: list[dict[str, Any]]
    adapter: str  # empty when no layout fits
    why: str
    options: dict[str, Any]
    token: str

    @property
    def columns(self) -> list[str]:
        return list(columns_of(self.rows))


def stage(place: Place, *, upload: BinaryIO, file_name: str, adapter: str = "") -> Staged:
    """Store an upload, look at its rows. Raises ImportRefused, `limits.TooMany`, and what `uploads.store` does."""
    limits.spend("import", user_id=place.user.pk, project_id=place.project.pk)
    stored = uploads.store(upload)
    try:
        imports.make_ready(stored.id)
        imports.require_honest_name(stored.id, file_name)
        return _look(place, stored, file_name, adapter)
    except BaseException:
        uploads.discard(stored.id)
        raise


def find(place: Place, token: str) -> Staged:
    """The staged file behind a token that was given to this person in this project; 404 otherwise."""
    try:
        named = signing.loads(token, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        raise Http404 from None
    if (named["project"], named["person"]) != (place.project.pk, place.user.pk):
        raise Http404
    stored = uploads.Stored(UUID(named["file"]), named["size"], named["digest"])
    if Import.objects.filter(pk=stored.id).exists() or not uploads.path_of(stored.id).is_file():
        raise Http404
    return _look(place, stored, named["name"], named["adapter"])


def begin(place: Place, staged: Staged, *, adapter: str, options: Mapping[str, Any], keep_labels: bool) -> Import:
    """Start the import of a staged file. Raises ImportRefused; then the file stays staged."""
    chosen, checked = imports.choose(staged.stored.id, adapter, options)
    return imports.begin(place, staged.stored, staged.file_name, chosen, {**checked, "keep_labels": keep_labels})


def sweep(now: datetime) -> int:
    """Remove files that nobody came back for; how many there were."""
    folder = uploads.path_of(UUID(int=0)).parent
    oldest = (now - 2 * KEPT).timestamp()
    old = [path for path in folder.iterdir() if path.stat().st_mtime < oldest] if folder.is_dir() else []
    ids = {file_id for path in old if (file_id := uploads.id_of(path))}
    left = ids - set(Import.objects.filter(pk__in=ids).values_list("pk", flat=True))
    for file_id in left:
        uploads.discard(file_id)
    return len(left)


def _look(place: Place, stored: uploads.Stored, file_name: str, adapter: str) -> Staged:
    rows = imports.first_rows(stored.id, LOOKED_AT)
    if not rows:
        raise imports.ImportRefused("No row of this file can be read: each must be an object of named values.")
    found, why = (adapter, "") if adapter in ADAPTERS else sniff(columns_of(rows))
    named = {
        "project": place.project.pk,
        "person": place.user.pk,
        "file": stored.id.hex,
        "size": stored.size,
        "digest": stored.digest,
        "name": file_name[:200],
        "adapter": adapter,
    }
    return Staged(
        stored=stored,
        file_name=uploads.shown_name(file_name),
        rows=rows,
        adapter=found or "",
        why=why,
        options=suggest(rows) or {},
        token=signing.dumps(named, salt=SALT),
    )
