"""Evaluation sets and leaderboards for programs: the same numbers as on the pages."""

from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from django.urls import reverse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.bodies import file_of
from annotation.api.imports import BODY
from annotation.imports.uploads import UploadTooLarge
from curation import access
from curation.api import evaluation_shapes as shapes
from curation.models import EvaluationScore, EvaluationSet
from curation.queries import leaderboards as queries
from curation.services import evaluating, evaluation_sets
from curation.services.evaluation_sets import MOST_BYTES
from modelhooks import access as models
from modelhooks.api.runs import queued
from modelhooks.api.shapes import RunReport
from projects.access import Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView

PIECE = 1 << 20


class Sets(TokenView):
    access_rule = {"GET": Right.VIEW, "POST": Right.CURATE}

    @operation(
        summary="List evaluation sets",
        name="evaluation_sets_list",
        query=PageQuery,
        answers={200: page_shape(shapes.SetShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The newest first."""
        found = EvaluationSet.objects.filter(project=self.place(slug).project)
        return page_of(request, self.query, found, set_of, order=("-number",))

    @operation(
        summary="Make an evaluation set of a release",
        name="evaluation_sets_build",
        body=shapes.BuildBody,
        answers={201: shapes.SetShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Of one split of its rows, by a recipe whose layout a tool that measures models has."""
        place = self.place(slug)
        body = self.body()
        made = evaluation_sets.from_release(
            place,
            name=body["name"],
            release=access.numbered(place, body["release"]),
            recipe=body["recipe"],
            split=body["split"],
        )
        return _made(slug, made)


class Files(TokenView):
    access_rule = {"POST": Right.CURATE}
    parser_classes = [MultiPartParser]

    @operation(
        summary="Make an evaluation set of a file",
        name="evaluation_sets_put",
        query=shapes.FileQuery,
        body=BODY,
        answers={201: shapes.SetShape},
        problems=(404, 411, 413, 415, 422),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Takes NDJSON, JSON, CSV or Parquet, plain or packed, as the body or as a form's `file`.

        Rows that cannot be used are left out and told. The same rows under the same name are the set that is there.
        """
        place = self.place(slug)
        upload, sent_name = file_of(request, MOST_BYTES)
        with SpooledTemporaryFile(max_size=PIECE) as file:
            _copy(upload, cast("BinaryIO", file))
            made = evaluation_sets.from_file(
                place,
                name=self.query["name"],
                file=cast("BinaryIO", file),
                file_name=self.query.get("file_name") or sent_name,
                layout=self.query.get("layout", ""),
            )
        return _made(slug, made)


class OneSet(TokenView):
    access_rule = {"GET": Right.VIEW}

    @operation(summary="A leaderboard", name="evaluation_set", answers={200: shapes.BoardShape}, problems=(404,))
    def get(self, request: Request, slug: str, number: int) -> Response:
        """A set with everybody who was asked about it, best first."""
        return Response(board_of(queries.board(access.evaluation_set(self.place(slug), number))))


class Runs(TokenView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Ask a checkpoint about an evaluation set",
        name="evaluation_sets_ask",
        body=shapes.AskBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """It answers every row; what the same weights said before is not asked again. While such a run is open, that is
        the one."""
        place = self.place(slug)
        found, body = access.evaluation_set(place, number), self.body()  # who may not see the set learns nothing of it
        checkpoint = models.checkpoint(self.person, body["checkpoint"], bound_to=place.project.pk)
        run = evaluating.start(place, found, checkpoint, body["threshold"])
        return queued(run)


class WrongRows(TokenView):
    access_rule = {"GET": Right.VIEW}

    @operation(
        summary="The rows that a checkpoint gets wrong",
        name="evaluation_sets_wrong",
        query=shapes.WrongQuery,
        answers={200: page_shape(shapes.WrongShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, number: int, result_id: int) -> Response:
        """Answered rows with less than all points, in the order of the set."""
        found = access.evaluation_result(self.place(slug), number, result_id)
        rows = queries.wrong_rows(found, self.query.get("subset", ""))
        return page_of(request, self.query, rows, _wrong, order=("row_id",))


def board_of(board: queries.Board) -> dict[str, Any]:
    """A leaderboard as JSON."""
    results = [_result(line) for line in board.lines]
    return {**set_of(board.evaluation_set), "headline": board.headline, "results": results}


def set_of(one: EvaluationSet) -> dict[str, Any]:
    """A set as JSON."""
    return {
        "number": one.number,
        "name": one.name,
        "layout": one.layout,
        "rows": one.row_count,
        "subsets": dict(one.subsets),
        "release": one.release_id,
        "split": one.split,
        "file_name": one.file_name,
        "sha256": one.digest_words,
        "refused": one.refused,
        "refusals": [{"number": number, "reason": reason} for number, reason in one.refusals],
        "created_at": one.created_at,
    }


def _made(slug: str, made: EvaluationSet) -> Response:
    address = reverse("api-evaluation-set", kwargs={"slug": slug, "number": made.number})
    return Response(set_of(made), status=201, headers={"Location": address})


def _result(line: queries.Line) -> dict[str, Any]:
    one = line.result
    return {
        "id": one.pk,
        "place": line.place,
        "checkpoint": one.checkpoint_id,
        "checkpoint_name": one.checkpoint.name,
        "fingerprint": one.fingerprint,
        "run": one.run_id,
        "score": one.score,
        "figures": one.figures,
        "behind": one.behind,
        "measured_at": one.measured_at,
    }


def _wrong(one: EvaluationScore) -> dict[str, Any]:
    return {
        "row": one.row.number,
        "key": one.row.key,
        "subset": one.row.subset,
        "points": one.points,
        "is_abstained": one.is_abstained,
        "said": one.said,
    }


def _copy(upload: BinaryIO, file: BinaryIO) -> None:
    """Rows are read from a file that can be sought in. Raises UploadTooLarge."""
    size = 0
    while piece := upload.read(PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise UploadTooLarge(MOST_BYTES)
        file.write(piece)
