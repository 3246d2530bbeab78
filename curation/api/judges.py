"""Judges for programs: their cards, asking them our probes, and deciding that their answers stand."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from curation import access
from curation.accepting import items
from curation.api import judge_shapes as shapes
from curation.models import Acceptance, Standing
from curation.queries import analyses, judges
from curation.services import accepting
from modelhooks.api.runs import queued
from modelhooks.api.shapes import RunReport
from modelhooks.models import Checkpoint
from modelhooks.queries import probing as probes
from modelhooks.services import probing
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_shape, page_together
from projects.api.views import TokenView


class Judges(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="Models held against people",
        name="judges_list",
        query=PageQuery,
        answers={200: page_shape(shapes.ListedJudgeShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Every model that answered, by question and facet, as the newest analysis saw it."""
        project = self.place(slug).project
        analysis = analyses.newest(project)
        found = judges.listed(analysis) if analysis else Standing.objects.none()
        standing = Acceptance.objects.filter(project=project).standing()

        def listed(rows: Any) -> list[dict[str, Any]]:
            accepts = set(standing.values_list("checkpoint", "question"))
            return [{**_judged(one), "accepts": (one.checkpoint_id, one.question) in accepts} for one in rows]

        return page_together(request, self.query, found, listed, order=judges.ORDER)


class OneJudge(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="A judge's card",
        name="judge",
        query=shapes.JudgeQuery,
        answers={200: shapes.JudgeShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, checkpoint_id: int) -> Response:
        """How it judges, what our probes show, what it has to show before anything of it is accepted, and what is."""
        place, asked = self.place(slug), self.query
        chosen = access.judge_standing(place, checkpoint_id, asked.get("question", ""), asked.get("facet", ""))
        view = judges.view(chosen, judges.target_of(asked["target"]))
        return Response({**_card(view), "acceptance": _acceptance(place, chosen)})


class Probes(TokenView):
    access_rule = {"GET": Right.CURATE, "POST": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="What our probes show of a judge",
        name="judge_probes",
        answers={200: shapes.ProbingShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, checkpoint_id: int) -> Response:
        """Of the newest run of probes, done or not."""
        place = self.place(slug)
        checkpoint = access.judge(place, checkpoint_id)
        return Response(_probing(checkpoint, probes.newest(place.project, checkpoint)))

    @operation(
        summary="Ask a judge our probes",
        name="judge_probes_ask",
        answers={202: RunReport},
        problems=(404, 422, 429),
    )
    def post(self, request: Request, slug: str, checkpoint_id: int) -> Response:
        """Questions of ours with a known answer, in both orders where it compares. No label is touched. While a run
        of the same probes is open, that is the one."""
        place = self.place(slug)
        return queued(probing.start(place, access.judge(place, checkpoint_id)))


class AcceptanceOfJudge(TokenView):
    access_rule = {"GET": Right.CURATE, "PUT": Right.CURATE, "DELETE": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="Whether a judge's answers stand without a person",
        name="judge_acceptance",
        answers={200: shapes.AcceptanceShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, checkpoint_id: int, question: str) -> Response:
        """To this question, and how many do now."""
        return Response(_acceptance(*self._found(slug, checkpoint_id, question)))

    @operation(
        summary="Accept a judge's answers",
        name="judge_acceptance_set",
        body=shapes.AcceptanceBody,
        answers={200: shapes.AcceptanceShape},
        problems=(404, 413, 415, 422),
    )
    def put(self, request: Request, slug: str, checkpoint_id: int, question: str) -> Response:
        """From a certainty on its answers to this question stand where nobody else has answered, and another judge's no
        more. Refused (422) with every reason as long as it has not shown all that the card lists."""
        place, chosen = self._found(slug, checkpoint_id, question)
        accepting.accept(place, chosen, **self.body())
        return Response(_acceptance(place, chosen))

    @operation(
        summary="Accept nothing of a judge any more",
        name="judge_acceptance_withdraw",
        answers={200: shapes.AcceptanceShape},
        problems=(404, 422),
    )
    def delete(self, request: Request, slug: str, checkpoint_id: int, question: str) -> Response:
        """Of what it says to this question. Releases that were made stay as they are. Refused where nothing stands."""
        place, chosen = self._found(slug, checkpoint_id, question)
        accepting.withdraw(place, chosen)
        return Response(_acceptance(place, chosen))

    def _found(self, slug: str, checkpoint_id: int, question: str) -> tuple[Place, Standing]:
        place = self.place(slug)
        return place, access.judge_standing(place, checkpoint_id, question)


def _judged(one: Standing) -> dict[str, Any]:
    return {
        "checkpoint": one.checkpoint_id,
        "name": one.annotator,
        "question": one.question,
        "facet": one.facet,
        "labels": one.labels,
        "analysis": one.analysis.number,
    }


def _card(view: judges.View) -> dict[str, Any]:
    return {
        **_judged(view.standing),
        "headline": view.headline,
        "figures": view.figures,
        "target": view.target,
        "is_trusted": view.is_trusted,
        "conditions": [{"words": one.words, "is_met": one.is_met, "told": one.told} for one in view.conditions],
        "cuts": [_cut(one) for one in view.cuts],
        "probes": _probing(view.checkpoint, view.probing),
    }


def _cut(one: judges.Cut) -> dict[str, Any]:
    names = ("confidence", "checked", "right", "at_least", "accepts", "holds")
    return {name: getattr(one, name) for name in names}


def _probing(checkpoint: Checkpoint, found: probes.Probing | None) -> dict[str, Any]:
    return {
        "can_be_probed": probes.can_be_probed(checkpoint),
        "run": found.run.pk if found else None,
        "state": found.run.job.state if found else None,
        "is_of_today": found.is_of_today if found else None,
        "is_passed": found is not None and found.is_passed,
        "at_most": found.at_most if found else None,
        "outcomes": [one._asdict() for one in found.outcomes] if found else [],
    }


def _acceptance(place: Place, chosen: Standing) -> dict[str, Any]:
    decided = accepting.in_force(place.project, chosen)
    return {
        "checkpoint": chosen.checkpoint_id,
        "question": chosen.question,
        "is_accepted": decided is not None,
        "answers": len(items(decided)) if decided else 0,
        "confidence": decided.confidence if decided else None,
        "target": decided.target if decided else None,
        "fingerprint": decided.fingerprint if decided else None,
        "analysis": decided.analysis.number if decided else None,
        "figures": decided.figures if decided else None,
        "decided_by": str(decided.decided_by) if decided else None,
        "decided_at": decided.created_at if decided else None,
    }
