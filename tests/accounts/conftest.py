"""Olga's project, and people with passwords."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from projects.access import Place
from projects.models import Membership, Project, Role

PASSWORD = "three unrelated words"


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """Someone of the cast, made when first named; all have the same password."""

    def get(name: str) -> User:
        email = f"{name.lower()}@example.org"
        return User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)

    return get


@pytest.fixture
def olga(person: Callable[[str], User]) -> Place:
    """Olga in her project, which she owns."""
    user = person("Olga")
    project = Project.objects.create(slug="answers", name="Helpful answers", created_by=user)
    Membership.objects.create(project=project, user=user, role=Role.OWNER)
    return Place(user=user, project=project, role=Role.OWNER)


@pytest.fixture
def browser(person: Callable[[str], User]) -> Callable[[str], Client]:
    """A browser in which someone is signed in, by their password."""

    def get(name: str) -> Client:
        client = Client()
        answer = client.post("/sign-in/", {"username": person(name).email, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return get
