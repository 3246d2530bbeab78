"""What one method of an endpoint takes and answers, said once: the view obeys it and OpenAPI prints it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from projects.api.strict import Query, StrictSerializer

Method = TypeVar("Method", bound=Callable[..., Any])
Answer = type[serializers.BaseSerializer[Any]] | OpenApiResponse | None

PROBLEMS = {
    400: "The request is not understood; `errors` says which field or parameter.",
    401: "No token, or one that is unknown, expired or revoked.",
    404: "Nothing here that this token may see.",
    405: "This address does not take the method.",
    406: "Only JSON is answered.",
    409: "It cannot be done now; `detail` says why.",
    410: "It was there, and was taken away.",
    411: "The body has no stated length.",
    413: "The body is larger than this server takes.",
    415: "The body is not of a type that is taken here.",
    422: "Understood and refused; `errors` says why.",
    428: "A header that makes the request safe to repeat is missing.",
    429: "Too many; `Retry-After` says when to come back.",
}
ALWAYS = (400, 401, 406)


class Problem(serializers.Serializer[Any]):
    """RFC 9457: what went wrong, in words."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The address that was called.")
    errors = serializers.DictField(  # type: ignore[assignment]  # shadows the serializer's own, which is not used
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class StrictBody(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says in the document that a body takes no other fields."""

    target_class = "projects.api.strict.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Direction) -> dict[str, Any]:
        mapped: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**mapped, "additionalProperties": False}


def header(name: str, description: str, *, required: bool = True, type_: Any = OpenApiTypes.STR) -> OpenApiParameter:
    """A request header, for the schema."""
    return OpenApiParameter(name, type_, OpenApiParameter.HEADER, required=required, description=description)


def operation(
    *,
    summary: str,
    answers: Mapping[int, Answer],
    body: type[StrictSerializer] | Mapping[str, Any] | None = None,
    query: type[Query] = Query,
    headers: tuple[OpenApiParameter, ...] = (),
    problems: tuple[int, ...] = (),
    name: str | None = None,
) -> Callable[[Method], Method]:
    """Declare a method of a `TokenView`. Without `query`, it takes no query parameters at all."""

    def decorate(method: Method) -> Method:
        documented = extend_schema(
            operation_id=name,
            summary=summary,
            request=body,
            parameters=[*([query] if query is not Query else []), *headers],
            responses={**_answers(answers), **_problems((*ALWAYS, *problems))},
        )(method)
        documented.query, documented.body = query, body  # type: ignore[attr-defined]
        return documented

    return decorate


def _answers(answers: Mapping[int, Answer]) -> dict[Any, Any]:
    return {status: answer or OpenApiResponse(description="Done.") for status, answer in answers.items()}


def _problems(statuses: tuple[int, ...]) -> dict[Any, Any]:
    return {
        (status, "application/problem+json"): OpenApiResponse(Problem, description=PROBLEMS[status])
        for status in sorted(set(statuses))
    }
