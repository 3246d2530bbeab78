"""What a decision on an item says about each finding that was raised about it."""

from typing import Any

from annotation.kinds import KINDS
from annotation.models import Annotation, Question
from annotation.queries.forms import questions_of
from curation import said
from curation.models import Consensus, Decision, Finding, Review
from curation.said import Values


def settle(review: Review) -> None:
    """Write on every finding about the item what the newest review of it comes to.

    A reviewer who answers anew confirms the findings whose label or consensus they contradict, and refutes those whose
    label they repeat: of two opposed labels one was right.
    """
    found = Finding.objects.filter(item=review.item_id, gone__isnull=True).select_related("annotation__form")
    for finding in found:
        decided = outcome(finding, review)
        if decided and finding.decision != decided:
            Finding.objects.filter(pk=finding.pk).update(decision=decided)


def outcome(finding: Finding, review: Review) -> str:
    """The decision for one finding; empty where the review leaves it as it is."""
    if review.decision == Decision.OVERTURNED:
        return Decision.OVERTURNED if _contradicts(review.annotation, finding) else Decision.UPHELD
    if review.decision == Decision.COACHED and finding.annotation_id not in (None, review.annotation_id):
        return ""
    return str(review.decision)


def _contradicts(answer: Annotation | None, finding: Finding) -> bool:
    """Whether the reviewer's answer is another one than what the finding is about. Where that cannot be told, it is:
    the reviewer chose to answer anew because of it.
    """
    question = _question(answer, finding.question)
    if answer is None or question is None or question.key not in answer.answers:
        return True
    value = answer.answers[question.key]
    if finding.annotation is not None:
        return _differs_from_label(question, value, finding)
    return _differs_from_consensus(question, value, finding)


def _question(answer: Annotation | None, key: str) -> Question | None:
    asked = questions_of(answer.form_id) if answer and key else ()
    return next((one for one in asked if one.key == key), None)


def _differs_from_label(question: Question, value: Any, finding: Finding) -> bool:
    assert finding.annotation is not None
    label = finding.annotation.answers.get(question.key)
    if label is None:
        return True
    ours, theirs = _votes(question, value, finding), _votes(question, label, finding)
    both = ours.keys() & theirs.keys()
    if not both:
        return not KINDS[question.kind].same(value, label)
    return any(ours[place] != theirs[place] for place in both)


def _differs_from_consensus(question: Question, value: Any, finding: Finding) -> bool:
    ours = _votes(question, value, finding)
    stands = Consensus.objects.filter(item=finding.item_id, question=question.key, until__isnull=True)
    settled = [(one.value, ours.get((one.facet, one.place))) for one in stands]
    told = [(consensus, own) for consensus, own in settled if own is not None]
    return not told or any(consensus != own for consensus, own in told)


def _votes(question: Question, value: Any, finding: Finding) -> Values:
    """What an answer says on the finding's facet; on all of the question's where it names none."""
    found = said.values(question, value)
    return {where: name for where, name in found.items() if not finding.facet or where[0] == finding.facet}
