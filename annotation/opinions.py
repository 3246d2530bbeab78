"""From what a model says to the answer to a question: one pair of functions for each contract and kind that fit.

`inputs` makes what the model is asked of an item; `label` makes of its answers a label as an import would bring it
(docs/answers.md), which the kind checks as strictly. None is an abstention: nothing here is ever a guess.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from annotation import pictures
from annotation.kinds import Judged, Subject
from annotation.kinds.quotes import text_hash
from annotation.models import Item, Question
from modelhooks.asking import Graded, Ordered, Scaled
from modelhooks.contracts import (
    AttributeScores,
    Candidate,
    Comparison,
    Criterion,
    CriterionVerdict,
    CriterionVerdicts,
    Judgment,
    Messages,
    Ranked,
    Rated,
    ResponseGroup,
    RewardScore,
    Solution,
    StepScore,
    Verification,
)
from modelhooks.judging.listwise import FEWEST, MOST
from modelhooks.judging.pointwise import HIGHEST

Parameters = Mapping[str, Any]
Label = dict[str, Any] | None
LONGEST_RAW = 20_000  # characters of a model's own words that are kept


class NotAsked(ValueError):
    """The model cannot be asked about this item; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How checkpoints of one contract answer questions of one kind.

    `wishes` names what may be chosen about a run and changes what is asked or said (`prelabels.Wishes`).
    """

    inputs: Callable[[Item, Question, Subject], tuple[Any, ...]]
    label: Callable[[Sequence[Any], Question, Subject, Parameters], Label]
    provenance: Callable[[Sequence[Any]], dict[str, Any]]
    targets: tuple[str, ...] = ("item", "response")
    wishes: tuple[str, ...] = ()


def prompt_of(item: Item) -> Messages:
    """The item's turns as a model reads them."""
    return pictures.typed(item.messages)


def _group(item: Item, _question: Question, subject: Subject) -> tuple[ResponseGroup, ...]:
    return (ResponseGroup(prompt_of(item), tuple(one.text for one in subject.responses)),)


def _two(item: Item, question: Question, subject: Subject) -> tuple[Any, ...]:
    if len(subject) != 2:
        raise NotAsked(f"It has {len(subject)} responses, and a preference is between two.")
    return _group(item, question, subject)


def _comparison(item: Item, _question: Question, subject: Subject) -> tuple[Comparison, ...]:
    if len(subject) != 2:
        raise NotAsked(f"It has {len(subject)} responses, and a preference is between two.")
    first, second = (one.text for one in subject.responses)
    return (Comparison(prompt_of(item), first, second, item.principle),)


def _solutions(item: Item, _question: Question, subject: Subject) -> tuple[Solution, ...]:
    return tuple(Solution(prompt_of(item), _steps(one)) for one in subject.responses)


def _steps(judged: Judged) -> tuple[str, ...]:
    return tuple(judged.text[start:end] for start, end in judged.steps)


def _candidates(item: Item, _question: Question, subject: Subject) -> tuple[Candidate, ...]:
    return tuple(Candidate(prompt_of(item), one.text, subject.reference or None) for one in subject.responses)


def _referenced(item: Item, question: Question, subject: Subject) -> tuple[Candidate, ...]:
    if not subject.reference:
        raise NotAsked("Its source gives no reference to compare with.")
    if question.kind == "preference":
        _two(item, question, subject)
    return _candidates(item, question, subject)


def _ordered(item: Item, question: Question, subject: Subject) -> tuple[Ordered, ...]:
    if not FEWEST <= len(subject) <= MOST:
        raise NotAsked(f"It has {len(subject)} responses, and {FEWEST} to {MOST} are put in order.")
    return tuple(Ordered(group, item.principle) for group in _group(item, question, subject))


