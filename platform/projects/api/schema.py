"""The OpenAPI document, for those who hold a token."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.views import TOKEN


class Schema(SpectacularJSONAPIView):
    """Says what every endpoint takes and answers."""

    access_rule = {"GET": TOKEN}
    permission_classes = [IsAuthenticated]  # the base class lets anybody read it
    metadata_class = None

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        document: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return document
