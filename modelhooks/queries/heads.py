"""The versions of a project's reward head, as its page, programs and the command line tell them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from jobs.models import State
from modelhooks.head.reserve import EVERY, FEWEST_FROZEN, FEWEST_TRAINED
from modelhooks.labels import Asked, labels
from modelhooks.models import FrozenPair, Head
from modelhooks.queries import head_charts as charts
from modelhooks.services.heads import current
from projects.models import Project

MOST = 100  # versions of one question on a page
CLAIMS = {
    "waits": "waits for its turn",
    "is trained": "is being trained",
    "cancelled": "was cancelled",
    "not trained": "was not trained",
    "not promoted": "was not promoted",
    "in office": "is in office",
    "was in office": "was in office",
}
COUNTED = 1_000  # answered items on the page of a project without a head


@dataclass(frozen=True, slots=True)
class Estimate:
    """One share with its interval, in words for the table, and as shares for the mark beside it."""

    title: str
    share: float
    low: float
    high: float
    pairs: int
    prompts: int

    @property
    def label(self) -> str:
        """The mark, read aloud."""
        return f"{self.title}: {100 * self.share:.0f} %, from {100 * self.low:.0f} to {100 * self.high:.0f} %"


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows of one version; of one that has no report only how its job stands."""

    estimates: list[Estimate]
    """On the frozen pairs: the head, length alone, and who was in office; then the cross-fitted ones."""
    curve: charts.Curve | None
    calibration: charts.Calibration | None
    spoken: Mapping[str, Any]
    changed: int
    """How many of the frozen answers people have changed since."""
    frozen: int
    claim: str
    """What the page of the version opens with, after its name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A version in the list."""

    head: Head
    word: str
    tone: str
    accuracy: Estimate | None


@dataclass(frozen=True, slots=True)
class Board:
    """The reward head of one question: who is in office or was tried last, what is being trained, and all versions."""

    questions: Sequence[Asked]
    question: Asked | None
    headline: str
    told: Head | None
    view: View | None
    busy: Head | None
    last: Head | None
    """The newest version where it failed to become one."""
    lines: list[Line]
    answered: int
    """Items with an answer of people, counted up to a thousand; only where there is no version yet."""
    since: int
    """Answers of people since the newest finished version was asked for."""

    @property
    def needed(self) -> int:
        """About how many answered prompts it takes: enough of them are kept back only then."""
        return max(EVERY * FEWEST_FROZEN, FEWEST_TRAINED)


def versions(project: Project, question: str = "") -> QuerySet[Head]:
    """The newest first, without their weights; of one question, or of all."""
    found = Head.objects.filter(project=project).told()
    return found.filter(question=question) if question else found


def board(project: Project, key: str) -> Board:
    """The page of a question; of the form's first one that a head can learn, unless another is named."""
    asked = labels().questions(project)
    question = next((one for one in asked if one.key == key), asked[0] if asked else None)
    found = list(versions(project, question.key)[:MOST]) if question else []
    in_office = next((one for one in found if one.is_promoted), None)
    in_office = in_office or (current(project, question.key) if question and found else None)
    finished = next((one for one in found if one.finished_at), None)
    told, busy = in_office or finished, next((one for one in found if one.job.is_open), None)
    last = found[0] if found and not found[0].finished_at and not found[0].job.is_open else None
    return Board(
        questions=asked,
        question=question,
        headline=_headline(question, told, busy),
        told=told,
        view=view(told) if told else None,
        busy=busy,
        last=last,
        lines=[_line(one, in_office) for one in found],
        answered=labels().answered(project, question.key, most=COUNTED) if question and not found else 0,
        since=_since(project, finished),
    )


