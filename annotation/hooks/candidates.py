"""A generator answers the prompts of items, and its responses become new items: never the same one twice."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextField
from django.db.models.functions import Cast, Length
from django.urls import reverse

from annotation import candidates, pictures
from annotation.candidates import Origin
from annotation.hooks.chosen_items import chosen, items_of, named
from annotation.models import Item
from annotation.services import new_items
from modelhooks.asking import Prompted, Written
from modelhooks.contracts import Messages
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.candidates import kept
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run

SENT = frozenset({"role", "content", "media"})  # of a turn; whatever else one holds would be lost on the way
RIGHT = ("reference", "answer")  # what a source says is known to be right
TAG = "candidates"


class Candidates:
    """Responses to the prompts of items that are there become items of their own."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """The items that the run's filters let through, up to its limit."""
        return chosen(run, Length(Cast("messages", TextField())))

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """The prompt of each, below the run's system prompt where it has none of its own."""
        return [_asked(run, item) for item in items_of(run, subjects)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """The new items, in the groups of those whose prompts were answered."""
        counts: Counter[str] = Counter()
        refused = {}
        for item in items_of(run, list(answers)):
            why = _made(run, item, answers[item.pk][0], counts)
            if why:
                refused[item.pk] = why
        return Stored(dict(counts), refused)

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """Items by their keys."""
        return named(run, subjects)

    def pictures(self, run: Run) -> Resolve:
        """Out of the project's own store."""
        return pictures.resolver(run.project_id)

    def made_url(self, run: Run) -> str:
        """The new items, in the list."""
        return f"{reverse('annotation:items', args=[run.project.slug])}?{urlencode({'tag': tag(run)})}"

    def ended(self, run: Run) -> None:
        """There is nothing to count."""


def tag(run: Run) -> str:
    """What the items of a run are tagged with."""
    return f"run-{run.pk}"


def _asked(run: Run, item: Item) -> Asked:
    fault = _fault(item.messages) or pictures.why_prompt_unseen(item.messages, run.checkpoint)
    if fault:
        return Asked(item.pk, refusal=fault)
    return Asked(item.pk, (Prompted(_prompt(item.messages, run.parameters["system"])),))


def _prompt(messages: Sequence[Mapping[str, Any]], system: str) -> Messages:
    own = pictures.typed(messages)
    if not system or any(turn["role"] == "system" for turn in own):
        return own
    return ({"role": "system", "content": system}, *own)


def _fault(messages: Sequence[Mapping[str, Any]]) -> str:
    """Why a prompt cannot be sent as it is; empty where it can."""
    if any(set(turn) - SENT or turn["role"] == "tool" for turn in messages):
        return "Its prompt holds thoughts or calls of tools, which a generator is not sent."
    if messages[-1]["role"] != "user":
        return "Its prompt does not end with a person’s turn, so there is nothing to answer."
    return ""


def _made(run: Run, item: Item, written: Written, counts: Counter[str]) -> str:
    """Store what comes of one prompt and count it; why nothing could come of it, else nothing."""
    found = kept(tuple(item.messages), written.generations)
    counts.update({f"responses {reason}": count for reason, count in found.left_out.items()})
    counts["responses"] += len(found.responses)
    wanted = candidates.made(
        _origin(item),
        found,
        shape=run.parameters["shape"],
        most_pairs=run.parameters["pairs"],
        writer=run.checkpoint.name,
        source=_source(run, written),
        tags=[TAG, tag(run)],
    )
    if not wanted:
        return candidates.why_none(found)
    added = new_items.add(run.project_id, wanted)
    counts.update({"new items": added.new, "items there already": added.known})
    return added.refused[0] if added.refused else ""


def _origin(item: Item) -> Origin:
    known = {name: item.source[name] for name in RIGHT if name in item.source}
    return Origin(
        messages=item.messages,
        group=item.group,
        principle=item.principle,
        rubric=item.rubric,
        language=item.language,
        known={**known, "prompt_of": item.key},
    )


def _source(run: Run, written: Written) -> dict[str, Any]:
    """Which run made it, of which checkpoint, and what stands for all of its responses."""
    system = {"system": run.parameters["system"]} if run.parameters["system"] else {}
    return {
        "run": run.pk,
        "checkpoint": run.checkpoint.name,
        "fingerprint": run.fingerprint,
        "drawn": len(written.generations),
        **system,
    }
