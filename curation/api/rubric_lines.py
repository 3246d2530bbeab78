"""Lines of rubrics out of people's words and what was done, for programs: the runs, the lines, and drafts of them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.rubrics import created
from annotation.api.shapes.rubrics import CreatedShape
from annotation.queries.items import Filters
from curation import access
from curation.api import rubric_shapes as shapes
from curation.api.rubric_runs import RubricView
from curation.models import RubricLine
from curation.queries import rubric_lines as queries
from curation.services import line_drafts, line_runs
from modelhooks.api.runs import listed_run_of, queued, report_of
from modelhooks.api.shapes import RunReport
from modelhooks.models import Run
from projects.access import Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape


class LineRuns(RubricView):
    @operation(
        summary="Runs that wrote lines of rubrics",
        name="rubrics_lines_list",
        query=PageQuery,
        answers={200: page_shape(shapes.ReadingShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The newest first."""
        return page_of(request, self.query, queries.reading(self.place(slug).project), _reading, order=("-id",))

    @operation(
        summary="Write lines of rubrics",
        name="rubrics_lines_start",
        body=shapes.LinesBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """A writer reads justifications, prompts, or what was done in several turns. While a run of the same is open,
        that is the one."""
        place, body = self.place(slug), self.body()
        run = line_runs.start(
            place,
            source=body["source"],
            checkpoint=self.asked(place, body["checkpoint"]),
            question=body.get("question", ""),
            filters=Filters(**body.get("filters", {})),
            wishes=body.get("wishes"),
        )
        return queued(run)


class OneLineRun(RubricView):
    access_rule = {"GET": Right.CURATE}

    @operation(summary="A run that wrote lines", name="rubrics_lines", answers={200: shapes.ReadShape}, problems=(404,))
    def get(self, request: Request, slug: str, lines_id: int) -> Response:
        """How far it is, and how many lines it found in how many items."""
        run = access.lines_run(self.place(slug), lines_id)
        counts = queries.counts(run)
        return Response({**report_of(run), "lines": counts.lines, "items": counts.items})


class Found(RubricView):
    access_rule = {"GET": Right.CURATE}

    @operation(
        summary="The lines that a run wrote",
        name="rubrics_lines_found",
        query=PageQuery,
        answers={200: page_shape(shapes.RubricLineShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, lines_id: int) -> Response:
        """By item, each with the words that it rests on."""
        run = access.lines_run(self.place(slug), lines_id)
        return page_of(request, self.query, queries.lines(run), _line, order=("item_id", "id"))


class GatherShared(RubricView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Gather the principles that several annotators go by",
        name="rubrics_lines_gather",
        body=shapes.SharedBody,
        answers={201: CreatedShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, lines_id: int) -> Response:
        """Those of most annotators, two at least, as a draft of the project. Only of a run that read justifications."""
        place = self.place(slug)
        run = access.lines_run(place, lines_id)
        return created(place, line_drafts.of_justifications(place, run=run, **self.body()))


class TakeLines(RubricView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Take all lines of one item",
        name="rubrics_lines_take",
        body=shapes.TakeBody,
        answers={201: CreatedShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, lines_id: int) -> Response:
        """A draft for that item alone; the one that was taken before, where it was. Not of justifications."""
        place = self.place(slug)
        run = access.lines_run(place, lines_id)
        return created(place, line_drafts.of_item(place, run=run, item_id=self.body()["item"]))


def _reading(run: Run) -> dict[str, Any]:
    counted = vars(run)  # which its type does not know
    return {**listed_run_of(run), "lines": counted["lines"], "failed": counted["failed"]}


def _line(one: RubricLine) -> dict[str, Any]:
    said = one.annotation
    return {
        "item": one.item_id,
        "key": one.item.key,
        "annotation": one.annotation_id,
        "annotator": None if said is None else str(said.author or said.imported_name),
        "number": one.number,
        "text": one.text,
        "kind": one.kind,
        "holds": one.holds,
        "quote": one.quote,
        "details": one.details,
        "created_at": one.created_at,
    }