def view(head: Head) -> View:
    """Everything that the page shows of a version."""
    word, _tone = _standing(head, current(head.project, head.question) if head.is_promoted else None)
    claim = CLAIMS[word]
    if head.report is None:
        return View([], None, None, {}, 0, 0, claim)
    frozen, crossfit = head.report["frozen"], head.report["crossfit"]
    changed, count = _changed(head)
    return View(
        estimates=_estimates(head, frozen, crossfit),
        curve=charts.curve(head.report["curve"], crossfit["length_only"]),
        calibration=charts.calibration(crossfit["bins"]),
        spoken=frozen["spoken"],
        changed=changed,
        frozen=count,
        claim=claim,
    )


def described(head: Head) -> dict[str, Any]:
    """A version as JSON; of a query that was `told`."""
    return {
        "number": head.number,
        "question": head.question,
        "state": head.job.state,
        "message": head.job.message,
        "done": head.job.done,
        "total": head.job.total,
        "parameters": head.parameters,
        "is_promoted": head.is_promoted,
        "verdict": head.verdict,
        "pairs": head.pairs,
        "prompts": head.prompts,
        "votes": head.votes,
        "annotators": head.annotators,
        "evaluation": head.evaluation.number if head.evaluation else None,
        "predecessor": head.predecessor.number if head.predecessor else None,
        "report": head.report,
        "code": head.code,
        "embedder": head.embedder,
        "fingerprint": head.fingerprint,
        "checkpoint": head.checkpoint_id,
        "scorer": head.scorer_id,
        "created_at": head.created_at,
        "finished_at": head.finished_at,
    }


def _headline(question: Asked | None, told: Head | None, busy: Head | None) -> str:
    if question is None:
        return "This form asks no preference that a head could learn"
    if told is None:
        return "The first reward head is being trained" if busy else "There is no reward head yet"
    share = told.report["frozen"]["head"]["share"]
    if told.is_promoted:
        return f"The reward head is right about {100 * share:.0f}\u00a0% of the pairs that it never saw"
    return "No reward head has proved itself yet"


def _line(head: Head, in_office: Head | None) -> Line:
    found = head.report and head.report["frozen"]["head"]
    return Line(head, *_standing(head, in_office), _estimate("", found) if found else None)


def _standing(head: Head, in_office: Head | None) -> tuple[str, str]:
    """One word for the badge and its tone."""
    if head.finished_at is None:
        words = {
            State.QUEUED: ("waits", "warn"),
            State.LEASED: ("is trained", "warn"),
            State.CANCELLED: ("cancelled", ""),
        }
        return words.get(State(head.job.state), ("not trained", "bad"))
    if not head.is_promoted:
        return "not promoted", ""
    return ("in office", "good") if in_office and in_office.pk == head.pk else ("was in office", "")


def _estimates(head: Head, frozen: Mapping[str, Any], crossfit: Mapping[str, Any]) -> list[Estimate]:
    found = [
        _estimate(f"Head {head.number}", frozen["head"]),
        _estimate("Length alone", frozen["length_only"]),
    ]
    if frozen["rival"]:
        before = head.predecessor.number if head.predecessor else ""
        found.append(_estimate(f"Head {before}, in office then", frozen["rival"]["head"]))
    found.append(_estimate("Cross-fitted on training pairs", crossfit["head"]))
    if crossfit["length_only"]:
        found.append(_estimate("Length alone, cross-fitted", crossfit["length_only"]))
    return found


def _estimate(title: str, found: Mapping[str, Any]) -> Estimate:
    return Estimate(title, found["share"], found["low"], found["high"], found["pairs"], found["prompts"])


def _changed(head: Head) -> tuple[int, int]:
    """How many frozen answers were changed since, and how many frozen pairs there are."""
    rows = list(FrozenPair.objects.filter(evaluation=head.evaluation_id).values_list("annotations", flat=True))
    answers = [one for several in rows for one in several]
    return labels().superseded(head.project, answers), len(rows)


def _since(project: Project, finished: Head | None) -> int:
    if finished is None:
        return 0
    with_imported = finished.parameters["with_imported"]
    last = finished.last_annotation
    return labels().answered_since(project, finished.question, last, with_imported=with_imported)
