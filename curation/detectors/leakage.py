"""Prompts of benchmarks among the items: a reward model must not be trained on what it is measured by.

A project's evaluation sets are benchmarks, too. One that was made of its own release holds prompts of its own items:
those that a split holds out are not trained on, and are no findings.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from annotation import turns
from curation import splits
from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene, Texts
from curation.models import Benchmark, EvaluationRow, EvaluationSet
from curation.models.findings import Suggestion
from curation.noise import leakage

TRAINED_ON = splits.NAMES[0]


class Kept(NamedTuple):
    """Prompts that nothing may be trained on: whose they are, in a word for findings and as it is called."""

    word: str
    name: str
    rows: Sequence[str]
    held_out: frozenset[str] = frozenset()
    """Split groups of items that are not trained on anyhow."""


def find(scene: Scene) -> Said:
    """Every benchmark that is kept and every evaluation set of the project, one after the other."""
    benchmarks = list(Benchmark.objects.values_list("name", flat=True))
    sets = list(EvaluationSet.objects.filter(project=scene.project).order_by("number"))
    if not benchmarks and not sets:
        return Said(note="No benchmark is kept here: goldpan benchmark put NAME FILE.")
    texts = scene.texts
    found = [one for name in benchmarks for one in _leaked(_benchmark(name), texts)]
    found += [one for each in sets for one in _leaked(_evaluation_set(each), texts)]
    rest = "" if texts.is_all else " There are more, which were not looked at."
    names = ", ".join([*benchmarks, *(each.name for each in sets)])
    return Said(found, f"{len(texts.items):,} prompts were held against {names[:300]}.{rest}")


def _benchmark(name: str) -> Kept:
    return Kept(name, name, Benchmark.objects.get(name=name).rows)


def _evaluation_set(found: EvaluationSet) -> Kept:
    rows = list(EvaluationRow.objects.filter(evaluation_set=found).order_by("number").values_list("messages", "group"))
    is_held_out = found.release_id is not None and found.split != TRAINED_ON
    groups = frozenset(group for _, group in rows) if is_held_out else frozenset()
    return Kept(f"set {found.number}", found.name, [_asked(messages) for messages, _ in rows], groups)


def _asked(messages: Sequence[dict[str, Any]]) -> str:
    return "\n".join(turns.said(turn) for turn in messages)


def _leaked(kept: Kept, texts: Texts) -> Iterator[Found]:
    places = [place for place, group in enumerate(texts.groups) if group not in kept.held_out]
    for leak in leakage.leaks([texts.prompts[place] for place in places], leakage.index(kept.rows)):
        item = texts.items[places[leak.text]]
        its_text = kept.rows[leak.row][:500]
        yield Found(
            about=f"item:{item}:{kept.word}",
            words=f"Its prompt holds words of {kept.name}, row {leak.row + 1:,}: “{leak.words[:120]}”.",
            strength=1.0,
            evidence={"benchmark": kept.name, "row": leak.row + 1, "its_text": its_text, "words": leak.words},
            item=item,
            suggestion=Suggestion.DROP,
        )


DETECTOR = described("benchmark_leakage", "1", find)
