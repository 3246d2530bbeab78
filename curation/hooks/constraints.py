"""What the prompts of items demand: hard rules where they say so in words, principles where it goes without saying."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotation import opinions, pictures
from annotation.hooks.chosen_items import chosen, items_of
from annotation.models import Item
from curation.hooks import lines
from curation.models import RubricLine
from modelhooks import contracts
from modelhooks.contracts import Instruction
from modelhooks.hooks import Asked, Stored
from modelhooks.judging.fences import texts_of
from modelhooks.judging.quotes import stands_in
from modelhooks.models import Run


class Constraints(lines.Lines):
    """Each prompt is taken apart."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """The items of the run's share of prompts that its filters let through."""
        return chosen(run, lines.PROMPT, of_group=lines.part(run))

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """Their prompts."""
        return [_asked(run, item) for item in items_of(run, subjects)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """What each demands."""
        items = items_of(run, list(answers))
        found = ((item.pk, answers[item.pk][0], _lines(run, item, answers[item.pk][0])) for item in items)
        return lines.stored(found, {})


def _asked(run: Run, item: Item) -> Asked:
    if unseen := pictures.why_prompt_unseen(item.messages, run.checkpoint):
        return Asked(item.pk, refusal=unseen)
    return Asked(item.pk, (Instruction(opinions.prompt_of(item)),))


def _lines(run: Run, item: Item, said: contracts.Constraints) -> list[RubricLine]:
    texts = texts_of(opinions.prompt_of(item))
    return [
        RubricLine(
            run=run,
            item=item,
            number=number,
            text=each.text,
            kind=RubricLine.Kind.HARD_RULE if each.is_explicit else RubricLine.Kind.PRINCIPLE,
            quote=each.quote,
            details={"evidence": [_evidence(each.quote, texts)]} if each.quote else {},
        )
        for number, each in enumerate(said.found)
    ]


def _evidence(quote: str, texts: Sequence[str]) -> dict[str, Any]:
    """Where the prompt says so."""
    turn = next(number for number, text in enumerate(texts) if stands_in(quote, text))
    return {"snippet": lines.snippet(quote), "turn": turn}
