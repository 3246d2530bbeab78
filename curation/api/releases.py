"""Making releases and reading them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from curation import access
from curation.api import shapes
from curation.files.formats import FORMATS, PAPERS, SHOWN
from curation.models import Release, ReleaseFile
from curation.queries import releases as queries
from curation.recipes import DEFAULT
from curation.services import releases, removing, signing
from curation.serving import download
from projects.access import Place, Right
from projects.api.files import AsItIs, file_operation
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView

MEDIA_TYPES = sorted({*(media for _title, media in FORMATS.values()), *PAPERS.values(), *SHOWN.values()})


class Releases(TokenView):
    access_rule = {"GET": Right.VIEW, "POST": Right.CURATE}

    @operation(
        summary="List releases", query=PageQuery, answers={200: page_shape(shapes.ReleaseShape)}, problems=(404,)
    )
    def get(self, request: Request, slug: str) -> Response:
        """The newest first."""
        place = self.place(slug)
        found = Release.objects.filter(project=place.project).select_related("job")
        return page_of(request, self.query, found, lambda one: release_of(place, one), order=("-number",))

    @operation(
        summary="Freeze a release",
        body=shapes.ReleaseBody,
        answers={202: shapes.ReleaseWithFiles, 200: shapes.ReleaseWithFiles},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Fixes what it holds at once (202); a job writes the files. The same wish again, while that job runs or
        while nobody has labeled anything since, answers with the release that is there already (200)."""
        place = self.place(slug)
        body = self.body()
        made, is_repeat = releases.freeze(
            place,
            recipes=body.get("recipes") or [{"name": DEFAULT}],
            formats=body.get("formats"),
            splits=body.get("splits"),
            gates=body.get("gates"),
            hold_out=body.get("hold_out"),
            note=body.get("note", ""),
            overrule=body.get("overrule", ""),
        )
        address = reverse("api-release", kwargs={"release_id": made.pk})
        shown = with_files(place, made)
        return Response(shown, status=200 if is_repeat else 202, headers={"Location": address})


class ReleaseView(TokenView):
    access_rule = {"GET": Right.VIEW}

    def found(self, release_id: UUID) -> tuple[Place, Release]:
        place = self.place_of(Release.objects.filter(pk=release_id).values("project_id"))
        return place, access.release(place, release_id)


class OneRelease(ReleaseView):
    @operation(summary="A release", answers={200: shapes.ReleaseWithFiles}, problems=(404,))
    def get(self, request: Request, release_id: UUID) -> Response:
        """How far it is, and its files once it is done."""
        return Response(with_files(*self.found(release_id)))


class Removals(TokenView):
    access_rule = {"POST": Right.OWN}

    @operation(
        summary="Take data out of a release for good",
        body=shapes.RemovalBody,
        answers={202: shapes.RemovalShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, release_id: UUID) -> Response:
        """What is named is in no release made from now on. The same wish is made once more without it; once that is
        frozen, this release is withdrawn: its files are gone (410). One that follows a consensus is withdrawn at once,
        and an analysis begins: make it again when that is done."""
        place = self.place_of(Release.objects.filter(pk=release_id).values("project_id"))
        release, body = access.release(place, release_id), self.body()
        done = removing.remove(
            place,
            release,
            items=body.get("items", ()),
            annotators=body.get("annotators", ()),
            reason=body["reason"],
        )
        told = {"release": done.made.pk if done.made else None, "also_in": done.also_in}
        return Response(told, status=202)


class FileView(ReleaseView):
    content_negotiation_class = AsItIs

    def file(self, request: Request, release_id: UUID, path: str) -> HttpResponseBase:
        _place, release = self.found(release_id)
        return download(request._request, release, access.file(release, path))


class Manifest(FileView):
    @file_operation("The manifest of a release", "release_manifest", ["application/json"])
    def get(self, request: Request, release_id: UUID) -> HttpResponseBase:
        """Recipes with their parameters, rows and drops, checksums, splits, versions and the audit head."""
        return self.file(request, release_id, "manifest.json")


class File(FileView):
    @file_operation("A file of a release", "release_file", MEDIA_TYPES)
    def get(self, request: Request, release_id: UUID, path: str) -> HttpResponseBase:
        """The bytes as they were frozen, never packed on the way; `load_dataset` and pandas read from this address."""
        return self.file(request, release_id, path)


class SignedAddress(ReleaseView):
    access_rule = {"POST": Right.VIEW}

    @operation(
        summary="Sign an address of a file",
        body=shapes.SignBody,
        answers={201: shapes.SignedShape},
        problems=(404, 410),
    )
    def post(self, request: Request, release_id: UUID) -> Response:
        """For tools that can send no token: whoever has the address reads this one file until it expires, though the
        person who made it may read it no more by then."""
        place, release = self.found(release_id)
        body = self.body()
        file = access.file(release, body["path"])
        made = signing.sign(place, release, file, hours=body["hours"], now=timezone.now())
        url = request.build_absolute_uri(made.address)
        return Response({"path": file.path, "url": url, "expires_at": made.expires_at}, status=201)


def release_of(place: Place, one: Release) -> dict[str, Any]:
    """A release as JSON."""
    return {
        "id": one.pk,
        "project": place.project.slug,
        "number": one.number,
        "note": one.note,
        "state": one.job.state,
        "message": one.job.message,
        "done": one.job.done,
        "total": one.job.total,
        "recipes": one.recipes,
        "formats": one.formats,
        "splits": one.splits,
        "gates": queries.gates_of(one),
        "last_annotation": one.last_annotation,
        "created_at": one.created_at,
        "frozen_at": one.frozen_at,
        "withdrawn_at": one.withdrawn_at,
    }


def with_files(place: Place, one: Release) -> dict[str, Any]:
    """A release as JSON, with its files where they are there. Those that rows show are counted alone."""
    manifest = reverse("api-release-manifest", kwargs={"release_id": one.pk}) if one.is_frozen else None
    files = [file_of(one, file) for file in queries.listed(one)] if one.is_frozen else []
    shown = {"manifest_url": manifest, "files": files, "files_beside": queries.beside(one)}
    return {**release_of(place, one), **shown}


def file_of(release: Release, file: ReleaseFile) -> dict[str, Any]:
    """A file of a release as JSON."""
    return {
        "path": file.path,
        "url": reverse("api-release-file", kwargs={"release_id": release.pk, "path": file.path}),
        "size": file.size,
        "sha256": file.digest,
        "media_type": file.media_type,
        "rows": file.rows,
    }