def _scaled(item: Item, question: Question, subject: Subject) -> tuple[Scaled, ...]:
    """The question says which quality is rated; what the item adds stands behind it."""
    low, high = question.settings["low"], question.settings["high"]
    if high > HIGHEST:
        raise NotAsked(f"Its scale goes to {high}, and judges rate by one digit, up to {HIGHEST}.")
    anchors = question.settings.get("anchors", {})
    scale = tuple((point, anchors.get(str(point), "between its neighbors")) for point in range(low, high + 1))
    quality = "\n".join(filter(None, (question.title, question.help, item.principle)))
    return tuple(Scaled(one, scale, quality) for one in _candidates(item, question, subject))


def _graded(item: Item, question: Question, subject: Subject) -> tuple[Graded, ...]:
    criteria = [criterion_of(one) for one in _criteria(question, subject)]
    return tuple(Graded(one, tuple(criteria)) for one in _candidates(item, question, subject))


def _criteria(question: Question, subject: Subject) -> Sequence[Mapping[str, Any]]:
    is_own = question.settings.get("source") == "item" and subject.rubric
    found: Sequence[Mapping[str, Any]] = subject.rubric if is_own else question.settings["criteria"]
    return found


def criterion_of(one: Mapping[str, Any]) -> Criterion:
    """As a judge is asked it. Levels count from 1, as answers do; what they mean stands behind the title. How it is
    decided is told of a rubric of the library (`annotation.rubrics.schema`); questions say nothing of it."""
    levels = () if one["scale"] == "yes_no" else tuple(range(1, one["scale"] + 1))
    meanings = "; ".join(f"{level}: {words}" for level, words in zip(levels, one["anchors"], strict=False))
    text = f"{one['title']} ({meanings})" if meanings else one["title"]
    return Criterion(
        one["key"],
        text,
        levels,
        is_hard=one["kind"] == "hard_rule",
        focus_on=one.get("focus_on"),
        pass_condition=one.get("pass_condition", ""),
        failure_examples=tuple(one.get("failure_examples", ())),
        needs_evidence=one.get("needs_evidence", False),
    )


def _preferred(scores: Sequence[float], margin: float) -> dict[str, Any]:
    """The higher score wins; scores no further apart than the margin are a tie."""
    first, second = scores
    if abs(first - second) <= margin:
        return {"winner": "tie", "strength": None}
    return {"winner": "a" if first > second else "b", "strength": None}


def _by_reward(answers: Sequence[Any], _question: Question, _subject: Subject, parameters: Parameters) -> Label:
    return _preferred(_raw(answers), parameters.get("margin", 0.0))


def _by_likeness(answers: Sequence[RewardScore], question: Question, subject: Subject, parameters: Parameters) -> Label:
    return _by_reward([list(answers)], question, subject, parameters)


def _likest(answers: Sequence[RewardScore], question: Question, subject: Subject, parameters: Parameters) -> Label:
    return _ranked([list(answers)], question, subject, parameters)


def _likenesses(answers: Sequence[RewardScore]) -> dict[str, Any]:
    return _scores([list(answers)])


def _ranked(answers: Sequence[Any], _question: Question, _subject: Subject, _parameters: Parameters) -> Label:
    """Best first; equal scores stand together."""
    raw = _raw(answers)
    levels = sorted(set(raw), reverse=True)
    return {"groups": [[place for place, score in enumerate(raw) if score == level] for level in levels]}


def _raw(answers: Sequence[Any]) -> list[float]:
    """The scores of a group. None of them is an error: the run has tried those again, or given up."""
    scores = [one.overall if isinstance(one, AttributeScores) else one for one in answers[0]]
    return [score.raw for score in scores if score.raw is not None]


def _judged(answers: Sequence[Judgment], _question: Question, _subject: Subject, _parameters: Parameters) -> Label:
    preference = answers[0].preference
    return preference and {"winner": {"first": "a", "second": "b", "tie": "tie"}[preference], "strength": None}


