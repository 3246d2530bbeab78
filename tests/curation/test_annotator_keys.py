"""How addresses name people, and names that came with imports."""

from typing import Any

import pytest
from django.db.models import Q

from curation.models import Standing
from curation.models.annotators import named_by


@pytest.mark.parametrize("who", [{"person_id": 7}, {"imported_name": "rater/4 ü?"}])
def test_a_key_names_the_same_again(who: dict[str, Any]) -> None:
    key = Standing(**who).annotator_key

    assert named_by(key) == Q(*who.items())
    assert "/" not in key


@pytest.mark.parametrize(
    "key",
    [
        "",
        "7",
        "person-",
        "person-x",
        "person-٣",
        "person-" + "9" * 30,
        "imported-",
        "imported-_w",
        "imported-AA",
        "imported-ü",
    ],
)
def test_anything_else_names_nobody(key: str) -> None:
    assert named_by(key) is None
