"""Olga's project with planted answers, and releases made at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from annotation.models import Annotation, Form, Item, Question
from curation.models import Release
from curation.services import releases
from jobs import runner
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.curation.showing import kept, showing

__all__ = ["kept", "showing"]  # fixtures that stand in a file of their own

MESSAGES = [{"role": "user", "content": "Which is it?"}]


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """Someone of the cast, made when first named."""

    def get(name: str) -> User:
        email = f"{name.lower()}@example.org"
        return User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)

    return get


@pytest.fixture
def olga(person: Callable[[str], User]) -> Place:
    """The owner, in her project with a preference and a reason."""
    project = Project.objects.create(slug="answers", name="Helpful answers", created_by=person("Olga"), salt="s" * 32)
    form = Form.objects.create(project=project, version=1, created_by=person("Olga"))
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="Which is better?")
    Question.objects.create(form=form, position=1, key="why", kind="text", title="Why?", is_required=False)
    Membership.objects.create(project=project, user=person("Olga"), role=Role.OWNER)
    return Place(person("Olga"), project, Role.OWNER)


@pytest.fixture
def add_item(olga: Place) -> Callable[..., Item]:
    """One item with these response texts."""

    def add(*texts: str, group: str | None = None, **fields: Any) -> Item:
        number = Item.objects.count() + 1
        return Item.objects.create(
            **{
                "project": olga.project,
                "key": f"pair-{number}",
                "digest": number.to_bytes(32),
                "group": group or f"group-{number}",
                "messages": [{"role": "user", "content": f"Question {number}?"}],
                "responses": [{"messages": [{"role": "assistant", "content": text}]} for text in texts],
                **fields,
            }
        )

    return add


@pytest.fixture
def answer(olga: Place, person: Callable[[str], User]) -> Callable[..., Annotation]:
    """Somebody's preference, given straight to the table."""

    def give(item: Item, winner: str, who: str = "Ana", strength: int | None = 1, **fields: Any) -> Annotation:
        graded = strength if winner in {"a", "b"} else None
        answers = {"better": {"winner": winner, "strength": graded}}
        form = Form.objects.get(project_id=item.project_id, version=1)
        defaults: dict[str, Any] = {"author": person(who), "answers": answers, "shown": [0, 1], "guideline_version": 1}
        fields = {**defaults, "form": form, **fields}
        return Annotation.objects.create(project_id=item.project_id, item=item, **fields)

    return give


@pytest.fixture
def release(olga: Place) -> Callable[..., Release]:
    """A release, asked for and written by the job runner as a worker would."""

    def make(*names: str, **wish: Any) -> Release:
        recipes = wish.pop("recipes", [{"name": name} for name in names or ("rm_pairs",)])
        asked, _ = releases.freeze(olga, recipes=recipes, **wish)
        runner.execute(str(asked.job_id))
        return Release.objects.select_related("job").get(pk=asked.pk)

    return make
