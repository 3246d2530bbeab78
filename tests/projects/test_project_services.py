"""Starting, changing and closing a project."""

from collections.abc import Callable

import pytest
from django.http import Http404

from accounts.models import User
from audit.models import Event
from projects import access
from projects.access import Place, Right
from projects.models import Project, Role
from projects.services import projects


def events(place: Place) -> list[str]:
    return list(Event.objects.filter(project_id=place.project.pk).order_by("id").values_list("verb", flat=True))


def test_whoever_starts_a_project_owns_it(person: Callable[[str], User]) -> None:
    olga = person("Olga")

    place = projects.create(owner=olga, name="Answers", slug="answers", overlap=2)

    assert access.place(olga, "answers", Right.OWN).role == Role.OWNER
    assert place.project.overlap == 2
    assert events(place) == ["project.create"]


def test_a_taken_address_is_refused_in_a_sentence(olga: Place, person: Callable[[str], User]) -> None:
    with pytest.raises(projects.SlugTaken) as refused:
        projects.create(owner=person("Sam"), name="Mine", slug="answers")

    assert str(refused.value) == "The address “answers” is taken. Choose another."
    assert Project.objects.count() == 1


def test_an_address_that_is_a_page_is_taken(person: Callable[[str], User]) -> None:
    with pytest.raises(projects.SlugTaken):
        projects.create(owner=person("Olga"), name="New", slug="new")


def test_a_change_says_what_changed_and_is_audited_with_both_values(olga: Place) -> None:
    changed = projects.change(olga, name="Better answers", description="", lease_minutes=20)

    assert changed == ["name"]
    assert olga.project.name == "Better answers"
    assert Event.objects.latest("id").detail == {"name": ["Helpful answers", "Better answers"]}


def test_saving_the_same_settings_leaves_no_trace(olga: Place) -> None:
    changed = projects.change(olga, name="Helpful answers", description="", lease_minutes=20)

    assert changed == []
    assert events(olga) == ["project.create"]


def test_an_archived_project_is_found_by_nobody(olga: Place) -> None:
    projects.archive(olga)
    projects.archive(olga)

    with pytest.raises(Http404):
        access.place(olga.user, "answers", Right.BELONG)
    assert events(olga) == ["project.create", "project.archive"]
