"""A project whose people prefer what we planted, so that what a head should find is known."""

import random
import uuid
from collections.abc import Callable, Sequence

from annotation.models import Annotation, Form, Item
from projects.access import Place

WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jetty", "knoll", "lagoon")
WORDS += ("meadow", "north", "ocean", "prairie", "quarry", "ridge", "summit", "tundra", "upland", "valley", "willow")
Chooses = Callable[[str, str], str]
"""What somebody answers about two texts: a, b, tie, both_bad or unsure."""


def names_gold(first: str, second: str) -> str:
    """The one that says “gold” is better."""
    return "tie" if ("gold" in first) == ("gold" in second) else "a" if "gold" in first else "b"


def is_longer(first: str, second: str) -> str:
    """The longer one is better."""
    return "a" if len(first) > len(second) else "b"


def pairs(place: Place, count: int, *, seed: int = 0, ties: float = 0.0) -> list[Item]:
    """Items of two responses with words by lot; “gold” or “lead” in one of them each, in neither where it is to tie."""
    draw = random.Random(seed)
    return Item.objects.bulk_create(_item(place, number, draw, ties) for number in range(count))


def label(
    place: Place,
    items: Sequence[Item],
    chooses: Chooses,
    *,
    wrong: float = 0.0,
    seed: int = 0,
    question: str = "preference",
) -> None:
    """One answer of this person to each; a share of them is the wrong way round."""
    draw, form = random.Random(seed), Form.objects.filter(project=place.project).latest("version")
    swap = {"a": "b", "b": "a"}
    rows = []
    for item in items:
        winner = chooses(item.text_of(0), item.text_of(1))
        said = swap.get(winner, winner) if draw.random() < wrong else winner
        rows.append(annotation(place, item, form, said, question))
    Annotation.objects.bulk_create(rows)


def annotation(
    place: Place, item: Item, form: Form, winner: str, question: str = "preference", **more: object
) -> Annotation:
    """One answer to a preference question, not saved."""
    return Annotation(
        project=place.project,
        item=item,
        form=form,
        author=place.user,
        answers={question: {"winner": winner, "strength": 1 if winner in "ab" else None}},
        shown=[0, 1],
        **more,
    )


def _item(place: Place, number: int, draw: random.Random, ties: float) -> Item:
    metals = ["", ""] if draw.random() < ties else draw.sample(["gold", "lead"], 2)
    texts = [" ".join([*draw.choices(WORDS, k=draw.randint(6, 24)), metal]).strip() for metal in metals]
    return Item(
        project=place.project,
        key=f"planted-{uuid.UUID(int=draw.getrandbits(128))}",
        digest=draw.randbytes(32),
        group=f"planted-{draw.getrandbits(60)}",
        messages=[{"role": "user", "content": f"Describe place {number}."}],
        responses=[{"messages": [{"role": "assistant", "content": text}]} for text in texts],
    )
