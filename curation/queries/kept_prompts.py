"""Prompts that nothing may be trained on: of the benchmarks that are kept, and of a project's evaluation sets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from annotation import turns
from curation import splits
from curation.models import Benchmark, EvaluationRow, EvaluationSet
from projects.models import Project

TRAINED_ON = splits.NAMES[0]


class Kept(NamedTuple):
    """The prompts of one benchmark or set: whose they are, in a word for findings and as it is called."""

    word: str
    name: str
    rows: Sequence[str]
    held_out: frozenset[str] = frozenset()
    """Split groups of items that are not trained on anyhow: a set that was made of a release holds prompts of the
    project's own items."""


def kept(project: Project) -> Iterator[Kept]:
    """One after the other, since each may be long."""
    for name in Benchmark.objects.values_list("name", flat=True):
        yield Kept(name, name, Benchmark.objects.get(name=name).rows)
    for one in EvaluationSet.objects.filter(project=project).order_by("number"):
        yield _of_set(one)


def names(project: Project) -> list[str]:
    """How they are called, in the same order."""
    sets = EvaluationSet.objects.filter(project=project).order_by("number")
    return [*Benchmark.objects.values_list("name", flat=True), *sets.values_list("name", flat=True)]


def _of_set(found: EvaluationSet) -> Kept:
    rows = list(EvaluationRow.objects.filter(evaluation_set=found).order_by("number").values_list("messages", "group"))
    is_held_out = found.release_id is not None and found.split != TRAINED_ON
    groups = frozenset(group for _, group in rows) if is_held_out else frozenset()
    return Kept(f"set {found.number}", found.name, [_asked(messages) for messages, _ in rows], groups)


def _asked(messages: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(turns.said(turn) for turn in messages)
