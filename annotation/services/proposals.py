"""Proposing a criterion while labeling, and deciding about what was proposed."""

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404

from accounts import limits
from annotation.imports.canonical.storable import text_fault
from annotation.kinds.rubric import KIND
from annotation.models import CriterionProposal, Lease, Rubric, RubricVersion
from annotation.models.rubrics import LONGEST_NOTE
from annotation.queries.forms import questions_of
from annotation.services import rubrics
from audit.services import record
from projects.access import Place
from ui.problems import Refusal

LONGEST_WORDS, LONGEST_WHY, LONGEST_REASON = 1_000, 2_000, 500
State = CriterionProposal.State


class ProposalRefused(Refusal):
    """What was typed cannot be kept as it is. Nothing was stored, and no answer was touched."""

    status = 422
    title = "This cannot be proposed"


class DecidedMeanwhile(Refusal):
    """Somebody else has decided about this proposal."""

    status = 409
    title = "This is decided already"

    def __init__(self) -> None:
        super().__init__("Somebody has accepted or declined this proposal meanwhile. Nothing was changed.")


@transaction.atomic
def propose(place: Place, *, item_id: int, question_key: str, words: str, why: str = "") -> CriterionProposal:
    """Keep what somebody misses in the rubric of a question, beside the item that they hold or held.

    The same words again, while nobody has decided, are the same proposal. Raises ProposalRefused, `limits.TooMany`, and
    Http404 for an item that this person never held.
    """
    lease = _held(place, item_id, question_key)
    said, because = " ".join(words.split()), why.strip()
    for name, text, longest in (("criterion", said, LONGEST_WORDS), ("reason", because, LONGEST_WHY)):
        if fault := text_fault(text, longest):
            raise ProposalRefused(f"The {name} {fault}.")
    if not said:
        raise ProposalRefused("Say what a response should be judged by.")
    limits.spend("proposal", user_id=place.user.pk)
    made, is_new = CriterionProposal.objects.get_or_create(
        by=place.user,
        item_id=item_id,
        question_key=question_key,
        words=said,
        state=State.OPEN,
        defaults={"project": place.project, "form_id": lease.form_id, "why": because},
    )
    if is_new:
        _record("criterion.proposed", made, place)
    return made


@transaction.atomic
def accept(place: Place, proposal_id: int, *, rubric: Rubric, line: str = "") -> RubricVersion:
    """Put the criterion at the end of the rubric's newest criteria: a new version, a draft.

    `line` is the criterion as the curator would have it; by default the words as they were proposed. Raises
    DecidedMeanwhile, `rubrics.RubricRefused`, `rubrics.RubricRetired`, Http404.
    """
    found = _locked(place, proposal_id)
    newest = rubric.versions.order_by("-number")[0]
    note = f"Proposed by {found.by}." + (f" {found.why}" if found.why else "")
    version = rubrics.new_version(
        rubric,
        by=place.user,
        criteria=[*newest.criteria, line.strip() or {"title": found.words}],
        note=note[:LONGEST_NOTE],
    )
    _decide(found, place, State.ACCEPTED, version=version)
    return version


@transaction.atomic
def decline(place: Place, proposal_id: int, *, reason: str) -> None:
    """Leave the rubrics as they are, for a reason. Raises ProposalRefused, DecidedMeanwhile, Http404."""
    because = " ".join(reason.split())
    if fault := text_fault(because, LONGEST_REASON):
        raise ProposalRefused(f"The reason {fault}.")
    if not because:
        raise ProposalRefused("Say why it is declined. Nothing was changed.")
    _decide(_locked(place, proposal_id), place, State.DECLINED, reason=because)


def _held(place: Place, item_id: int, question_key: str) -> Lease:
    """The newest lease that this person had on the item, whose form asks this rubric."""
    held = Lease.objects.filter(project=place.project, annotator=place.user, item=item_id)
    lease = held.order_by("-granted_at", "pk").first()
    asked = questions_of(lease.form_id) if lease else ()
    if lease is None:
        raise Http404
    if not any(one.key == question_key and one.kind == KIND.name for one in asked):
        raise ProposalRefused("Name a question that asks by a rubric.")
    return lease


def _locked(place: Place, proposal_id: int) -> CriterionProposal:
    found = (
        CriterionProposal.objects.select_for_update(of=("self",))
        .select_related("by")
        .filter(pk=proposal_id, project=place.project)
        .first()
    )
    if found is None:
        raise Http404
    if found.state != State.OPEN:
        raise DecidedMeanwhile
    return found


def _decide(
    found: CriterionProposal, place: Place, state: str, *, version: RubricVersion | None = None, reason: str = ""
) -> None:
    decided = {"state": state, "decided_by": place.user, "decided_at": Now(), "version": version, "reason": reason}
    CriterionProposal.objects.filter(pk=found.pk).update(**decided)
    _record(f"criterion.{state}", found, place)


def _record(verb: str, proposal: CriterionProposal, place: Place) -> None:
    record(
        verb,
        subject=f"item:{proposal.item_id}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"proposal": proposal.pk, "question": proposal.question_key},
    )
