"""What detectors look at: a project's labels as an analysis sees them, and its texts, read when first asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from annotation import turns
from annotation.models import Item, Question
from curation.analysis import voted
from curation.analysis.voted import Voted
from curation.detectors.embedded import Compared, compared
from curation.models import Analysis

MOST_TEXTS = 100_000  # items whose texts are held at once


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of n items, the oldest `MOST_TEXTS` where there are more."""

    items: Sequence[int]
    keys: Sequence[str]
    groups: Sequence[str]
    prompts: Sequence[str]
    """What people asked, all turns of it."""
    responses: Sequence[tuple[str, ...]]
    is_all: bool


class Scene:
    """Everything about one analysis's project. Not shared between processes, and let go after one detector each."""

    def __init__(self, analysis: Analysis, facets: Sequence[Voted] | None = None) -> None:
        """`facets`: every facet that was voted on, where the same look has just read and settled them."""
        self.analysis = analysis
        self.project = analysis.project
        self.seed: int = analysis.parameters["seed"]
        self._read = facets

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Of the form in force, those that can be counted."""
        return voted.questions(self.analysis)

    @cached_property
    def facets(self) -> tuple[Voted, ...]:
        """Every facet that somebody voted on; read anew by an attempt that did not look itself."""
        if self._read is not None:
            return tuple(self._read)
        return tuple(one for question in self.questions for one in voted.on(self.analysis, question))

    @cached_property
    def pairs(self) -> tuple[Compared, ...]:
        """Every preference question with its labeled pairs as points."""
        return tuple(
            found
            for question in self.questions
            if question.kind == "preference"
            and (found := compared(self.project, question.key, self.analysis.last_annotation))
        )

    @cached_property
    def texts(self) -> Texts:
        """Prompts and responses of all items."""
        found = Item.objects.filter(project=self.project).order_by("pk").only("key", "group", "messages", "responses")
        items = list(found[: MOST_TEXTS + 1].iterator())
        kept = items[:MOST_TEXTS]
        return Texts(
            items=[one.pk for one in kept],
            keys=[one.key for one in kept],
            groups=[one.group for one in kept],
            prompts=[asked(one) for one in kept],
            responses=[tuple(one.text_of(place) for place in range(len(one.responses))) for one in kept],
            is_all=len(items) == len(kept),
        )


def asked(item: Item) -> str:
    """What was asked of the responses: every turn before them, one under the other."""
    return "\n".join(turns.said(turn) for turn in item.messages)
