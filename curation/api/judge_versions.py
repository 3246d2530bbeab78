"""Versions of what a judge is told, for programs: listing, writing, trying, rewording, putting one in use."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from curation import access
from curation.api import judge_version_shapes as shapes
from curation.api.rubric_runs import RubricView
from curation.models import JudgeReport
from curation.queries import judge_versions as queries
from curation.queries.judge_versions import Family, Line
from curation.services import judge_promotion, judge_runs
from modelhooks.api.runs import queued
from modelhooks.api.shapes import RunReport
from modelhooks.models import JudgeVersion
from modelhooks.services import instructions
from projects.access import Place, Right
from projects.api.operations import operation


class Versions(RubricView):
    @operation(
        summary="Versions of what a judge is told",
        name="judge_versions",
        query=shapes.VersionQuery,
        answers={200: shapes.JudgeFamilyShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, checkpoint_id: int) -> Response:
        """Each with its words and what labels say of it. The checkpoint of any version names the judge."""
        place = self.place(slug)
        judge = access.told_judge(place, checkpoint_id)
        return Response(_family(queries.family(place.project, judge, self.query.get("question", ""))))

    @operation(
        summary="Write a version of what a judge is told",
        name="judge_versions_write",
        body=shapes.VersionBody,
        answers={201: shapes.JudgeVersionShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, checkpoint_id: int) -> Response:
        """Nobody uses it before it was tried."""
        place = self.place(slug)
        judge, body = access.told_judge(place, checkpoint_id), self.body()
        family = queries.family(place.project, judge, "")
        number = body.get("after", family.in_use.version.number)
        parent = access.judge_version(place, judge, number)
        made = instructions.write(parent, body["instructions"], by=place.user)
        return Response(_of(place, made, ""), status=201)


class VersionView(RubricView):
    """Whatever is asked of one version."""

    access_rule = {"POST": Right.CURATE}

    def found(self, slug: str, checkpoint_id: int, version: int) -> tuple[Place, JudgeVersion]:
        place = self.place(slug)
        return place, access.judge_version(place, access.told_judge(place, checkpoint_id), version)


class Try(VersionView):
    @operation(
        summary="Try a version on labeled pairs",
        name="judge_versions_try",
        body=shapes.TrialBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str, checkpoint_id: int, version: int) -> Response:
        """The version in use is asked the same pairs, in a run of its own. Nothing of a trial is an answer."""
        (place, found), body = self.found(slug, checkpoint_id, version), self.body()
        started = judge_runs.try_out(place, found, question=body["question"], wishes=body.get("wishes"))
        return queued(next(one for one in started if one.checkpoint_id == found.checkpoint_id))


class Reword(VersionView):
    @operation(
        summary="Let a writer reword a version",
        name="judge_versions_reword",
        body=shapes.RewordBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str, checkpoint_id: int, version: int) -> Response:
        """By pairs that it got wrong in its newest trial; what comes of it is the next version."""
        (place, found), body = self.found(slug, checkpoint_id, version), self.body()
        report = queries.report(found, body["question"])
        checkpoint = self.asked(place, body["checkpoint"])
        return queued(judge_runs.reword(place, report=report, checkpoint=checkpoint, percent=body["percent"]))


class Promote(VersionView):
    @operation(
        summary="Use a version from now on",
        name="judge_versions_promote",
        body=shapes.PromoteBody,
        answers={200: shapes.JudgeVersionShape},
        problems=(404, 409, 413, 415),
    )
    def post(self, request: Request, slug: str, checkpoint_id: int, version: int) -> Response:
        """Where its trial shows that it is surely better than the one in use on pairs that neither has seen; refused
        with the figures where not."""
        (place, found), question = self.found(slug, checkpoint_id, version), self.body()["question"]
        return Response(_of(place, judge_promotion.promote(place, found, question=question), question))


def _of(place: Place, version: JudgeVersion, question: str) -> dict[str, Any]:
    family = queries.family(place.project, version.judge, question)
    return _version(next(one for one in family.lines if one.version.pk == version.pk))


def _family(family: Family) -> dict[str, Any]:
    return {
        "judge": family.judge.pk,
        "name": family.judge.name,
        "question": family.question,
        "headline": family.headline,
        "versions": [_version(one) for one in family.lines],
    }


def _version(line: Line) -> dict[str, Any]:
    version = line.version
    return {
        "number": version.number,
        "checkpoint": version.checkpoint_id,
        "instructions": version.instructions,
        "is_in_use": version.is_in_use,
        "after": version.parent.number if version.parent else None,
        "run": version.run_id,
        "created_by": str(version.created_by) if version.created_by else None,
        "diagnosis": version.diagnosis,
        "items": list(version.provenance.get("items", ())),
        "says": line.right,
        "change": line.change,
        "wins": line.wins,
        "report": _report(line.report) if line.report else None,
    }


def _report(report: JudgeReport) -> dict[str, Any]:
    return {
        "question": report.question,
        "run": report.run_id,
        "fingerprint": report.fingerprint,
        "pairs": report.pairs,
        "prompts": report.prompts,
        "counted_at": report.counted_at,
        "figures": report.figures,
    }
