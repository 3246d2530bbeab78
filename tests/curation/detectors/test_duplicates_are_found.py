"""Items that repeat another are found, and a look at those that could leak between splits is worth more."""

from collections.abc import Callable

import pytest

from annotation.models import Annotation, Item
from curation.models import Finding
from projects.access import Place
from tests.curation.detectors.test_findings_are_kept import looked

LONG = "A pan of gold holds more sand than gold, so whoever looks for gold has to wash away a lot of sand first."
OTHER = "Bread rises because yeast makes gas out of sugar, and the gluten of the dough keeps that gas from leaving it."


@pytest.mark.parametrize(("groups", "strength"), [(("one", "one"), 0.25), (("one", "two"), 1.0)])
def test_a_repeat_is_worth_a_quarter_of_a_look_where_it_cannot_leak(
    olga: Place,
    add_item: Callable[..., Item],
    answer: Callable[..., Annotation],
    groups: tuple[str, str],
    strength: float,
) -> None:
    asked = [{"role": "user", "content": "Why?"}]
    first, second = (add_item(LONG, OTHER, group=group, messages=asked) for group in groups)
    answer(first, "a"), answer(second, "a")

    looked(olga)

    found = Finding.objects.get(detector="near_duplicates")
    assert (found.item_id, found.strength) == (second.pk, strength)
    assert found.evidence == {"likeness": 1.0, "like_item": first.pk, "same_group": len(set(groups)) == 1}
