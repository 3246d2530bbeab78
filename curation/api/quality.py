"""How far the labels of a project can be believed, and looking at them anew."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from curation.api import quality_shapes as shapes
from curation.models import Analysis
from curation.queries import analyses as queries
from curation.services import analyses
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.views import TokenView


class Quality(TokenView):
    access_rule = {"GET": Right.CURATE, "POST": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="Quality of a project's labels", name="quality", answers={200: shapes.QualityShape}, problems=(404,)
    )
    def get(self, request: Request, slug: str) -> Response:
        """Consensus, agreement and annotators as the newest analysis found them."""
        return Response(_told(self.place(slug)))

    @operation(
        summary="Look at all labels",
        name="quality_analyze",
        answers={202: shapes.QualityShape},
        problems=(404, 409, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Queues an analysis of all labels as they stand; one that is at work already is not asked for twice."""
        place = self.place(slug)
        analyses.start(place)
        return Response(_told(place), status=202)


def _told(place: Place) -> dict[str, Any]:
    done, newest = queries.newest(place.project), queries.last_asked(place.project)
    return {
        "analysis": queries.report(done) if done else None,
        "at_work": _at_work(newest) if newest and newest.finished_at is None else None,
    }


def _at_work(one: Analysis) -> dict[str, Any]:
    job = one.job
    return {"number": one.number, "state": job.state, "message": job.message, "done": job.done, "total": job.total}
