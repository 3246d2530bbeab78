"""Taking items and answering them. The hot path: few queries, plain dictionaries."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from annotation import numbering
from annotation.api.drafting import answers_of, fields_of
from annotation.api.shapes import labeling as shapes
from annotation.kinds import KINDS, Subject
from annotation.models import Lease, Question
from annotation.queries import gold, label
from annotation.queries.forms import questions_of
from annotation.services import annotations, drafts, queue, suggestions
from projects.access import Place, Right
from projects.api.operations import header, operation
from projects.api.views import TokenView
from projects.models import Suggestions

IDEMPOTENCY = header("Idempotency-Key", "A UUID of the client's own. The same key gives the same annotation.")


class Next(TokenView):
    access_rule = {"POST": Right.LABEL}

    @operation(
        summary="Take the next item",
        name="next",
        query=shapes.NextQuery,
        answers={200: shapes.Work, 204: None},
        problems=(404, 409),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Answers with the lease that this person holds already, else with a new one; 204 when nothing waits."""
        place = self.place(slug)
        work = next_work(place, ahead_of=self.query.get("ahead_of"))
        return Response(work) if work else Response(status=204)


class LeaseView(TokenView):
    """An endpoint below one of the person's own leases."""

    access_rule = {"POST": Right.LABEL, "PUT": Right.LABEL}

    def place_of_lease(self, lease_id: UUID) -> Place:
        own = Lease.objects.filter(pk=lease_id, annotator_id=self.request.user.pk)
        return self.place_of(own.values("project_id"))


class Submit(LeaseView):
    access_rule = {"POST": Right.LABEL}

    @operation(
        summary="Submit answers",
        name="submit",
        body=shapes.SubmitBody,
        query=shapes.SubmitQuery,
        headers=(IDEMPOTENCY,),
        answers={200: shapes.SubmittedShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, lease_id: UUID) -> Response:
        """Stores the answers once, whatever is sent how often. 409 when the lease went to someone else."""
        place = self.place_of_lease(lease_id)
        key = request_key(request)
        body = self.body()
        stored = annotations.submit(
            place,
            lease_id=lease_id,
            answers=body["answers"],
            request_key=key,
            seconds=body.get("seconds"),
            taken=body.get("taken", ()),
        )
        answer: dict[str, Any] = {
            "annotation": stored.annotation.pk,
            "item": numbering.number_of(place, stored.annotation.item_id),
            "replayed": stored.replayed,
        }
        if told := gold.feedback(place.project, stored.annotation):
            answer["checked"] = checked_of(told)
        if self.query.get("next"):
            answer["next"] = next_work(place)
        return Response(answer)


class Draft(LeaseView):
    access_rule = {"PUT": Right.LABEL}

    @operation(
        summary="Keep a draft", name="draft", body=shapes.DraftBody, answers={204: None}, problems=(404, 413, 415, 422)
    )
    def put(self, request: Request, lease_id: UUID) -> Response:
        """Replaces the draft for the lease's item. Drafts outlive leases, and `next` brings them back."""
        place = self.place_of_lease(lease_id)
        answers = self.body()["answers"]
        form_id = Lease.objects.values_list("form_id", flat=True).get(pk=lease_id)
        drafts.keep_for_lease(place, lease_id, fields_of(questions_of(form_id), answers))
        return Response(status=204)


class Suggestion(LeaseView):
    access_rule = {"POST": Right.LABEL}

    @operation(
        summary="See suggestions",
        name="suggestion",
        body=shapes.SuggestionBody,
        answers={200: shapes.SuggestionShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, lease_id: UUID) -> Response:
        """Where the project shows a suggestion after one's own first answer: send that answer, in shown order, and what
        was suggested comes back. The answer is kept as the first one, whatever is submitted later."""
        place = self.place_of_lease(lease_id)
        lease = suggestions.reveal(place, lease_id, answers=self.body()["answers"])
        return Response(suggestion_of(label.in_hand(place, lease).suggestion))


class Skip(LeaseView):
    access_rule = {"POST": Right.LABEL}

    @operation(
        summary="Give the item back",
        name="skip",
        body=shapes.SkipBody,
        answers={204: None},
        problems=(404, 409, 413, 415),
    )
    def post(self, request: Request, lease_id: UUID) -> Response:
        """The item is not offered to this person again."""
        place = self.place_of_lease(lease_id)
        queue.skip(place, lease_id, reason=self.body()["reason"])
        return Response(status=204)


class Extend(LeaseView):
    access_rule = {"POST": Right.LABEL}

    @operation(summary="Hold the item longer", name="extend", answers={200: shapes.Extended}, problems=(404, 409))
    def post(self, request: Request, lease_id: UUID) -> Response:
        """A heartbeat while someone is at work: the lease ends its full time from now."""
        place = self.place_of_lease(lease_id)
        return Response({"expires_at": queue.extend(place, lease_id).expires_at})


def next_work(place: Place, *, ahead_of: UUID | None = None) -> dict[str, Any] | None:
    """What this person should label now; None when nothing waits."""
    lease = queue.claim(place, ahead_of=ahead_of)
    return work_of(label.in_hand(place, lease)) if lease else None


def work_of(workspace: label.Workspace) -> dict[str, Any]:
    """A workspace as JSON. Names every field: what is not named here, an annotator's program does not get."""
    return {
        "lease": {"id": workspace.lease_id, "expires_at": workspace.expires_at},
        "item": {
            "id": workspace.number,
            "messages": workspace.messages,
            "principle": workspace.principle,
            "responses": [{"letter": side.letter, "messages": side.messages} for side in workspace.sides],
        },
        "form": workspace.form_id,
        "questions": [_question_about(question, workspace.subject) for question in workspace.questions],
        "answers": answers_of(workspace.questions, workspace.fields, workspace.subject),
        **({"suggestion": suggestion_of(workspace.suggestion)} if workspace.suggestion else {}),
    }


def checked_of(told: gold.Feedback) -> dict[str, Any]:
    """What was expected of an item that was known, in words and in the order shown."""
    questions = {one.key: {"is_right": one.is_right, "expected": list(one.expected)} for one in told.questions}
    return {"is_right": told.is_right, "note": told.note, "questions": questions}


def suggestion_of(suggestion: label.Suggestion | None) -> dict[str, Any]:
    """What a model suggests, as far as it may be told."""
    if suggestion is None:
        return {"mode": Suggestions.NEVER, "answers": {}, "waiting": []}
    return {"mode": suggestion.mode, "answers": suggestion.answers, "waiting": sorted(suggestion.waiting)}


def _question_about(question: Question, subject: Subject) -> dict[str, Any]:
    """A question as it is asked about one item, which may bring its own criteria."""
    return {**question_of(question), "settings": KINDS[question.kind].settings_for(question, subject)}


def question_of(question: Any) -> dict[str, Any]:
    """One question as it is sent and may be sent back."""
    return {
        "key": question.key,
        "kind": question.kind,
        "title": question.title,
        "help": question.help,
        "target": question.target,
        "is_required": question.is_required,
        "settings": question.settings,
        "condition": question.condition,
    }


def request_key(request: Request) -> UUID:
    """The Idempotency-Key, without which a repeated request could count twice."""
    text = request.headers.get("Idempotency-Key", "")
    try:
        return UUID(text)
    except ValueError:
        sentence = "Send a UUID of your own as Idempotency-Key, and the same one when you repeat the request."
        raise ValidationError({"Idempotency-Key": [sentence]}) from None
