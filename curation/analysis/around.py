"""What an analysis knows of a question beside its votes: texts that were read, and who was right about known items."""

from collections.abc import Mapping
from dataclasses import dataclass

from annotation.models import Question
from curation.analysis import judgments
from curation.analysis.judgments import Judgments
from curation.analysis.texts import Texts
from curation.models import Analysis
from curation.queries import gold
from curation.votes import Annotator


@dataclass(frozen=True, slots=True)
class Around:
    """Of one question, as of the analysis."""

    texts: Texts
    gold: Mapping[Annotator, tuple[int, int]]
    """Who was right how often, of how many items whose answer is known."""
    judgments: Judgments
    """What models kept beside their answers."""


def of(analysis: Analysis, question: Question, texts: Texts) -> Around:
    """`texts` are the project's, read once for all questions."""
    project, last = analysis.project, analysis.last_annotation
    return Around(texts, gold.accuracy(project, question, last), judgments.read(project, question, last))
