"""Prompts of benchmarks among the items: a reward model must not be trained on what it is measured by.

A project's evaluation sets are benchmarks, too. One that was made of its own release holds prompts of its own items:
those that a split holds out are not trained on, and are no findings.
"""

from collections.abc import Iterator

from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene, Texts
from curation.models.findings import Suggestion
from curation.noise import leakage
from curation.queries import kept_prompts
from curation.queries.kept_prompts import Kept


def find(scene: Scene) -> Said:
    """Every benchmark that is kept and every evaluation set of the project, one after the other."""
    names = kept_prompts.names(scene.project)
    if not names:
        return Said(note="No benchmark is kept here: goldpan benchmark put NAME FILE.")
    texts = scene.texts
    found = [one for kept in kept_prompts.kept(scene.project) for one in _leaked(kept, texts)]
    rest = "" if texts.is_all else " There are more, which were not looked at."
    return Said(found, f"{len(texts.items):,} prompts were held against {', '.join(names)[:300]}.{rest}")


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
