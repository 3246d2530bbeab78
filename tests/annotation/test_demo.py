"""The demo's truth is known, so what is said about it can be checked."""

import random
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from annotation.demo.pairs import pairs
from annotation.demo.people import CAST, answer
from annotation.models import Annotation, Item
from projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Project:
    settings.HOME = tmp_path
    User.objects.create_user("olga@example.org", None, name="Olga")
    call_command("demo", "--items", "40", verbosity=0)
    return Project.objects.get()


def test_the_same_seed_writes_the_same_pairs() -> None:
    first, second = (list(pairs(80, seed=3)) for _ in range(2))

    assert first == second
    assert len({row["key"] for _, row in first}) == 80
    assert all(pair.better != pair.worse for pair, _ in first)


def test_the_planted_truth_points_at_the_better_response(demo: Project) -> None:
    better = {row["key"]: pair.better for pair, row in pairs(40, seed=7)}

    for item in Item.objects.all():
        assert item.text_of("ab".index(item.source["planted"]["better"])) == better[item.key]


def test_who_always_picks_the_left_one_does_so_and_is_stored_unswapped(demo: Project) -> None:
    answers = Annotation.objects.filter(author__email="jo-lind@demo.invalid")

    picked = [annotation.shown.index("ab".index(annotation.answers["better"]["winner"])) for annotation in answers]

    assert picked
    assert set(picked) == {0}


def test_careful_people_find_the_planted_truth_far_more_often_than_chance() -> None:
    draw, ana = random.Random(1), CAST[0]

    found = [answer(ana, better_shown="b", longer_shown="a", gap=3, draw=draw)["better"]["winner"] for _ in range(500)]

    assert found.count("b") / 500 == pytest.approx(ana.accuracy, abs=0.04)


def test_a_second_demo_is_refused_and_if_empty_does_nothing(demo: Project) -> None:
    call_command("demo", "--if-empty", verbosity=0)

    with pytest.raises(CommandError, match="already"):
        call_command("demo")

    assert Project.objects.count() == 1
