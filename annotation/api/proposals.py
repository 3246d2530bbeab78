"""Criteria that annotators propose, for programs: proposing where one labels, and deciding about it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from annotation import access, numbering
from annotation.api.rubrics import created
from annotation.api.shapes import proposals as shapes
from annotation.api.shapes.rubrics import CreatedShape
from annotation.models import CriterionProposal
from annotation.queries import proposals as queries
from annotation.services import proposals
from projects.access import Right
from projects.api.operations import operation
from projects.api.paging import page_of, page_shape
from projects.api.views import TokenView


class Proposals(TokenView):
    access_rule = {"GET": Right.CURATE, "POST": Right.LABEL}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="Criteria that annotators propose",
        name="rubrics_proposals_list",
        query=shapes.ProposalQuery,
        answers={200: page_shape(shapes.ProposalShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The oldest first: those that wait, or those that were decided."""
        found = queries.told(self.place(slug).project, self.query["state"])
        return page_of(request, self.query, found, proposal_of)

    @operation(
        summary="Propose a criterion",
        name="rubrics_proposals_create",
        body=shapes.ProposeBody,
        answers={201: shapes.ProposedShape},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Beside an item that this person holds or held; answers and drafts stay as they are. The same words again are
        the same proposal as long as nobody has decided."""
        place, body = self.place(slug), self.body()
        made = proposals.propose(
            place,
            item_id=numbering.item_of(place, body["item"]),
            question_key=body["question"],
            words=body["words"],
            why=body["why"],
        )
        told = {"id": made.pk, "item": body["item"], "question": made.question_key, "words": made.words}
        return Response({**told, "why": made.why, "state": made.state}, status=201)


class OneProposal(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="A proposed criterion", name="rubrics_proposal", answers={200: shapes.ProposalShape}, problems=(404,)
    )
    def get(self, request: Request, slug: str, proposal_id: int) -> Response:
        """With what became of it."""
        return Response(proposal_of(access.proposal(self.place(slug), proposal_id)))


class Accept(TokenView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Accept a proposed criterion",
        name="rubrics_proposals_accept",
        body=shapes.AcceptBody,
        answers={201: CreatedShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, proposal_id: int) -> Response:
        """At the end of a rubric's newest criteria: its next version, a draft. 409 where somebody has decided."""
        place = self.place(slug)
        found, body = access.proposal(place, proposal_id), self.body()
        rubric = access.rubric(place, body["rubric"])
        return created(place, proposals.accept(place, found.pk, rubric=rubric, line=body["line"]))


class Decline(TokenView):
    access_rule = {"POST": Right.CURATE}

    @operation(
        summary="Decline a proposed criterion",
        name="rubrics_proposals_decline",
        body=shapes.DeclineBody,
        answers={200: shapes.ProposalShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, proposal_id: int) -> Response:
        """For a reason; the rubrics stay as they are. 409 where somebody has decided."""
        place = self.place(slug)
        proposals.decline(place, access.proposal(place, proposal_id).pk, reason=self.body()["reason"])
        return Response(proposal_of(access.proposal(place, proposal_id)))


def proposal_of(one: CriterionProposal) -> dict[str, Any]:
    """A proposal as JSON; `by`, `decided_by` and `version__rubric` are selected with it."""
    version = one.version
    return {
        "id": one.pk,
        "item": one.item_id,
        "question": one.question_key,
        "words": one.words,
        "why": one.why,
        "by": str(one.by),
        "created_at": one.created_at,
        "state": one.state,
        "decided_by": str(one.decided_by) if one.decided_by else None,
        "decided_at": one.decided_at,
        "reason": one.reason,
        "version": {"rubric": version.rubric.number, "version": version.number} if version else None,
    }
