"""Bringing files in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from annotation import access
from annotation.api.bodies import file_of
from annotation.api.shapes import imports as shapes
from annotation.models import Import, RefusedRow
from annotation.services import imports
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView
from ui import safe_json

BINARY = {"type": "string", "format": "binary"}
BODY = {
    "application/octet-stream": BINARY,
    "application/x-ndjson": BINARY,
    "application/json": {},
    "text/csv": BINARY,
    "application/vnd.apache.parquet": BINARY,
    "multipart/form-data": {"type": "object", "properties": {"file": BINARY}, "required": ["file"]},
}


class Imports(TokenView):
    access_rule = {"POST": Right.OWN}
    scopes = {"POST": Scope.WRITE}
    parser_classes = [MultiPartParser]

    @operation(
        summary="Import a file",
        name="imports_create",
        query=shapes.ImportQuery,
        body=BODY,
        answers={202: shapes.ImportShape},
        problems=(404, 411, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Takes NDJSON, JSON, CSV or Parquet, plain or packed with gz, zst or xz, as the body or as a form's `file`.

        Or a zip or tar of such a file and the pictures, sound and films that its rows name by their paths in it. What
        the file is, its first bytes say; the content type is not believed. Answers as soon as the file is stored.
        """
        place = self.place(slug)
        options = options_of(self.query.get("options", ""))
        upload, sent_name = file_of(request)
        started = imports.start(
            place,
            upload=upload,
            file_name=self.query.get("name") or sent_name,
            adapter=self.query.get("format", ""),
            options=options,
            keep_labels=self.query["keep_labels"],
        )
        address = reverse("api-import", kwargs={"import_id": started.pk})
        return Response(import_of(place, started), status=202, headers={"Location": address})


class ImportView(TokenView):
    access_rule = {"GET": Right.OWN}
    scopes = {"GET": Scope.READ}

    def found(self, import_id: UUID) -> tuple[Place, Import]:
        place = self.place_of(Import.objects.filter(pk=import_id).values("project_id"))
        return place, access.import_(place, import_id)


class OneImport(ImportView):
    @operation(summary="How far an import is", answers={200: shapes.ImportShape}, problems=(404,))
    def get(self, request: Request, import_id: UUID) -> Response:
        """Every row of the file ends up in exactly one of `ok`, `duplicate` and `refused`."""
        return Response(import_of(*self.found(import_id)))


class RefusedRows(ImportView):
    @operation(
        summary="The refused rows",
        name="imports_refused_list",
        query=PageQuery,
        answers={200: page_shape(shapes.RefusedRowShape)},
        problems=(404,),
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """Each with its number, the reason, and how it begins."""
        _, found = self.found(import_id)
        return page_of(request, self.query, found.refused_rows.all(), refused_row_of, order=("number",))


def import_of(place: Place, one: Import) -> dict[str, Any]:
    """An import as JSON."""
    return {
        "id": one.pk,
        "project": place.project.slug,
        "state": one.job.state,
        "message": one.job.message,
        "format": one.adapter,
        "options": one.options,
        "file_name": one.file_name,
        "file_size": one.file_size,
        "file_sha256": one.file_digest,
        "total": one.rows_read,
        "ok": one.ok,
        "duplicate": one.duplicate,
        "refused": one.refused,
        "labels": one.labels,
        "labels_left_out": one.labels_left_out,
        "created_at": one.created_at,
        "finished_at": one.job.finished_at,
    }


def refused_row_of(row: RefusedRow) -> dict[str, Any]:
    """A refused row as JSON."""
    return {"number": row.number, "reason": row.reason, "excerpt": row.excerpt}


def options_of(text: str) -> Mapping[str, Any] | None:
    """The options in the address: a JSON object, or nothing."""
    if not text:
        return None
    try:
        options = safe_json.loads(text.encode())
    except safe_json.JsonRefused as error:
        raise ValidationError({"options": [str(error)]}) from None
    if not isinstance(options, dict):
        raise ValidationError({"options": ["The options are a JSON object."]})
    return options
