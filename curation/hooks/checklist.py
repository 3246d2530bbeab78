"""What can be checked of work in several turns or with tools, as a checklist that rests on the record.

It is written from the first response alone: lists of several records would ask the same twice, and the weights of a
turn would no longer add up to one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, F, Func, Q, Value

from annotation import opinions, pictures
from annotation.hooks.chosen_items import chosen, items_of
from annotation.models import Item
from curation.hooks import lines, pairs
from curation.models import RubricLine
from modelhooks import contracts
from modelhooks.contracts import CheckItem, Evidence, Trajectory
from modelhooks.hooks import Asked, Stored
from modelhooks.models import Run


def _has(field: str, path: str) -> Q:
    found = Func(
        F(field),
        Value(path),
        function="jsonb_path_exists",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=BooleanField(),
    )
    return Q(found)


IS_TRAJECTORY = _has("messages", '$[*] ? (@.role == "assistant" || @.role == "tool")') | _has(
    "responses", '$[0].messages[*] ? (@.role == "user" || @.role == "tool" || exists (@.tool_calls[*]))'
)
"""Somebody answered before, or the first response has calls of tools, their results, or more turns of a person."""


class Checklists(lines.Lines):
    """Each record is asked about whole."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """The items of several turns or with calls of tools that the run's filters let through."""
        return chosen(run, pairs.LENGTH, only=IS_TRAJECTORY, of_group=lines.part(run))

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """The prompt and the first response of each."""
        return [_asked(run, item) for item in items_of(run, subjects)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """The checklist of each."""
        items = items_of(run, list(answers))
        found = ((item.pk, answers[item.pk][0], _lines(run, item, answers[item.pk][0])) for item in items)
        return lines.stored(found, {})


def _asked(run: Run, item: Item) -> Asked:
    if unseen := pictures.why_unseen(item, run.checkpoint):
        return Asked(item.pk, refusal=unseen)
    done = pictures.typed(item.responses[0]["messages"]) if item.responses else ()
    return Asked(item.pk, (Trajectory(opinions.prompt_of(item), done),))


def _lines(run: Run, item: Item, said: contracts.Checklist) -> list[RubricLine]:
    return [
        RubricLine(
            run=run,
            item=item,
            number=number,
            text=each.question,
            kind=RubricLine.Kind.PRINCIPLE,
            quote=next((one.snippet for one in each.evidence), ""),
            details=_details(each, len(item.messages)),
        )
        for number, each in enumerate(said.items)
    ]


def _details(one: CheckItem, prompt: int) -> dict[str, Any]:
    """That the next turn needs it makes no gate of it: a gate fails the whole response."""
    return {
        "key": one.key,
        "weight": one.weight,
        "focus_on": one.focus_on,
        "pass_condition": one.pass_condition,
        "failure_examples": list(one.failure_examples),
        "evidence": [_evidence(each, prompt) for each in one.evidence],
        "depends_on": list(one.depends_on),
    }


def _evidence(one: Evidence, prompt: int) -> dict[str, Any]:
    """Turns of the prompt by their numbers there, those of the response by theirs."""
    place = {"turn": one.turn} if one.turn < prompt else {"response": 0, "turn": one.turn - prompt}
    return {"snippet": lines.snippet(one.snippet), "field": one.field, **place}
