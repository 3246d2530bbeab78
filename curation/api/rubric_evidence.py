"""A version held against labels, for programs: judging it, reports, deciding about criteria, revising, promoting."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotation import access as annotation_access
from annotation.api.rubrics import created, version_of
from annotation.api.shapes.rubrics import CreatedShape, VersionShape
from annotation.models import RubricVersion
from annotation.queries.items import Filters
from curation import access
from curation.api import rubric_shapes as shapes
from curation.api.rubric_runs import RubricView
from curation.models import RubricReport
from curation.queries import rubrics as queries
from curation.rubrics.editing import Edit
from curation.services import rubric_drafts, rubric_promotion, rubric_runs
from modelhooks.api.runs import queued
from modelhooks.api.shapes import RunReport
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape


class EvidenceView(RubricView):
    """Whatever is asked of one version."""

    def found(self, slug: str, number: int, version: int) -> tuple[Place, RubricVersion]:
        place = self.place(slug)
        return place, annotation_access.rubric_version(place, number, version)


class Grade(EvidenceView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Hold a version against labels",
        name="rubrics_versions_grade",
        body=shapes.GradeBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str, number: int, version: int) -> Response:
        """A judge that is not told the label answers every criterion about labelled pairs; a report comes of it. While
        a run of the same is open, that is the one."""
        (place, found), body = self.found(slug, number, version), self.body()
        run = rubric_runs.grade(
            place,
            version=found,
            checkpoint=self.asked(place, body["checkpoint"]),
            question=body["question"],
            filters=Filters(**body.get("filters", {})),
            wishes=body.get("wishes"),
        )
        return queued(run)


class Reports(EvidenceView):
    access_rule = {"GET": Right.CURATE}

    @operation(
        summary="Reports on a version",
        name="rubrics_versions_reports",
        query=PageQuery,
        answers={200: page_shape(shapes.ListedRubricReportShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, number: int, version: int) -> Response:
        """What judges found by it, the newest first."""
        _place, found = self.found(slug, number, version)
        return page_of(request, self.query, queries.reports_on(found), _listed, order=("-id",))


class OneReport(EvidenceView):
    access_rule = {"GET": Right.CURATE}

    @operation(
        summary="A report on a version",
        name="rubrics_versions_report",
        answers={200: shapes.RubricReportShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, number: int, version: int, report_id: int) -> Response:
        """What each criterion is worth, how often the whole is right, and what it gains over the version before."""
        place, found = self.found(slug, number, version)
        return Response(_report(found, access.rubric_report(place, found, report_id)))


class Decide(EvidenceView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Decide about the criteria of a version",
        name="rubrics_versions_decide",
        body=shapes.DecideBody,
        answers={201: CreatedShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, number: int, version: int) -> Response:
        """Drop, reword, split, merge and weigh them: the next version, which is the newest one again where nothing
        changed."""
        (place, found), body = self.found(slug, number, version), self.body()
        edits = {one.pop("key"): Edit(**one) for one in map(dict, body.get("edits", []))}
        report = access.rubric_report(place, found, body["fitted_by"]) if "fitted_by" in body else None
        weights = rubric_drafts.fitted_weights(found, report)
        return created(place, rubric_drafts.decide(place, found, edits, note=body["note"], weights=weights))


class Revise(EvidenceView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Let a writer revise a version",
        name="rubrics_versions_revise",
        body=shapes.ReviseBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str, number: int, version: int) -> Response:
        """By pairs that it got wrong; the next version is a draft. While a run of the same is open, that is the one."""
        (place, found), body = self.found(slug, number, version), self.body()
        report = (
            access.rubric_report(place, found, body["report"])
            if "report" in body
            else next(iter(queries.reports(found)), None)
        )
        checkpoint = self.asked(place, body["checkpoint"])
        return queued(rubric_runs.revise(place, report=report, checkpoint=checkpoint, percent=body["percent"]))


class Promote(EvidenceView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Let a version take over",
        name="rubrics_versions_promote",
        answers={200: VersionShape},
        problems=(404, 409),
    )
    def post(self, request: Request, slug: str, number: int, version: int) -> Response:
        """It is validated where its newest report says that it is surely better than the one before on pairs that
        neither has seen; refused with the figures where not. The same again changes nothing."""
        place, found = self.found(slug, number, version)
        return Response(version_of(rubric_promotion.promote(place, found)))


def _listed(one: RubricReport) -> dict[str, Any]:
    return {
        "id": one.pk,
        "checkpoint": one.checkpoint_id,
        "judge": one.checkpoint.name,
        "fingerprint": one.fingerprint,
        "run": one.run_id,
        "question": one.question,
        "pairs": one.pairs,
        "prompts": one.prompts,
        "created_at": one.created_at,
    }


def _report(version: RubricVersion, report: RubricReport) -> dict[str, Any]:
    found = queries.evidence(version, report)
    return {
        **_listed(report),
        "headline": found.headline,
        "says": found.says,
        "change": found.change,
        "criteria": [_standing(row) for row in found.rows],
        "unnamed": [f"{one.sentence} {one.figures}" for one in found.hidden],
        "figures": report.figures,
    }


def _standing(row: queries.Row) -> dict[str, Any]:
    told = row.standing
    return {
        "key": row.key,
        "title": row.criterion["title"],
        "standing": row.found.get("standing"),
        "says": told[2] if told else "",
        "notes": row.notes,
    }