def _in_order(answers: Sequence[Ranked], _question: Question, _subject: Subject, parameters: Parameters) -> Label:
    """What it cannot order is no tie: with such pairs it abstains, unless the run says that they stand together."""
    said, keeps = answers[0], parameters.get("disputed", "abstain") == "together"
    if said.groups is None or (said.disputed and not keeps):
        return None
    return {"groups": [list(group) for group in said.groups]}


def _points(answers: Sequence[Rated], _question: Question, _subject: Subject, _parameters: Parameters) -> Label:
    """The point that is nearest to the expected one; the lower of two that are as near."""
    values = [None if one.value is None else ceil(one.value - 0.5) for one in answers]
    return None if all(value is None for value in values) else {"values": values}


def _step_labels(
    answers: Sequence[list[StepScore]], question: Question, subject: Subject, parameters: Parameters
) -> Label:
    """A step is good from the threshold on; what follows the first wrong one stays open where the form stops there."""
    threshold, stops = parameters.get("threshold", 0.5), question.settings.get("first_error", True)
    parts = []
    for scores, judged in zip(answers, subject.responses, strict=True):
        labels: list[int | None] = [1 if (score.value or 0.0) >= threshold else -1 for score in scores]
        if stops and -1 in labels:
            labels = [*labels[: labels.index(-1) + 1], *[None] * (len(labels) - labels.index(-1) - 1)]
        parts.append({"splitter": judged.cut_by, "labels": labels})
    return {"responses": parts}


def _verdicts(
    answers: Sequence[CriterionVerdicts], question: Question, subject: Subject, _parameters: Parameters
) -> Label:
    """Criterion by criterion; what the judge left open stays open."""
    by_criterion: dict[str, list[Any]] = {}
    for one in _criteria(question, subject):
        said = [next((verdict for verdict in each.verdicts if verdict.key == one["key"]), None) for each in answers]
        found = [_verdict(verdict, judged) for verdict, judged in zip(said, subject.responses, strict=True)]
        if any(found):
            by_criterion[one["key"]] = found
    return {"verdicts": by_criterion} if by_criterion else None


def _verdict(said: CriterionVerdict | None, judged: Judged) -> dict[str, Any] | None:
    if said is None or said.verdict is None:
        return None
    quote = _quote(said.evidence, judged.text)
    return {"value": said.verdict, **({"quote": quote} if quote else {})}


def _quote(evidence: str, text: str) -> dict[str, Any] | None:
    """Where the evidence stands in the response, if it does so once and only once."""
    if not evidence or text.count(evidence) != 1:
        return None
    start = text.index(evidence)
    return {"start": start, "end": start + len(evidence), "hash": text_hash(text)}


def _verified(answers: Sequence[Verification], question: Question, _subject: Subject, parameters: Parameters) -> Label:
    """The option that stands for right or wrong, about each response; open where it could not be told."""
    words = {True: parameters.get("right", "yes"), False: parameters.get("wrong", "no")}
    values = [None if one.is_correct is None else [words[one.is_correct]] for one in answers]
    return {"values": values} if any(values) else None


def _scores(answers: Sequence[Any]) -> dict[str, Any]:
    scores = [one.overall if isinstance(one, AttributeScores) else one for one in answers[0]]
    found: dict[str, Any] = {"scores": [score.raw for score in scores]}
    if any(score.truncated for score in scores):
        found["truncated"] = [place for place, score in enumerate(scores) if score.truncated]
    return found


def _attribute_scores(answers: Sequence[Any]) -> dict[str, Any]:
    attributes = [{name: one.mean for name, one in each.attributes.items()} for each in answers[0]]
    return {**_scores(answers), "attributes": attributes}


def _step_scores(answers: Sequence[list[StepScore]]) -> dict[str, Any]:
    return {"scores": [[score.value for score in scores] for scores in answers]}


