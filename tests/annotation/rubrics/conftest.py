"""Chen's library in Olga's project."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import RubricVersion
from annotation.services import rubrics
from projects.access import Place
from projects.models import Project, Role

CRITERIA = (
    "[hard] follows: Follows every instruction of the prompt",
    "correct: Every claim is correct (weight 2)",
    "brief: Says no more than is needed",
)


@pytest.fixture
def chen(place: Callable[..., Place]) -> Place:
    return place("Chen", Role.CURATOR)


@pytest.fixture
def write(project: Project, chen: Place) -> Callable[..., RubricVersion]:
    """A new rubric of Chen's."""

    def new(name: str = "Helpfulness", criteria: Any = CRITERIA, **more: Any) -> RubricVersion:
        return rubrics.create(project, by=chen.user, name=name, criteria=criteria, **more)

    return new
