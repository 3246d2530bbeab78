"""The cast, in a project with a form and a few pairs."""

import uuid
from collections.abc import Callable

import pytest

from accounts.models import User
from annotation.models import Form, Item, Question, Slot
from projects.access import Place
from projects.models import Membership, Project, Role


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """Someone of the cast, made when first named."""

    def get(name: str) -> User:
        email = f"{name.lower()}@example.org"
        return User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)

    return get


@pytest.fixture
def project(person: Callable[[str], User]) -> Project:
    """Olga's project: a 7-point preference and an optional reason."""
    project = Project.objects.create(slug="answers", name="Helpful answers", created_by=person("Olga"))
    form = Form.objects.create(project=project, version=1, created_by=person("Olga"))
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="Which is better?")
    Question.objects.create(form=form, position=1, key="why", kind="text", title="Why?", is_required=False)
    return project


@pytest.fixture
def place(project: Project, person: Callable[[str], User]) -> Callable[..., Place]:
    """A person's place in the project, in a role."""

    def get(name: str = "Ana", role: str = Role.ANNOTATOR) -> Place:
        Membership.objects.get_or_create(project=project, user=person(name), defaults={"role": role})
        return Place(user=person(name), project=project, role=role)

    return get


@pytest.fixture
def add_items(project: Project) -> Callable[..., list[Item]]:
    """Pairs with their slots, as an import would leave them."""

    def add(count: int, *, overlap: int | None = None, long_first: bool = True) -> list[Item]:
        wanted = overlap or project.overlap
        long, short = "A long and careful answer with many words.", "Short."
        texts = (long, short) if long_first else (short, long)
        items = Item.objects.bulk_create(
            Item(
                project=project,
                key=f"{uuid.uuid4()}",
                digest=uuid.uuid4().bytes * 2,
                group=f"group-{number}",
                messages=[{"role": "user", "content": f"Question {number}?"}],
                responses=[
                    {"messages": [{"role": "assistant", "content": text}], "model": f"model-{side}"}
                    for side, text in enumerate(texts)
                ],
            )
            for number in range(count)
        )
        Slot.objects.bulk_create(
            Slot(project=project, item=item, number=number) for item in items for number in range(wanted)
        )
        return items

    return add
