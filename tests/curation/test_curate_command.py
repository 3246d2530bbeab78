"""`goldpan curate`: what it prints is what the analysis wrote."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Annotation, Item
from curation.models import Analysis, Consensus
from projects.access import Place
from projects.models import Membership, Role


def curate(*words: str) -> str:
    out = StringIO()
    call_command("curate", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def labeled(olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]) -> None:
    for number in range(30):
        item = add_item("x", str(number), tags=["maths"])
        for who in ("Ana", "Ben", "Cid"):
            answer(item, "ab"[number % 2], who)
    answer(add_item("open", "question"), "a", "Ana"), answer(Item.objects.latest("pk"), "b", "Ben")


def test_it_says_what_the_labels_come_to(olga: Place, labeled: None) -> None:
    told = json.loads(curate("answers", "--json"))

    (question,) = told["questions"]
    assert told["summary"]["labels"] == 92
    assert (question["question"], question["units"], question["settled"], question["sure"]) == ("better", 31, 30, 30)
    assert question["sure"] == Consensus.objects.filter(confidence__gt=0.9).count()
    assert question["agreement"]["alpha"]["value"] > 0.9
    assert {*question["slices"]} == {"tag:maths"}
    assert [(one["annotator"], one["kind"], one["labels"]) for one in told["annotators"]] == [
        ("Ana", "person", 31),
        ("Ben", "person", 31),
        ("Cid", "person", 30),
    ]


def test_it_says_so_in_sentences(olga: Place, labeled: None) -> None:
    first, second = curate("answers").splitlines()

    assert first == "Analysis 1: 92 labels of 3 annotators on 31 items."
    assert second.startswith("  better: 30 of 31 settled, 30 above 0.9; α 0.9")


def test_without_labels_or_the_right_it_says_why(olga: Place, person: Callable[..., object]) -> None:
    with pytest.raises(CommandError, match="Nobody has labeled anything"):
        curate("answers")
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)
    with pytest.raises(CommandError, match="may look at no labels in answers"):
        curate("answers", "--as", "ana@example.org")
    assert not Analysis.objects.exists()


def test_asked_to_it_says_what_the_test_on_flipped_labels_came_to(olga: Place, labeled: None) -> None:
    told = curate("answers", "--planted").splitlines()

    assert told[0].startswith("Analysis 1: ")
    assert any(line.endswith("may not leave out labels by itself.") for line in told)
    assert "  The test with planted flips has not been run on this project's labels." in told
    assert Analysis.objects.get().parameters == {"seed": 0, "planted": True}
