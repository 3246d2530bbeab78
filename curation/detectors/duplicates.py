"""Items that say nearly what an earlier item says: labeled twice, and torn apart by a split they would leak.

Only those of different prompt groups can leak, for a group lies in one split. The others cost a repeated row, and a
look at them is worth a quarter.
"""

import numpy as np

from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene, Texts
from curation.models.findings import Suggestion
from curation.noise import duplicates
from curation.noise.duplicates import Near

WORTH_IN_ONE_GROUP = 0.25


def find(scene: Scene) -> Said:
    """Prompt and responses together, by their runs of three words."""
    texts = scene.texts
    near = duplicates.by_words(
        ["\n".join([prompt, *sorted(said)]) for prompt, said in zip(texts.prompts, texts.responses, strict=True)],
        seed=scene.seed,
    )
    found = [_found(texts, near, place) for place in np.flatnonzero(near.repeats).tolist()]
    rest = "" if texts.is_all else " There are more, which were not looked at."
    return Said(found, f"{len(texts.items):,} items were compared.{rest}")


def _found(texts: Texts, near: Near, place: int) -> Found:
    first = int(near.group[place])
    likeness = float(near.similarity[(near.left == place) | (near.right == place)].max(initial=0))
    is_same = texts.groups[first] == texts.groups[place]
    same = "the same" if is_same else "another"
    return Found(
        about=f"item:{texts.items[place]}",
        words=f"Nearly the same as {texts.keys[first]:.120}: {likeness:.0%} of their runs; {same} prompt group.",
        strength=min(1.0, likeness) * (WORTH_IN_ONE_GROUP if is_same else 1),
        evidence={
            "likeness": round(likeness, 4),
            "like_item": texts.items[first],
            "same_group": is_same,
        },
        item=texts.items[place],
        suggestion=Suggestion.DROP,
    )


DETECTOR = described("near_duplicates", "2", find)
