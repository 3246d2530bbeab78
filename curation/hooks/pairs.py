"""What hooks about labelled pairs share: the items of a run, and their labels as they were when it began."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import TextField
from django.db.models.functions import Cast, Length

from annotation.models import Item
from annotation.queries.items import Filters
from curation.rubrics.labelled import Labelled, Labels
from modelhooks.models import Run

LENGTH = Length(Cast("messages", TextField())) + Length(Cast("responses", TextField()))
AT_ONCE = 2_000
UNLABELLED = "It has no two responses of which people say, as things stand now, that one is better."
PAIR = 2


def labels_of(run: Run) -> Labels:
    """Which labels its parameters name."""
    chosen = run.parameters["labels"]
    return Labels(run.question, chosen["last"], chosen["with_imported"], chosen["min_share"], chosen["percent"])


def labelled_items(run: Run) -> Iterator[tuple[int, int]]:
    """The id of each labelled pair that the run's filters let through, up to its limit, and its length."""
    left = run.parameters["limit"]
    waiting: list[int] = []
    for one in labels_of(run).all(run.project, Filters(**run.parameters["filters"])):
        if not left:
            break
        waiting.append(one.item)
        left -= 1
        if len(waiting) == AT_ONCE:
            yield from _lengths(waiting)
            waiting = []
    yield from _lengths(waiting)


def labels_for(run: Run, items: Sequence[Item]) -> Mapping[int, Labelled]:
    """The labels of these items that still stand."""
    pairs = [one.pk for one in items if len(one.responses) == PAIR]
    return labels_of(run).of(run.project, pairs)


def _lengths(items: Sequence[int]) -> Iterator[tuple[int, int]]:
    yield from Item.objects.filter(pk__in=items).order_by("pk").values_list("pk", LENGTH)