def _judgment(answers: Sequence[Judgment]) -> dict[str, Any]:
    said = answers[0]
    return {
        "rationale": said.rationale[:LONGEST_RAW],
        "votes": dict(said.votes),
        "p_first": said.p_first,
        "consistent_under_swap": said.consistent_under_swap,
        "raw": _bounded(said.raw_text),
        **({"by_order": [dict(one) for one in said.by_order]} if said.by_order else {}),
        **({} if said.preference else {"abstained": _why_not(said)}),
    }


def _why_not(said: Judgment) -> str:
    """As the judge puts it, or in our words where it says nothing about it."""
    if said.reason:
        return said.reason
    if not said.parse_ok:
        return "Its answer could not be read."
    if said.consistent_under_swap is False:
        return "It changed its mind when the responses changed places."
    return "It did not decide."


def _bounded(texts: Sequence[str]) -> list[str]:
    share = LONGEST_RAW // max(1, len(texts))
    return [text[:share] for text in texts]


def _rubric_said(answers: Sequence[CriterionVerdicts]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "probabilities": [{one.key: one.p for one in each.verdicts if one.p is not None} for each in answers],
        "raw": [text for each in answers for text in _bounded(each.raw_text)][:20],
    }
    if not all(each.parse_ok for each in answers):
        found["abstained"] = "Its answer could not be read."
    return found


def _order_said(answers: Sequence[Ranked]) -> dict[str, Any]:
    said = answers[0]
    found: dict[str, Any] = {"mean_places": list(said.mean_places), "raw": _bounded(said.raw_text)}
    if said.disputed:
        found["disputed"] = [list(pair) for pair in said.disputed]
    return {**found, **({"abstained": said.reason or "It did not decide."} if said.groups is None else {})}


def _ratings_said(answers: Sequence[Rated]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "scores": [one.value for one in answers],
        "probabilities": [{str(point): share for point, share in one.probabilities.items()} for one in answers],
        "rationale": "\n\n".join(one.rationale for one in answers if one.rationale)[:LONGEST_RAW],
        "raw": [text for one in answers for text in _bounded(one.raw_text)][:20],
    }
    reasons = [one.reason for one in answers if one.value is None]
    return {**found, **({"abstained": reasons[0]} if reasons else {})}


def _explained(answers: Sequence[Verification]) -> dict[str, Any]:
    return {"rationale": "\n".join(one.explanation for one in answers)[:LONGEST_RAW]}


CONVERSIONS: dict[tuple[str, str], Conversion] = {
    ("reward", "preference"): Conversion(_two, _by_reward, _scores, ("item",), ("margin",)),
    ("reward", "ranking"): Conversion(_group, _ranked, _scores, ("item",)),
    ("attributes", "preference"): Conversion(_two, _by_reward, _attribute_scores, ("item",), ("margin",)),
    ("attributes", "ranking"): Conversion(_group, _ranked, _attribute_scores, ("item",)),
    ("likeness", "preference"): Conversion(_referenced, _by_likeness, _likenesses, ("item",), ("margin",)),
    ("likeness", "ranking"): Conversion(_referenced, _likest, _likenesses, ("item",)),
    ("preference", "preference"): Conversion(_comparison, _judged, _judgment, ("item",), ("n", "orders")),
    ("ranking", "ranking"): Conversion(_ordered, _in_order, _order_said, ("item",), ("disputed",)),
    ("rating", "rating"): Conversion(_scaled, _points, _ratings_said, ("response",)),
    ("steps", "steps"): Conversion(_solutions, _step_labels, _step_scores, ("response",), ("threshold",)),
    ("rubric", "rubric"): Conversion(_graded, _verdicts, _rubric_said, ("response",)),
    ("verification", "choice"): Conversion(_candidates, _verified, _explained, ("response",), ("right", "wrong")),
}
"""By contract and kind. A pair that is missing here does not fit."""


def conversion(contract: str, question: Question) -> Conversion | None:
    """How a checkpoint of this contract answers this question; None where it cannot."""
    found = CONVERSIONS.get((contract, question.kind))
    return found if found and question.target in found.targets else None
