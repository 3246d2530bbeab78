"""Media that no item shows are taken away a day after they were last brought.

A row goes first and its file afterwards, each in a transaction of its own, and a file goes only while the sweep keeps
everybody else from naming one: killed anywhere, it leaves at most a file without a row, which the next sweep finds.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from annotation.media import files
from annotation.models import ItemMedia, Media
from annotation.services import media
from jobs import faults
from jobs.models import Job
from jobs.runner import Progress
from jobs.services import OPEN, enqueue

KEPT = timedelta(days=1)
AT_ONCE = 200
MOST = 100_000  # of one sweep; the next one goes on


@transaction.atomic
def ask() -> None:
    """Queue a sweep unless one waits or runs. The relay calls this every hour."""
    if not Job.objects.filter(kind="media-sweep", state__in=OPEN).exists():
        enqueue(kind="media-sweep", args={})


def run(job: Job, progress: Progress) -> str:
    """Take away rows, files without a row, and drafts. May be killed at any line and run again."""
    now = _now()
    rows = 0
    while rows < MOST and (taken := _take_rows(progress, now - KEPT)):
        rows += taken
        progress.report(rows)
    found = 0
    for some in _in_portions(_old_files(now - KEPT)):
        found += _take_files(progress, some)
        progress.report(rows + found)
    drafts = files.sweep_drafts((now - KEPT).timestamp())
    return f"{rows:,} that no item shows, {found:,} files without a row, {drafts:,} drafts."


def _take_rows(progress: Progress, oldest: datetime) -> int:
    """One portion of rows, then their files; how many there were."""
    with transaction.atomic():
        progress.confirm()
        unseen = Media.objects.filter(~Exists(ItemMedia.objects.filter(media=OuterRef("pk"))), seen_at__lt=oldest)
        chosen = list(unseen.select_for_update(skip_locked=True).order_by("seen_at", "pk")[:AT_ONCE])
        Media.objects.filter(pk__in=[one.pk for one in chosen]).delete()
    faults.crash_here("media_rows_gone")
    _take_files(progress, [(one.project_id, one.sha256) for one in chosen])
    return len(chosen)


def _take_files(progress: Progress, named: list[tuple[int, str]]) -> int:
    """Remove those of these files that have no row; how many."""
    if not named:
        return 0
    with transaction.atomic():
        progress.confirm()
        media.hold_alone()
        rows = Media.objects.filter(sha256__in=[sha256 for _, sha256 in named])
        kept = set(rows.values_list("project_id", "sha256"))
        gone = [one for one in named if one not in kept]
        for project_id, sha256 in gone:
            files.remove(project_id, sha256)
    return len(gone)


def _old_files(oldest: datetime) -> Iterator[tuple[int, str]]:
    """Files that a row has had time to be written for."""
    return ((project, sha256) for project, sha256, at in files.stored() if at < oldest.timestamp())


def _in_portions(named: Iterator[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    while some := list(islice(named, AT_ONCE)):
        yield some


def _now() -> datetime:
    """By the database's clock, which wrote the times that it is held against."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        found: datetime = cursor.fetchone()[0]
    return found
