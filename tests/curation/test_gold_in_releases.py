"""A release leaves items with a known answer out of what is trained on, unless somebody wishes them."""

from collections.abc import Callable

from annotation.models import Annotation, Item
from annotation.services import gold
from curation.models import Release
from curation.queries.releases import funnels, preview
from curation.services.wishes import settle
from curation.snapshot import gold as known_then
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
KNOWN = {"better": {"accepted": [{"winner": "a", "strength": 1}]}}


def rows(made: Release) -> dict[str, int]:
    assert made.manifest is not None
    return {recipe["name"]: recipe["rows"] for recipe in made.manifest["recipes"]}


def test_a_known_item_gives_no_row_to_train_on_and_the_funnel_says_why(
    olga: Place, add_item: AddItem, answer: Answer, release: Callable[..., Release]
) -> None:
    ordinary, known = add_item("yes", "no"), add_item("oui", "non")
    answer(ordinary, "a"), answer(known, "a")
    before = release("rm_pairs", "raw")

    gold.mark(olga, item_id=known.pk, answers=KNOWN)
    after = release("rm_pairs", "raw")

    assert after.number == before.number + 1  # another snapshot, though nobody labeled anything
    assert rows(before) == {"rm_pairs": 2, "raw": 2}
    assert rows(after) == {"rm_pairs": 1, "raw": 2}
    assert after.manifest is not None
    told = [(step.label, step.items) for step in funnels(after.manifest)[0].steps if step.role == "drop"]
    assert told == [("a known answer, which checks people", 1)]


def test_who_wishes_known_items_gets_them(
    olga: Place, add_item: AddItem, answer: Answer, release: Callable[..., Release]
) -> None:
    known = add_item("oui", "non")
    answer(known, "a")
    gold.mark(olga, item_id=known.pk, answers=KNOWN)

    made = release(recipes=[{"name": "rm_pairs", "parameters": {"with_gold": True}}])

    assert rows(made) == {"rm_pairs": 1}


def test_a_release_knows_which_items_were_known_when_it_was_asked_for(
    olga: Place, add_item: AddItem, answer: Answer, release: Callable[..., Release]
) -> None:
    ordinary, known = add_item("yes", "no"), add_item("oui", "non")
    answer(ordinary, "a"), answer(known, "a")
    gold.mark(olga, item_id=known.pk, answers=KNOWN)
    made = release("rm_pairs")

    gold.withdraw(olga, item_id=known.pk)

    assert known_then(olga.project, made.last_gold) == {known.pk}
    assert rows(release("rm_pairs")) == {"rm_pairs": 2}


def test_the_preview_leaves_it_out_too(olga: Place, add_item: AddItem, answer: Answer) -> None:
    ordinary, known = add_item("yes", "no"), add_item("oui", "non")
    answer(ordinary, "a"), answer(known, "a")
    gold.mark(olga, item_id=known.pk, answers=KNOWN)
    settled = settle(olga.project, recipes=[{"name": "rm_pairs"}, {"name": "raw"}]).recipes

    shown = preview(olga.project, settled, {"train": 100})

    assert shown is not None
    assert [funnel.rows for funnel in shown.funnels] == [1, 2]
