"""Bringing a file in: starting it, and the job that reads it batch by batch and accounts for every row."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, BinaryIO

from django.db import transaction

from accounts import limits
from annotation.counting import count_rows
from annotation.imports import packages, uploads
from annotation.imports.adapters import ADAPTERS, BadOptions, Convert, columns_of, named_columns, sniff, suggest
from annotation.imports.batches import Batch, Outcome, Prepared, prepare, write
from annotation.imports.canonical.wording import listing
from annotation.imports.reading import Layout, Position, ReadingError, Record, Unreadable, mismatch, open_rows
from annotation.imports.shelf import Shelf
from annotation.media.workshop import Workshop
from annotation.models import Import
from annotation.queries.forms import current_form, questions_of
from audit.services import record
from jobs.models import Job
from jobs.runner import Progress
from jobs.services import JobFailed, enqueue
from projects.access import Place
from ui.problems import Refusal

ROWS_AT_ONCE = 2_000
ROWS_WITH_FILES_AT_ONCE = 50  # each of which may show several files that are decoded first
ROWS_TO_LOOK_AT = 20
FIXED = (Layout.CSV, Layout.PARQUET)


class ImportRefused(Refusal):
    """The file or its options cannot be worked with; the text says why."""

    status = 422
    title = "This file cannot be imported"


def start(
    place: Place,
    *,
    upload: BinaryIO,
    file_name: str,
    adapter: str = "",
    options: Mapping[str, Any] | None = None,
    keep_labels: bool = True,
) -> Import:
    """Store the upload and queue its import. Without an adapter the file's first rows choose one.

    Raises ImportRefused, `limits.TooMany`, and what `uploads.store` raises.
    """
    limits.spend("import", user_id=place.user.pk, project_id=place.project.pk)
    stored = uploads.store(upload)
    try:
        make_ready(stored.id)
        require_honest_name(stored.id, file_name)
        chosen, chosen_options = choose(stored.id, adapter, options)
        return begin(place, stored, file_name, chosen, {**chosen_options, "keep_labels": keep_labels})
    except BaseException:
        uploads.discard(stored.id)
        raise


@transaction.atomic
def begin(place: Place, stored: uploads.Stored, file_name: str, adapter: str, options: dict[str, Any]) -> Import:
    job = enqueue(kind="import", args={"import_id": str(stored.id)}, actor_id=place.user.pk)
    started = Import.objects.create(
        id=stored.id,
        project=place.project,
        job=job,
        adapter=adapter,
        options=options,
        file_name=uploads.shown_name(file_name),
        file_size=stored.size,
        file_digest=stored.digest,
        created_by=place.user,
    )
    record(
        "import.started",
        subject=f"import:{started.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"sha256": stored.digest, "bytes": stored.size, "adapter": adapter},
    )
    return started


def choose(file_id: Any, adapter: str, options: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """The adapter and options to read a stored file with, found out where they are not given. Raises ImportRefused."""
    rows = first_rows(file_id)
    if not adapter:
        found, why = sniff(columns_of(rows))
        if found is None:
            raise ImportRefused(why)
        adapter = found
    if adapter not in ADAPTERS:
        raise ImportRefused(f"There is no layout “{adapter[:40]}”. Known are {', '.join(ADAPTERS)}.")
    chosen = dict(options or {}) or (suggest(rows) or {} if adapter == "mapping" else {})
    try:
        ADAPTERS[adapter].converter(chosen)
        absent = sorted(named_columns(chosen) - columns_of(rows).keys()) if adapter == "mapping" and rows else []
    except BadOptions as error:
        raise ImportRefused(str(error)) from None
    if absent and (len(rows) < ROWS_TO_LOOK_AT or _has_fixed_columns(file_id)):
        raise ImportRefused(f"The file has no column {listing(absent)}; it has {listing(list(columns_of(rows)))}.")
    return adapter, chosen


def _has_fixed_columns(file_id: Any) -> bool:
    """Whether every row has the columns of the first; rows of JSON may leave out what is empty."""
    with uploads.rows_of(file_id).open("rb") as file:
        return open_rows(file).layout in FIXED


def first_rows(file_id: Any, count: int = ROWS_TO_LOOK_AT) -> list[dict[str, Any]]:
    """The first readable rows of a stored file, for choosing an adapter and for previews. Raises ImportRefused."""
    try:
        with uploads.rows_of(file_id).open("rb") as file:
            seen = islice(open_rows(file), count * 5)
            readable = [row.value for row in seen if not isinstance(row.value, Unreadable)]
    except ReadingError as error:
        raise ImportRefused(str(error)) from None
    return readable[:count]


def make_ready(file_id: Any) -> None:
    """Set the rows of an archive beside it. Raises ImportRefused and StorageFull."""
    try:
        packages.make_ready(file_id)
    except ReadingError as error:
        raise ImportRefused(str(error)) from None


def require_honest_name(file_id: Any, file_name: str) -> None:
    """A file that is something else than its name says is more likely a mistake than a wish."""
    try:
        with uploads.rows_of(file_id).open("rb") as file:
            fault = mismatch(file_name, open_rows(file))
    except ReadingError as error:
        raise ImportRefused(str(error)) from None
    if fault:
        raise ImportRefused(fault)


def run(job: Job, progress: Progress) -> str:
    """Read the rest of an import's file. May be killed at any line and run again: each batch is one transaction."""
    started = Import.objects.select_related("project", "created_by").get(pk=job.args["import_id"])
    path = uploads.rows_of(started.pk)
    if not path.is_file():
        raise JobFailed("The uploaded file is gone from the server. Import it again.")
    try:
        with path.open("rb") as file, Workshop() as workshop, packages.package(started.pk) as package:
            spill = uploads.spilled_of(started.pk)
            batch = _batch(started, Shelf(package, spill, workshop))
            _read(started, iter(open_rows(file, start=_position(started), spill=spill)), batch, progress)
    except ReadingError as error:
        raise JobFailed(f"{error} {started.rows_read:,} rows before that were imported.") from None
    _end(started)
    uploads.discard(started.pk)
    return f"{started.ok:,} items, {started.duplicate:,} duplicates, {started.refused:,} refused."


