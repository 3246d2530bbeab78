"""Rubrics written from labelled pairs, for programs: the runs, what became of each pair, and drafts of both."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from annotation.api.rubrics import created
from annotation.api.shapes.rubrics import CreatedShape
from annotation.queries.items import Filters
from curation import access
from curation.api import rubric_shapes as shapes
from curation.models import RubricAttempt
from curation.queries import rubrics as queries
from curation.services import rubric_drafts, rubric_runs
from modelhooks import access as models
from modelhooks.api.runs import listed_run_of, queued, report_of
from modelhooks.api.shapes import RunReport
from modelhooks.models import Checkpoint, Run
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView


class RubricView(TokenView):
    """Reads and writes as curators do."""

    access_rule = {"GET": Right.CURATE, "POST": Right.CURATE}
    scopes = {"GET": Scope.READ}

    def asked(self, place: Place, checkpoint_id: int) -> Checkpoint:
        """The checkpoint that a body names."""
        return models.checkpoint(self.person, checkpoint_id, bound_to=place.project.pk)


class Written(RubricView):
    @operation(
        summary="Runs that wrote rubrics",
        name="rubrics_written_list",
        query=PageQuery,
        answers={200: page_shape(shapes.WritingShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The newest first, each with how many pairs ended with a rubric."""
        return page_of(request, self.query, queries.writing(self.place(slug).project), _writing, order=("-id",))

    @operation(
        summary="Write rubrics from labels",
        name="rubrics_written_start",
        body=shapes.ContrastBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """A writer contrasts the two responses of labelled pairs. While a run of the same is open, that is the one."""
        place, body = self.place(slug), self.body()
        run = rubric_runs.contrast(
            place,
            checkpoint=self.asked(place, body["checkpoint"]),
            question=body["question"],
            filters=Filters(**body.get("filters", {})),
            wishes=body.get("wishes"),
        )
        return queued(run)


class OneWritten(RubricView):
    access_rule = {"GET": Right.CURATE}

    @operation(
        summary="A run that wrote rubrics", name="rubrics_written", answers={200: shapes.WrittenShape}, problems=(404,)
    )
    def get(self, request: Request, slug: str, written_id: int) -> Response:
        """How far it is, what became of its pairs, and why some have no rubric."""
        run = access.rubric_run(self.place(slug), written_id)
        counts = queries.counts(run)
        reasons = [{"reason": reason, "pairs": pairs} for reason, pairs in queries.reasons(run)]
        told = {name: getattr(counts, name) for name in ("kept", "rejected", "unexplained")}
        return Response({**report_of(run), **told, "reasons": reasons})


class Attempts(RubricView):
    access_rule = {"GET": Right.CURATE}

    @operation(
        summary="What became of each pair",
        name="rubrics_written_attempts",
        query=shapes.AttemptQuery,
        answers={200: page_shape(shapes.AttemptShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, written_id: int) -> Response:
        """By item, each with the criteria that were kept, or why none were."""
        run = access.rubric_run(self.place(slug), written_id)
        found = queries.attempts(run, self.query.get("outcome", "")).defer("attempts")
        return page_of(request, self.query, found, _attempt, order=("item_id",))


class OneAttempt(RubricView):
    access_rule = {"GET": Right.CURATE}

    @operation(
        summary="What became of one pair",
        name="rubrics_written_attempt",
        answers={200: shapes.WholeAttemptShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, written_id: int, item_id: int) -> Response:
        """With every rubric that was written for it."""
        attempt = access.rubric_attempt(self.place(slug), written_id, item_id)
        return Response({**_attempt(attempt), "attempts": attempt.attempts})


class TakeAttempt(RubricView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Take the rubric of one pair",
        name="rubrics_written_take",
        answers={201: CreatedShape},
        problems=(404, 422),
    )
    def post(self, request: Request, slug: str, written_id: int, item_id: int) -> Response:
        """A draft for its item alone; the one that was taken before, where it was."""
        place = self.place(slug)
        return created(place, rubric_drafts.take(place, access.rubric_attempt(place, written_id, item_id)))


class Gather(RubricView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Gather the criteria of many pairs",
        name="rubrics_written_gather",
        body=shapes.GatherBody,
        answers={201: CreatedShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, written_id: int) -> Response:
        """Those with the most prompts behind them, as a draft of the project, or of a slice of its items."""
        place = self.place(slug)
        run, body = access.rubric_run(place, written_id), self.body()
        made = rubric_drafts.gather(
            place, runs=[run], name=body["name"], most=body["most"], sliced_by=body.get("slice")
        )
        return created(place, made)


class Merge(RubricView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Let a writer merge the rubrics of many pairs",
        name="rubrics_written_merge",
        body=shapes.MergeBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str, written_id: int) -> Response:
        """Into general words, as a draft that the run leaves. While a run of the same is open, that is the one."""
        place = self.place(slug)
        written, body = access.rubric_run(place, written_id), self.body()
        checkpoint = self.asked(place, body.pop("checkpoint"))
        return queued(rubric_runs.merge(place, written=written, checkpoint=checkpoint, **body))


def _writing(run: Run) -> dict[str, Any]:
    counted = vars(run)  # which its type does not know
    return {**listed_run_of(run), **{name: counted[name] for name in ("kept", "rejected", "failed")}}


def _attempt(one: RubricAttempt) -> dict[str, Any]:
    return {
        "item": one.item_id,
        "key": one.item.key,
        "better": one.better,
        "outcome": one.outcome,
        "reason": one.reason,
        "is_unexplained": one.is_unexplained,
        "margin": one.margin,
        "criteria": [{"text": each["text"], "kind": each["kind"]} for each in one.criteria],
        "created_at": one.created_at,
    }
