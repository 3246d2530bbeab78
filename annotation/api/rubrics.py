"""The library of rubrics, for programs."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotation import access
from annotation.api.bodies import file_of
from annotation.api.shapes import rubrics as shapes
from annotation.models import RubricVersion
from annotation.queries import rubrics as queries
from annotation.services import rubric_asking, rubric_files, rubric_publishing, rubrics
from projects.access import Place, Right
from projects.api.files import AsItIs
from projects.api.operations import operation
from projects.api.paging import page_shape, page_together
from projects.api.views import TokenView
from ui.downloads import written

NDJSON = "application/x-ndjson"
BINARY = {"type": "string", "format": "binary"}
BODY = {
    "application/octet-stream": BINARY,
    NDJSON: BINARY,
    "application/json": {},
    "multipart/form-data": {"type": "object", "properties": {"file": BINARY}, "required": ["file"]},
}
READ_AND_WRITE = {"GET": Right.VIEW, "POST": Right.CURATE}


class Rubrics(TokenView):
    access_rule = READ_AND_WRITE

    @operation(
        summary="The rubrics of a project",
        name="rubrics_list",
        query=shapes.RubricQuery,
        answers={200: page_shape(shapes.RubricShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The newest first, each with its newest version in short and the questions that ask with it now."""
        project, query = self.place(slug).project, self.query
        wanted = queries.Wanted(
            words=query.get("q", ""),
            scope=query.get("scope", ""),
            status=query.get("status", ""),
            item_id=query.get("item"),
            is_retired=query["is_retired"],
        )
        return page_together(
            request,
            query,
            queries.listed(project, wanted),
            lambda found: list(map(line_of, queries.lines(queries.uses_in_force(project), found))),
            order=("-number",),
        )

    @operation(
        summary="Write a rubric",
        name="rubrics_create",
        body=shapes.RubricBody,
        answers={201: shapes.CreatedShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str) -> Response:
        """A new rubric with its first version, a draft."""
        place, body = self.place(slug), self.body()
        version = rubrics.create(place.project, by=place.user, **scoped(place, body), **content(body))
        return created(place, version)


class RubricFile(TokenView):
    access_rule = {"POST": Right.CURATE}
    parser_classes = [MultiPartParser]

    @operation(
        summary="Bring in a file of rubrics",
        name="rubrics_files_create",
        query=shapes.FileQuery,
        body=BODY,
        answers={201: shapes.BroughtShape},
        problems=(404, 411, 413, 415, 422),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Takes JSON Lines, a list or one object, as the body or as a form's `file`: all of it, or nothing.

        What is here already, by name and criteria, stands as it is, so a file may be sent again.
        """
        place, query = self.place(slug), self.query
        upload, file_name = file_of(request, rubric_files.LARGEST_FILE)
        versions = rubric_files.bring_in(
            place.project,
            upload.read(rubric_files.LARGEST_FILE + 1),
            by=place.user,
            layout=query.get("layout", ""),
            file_name=file_name,
            name=query.get("name", ""),
        )
        return Response({"results": list(map(place_of_version, versions))}, status=201)


class OneRubric(TokenView):
    access_rule = {"GET": Right.VIEW, "PATCH": Right.CURATE}

    @operation(summary="A rubric", answers={200: shapes.RubricShape}, problems=(404,))
    def get(self, request: Request, slug: str, number: int) -> Response:
        """With its newest version in short."""
        return self._told(self.place(slug), number)

    @operation(
        summary="Put a rubric away, or take it back",
        body=shapes.RubricChange,
        answers={200: shapes.RubricShape},
        problems=(404, 413, 415),
    )
    def patch(self, request: Request, slug: str, number: int) -> Response:
        """A retired rubric takes no versions and is not published; forms that ask with it go on."""
        place = self.place(slug)
        rubric = access.rubric(place, number)
        change = rubrics.retire if self.body()["is_retired"] else rubrics.restore
        change(rubric, by=place.user)
        return self._told(place, number)

    def _told(self, place: Place, number: int) -> Response:
        (line,) = queries.lines(queries.uses_in_force(place.project), [access.rubric(place, number)])
        return Response(line_of(line))


class Versions(TokenView):
    access_rule = READ_AND_WRITE

    @operation(
        summary="The versions of a rubric",
        name="rubrics_versions_list",
        answers={200: shapes.VersionsShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """The newest first, without their criteria."""
        found = queries.versions_of(access.rubric(self.place(slug), number))
        return Response({"results": list(map(version_line, found))})

    @operation(
        summary="Write the next version",
        name="rubrics_versions_create",
        body=shapes.WrittenBody,
        answers={201: shapes.CreatedShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """The newest one stands where nothing changed."""
        place = self.place(slug)
        version = rubrics.new_version(access.rubric(place, number), by=place.user, **content(self.body()))
        return created(place, version)


class VersionView(TokenView):
    """Whatever is asked of one version."""

    def found(self, slug: str, number: int, version: int) -> tuple[Place, RubricVersion]:
        place = self.place(slug)
        return place, access.rubric_version(place, number, version)


class OneVersion(VersionView):
    access_rule = {"GET": Right.VIEW, "PATCH": Right.CURATE}

    @operation(summary="A version of a rubric", answers={200: shapes.VersionShape}, problems=(404,))
    def get(self, request: Request, slug: str, number: int, version: int) -> Response:
        """With its criteria, and how many labels were given under it."""
        return Response(version_of(self.found(slug, number, version)[1]))

    @operation(
        summary="Say what a version is",
        body=shapes.VersionChange,
        answers={200: shapes.VersionShape},
        problems=(404, 413, 415, 422),
    )
    def patch(self, request: Request, slug: str, number: int, version: int) -> Response:
        """A draft, validated, or retired. Nothing else of a version ever changes."""
        place, found = self.found(slug, number, version)
        return Response(version_of(rubrics.set_status(found, status=self.body()["status"], by=place.user)))


class Comparison(VersionView):
    access_rule = {"GET": Right.VIEW}

    @operation(
        summary="What leads to a version from another one",
        name="rubrics_versions_compare",
        query=shapes.CompareQuery,
        answers={200: shapes.ComparisonShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, number: int, version: int) -> Response:
        """From the version `to` of the same rubric, by default the one before, criterion by criterion.

        Criteria of one key are one. The first version is compared with itself where no other is named.
        """
        place, new = self.found(slug, number, version)
        old = access.rubric_version(place, number, self.query.get("to", max(1, version - 1)))
        return Response(comparison_of(queries.compare(old.criteria, new.criteria)))


class Fork(VersionView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Fork a version",
        name="rubrics_versions_fork",
        body=shapes.ForkBody,
        answers={201: shapes.CreatedShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, number: int, version: int) -> Response:
        """A new rubric, of anything in this project, that begins with the same criteria."""
        place, found = self.found(slug, number, version)
        forked = rubrics.fork(place.project, by=place.user, version=found, **scoped(place, self.body()))
        return created(place, forked)


class Publish(VersionView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Ask with a version",
        name="rubrics_versions_publish",
        body=shapes.PublishBody,
        answers={200: shapes.PublishedShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, number: int, version: int) -> Response:
        """A new version of the form, whose question has these criteria; the same again changes nothing."""
        (place, found), body = self.found(slug, number, version), self.body()
        form = rubric_publishing.publish(
            place,
            found,
            question_key=body.get("question", ""),
            title=body.get("title", ""),
            target=body["target"],
        )
        use = found.uses.get(form=form)
        return Response({"form_version": form.version, "question": use.question_key})


class AskAgain(VersionView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Ask again what was answered under earlier versions",
        name="rubrics_versions_ask_again",
        answers={200: shapes.AgainShape},
        problems=(404, 409),
    )
    def post(self, request: Request, slug: str, number: int, version: int) -> Response:
        """Each of these items wants one more answer, before all others; at most a thousand at once.

        The earlier labels stay. It may be repeated: what waits for such an answer wants no second one.
        """
        place, found = self.found(slug, number, version)
        return Response({"items": rubric_asking.ask_again(place, found)})


class Export(VersionView):
    access_rule = {"GET": Right.VIEW}
    content_negotiation_class = AsItIs

    @operation(
        summary="A version as a file",
        name="rubrics_versions_export",
        query=shapes.LayoutQuery,
        answers={(200, NDJSON): OpenApiTypes.BINARY},  # type: ignore[dict-item]  # one kind of body
        problems=(404,),
    )
    def get(self, request: Request, slug: str, number: int, version: int) -> HttpResponseBase:
        """JSON Lines in one of the layouts of docs/rubrics.md."""
        found, layout = self.found(slug, number, version)[1], self.query["layout"]
        name = rubric_files.file_name(found, layout)
        return written(rubric_files.write([found], layout), name=name, content_type=NDJSON)


def scoped(place: Place, body: dict[str, Any]) -> dict[str, Any]:
    """Of what a rubric is, as services take it. Raises Http404 for an item that is not there."""
    item = body.get("item")
    return {
        "name": body["name"],
        "scope": body["scope"],
        "sliced_by": body.get("slice"),
        "item": None if item is None else access.item(place, item),
    }


def content(body: dict[str, Any]) -> dict[str, Any]:
    """What a version says, as services take it."""
    kept = {name: body[name] for name in ("criteria", "note", "source")}
    return {**kept, "provenance": body.get("provenance")}


def created(place: Place, version: RubricVersion) -> Response:
    """201 with the address of a version."""
    named = {"slug": place.project.slug, "number": version.rubric.number, "version": version.number}
    address = reverse("api-rubric-version", kwargs=named)
    return Response(place_of_version(version), status=201, headers={"Location": address})


def place_of_version(version: RubricVersion) -> dict[str, Any]:
    return {"rubric": version.rubric.number, "name": version.rubric.name, "version": version.number}


def line_of(line: queries.Line) -> dict[str, Any]:
    """A rubric as JSON."""
    rubric, newest = line.rubric, line.newest
    return {
        "number": rubric.number,
        "name": rubric.name,
        "scope": rubric.scope,
        "slice": rubric.slice,
        "item": rubric.item_id,
        "created_by": str(rubric.created_by) if rubric.created_by else None,
        "created_at": rubric.created_at,
        "retired_at": rubric.retired_at,
        "newest_version": newest.number,
        "status": newest.status,
        "criteria": newest.criteria,
        "asks": [{"question": one.question_key, "version": one.version} for one in line.asks],
    }


def version_line(version: RubricVersion) -> dict[str, Any]:
    """A version without its criteria as JSON."""
    return {
        "number": version.number,
        "status": version.status,
        "source": version.source,
        "criteria": vars(version)["length"],  # which its type does not know
        "note": version.note,
        "created_by": str(version.created_by) if version.created_by else None,
        "created_at": version.created_at,
    }


def version_of(version: RubricVersion) -> dict[str, Any]:
    """A version as JSON."""
    parent, answered = version.parent, queries.answered_under(version.uses.all())
    return {
        "rubric": version.rubric.number,
        "number": version.number,
        "status": version.status,
        "source": version.source,
        "parent": {"rubric": parent.rubric.number, "version": parent.number} if parent else None,
        "criteria": version.criteria,
        "note": version.note,
        "provenance": version.provenance,
        "created_by": str(version.created_by) if version.created_by else None,
        "created_at": version.created_at,
        "answered": {
            "by_people": answered.by_people,
            "by_others": answered.by_others,
            "items": answered.items,
        },
    }


def comparison_of(found: queries.Comparison) -> dict[str, Any]:
    """A comparison as JSON."""
    return {
        "added": list(found.added),
        "removed": list(found.removed),
        "changed": [
            {
                "key": one.key,
                "old": one.old,
                "new": one.new,
                "words": [list(change) for change in one.words.changes],
                "fields_changed": list(one.fields),
            }
            for one in found.changed
        ],
        "unchanged": found.unchanged,
        "is_reordered": found.is_reordered,
    }
