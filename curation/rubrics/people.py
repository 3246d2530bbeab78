"""How far people who answered a version's criteria agree on each, and how far a judge agrees with them.

Read are answers about each response, to any question that asked with the version. Where people compare the responses by
a criterion, a judge has no answer of that shape, and nothing is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotation.models import Item, Question, RubricVersion
from annotation.queries.forms import questions_of
from curation import overturns
from curation.aggregation.labels import Labels, make
from curation.criteria.agreement import agreement, judge_labels
from curation.criteria.verdicts import Verdicts, from_table
from curation.models import RubricVerdicts
from curation.rubrics.tables import table, told
from curation.votes import Annotator, Unit, read
from modelhooks.head.pairs import Integers
from modelhooks.models import Run

Agreed = dict[str, Any]
"""What a report keeps of one criterion: `measure` (AC1, of levels AC2), `among_people`, `with_judge` and
`plain_among_people` with intervals, `shared` (responses that two people answered) and `responses` (that people and the
judge did)."""
Said = dict[tuple[Unit, Annotator], int]
"""The number of the value that somebody gave to a response, the lowest level first, which of yes and no is no."""


@dataclass(frozen=True, slots=True)
class Responses:
    """Every response that people answered or that the judge was asked about beside one that they did."""

    number: Mapping[Unit, int]
    """From 0; those of the judge's items first, two to an item."""
    prompts: Integers
    """(responses,)"""
    verdicts: Verdicts
    """The judge's, where the first response of an item stands as the preferred one."""


def agreed(run: Run, version: RubricVersion) -> dict[str, Agreed]:
    """By key of criterion, without those that nobody answered; of the labels that the run's parameters name, imports
    among them or not."""
    said = _said(run, version)
    responses = _responses(run, version, {unit for one in said.values() for unit, _ in one})
    return {
        one["key"]: _agreed(one, at, said[one["key"]], responses)
        for at, one in enumerate(version.criteria)
        if said.get(one["key"])
    }


def _said(run: Run, version: RubricVersion) -> dict[str, Said]:
    """By criterion. Whoever answered in two questions is heard once."""
    chosen = run.parameters["labels"]
    kinds = ("person", "imported") if chosen["with_imported"] else ("person",)
    newest = overturns.newest(run.project)
    decided = overturns.standing(run.project, last_review=newest, last_annotation=chosen["last"])
    levels = {one["key"]: _levels(one) for one in version.criteria}
    found: dict[str, Said] = {key: {} for key in levels}
    for question, forms in _questions(version):
        for key, votes in read(run.project, question, chosen["last"], decided, forms).items():
            for row in np.flatnonzero(votes.of_kind(*kinds) & (votes.value < levels[key])).tolist():
                by = votes.units[votes.unit[row]], votes.annotators[votes.annotator[row]]
                found[key].setdefault(by, int(votes.value[row]))
    return found


def _questions(version: RubricVersion) -> Iterator[tuple[Question, list[int]]]:
    """Those that asked about each response with the version, and the forms under which they did; the newest first."""
    forms: dict[str, list[int]] = {}
    for key, form in version.uses.order_by("-form__version").values_list("question_key", "form"):
        forms.setdefault(key, []).append(form)
    for key, asked in forms.items():
        question = next(one for one in questions_of(asked[0]) if one.key == key)
        if question.target == "response":
            yield question, asked


def _levels(criterion: Mapping[str, Any]) -> int:
    """How many values it has. What else can be answered, that it does not apply, comes behind them."""
    return 2 if criterion["scale"] == "yes_no" else int(criterion["scale"])


def _responses(run: Run, version: RubricVersion, units: set[Unit]) -> Responses:
    items = dict(Item.objects.filter(pk__in={one.item for one in units}).order_by("pk").values_list("pk", "group"))
    found = RubricVerdicts.objects.filter(version=version, fingerprint=run.fingerprint, item__in=items).order_by("pk")
    judged = dict(found.values_list("item", "said"))
    both = [Unit(item, str(place)) for item in judged for place in (0, 1)]
    rest = sorted(units - set(both))
    names = {group: number for number, group in enumerate(sorted(set(items.values())))}
    return Responses(
        number={unit: number for number, unit in enumerate([*both, *rest])},
        prompts=np.array([names[items[unit.item]] for unit in (*both, *rest)], np.int64),
        verdicts=from_table(
            table(version.criteria, [((0, 1), by_response) for by_response in judged.values()]),
            np.array([names[items[item]] for item in judged], np.int64),
        ),
    )


def _agreed(criterion: Mapping[str, Any], at: int, said: Said, responses: Responses) -> Agreed:
    levels = _levels(criterion)
    judge = judge_labels(responses.verdicts, at, levels=levels)
    found = agreement(
        _labels(said, responses, levels),
        replace(judge, unit_count=len(responses.prompts)),
        responses.prompts,
        ordered=criterion["scale"] != "yes_no",
    )
    return {
        "measure": "AC1" if criterion["scale"] == "yes_no" else "AC2",
        "among_people": told(found.among_people),
        "with_judge": told(found.with_judge),
        "plain_among_people": told(found.plain_among_people),
        "shared": found.shared,
        "responses": found.responses,
    }


def _labels(said: Said, responses: Responses, levels: int) -> Labels:
    who = {annotator: number for number, annotator in enumerate(dict.fromkeys(annotator for _, annotator in said))}
    return make(
        np.array([responses.number[unit] for unit, _ in said], np.int64),
        np.array([who[annotator] for _, annotator in said], np.int64),
        np.array(list(said.values()), np.int64),
        value_count=levels,
        unit_count=len(responses.prompts),
    )