def _batch(started: Import, shelf: Shelf) -> Batch:
    options = dict(started.options)
    keep_labels = options.pop("keep_labels", True)
    return Batch(
        run=started,
        convert=_converter(started, options),
        questions=_questions(started) if keep_labels else (),
        form_id=_form_id(started),
        shelf=shelf,
    )


def _read(started: Import, rows: Iterator[Record], batch: Batch, progress: Progress) -> None:
    """Read and check one batch while PostgreSQL writes the one before."""

    def following() -> Prepared | None:
        records = list(islice(rows, 1))  # with the first row it is known whether files stand inside the rows
        records += islice(rows, (ROWS_WITH_FILES_AT_ONCE if batch.shelf.has_files else ROWS_AT_ONCE) - 1)
        return prepare(batch, records) if records else None

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="import") as reader:
        ahead = reader.submit(following)
        while (found := ahead.result()) is not None:
            ahead = reader.submit(following)
            try:
                with transaction.atomic():
                    progress.confirm()
                    outcome = write(batch, found)
                    _account(started, outcome, found)
            finally:
                found.discard()
            count_rows(ok=outcome.ok, duplicate=outcome.duplicate, refused=outcome.refused)
            progress.report(started.rows_read, None, "")


def _account(started: Import, outcome: Outcome, found: Prepared) -> None:
    started.rows_read += found.rows
    started.last_number = found.end.number
    started.byte_offset = found.end.offset
    started.ok += outcome.ok
    started.duplicate += outcome.duplicate
    started.refused += outcome.refused
    started.labels += outcome.labels
    started.labels_left_out += outcome.labels_left_out
    started.save()


def _position(started: Import) -> Position:
    return Position(rows=started.rows_read, number=started.last_number, offset=started.byte_offset)


def _converter(started: Import, options: dict[str, Any]) -> Convert:
    try:
        return ADAPTERS[started.adapter].converter(options)
    except BadOptions as error:
        raise JobFailed(str(error)) from None


def _questions(started: Import) -> tuple[Any, ...]:
    form_id = _form_id(started)
    return questions_of(form_id) if form_id else ()


def _form_id(started: Import) -> int | None:
    form = current_form(started.project_id)
    return form.pk if form else None


@transaction.atomic
def _end(started: Import) -> None:
    record(
        "import.finished",
        subject=f"import:{started.pk}",
        actor_id=started.created_by_id,
        project_id=started.project_id,
        detail={"ok": started.ok, "duplicate": started.duplicate, "refused": started.refused},
    )
