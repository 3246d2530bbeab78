"""The queue of reviews for programs: what waits, one entry, and deciding."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from annotation import access
from annotation.api.labeling import IDEMPOTENCY, request_key
from annotation.models import Item
from curation.api import review_shapes as shapes
from curation.models import Decision, Review
from curation.queries import precision, review_queue
from curation.queries import reviews as queries
from curation.queries.quality_noise import Precision
from curation.services import reviews
from curation.services.reviews import Asked, Decided
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.views import TokenView


class Queue(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="Items that wait for a decision",
        name="review_queue",
        query=shapes.QueueQuery,
        answers={200: shapes.QueueShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """What is most worth a look first, fifty at a time; `next` is the `after` of those behind. Nothing is taken."""
        place = self.place(slug)
        filters = review_queue.read_filters(self.query)
        found = review_queue.queue(place.project, filters, after=self.query.get("after"))
        counted = review_queue.count(place.project, filters)
        return Response(
            {
                "waiting": min(counted, review_queue.MOST_COUNTED),
                "is_least": counted > review_queue.MOST_COUNTED,
                "next": found[-1].item_id if len(found) == review_queue.PAGE else None,
                "entries": [_line(place, line) for line in found],
            }
        )


class Entry(TokenView):
    access_rule = {"GET": Right.CURATE, "POST": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="What is said against an item", name="review_entry", answers={200: shapes.EntryShape}, problems=(404,)
    )
    def get(self, request: Request, slug: str, item_id: int) -> Response:
        """Findings, places that labels do not settle, and earlier decisions, the newest first."""
        place = self.place(slug)
        found, _, form_id = access.item_to_read(place, item_id)
        return Response(_entry(place, found, form_id))

    @operation(
        summary="Decide about an item",
        name="review_decide",
        body=shapes.DecisionBody,
        headers=(IDEMPOTENCY,),
        answers={200: shapes.DecidedShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, slug: str, item_id: int) -> Response:
        """One transaction with all that follows from it, stored once however often it is sent. `seen` is the newest
        review that you knew of; where another has come in since, nothing is changed and the answer is 409."""
        place = self.place(slug)
        found, key = access.item(place, item_id), request_key(request)
        decided = _decide(place, found, key, self.body())
        return Response({**_review(decided.review), "item": found.pk, "replayed": decided.replayed})


class Detectors(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="How often each detector is right",
        name="review_precision",
        answers={200: shapes.PrecisionsShape},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """As reviews tell: the share of decided findings that reviewers agreed with, also by strength."""
        place = self.place(slug)
        return Response({"detectors": [_learnt(one) for one in precision.learnt(place.project)]})


def _decide(place: Place, found: Item, key: UUID, body: dict[str, Any]) -> Decided:
    asked = Asked(item=found, request_key=key, seen=body.get("seen"), note=body.get("note", ""))
    match body["decision"]:
        case Decision.UPHELD:
            return reviews.uphold(place, asked)
        case Decision.OVERTURNED:
            return reviews.overturn(place, asked, answers=body.get("answers", {}), seconds=body.get("seconds"))
        case Decision.ANOTHER:
            return reviews.send_for_another(place, asked)
        case Decision.DISCARDED:
            return reviews.discard(place, asked)
        case _:
            return reviews.coach(place, asked, annotation_id=body.get("annotation"))


def _line(place: Place, line: review_queue.Line) -> dict[str, Any]:
    return {
        "item": line.item_id,
        "worth": line.worth,
        "findings": line.findings,
        "confidence": line.confidence if line.confidence < 1 else None,
        "is_held": line.reviewer_id not in (None, place.user.pk),
    }


def _entry(place: Place, found: Item, form_id: int | None) -> dict[str, Any]:
    entry = queries.entry(place, found, form_id)
    return {
        "item": found.pk,
        "is_held": entry.holder is not None,
        "seen": entry.seen,
        "findings": [_finding(one) for one in entry.findings],
        "unsure": [_unsure(one) for one in entry.unsure],
        "reviews": [_review(one) for one in entry.reviews],
    }


def _finding(one: queries.Told) -> dict[str, Any]:
    return {
        "id": one.id,
        "detector": one.detector,
        "title": one.title,
        "question": one.question,
        "annotator": one.annotator,
        "words": one.words,
        "strength": one.strength,
        "chance": one.chance,
        "evidence": [{"name": name, "words": words} for name, words in one.evidence],
        "decision": one.decision,
    }


def _unsure(one: queries.Unsure) -> dict[str, Any]:
    return {
        "question": one.question,
        "facet": one.facet,
        "place": one.place,
        "value": one.value,
        "confidence": one.confidence,
        "labels": one.labels,
    }


def _review(one: Review) -> dict[str, Any]:
    return {
        "review": one.pk,
        "decision": one.decision,
        "note": one.note,
        "annotation": one.annotation_id,
        "reviewer": str(one.reviewer),
        "created_at": one.created_at,
    }


def _learnt(one: precision.Learnt) -> dict[str, Any]:
    return {
        "detector": one.detected.detector,
        "title": one.detected.title,
        "about": one.detected.about,
        "open": one.detected.open,
        "precision": _precision(one.detected.precision),
        "bands": [{"low": band.low, "high": band.high, "precision": _precision(band.precision)} for band in one.bands],
        "is_calibrated": one.is_calibrated,
    }


def _precision(found: Precision | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"right": found.hits, "of": found.of, "value": found.value, "low": found.low, "high": found.high}
