"""What labels follow and no criterion names is told beside the criteria."""

from collections.abc import Callable

import pytest
from django.test import Client

from annotation.models import Item
from curation.rubrics.features import FEATURES, counted
from projects.access import Place
from tests.curation.rubrics.test_grading import DIGIT, REASON, graded, version_of

Make = Callable[..., list[Item]]
PAGE = "/projects/answers/rubrics/1/versions/1/evidence/"
LISTED = "Seven:\n- three\n- four"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("Is it 42?", {"characters": 9, "words": 3, "lines": 1, "digits": 2, "question marks": 1}),
        ("1. a\n* b\n\n-c", {"characters": 12, "words": 5, "lines": 3, "list items": 2, "digits": 1}),
        ("```\nx\n```", {"characters": 9, "words": 3, "lines": 3, "code blocks": 1}),
        ("\u0661\uff1f", {"characters": 2, "words": 1, "lines": 1, "digits": 1, "question marks": 1}),
    ],
)
def test_features_are_counted_in_any_language(text: str, found: dict[str, int]) -> None:
    assert dict(zip(FEATURES, counted(text), strict=True)) == {**dict.fromkeys(FEATURES, 0), **found}


def test_a_planted_feature_is_told_and_what_a_criterion_says_is_not(client: Client, olga: Place, pairs: Make) -> None:
    """People prefer lists; digits go with the labels no more than a coin does."""
    pairs(60, better=LISTED, worse="Seven, three four abcd")
    pairs(10, better="Seven 7", worse="Seven  ")
    pairs(10, better="Seven  ", worse="Seven 7")

    report = graded(olga, version_of(olga, REASON))

    found = {one["feature"]: one for one in report.figures["hidden"]}
    assert found["list items"]["is_claimed"]
    assert found["list items"]["leaning"] > 0
    assert found["list items"]["gain"]["low"] > 0
    assert not found["digits"]["is_claimed"]
    client.force_login(olga.user)
    page = client.get(PAGE).content.decode()
    assert "More list items are preferred, all else as the rubric has it." in page
    assert "digits are preferred" not in page


def test_what_a_criterion_says_is_not_hidden(client: Client, olga: Place, pairs: Make) -> None:
    pairs(60, better="It is 7.", worse="It is x.")

    report = graded(olga, version_of(olga, DIGIT))

    assert [one["feature"] for one in report.figures["hidden"]] == ["digits"]
    assert not report.figures["hidden"][0]["is_claimed"]
    client.force_login(olga.user)
    assert "None of 1 plain feature of responses" in client.get(PAGE).content.decode()


def test_of_few_prompts_nothing_is_searched(client: Client, olga: Place, pairs: Make) -> None:
    pairs(8, better=LISTED, worse="Seven.")

    assert graded(olga, version_of(olga, REASON)).figures["hidden"] == []
    client.force_login(olga.user)
    assert "no criterion names" not in client.get(PAGE).content.decode()
