"""What an analysis reads of a project: the questions of its newest form, and facet by facet what was voted on them."""

from collections.abc import Iterator
from dataclasses import dataclass

from annotation.kinds import KINDS
from annotation.models import Question
from annotation.queries.forms import current_form, questions_of
from curation import overturns
from curation.analysis import consensus
from curation.analysis.consensus import Outcome
from curation.models import Analysis
from curation.votes import Votes, read


@dataclass(frozen=True, slots=True)
class Voted:
    """One facet of a question: what was voted, and what it comes to."""

    question: Question
    votes: Votes
    outcome: Outcome


def questions(analysis: Analysis) -> tuple[Question, ...]:
    """Those of the form in force whose answers can be counted."""
    form = current_form(analysis.project_id)
    return tuple(one for one in questions_of(form.pk) if KINDS[one.kind].facets(one)) if form else ()


def on(analysis: Analysis, question: Question) -> Iterator[Voted]:
    """Every facet of the question that somebody voted on."""
    decided = overturns.of_analysis(analysis)
    for votes in read(analysis.project, question, analysis.last_annotation, decided).values():
        if len(votes):
            yield Voted(question, votes, consensus.settle(votes))
