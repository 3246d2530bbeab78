"""Runs for programs: how far one is, what it gave up, stopping it and going on."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from modelhooks import access
from modelhooks.api import shapes
from modelhooks.models import Failure, Run
from modelhooks.queries import runs as queries
from modelhooks.services import runs
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView


class RunView(TokenView):
    def found(self, run_id: int) -> tuple[Place, Run]:
        place = self.place_of(Run.objects.filter(pk=run_id).values("project_id"))
        return place, access.run(place, run_id)


class OneRun(RunView):
    access_rule = {"GET": Right.VIEW}

    @operation(summary="A run", answers={200: shapes.RunReport}, problems=(404,))
    def get(self, request: Request, run_id: int) -> Response:
        """How far it is, when it ends at its present pace, and what it took."""
        _place, run = self.found(run_id)
        return Response(report_of(run))


class Failures(RunView):
    access_rule = {"GET": Right.VIEW}

    @operation(
        summary="What a run gave up", name="runs_failures_list", query=PageQuery,
        answers={200: page_shape(shapes.FailureShape)}, problems=(404,),
    )  # fmt: skip
    def get(self, request: Request, run_id: int) -> Response:
        """Each item with its reason. Trying again takes the rows away."""
        _place, run = self.found(run_id)
        return page_of(request, self.query, queries.failures(run), failure_of)


class Cancel(RunView):
    access_rule = {"POST": Right.CURATE}

    @operation(summary="Cancel a run", name="runs_cancel", answers={202: shapes.RunReport}, problems=(404,))
    def post(self, request: Request, run_id: int) -> Response:
        """It stops after what it computes now. What it answered stays; `resume/` goes on."""
        place, run = self.found(run_id)
        runs.cancel(place, run)
        return Response(report_of(access.run(place, run.pk)), status=202)


class Resume(RunView):
    access_rule = {"POST": Right.CURATE}

    @operation(summary="Resume a run", name="runs_resume", answers={202: shapes.RunReport}, problems=(404, 422))
    def post(self, request: Request, run_id: int) -> Response:
        """Goes on with what is left of one that was cancelled, or that stopped."""
        place, run = self.found(run_id)
        runs.resume(place, run)
        return Response(report_of(access.run(place, run.pk)), status=202)


class Retry(RunView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Try again what a run gave up", name="runs_retry", answers={202: shapes.RunReport}, problems=(404, 422)
    )
    def post(self, request: Request, run_id: int) -> Response:
        """Only the items that it gave up; where there are none, nothing happens."""
        place, run = self.found(run_id)
        runs.retry_failures(place, run)
        return Response(report_of(access.run(place, run.pk)), status=202)


def run_of(run: Run) -> dict[str, Any]:
    """A run as JSON; select `job`, `checkpoint` and `project` with it."""
    return {
        "id": run.pk,
        "project": run.project.slug,
        "hook": run.hook,
        "checkpoint": run.checkpoint_id,
        "checkpoint_name": run.checkpoint.name,
        "question": run.question,
        "parameters": run.parameters,
        "fingerprint": run.fingerprint,
        "state": run.job.state,
        "message": run.job.message,
        "done": run.job.done,
        "total": run.job.total,
        "created_at": run.created_at,
        "finished_at": run.job.finished_at,
    }


def listed_run_of(run: Run) -> dict[str, Any]:
    """The same with what it has cost; the run is one of `usage.with_cost`."""
    return {**run_of(run), **_cost(run.cost)}  # type: ignore[attr-defined]


def _cost(cost: float | None) -> dict[str, Any]:
    return {"cost": cost, "currency": settings.CURRENCY}


def report_of(run: Run) -> dict[str, Any]:
    """The same with what it took."""
    report = queries.report(run, timezone.now())
    taken = report.taken
    return {
        **run_of(run),
        "failed": report.failed,
        "rate": report.progress.rate,
        "seconds_left": report.progress.seconds_left,
        "chunks": taken.chunks,
        "chunks_done": taken.chunks_done,
        "computed": taken.computed,
        "reused": taken.reused,
        "prompt_tokens": taken.prompt_tokens,
        "completion_tokens": taken.completion_tokens,
        "cached_tokens": taken.cached_tokens,
        "requests": taken.requests,
        **_cost(taken.cost),
        "outcome": dict(report.outcome),
    }


def queued(run: Run) -> Response:
    """202 with the run that was asked for, and its address."""
    address = reverse("api-run", kwargs={"run_id": run.pk})
    return Response(report_of(run), status=202, headers={"Location": address})


def failure_of(one: Failure) -> dict[str, Any]:
    """A failure as JSON."""
    return {"subject": one.subject, "reason": one.reason, "created_at": one.created_at}
