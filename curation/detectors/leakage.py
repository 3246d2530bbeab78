"""Prompts of benchmarks among the items: a reward model must not be trained on what it is measured by."""

from collections.abc import Iterator

from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene, Texts
from curation.models import Benchmark
from curation.models.findings import Suggestion
from curation.noise import leakage


def find(scene: Scene) -> Said:
    """Every benchmark that is kept, one after the other."""
    names = list(Benchmark.objects.values_list("name", flat=True))
    if not names:
        return Said(note="No benchmark is kept here: goldpan benchmark put NAME FILE.")
    texts = scene.texts
    found = [one for name in names for one in _of_benchmark(name, texts)]
    rest = "" if texts.is_all else " There are more, which were not looked at."
    return Said(found, f"{len(texts.items):,} prompts were held against {', '.join(names)[:300]}.{rest}")


def _of_benchmark(name: str, texts: Texts) -> Iterator[Found]:
    rows = Benchmark.objects.get(name=name).rows
    for leak in leakage.leaks(texts.prompts, leakage.index(rows)):
        item = texts.items[leak.text]
        yield Found(
            about=f"item:{item}:{name}",
            words=f"Its prompt holds words of {name}, row {leak.row + 1:,}: “{leak.words[:120]}”.",
            strength=1.0,
            evidence={"benchmark": name, "row": leak.row + 1, "its_text": rows[leak.row][:500], "words": leak.words},
            item=item,
            suggestion=Suggestion.DROP,
        )


DETECTOR = described("benchmark_leakage", "1", find)
