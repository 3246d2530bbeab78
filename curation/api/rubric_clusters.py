"""Clusters of the prompts that rubrics were written for, for programs: finding them, and a rubric of each."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.rubrics import created
from annotation.api.shapes.rubrics import CreatedShape
from curation import access
from curation.api import rubric_shapes as shapes
from curation.api.rubric_runs import RubricView
from curation.models import PromptClusters
from curation.queries import prompt_clusters as queries
from curation.services import prompt_clusters
from modelhooks.api.runs import queued
from modelhooks.api.shapes import RunReport
from projects.access import Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_shape, page_together


class Groupings(RubricView):
    @operation(
        summary="Groupings of the prompts of a run",
        name="rubrics_written_clusters_list",
        query=PageQuery,
        answers={200: page_shape(shapes.ClustersShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, written_id: int) -> Response:
        """The newest first, each with its clusters once it is done."""
        run = access.rubric_run(self.place(slug), written_id)
        return page_together(request, self.query, queries.groupings(run), _told, order=("-id",))

    @operation(
        summary="Group the prompts of a run",
        name="rubrics_written_clusters_start",
        body=shapes.ClustersBody,
        answers={202: shapes.ClustersShape},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str, written_id: int) -> Response:
        """Those of which a rubric was kept, by what they are about. While the same is open, that is the one."""
        place = self.place(slug)
        made = prompt_clusters.start(place, access.rubric_run(place, written_id), **self.body())
        names = {"slug": slug, "written_id": written_id, "clusters_id": made.pk}
        (told,) = _told([made])
        return Response(told, status=202, headers={"Location": reverse("api-rubric-clusters", kwargs=names)})


class OneGrouping(RubricView):
    access_rule = {"GET": Right.CURATE}

    @operation(
        summary="A grouping of prompts",
        name="rubrics_written_clusters",
        answers={200: shapes.ClustersShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, written_id: int, clusters_id: int) -> Response:
        """How far it is, and its clusters: how large, what stands in the middle, and how surely they are there."""
        (told,) = _told([access.prompt_clusters(self.place(slug), written_id, clusters_id)])
        return Response(told)


class GatherCluster(RubricView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Gather the criteria of one cluster",
        name="rubrics_written_clusters_gather",
        body=shapes.GatherClusterBody,
        answers={201: CreatedShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, written_id: int, clusters_id: int) -> Response:
        """A draft of the slice of its items, which are tagged for that."""
        place = self.place(slug)
        found, body = access.prompt_clusters(place, written_id, clusters_id), self.body()
        made = prompt_clusters.gather(place, found, number=body["cluster"], name=body["name"], most=body["most"])
        return created(place, made)


class MergeCluster(RubricView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Let a writer merge the rubrics of one cluster",
        name="rubrics_written_clusters_merge",
        body=shapes.MergeClusterBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str, written_id: int, clusters_id: int) -> Response:
        """A draft of the slice of its items, which are tagged for that. While the same is open, that is the one."""
        place = self.place(slug)
        found, body = access.prompt_clusters(place, written_id, clusters_id), self.body()
        run = prompt_clusters.merge(
            place,
            found,
            number=body["cluster"],
            checkpoint=self.asked(place, body["checkpoint"]),
            name=body["name"],
            most=body["most"],
        )
        return queued(run)


def _told(groupings: Sequence[PromptClusters]) -> list[dict[str, Any]]:
    clusters = queries.clusters(groupings)
    return [
        {
            "id": one.pk,
            "embedder": one.embedder,
            "most": one.most,
            "state": one.job.state,
            "message": one.job.message,
            "done": one.job.done,
            "total": one.job.total,
            "silhouette": one.silhouette,
            "clusters": [_cluster(each) for each in clusters[one.pk]],
            "created_at": one.created_at,
            "finished_at": one.finished_at,
        }
        for one in groupings
    ]


def _cluster(one: queries.Cluster) -> dict[str, Any]:
    return {
        "number": one.number,
        "prompts": one.prompts,
        "items": one.items,
        "stability": one.stability,
        "nearest": [{"item": each.item, "key": each.key, "prompt": each.prompt} for each in one.nearest],
    }
