"""Olga's project, and the cast."""

from collections.abc import Callable

import pytest

from accounts.models import User
from projects.access import Place
from projects.models import Membership, Role
from projects.services import projects


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """Someone of the cast, made when first named."""

    def get(name: str) -> User:
        email = f"{name.lower()}@example.org"
        return User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)

    return get


@pytest.fixture
def olga(person: Callable[[str], User]) -> Place:
    """Olga in the project that she owns."""
    return projects.create(owner=person("Olga"), name="Helpful answers", slug="answers")


@pytest.fixture
def join(olga: Place, person: Callable[[str], User]) -> Callable[..., Membership]:
    """Make someone a member of Olga's project."""

    def add(name: str, role: str = Role.ANNOTATOR) -> Membership:
        return Membership.objects.create(project=olga.project, user=person(name), role=role)

    return add
