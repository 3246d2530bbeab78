"""Projects from a program: starting them, changing them, and what is refused."""

from typing import Any

from django.test import Client

from annotation.models import Slot
from projects.models import Guideline, Project
from tests.world import World, program, token_for

PROJECTS = "/api/v1/projects/"
OLGAS = "/api/v1/projects/answers/"


def start(client: Client, **body: Any) -> Any:
    """Start a project."""
    return client.post(PROJECTS, body, content_type="application/json")


def change(client: Client, **body: Any) -> Any:
    """Change Olga's project."""
    return client.patch(OLGAS, body, content_type="application/json")


def test_a_program_lists_its_persons_projects_alone(world: World) -> None:
    listed = world.api("sam").get(PROJECTS).json()

    assert [project["slug"] for project in listed["results"]] == ["others"]
    assert listed["next"] is None


def test_a_token_for_one_project_lists_that_one(world: World) -> None:
    start(world.api("olga"), name="Second")
    bound = program(token_for("olga", project_id=world.answers.owner.project.pk))

    listed = bound.get(PROJECTS).json()["results"]

    assert [project["slug"] for project in listed] == ["answers"]


def test_a_started_project_can_be_labeled_at_once(world: World) -> None:
    started = start(world.api("sam"), name="Fresh Pairs!", overlap=3, guideline="Be kind.", lease_minutes=5)

    assert started.status_code == 201
    assert started.headers["Location"] == "/api/v1/projects/fresh-pairs/"
    project = started.json()
    assert (project["slug"], project["role"], project["overlap"]) == ("fresh-pairs", "owner", 3)
    assert (project["guideline"], project["guideline_version"], project["lease_minutes"]) == ("Be kind.", 1, 5)
    assert [question["kind"] for question in project["form"]] == ["preference"]


def test_a_taken_address_is_refused_and_nothing_is_started(world: World) -> None:
    refused = start(world.api("sam"), name="Mine", slug="answers")

    assert refused.status_code == 400
    assert "taken" in refused.json()["errors"]["slug"][0]


def test_a_name_without_letters_for_an_address_asks_for_one(world: World) -> None:
    refused = start(world.api("sam"), name="回答")

    assert refused.status_code == 400
    assert "slug" in refused.json()["errors"]


def test_a_token_for_one_project_starts_no_other(world: World) -> None:
    bound = program(token_for("olga", project_id=world.answers.owner.project.pk))

    assert start(bound, name="More").status_code == 404


def test_looks_after_new_labels_are_a_setting(world: World) -> None:
    before = world.api("olga").get(OLGAS).json()["analyze_every"]

    after = change(world.api("olga"), analyze_every=250)
    refused = change(world.api("olga"), analyze_every=9)
    unsaid = change(world.api("olga"), description="More.").json()

    assert (before, after.json()["analyze_every"], unsaid["analyze_every"]) == (0, 250, 250)
    assert refused.status_code == 400
    assert refused.json()["errors"]["analyze_every"] == ["Give 0, or a whole number from 10 to 1,000,000."]


def test_a_form_that_was_read_can_be_sent_back(world: World) -> None:
    before = world.api("olga").get(OLGAS).json()
    before["form"][0]["title"] = "Which one?"

    after = change(world.api("olga"), form=before["form"]).json()

    assert after["form"] == before["form"]
    assert after["form_version"] == before["form_version"] + 1


def test_a_form_that_does_not_hold_together_changes_nothing(world: World) -> None:
    questions = [{"key": "Bad Key", "kind": "banana", "title": ""}]

    refused = change(world.api("olga"), name="Renamed", guideline="New", form=questions)

    assert refused.status_code == 422
    assert {"0.key", "0.kind", "0.title"} <= set(refused.json()["errors"])
    assert Project.objects.get(slug="answers").name == "Answers"
    assert Guideline.objects.filter(project__slug="answers").count() == 1


def test_more_overlap_opens_slots(world: World) -> None:
    change(world.api("olga"), overlap=3)

    assert Slot.objects.filter(item=world.answers.items[0]).count() == 3


def test_what_is_not_sent_stays(world: World) -> None:
    changed = change(world.api("olga"), description="For helpfulness.").json()

    assert (changed["description"], changed["name"], changed["overlap"]) == ("For helpfulness.", "Answers", 2)


def test_an_unknown_field_is_refused_with_the_names_that_would_do(world: World) -> None:
    refused = change(world.api("olga"), project="others")

    assert refused.status_code == 400
    assert "description, form, gold_percent, guideline" in refused.json()["errors"]["project"][0]


def test_settings_out_of_bounds_are_refused(world: World) -> None:
    for body in ({"overlap": 0}, {"overlap": 2**70}, {"lease_minutes": 1441}, {"name": ""}, {"name": "x" * 121}):
        assert change(world.api("olga"), **body).status_code == 400


def test_an_annotator_reads_the_project_and_does_not_change_it(world: World) -> None:
    assert world.api("ana").get(OLGAS).json()["guideline"] == "Prefer what helps."
    assert change(world.api("ana"), name="Mine").status_code == 404


def test_an_archived_project_is_gone_for_programs(world: World) -> None:
    Project.objects.filter(slug="answers").update(archived_at="2026-01-01T00:00:00Z")

    assert world.api("olga").get(OLGAS).status_code == 404
    assert world.api("olga").get(PROJECTS).json()["results"] == []


def test_suggestions_are_a_setting_and_their_checkpoint_one_that_there_is(world: World) -> None:
    olga = world.api("olga")

    before = olga.get(OLGAS).json()
    changed = change(olga, suggestions="start").json()
    refused = [change(olga, suggestions="always"), change(olga, suggestions_by="Nobody")]

    assert (before["suggestions"], before["suggestions_by"]) == ("never", "")
    assert (changed["suggestions"], changed["suggestions_by"]) == ("start", "")
    assert [answer.status_code for answer in refused] == [400, 400]
    assert "no checkpoint “Nobody”" in refused[1].json()["errors"]["suggestions_by"][0]
    assert Project.objects.get(slug="answers").suggestions_by == ""
