"""What hooks share that write lines of rubrics: an answer is stored as lines, counted as empty, or refused."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db.models import TextField
from django.db.models.functions import Cast, Length
from django.urls import reverse

from annotation import pictures
from annotation.hooks.chosen_items import named
from curation.models import RubricLine
from curation.rubrics.labelled import written_part
from modelhooks import contracts
from modelhooks.hooks import Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run

LONGEST_SNIPPET = 5_000  # as the library takes it
PROMPT = Length(Cast("messages", TextField()))
Answer = contracts.Principles | contracts.Constraints | contracts.Checklist


class Lines:
    """The verbs that are the same for all of them; subjects are items unless a hook says otherwise."""

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """Items by their keys."""
        return named(run, subjects)

    def pictures(self, run: Run) -> Resolve:
        """Out of the project's own store."""
        return pictures.resolver(run.project_id)

    def made_url(self, run: Run) -> str:
        """All lines with the words that they rest on."""
        return reverse("curation:rubric-lines", args=[run.project.slug, run.pk])

    def ended(self, run: Run) -> None:
        """There is nothing to count."""


def stored(answered: Iterable[tuple[int, Answer, Sequence[RubricLine]]], gone: Mapping[int, str]) -> Stored:
    """Each subject's lines. One without any is counted where nothing was to be found, else given up by its reason."""
    rows: list[RubricLine] = []
    counts: Counter[str] = Counter()
    refused = dict(gone)
    for subject, said, lines in answered:
        rows += lines
        counts += Counter({"lines found": len(lines), "lines left out": _left_out(said)})
        if said.reason and not lines:
            refused[subject] = said.reason
        elif not lines:
            counts["subjects in which nothing was found"] += 1
    RubricLine.objects.bulk_create(rows)
    return Stored(dict(counts), refused)


def part(run: Run) -> Callable[[str], bool]:
    """Whether a group of prompts is in the share that the run reads."""
    return written_part(run.project, run.parameters.get("percent", 100))


def snippet(text: str) -> str:
    """As much of a quote as the library takes."""
    return text[:LONGEST_SNIPPET]


def _left_out(said: Answer) -> int:
    """What quotes words that are not there, or says nothing; turns of a checklist that could not be had."""
    if isinstance(said, contracts.Checklist):
        return len(said.missing)
    return sum(said.refused.values())
