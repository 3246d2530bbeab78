"""What several people found by the criteria of a rubric, and which of two responses is better by that."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from annotation.kinds import rubric_score
from annotation.kinds.rubric import values_of
from curation.recipes.common import follows
from curation.recipes.consensus import agreed
from curation.recipes.consensus import outcome as consensus
from curation.recipes.drops import Drop
from curation.recipes.majority import Outcome as Most
from curation.recipes.majority import majority
from curation.recipes.panel import Said
from curation.recipes.parameters import Parameters
from curation.recipes.records import ItemRecord, QuestionRecord

A, B = 0, 1
EVEN = 0.5

Criteria = Sequence[Mapping[str, Any]]
Values = dict[str, str | int]


class Found(NamedTuple):
    """What most annotators found by one criterion, about one response or in comparing two."""

    criterion: str
    response: int | None
    most: Most[str | int]


class Judgment(NamedTuple):
    """What a rubric says about an item."""

    criteria: Criteria
    found: list[Found]
    said: list[Said]

    def values(self, response: int | None) -> Values:
        """Each criterion's value for one response, or in comparing the two (None)."""
        return {one.criterion: one.most.value for one in self.found if one.response == response}

    def confidence(self) -> float:
        """How sure the least sure of the verdicts is, where a consensus decides."""
        return min((one.most.confidence for one in self.found), default=1.0)

    def agreement(self) -> float:
        """The mean share of annotators behind the verdicts."""
        return sum(one.most.agreement for one in self.found) / len(self.found) if self.found else 0.0


class Better(NamedTuple):
    """The better of two responses, how many say so, how clearly, and in which annotations beside the rubric's."""

    side: int
    n_votes: int
    agreement: float
    annotation_ids: Sequence[int]
    confidence: float = 1.0


def judged(item: ItemRecord, said: list[Said], parameters: Parameters) -> Judgment:
    """What most annotators found by each criterion.

    The criteria are those of the form that the newest answer was given under, or the item's own.
    """
    newest = max(said, key=lambda one: (one.annotation.form_version, one.annotation.id)).annotation
    criteria = criteria_of(item, newest.asked[parameters["question"]])
    values = [values_of(one.value) for one in said]
    found = []
    for criterion in criteria:
        key = criterion["key"]
        for response in (None, *range(len(item.responses))):
            votes = [value for one in values if (value := _value(one.get(key), response)) is not None]
            most = _most(item, criterion, response, votes, parameters)
            if not isinstance(most, Drop):
                found.append(Found(key, response, most))
    return Judgment(criteria, found, said)


def _most(
    item: ItemRecord,
    criterion: Mapping[str, Any],
    response: int | None,
    votes: Sequence[str | int],
    parameters: Parameters,
) -> Most[str | int] | Drop:
    """The verdict of most, or of the consensus. An item's own criteria stand there by their place, and those with
    levels not at all: no two items share them."""
    if not follows(parameters):
        return majority(votes, parameters)
    key, place = criterion["key"], "" if response is None else str(response)
    found = agreed(item, parameters, key, place)
    if found is Drop.NO_CONSENSUS:
        found = agreed(item, parameters, "", f"{place}.{key}" if place else key)
    return consensus(votes, found, lambda one: int(one.value) if one.value.isdecimal() else one.value, parameters)


def _value(verdict: Any, response: int | None) -> str | int | None:
    """What one annotator found about a response, or in comparing two."""
    if response is None or not isinstance(verdict, list):
        return verdict if response is None and isinstance(verdict, str) else None
    return verdict[response] if response < len(verdict) else None


def criteria_of(item: ItemRecord, asked: QuestionRecord) -> Criteria:
    """Those of the form, or the item's own."""
    criteria: Criteria = asked.settings["criteria"]
    return item.rubric if asked.settings.get("source") == "item" and item.rubric else criteria


def better(judgment: Judgment) -> Better | Drop:
    """What the verdicts come to: a failed gate outweighs every score; of equal ones there is no better."""
    compared = rubric_score.share_of_a(judgment.criteria, judgment.values(None))
    if compared is not None:
        lead = compared - EVEN
    else:
        scores = [rubric_score.score(judgment.criteria, judgment.values(place)) for place in (A, B)]
        shares = [score.share for score in scores]
        if None in shares:
            return Drop.NOT_JUDGED
        lead = float(bool(scores[B].failed) - bool(scores[A].failed)) or (shares[A] or 0.0) - (shares[B] or 0.0)
    if lead == 0:
        return Drop.TIE
    return Better(A if lead > 0 else B, len(judgment.said), judgment.agreement(), ())
