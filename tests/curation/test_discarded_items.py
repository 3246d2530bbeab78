"""A release leaves out what reviewers discarded, says so, and knows which items those were."""

from collections.abc import Callable
from typing import Any

from annotation.models import Annotation, Item
from annotation.services import discards
from curation.models import Release
from curation.queries.releases import funnels, preview
from curation.snapshot import discarded
from projects.access import Place

WISH = {"name": "rm_pairs", "parameters": {"question": "better"}}


def test_a_discarded_item_gives_no_row_and_the_funnel_names_it(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation], release: Callable[..., Release]
) -> None:
    good, bad = add_item("yes", "no"), add_item("oui", "non")
    answer(good, "a"), answer(bad, "a")
    before = release("rm_pairs", "raw")

    discards.discard(olga, bad)
    after = release("rm_pairs", "raw")

    assert after.number == before.number + 1  # another snapshot, though nobody labeled anything
    assert before.manifest is not None
    assert after.manifest is not None
    for recipe in after.manifest["recipes"]:
        assert (recipe["rows"], recipe["items_dropped"]) == (1, {"discarded": 1})
    assert {recipe["rows"] for recipe in before.manifest["recipes"]} == {2}
    told = [(step.label, step.items) for step in funnels(after.manifest)[0].steps if step.role == "drop"]
    assert told == [("discarded by a reviewer", 1)]


def test_a_release_knows_the_items_that_were_out_when_it_was_asked_for(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation], release: Callable[..., Release]
) -> None:
    good, bad = add_item("yes", "no"), add_item("oui", "non")
    answer(good, "a"), answer(bad, "a")
    discards.discard(olga, bad)
    made = release("rm_pairs")

    discards.restore(olga, bad)

    assert discarded(olga.project, made.last_discard) == {bad.pk}
    assert rows(release("rm_pairs")) == 2


def test_the_preview_leaves_it_out_too(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    good, bad = add_item("yes", "no"), add_item("oui", "non")
    answer(good, "a"), answer(bad, "a")
    discards.discard(olga, bad)

    recipes: list[dict[str, Any]] = [{"name": "raw", "parameters": {}}]
    shown = preview(olga.project, recipes, {"train": 100})

    assert shown is not None
    assert shown.funnels[0].rows == 1


def rows(made: Release) -> int:
    assert made.manifest is not None
    return int(made.manifest["recipes"][0]["rows"])
