"""The project's own form about one item, for somebody who answers it outside the queue of those who label."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from annotation.queries.label import Workspace
from annotation.views import desk, posted
from ui.problems import Refusal
from ui.requests import HtmxRequest


def page(
    request: HtmxRequest, template: str, workspace: Workspace, shown: Mapping[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    """The form; refused, it holds what was sent, and says why beside the questions that it concerns."""
    typed = replace(workspace, fields=posted.fields(request)) if refusal else workspace
    errors: Any = getattr(refusal, "errors", None)
    laid_out = desk.lay_out(typed, now=timezone.now(), errors=errors)
    return render(
        request,
        template,
        {"desk": laid_out, "refusal": refusal, **shown},
        status=int(refusal.status) if refusal else 200,
    )
