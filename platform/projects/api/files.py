"""Endpoints that answer with a file: what they say of themselves, and how they are asked."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from projects.api.operations import Method, header, operation

NOT_MODIFIED = OpenApiResponse(description="Not changed. It never is.")
OUTSIDE = OpenApiResponse(description="The range begins behind the end of the file.")
OTHER = OpenApiResponse(description="If-Match names another file.")
CONDITIONS = (
    header("Range", "`bytes=first-last`, for a part of the file.", required=False),
    header("If-None-Match", "The ETag of the copy at hand; 304 if it is this one.", required=False),
)


class AsItIs(BaseContentNegotiation):
    """A file has one form; whatever a client says that it accepts, it gets that."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


def file_operation(summary: str, name: str, media_types: Iterable[str]) -> Callable[[Method], Method]:
    """`operation` for a method that answers as `ui.downloads` does, with a file of one of these types."""
    bodies = {(status, media): OpenApiTypes.BINARY for status in (200, 206) for media in media_types}
    others = {304: NOT_MODIFIED, 412: OTHER, 416: OUTSIDE}
    answers = cast(Any, {**bodies, **others})
    return operation(summary=summary, name=name, answers=answers, headers=CONDITIONS, problems=(404,))
