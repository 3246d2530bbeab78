"""One look at all labels of a project: question by question, facet by facet, everything that is told of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from curation.analysis import agreement, around, counted, judges, models_and_people, people, slices, texts, voted
from curation.analysis.around import Around
from curation.analysis.voted import Voted
from curation.models import Analysis, Measure
from curation.votes import Annotator, by_annotator
from jobs.runner import Progress


class Measured(NamedTuple):
    """Figures for a `Measure`."""

    topic: str
    question: str
    facet: str
    slice: str
    figures: dict[str, Any]


class Stands(NamedTuple):
    """Figures for a `Standing`."""

    question: str
    facet: str
    annotator: Annotator
    labels: int
    figures: dict[str, Any]


@dataclass(slots=True)
class Looked:
    """All that an analysis found, ready to be written."""

    voted: list[Voted] = field(default_factory=list)
    measures: list[Measured] = field(default_factory=list)
    standings: list[Stands] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, int]:
        """How much was looked at; a label is one annotator's answer to one question about one item."""
        votes = [one.votes for one in self.voted]
        said = {(one.question.key, int(label)) for one in self.voted for label in np.unique(one.votes.annotation)}
        return {
            "labels": len(said),
            "annotators": len({who for one in votes for who in one.annotators}),
            "items": len({unit.item for one in votes for unit in one.units}),
        }


def look(analysis: Analysis, progress: Progress) -> Looked:
    """Read, compute, and write nothing."""
    asked = voted.questions(analysis)
    tagged = slices.read(analysis.project)
    read_texts = texts.read(analysis.project, analysis.last_annotation)
    found = Looked()
    for number, question in enumerate(asked):
        progress.report(number, len(asked), f"Looking at “{question.title[:60]}”")
        beside = around.of(analysis, question, read_texts)
        for one in voted.on(analysis, question):
            _look_at(one, tagged, beside, analysis.parameters["seed"], found)
    progress.report(len(asked), len(asked))
    return found


def _look_at(one: Voted, tagged: slices.Tagged, beside: Around, seed: int, found: Looked) -> None:
    """One facet."""
    found.voted.append(one)
    votes = one.votes
    parts = slices.masks(votes, tagged)
    told = {
        Measure.Topic.AGREEMENT: agreement.figures(votes, parts, seed=seed),
        Measure.Topic.CONSENSUS: counted.figures(votes, one.outcome.settled, parts),
        Measure.Topic.TOGETHER: [("", one.outcome.together)] if one.outcome.together else [],
    }
    found.measures += [
        Measured(topic, one.question.key, votes.facet.key, name, figures)
        for topic, several in told.items()
        for name, figures in several
    ]
    found.standings += _standings(one, beside, seed)


def _standings(one: Voted, beside: Around, seed: int) -> Iterator[Stands]:
    votes, outcome = one.votes, one.outcome
    numbers = {who: number for number, who in enumerate(votes.annotators)}
    working = people.figures(votes, outcome, beside)
    judged = judges.figures(votes, outcome.settled, beside, seed=seed)
    for who, rows in by_annotator(votes).items():
        compared = models_and_people.figures(votes, outcome.settled, rows, seed=seed)
        number = numbers[who]
        figures = {**outcome.believed[number], **compared, **working[number], **judged[number]}
        yield Stands(one.question.key, votes.facet.key, who, len(rows), figures)
