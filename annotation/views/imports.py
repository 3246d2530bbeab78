"""Bringing files in: choosing one, saying what its columns mean, and reading what became of it."""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from annotation import access, columns
from annotation.forms import UploadForm
from annotation.imports import uploads
from annotation.imports.adapters import ADAPTERS
from annotation.models import Import
from annotation.queries import imports as queries
from annotation.refused_rows import as_csv, as_jsonl
from annotation.services import import_jobs, staging
from annotation.services.imports import ImportRefused
from annotation.services.layout_forms import form_for
from projects.access import Place, Right, in_project
from projects.buttons import button
from ui.downloads import written
from ui.requests import HtmxRequest

TAB = {"tab": "items", "part": "imports"}
FILE_REFUSED = (ImportRefused, uploads.UploadEmpty, uploads.UploadTooLarge, uploads.StorageFull)


@in_project(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HtmxRequest, place: Place) -> HttpResponse:
    """The imports so far, and a new one. A file whose columns must still be named goes on to `name_columns`."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            return _take(place, form.cleaned_data)
        except FILE_REFUSED as refusal:
            form.add_error("file", str(refusal))
    shown = {"place": place, "form": form, "imports": queries.newest(place.project), "adapters": ADAPTERS, **TAB}
    return render(request, "annotation/imports.html", shown, status=422 if form.is_bound else 200)


def _take(place: Place, chosen: dict[str, Any]) -> HttpResponse:
    staging.sweep(timezone.now())
    upload: UploadedFile[bytes] = chosen["file"]
    named = {"upload": upload.file, "file_name": upload.name or "", "adapter": chosen["adapter"]}
    staged = staging.stage(place, **named)
    if staged.adapter in {"", "mapping"} and not chosen["options"]:
        address = reverse("annotation:import-columns", args=[place.project.slug, staged.token])
        return redirect(address if chosen["keep_labels"] else f"{address}?labels=no")
    run = staging.begin(
        place, staged, adapter=staged.adapter, options=chosen["options"], keep_labels=chosen["keep_labels"]
    )
    return redirect("annotation:import", place.project.slug, run.pk)


@in_project(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def name_columns(request: HtmxRequest, place: Place, token: str) -> HttpResponse:
    """What each column means. `act=preview` shows the first rows as items and imports nothing."""
    staged = staging.find(place, token)
    posted = request.method == "POST"
    options = columns.read(request.POST, staged.rows, staged.options) if posted else staged.options
    refused = ""
    if posted and request.POST.get("act") == "import":
        try:
            kept = bool(request.POST.get("keep_labels"))
            run = staging.begin(place, staged, adapter="mapping", options=options, keep_labels=kept)
        except ImportRefused as refusal:
            refused = str(refusal)
        else:
            return redirect("annotation:import", place.project.slug, run.pk)
    shown = {
        "place": place,
        "staged": staged,
        "step": columns.step(staged.rows, staged.columns, options, staged.options),
        "keep_labels": bool(request.POST.get("keep_labels")) if posted else request.GET.get("labels") != "no",
        "refused": refused,
        **TAB,
    }
    template = "annotation/import_columns.html#mapped" if request.htmx else "annotation/import_columns.html"
    return render(request, template, shown, status=422 if refused else 200)


@in_project(Right.OWN)
@require_safe
def report(request: HtmxRequest, place: Place, import_id: UUID) -> HttpResponse:
    run = access.import_(place, import_id)
    after = request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) <= 18 else 0
    shown = {
        "place": place,
        "run": run,
        "report": queries.report(run, timezone.now()),
        "page": queries.refused_page(run, after=number),
        "after": number,
        "adapter": ADAPTERS[run.adapter].title if run.adapter in ADAPTERS else run.adapter,
        "form": form_for(run.adapter) if run.options.get("keep_labels", True) else "",
        **TAB,
    }
    if request.htmx:
        return render(request, f"annotation/import.html#{'lines' if number else 'report'}", shown)
    return render(request, "annotation/import.html", shown)


@in_project(Right.OWN)
@require_safe
def refused_csv(request: HtmxRequest, place: Place, import_id: UUID) -> HttpResponseBase:
    run = access.import_(place, import_id)
    return _download(run, as_csv(queries.refused_rows(run)), "csv", "text/csv; charset=utf-8")


@in_project(Right.OWN)
@require_safe
def refused_jsonl(request: HtmxRequest, place: Place, import_id: UUID) -> HttpResponseBase:
    run = access.import_(place, import_id)
    return _download(run, as_jsonl(queries.refused_rows(run)), "jsonl", "application/x-ndjson")


cancel = button(
    Right.OWN,
    access.import_,
    import_jobs.cancel,
    "annotation:import",
    "The import stops after the rows that it is reading now. What is in stays in.",
)
retry = button(
    Right.OWN, access.import_, import_jobs.retry, "annotation:import", "The import goes on where it stopped."
)


def _download(run: Import, lines: Any, ending: str, media_type: str) -> HttpResponseBase:
    return written(lines, content_type=media_type, name=f"refused-{run.pk.hex[:8]}.{ending}")
