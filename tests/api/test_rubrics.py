"""The library of rubrics, for programs."""

import json
from typing import Any

import pytest
from django.test import Client

from annotation.models import Rubric
from tests.world import World

LIBRARY = "/api/v1/projects/answers/rubrics/"
FIRST = f"{LIBRARY}1/versions/1/"
CRITERIA = ["[hard] follows: Follows every instruction", {"key": "correct", "title": "Is correct", "weight": 2}]


@pytest.fixture
def chen(world: World) -> Client:
    return world.api("chen")


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def write(client: Client, name: str = "Helpfulness", criteria: Any = CRITERIA, **more: Any) -> Any:
    return post(client, LIBRARY, name=name, criteria=criteria, **more)


def test_a_rubric_is_written_and_read_whole(chen: Client) -> None:
    written = write(chen, note="First.", provenance={"by": "hand"})

    assert (written.status_code, written.headers["Location"]) == (201, FIRST)
    assert written.json() == {"rubric": 1, "name": "Helpfulness", "version": 1}
    version = chen.get(FIRST).json()
    assert [(one["key"], one["kind"], one["weight"]) for one in version["criteria"]] == [
        ("follows", "hard_rule", 1.0),
        ("correct", "principle", 2.0),
    ]
    assert (version["status"], version["note"], version["provenance"]) == ("draft", "First.", {"by": "hand"})
    assert (version["parent"], version["created_by"]) == (None, "Chen")
    assert version["answered"] == {"by_people": 0, "by_others": 0, "items": 0}


def test_the_library_is_listed_and_looked_through(chen: Client) -> None:
    write(chen)
    write(chen, "Safety", ["Does no harm"])

    def names(query: str = "") -> list[str]:
        return [one["name"] for one in chen.get(f"{LIBRARY}?{query}").json()["results"]]

    assert names() == ["Safety", "Helpfulness"]
    assert names("q=harm") == ["Safety"]
    assert names("scope=slice") == []
    assert names("is_retired=true") == []
    page = chen.get(f"{LIBRARY}?page_size=1").json()
    assert [one["name"] for one in chen.get(page["next"]).json()["results"]] == ["Helpfulness"]


def test_the_next_version_is_compared_with_the_first(chen: Client) -> None:
    write(chen)

    second = post(chen, f"{LIBRARY}1/versions/", criteria=["follows: Follows all instructions", "Is brief"])

    assert second.json()["version"] == 2
    assert [one["number"] for one in chen.get(f"{LIBRARY}1/versions/").json()["results"]] == [2, 1]
    found = chen.get(f"{LIBRARY}1/versions/2/compare/?to=1").json()
    assert [one["key"] for one in found["added"]] == ["is_brief"]
    assert [one["key"] for one in found["removed"]] == ["correct"]
    assert [(one["key"], one["fields_changed"]) for one in found["changed"]] == [("follows", ["kind"])]
    assert ["cut", "every instruction"] in found["changed"][0]["words"]
    assert chen.get(f"{LIBRARY}1/versions/2/compare/").json() == found


def test_a_version_is_published_twice_and_asked_once(chen: Client) -> None:
    write(chen)

    answers = [post(chen, f"{FIRST}publish/", title="How good is it?").json() for _ in range(2)]

    assert answers == [{"form_version": 3, "question": "rubric"}] * 2
    assert chen.get(f"{LIBRARY}1/").json()["asks"] == [{"question": "rubric", "version": 1}]
    form = chen.get("/api/v1/projects/answers/").json()["form"]
    assert form[-1]["title"] == "How good is it?"


def test_a_fork_a_status_and_a_rest(chen: Client) -> None:
    write(chen)

    forked = post(chen, f"{FIRST}fork/", name="Of maths", scope="slice", slice={"tag": "maths"})
    status = chen.patch(FIRST, {"status": "validated"}, content_type="application/json")
    retired = chen.patch(f"{LIBRARY}1/", {"is_retired": True}, content_type="application/json")

    assert forked.json() == {"rubric": 2, "name": "Of maths", "version": 1}
    assert chen.get(f"{LIBRARY}2/versions/1/").json()["parent"] == {"rubric": 1, "version": 1}
    assert chen.get(f"{LIBRARY}2/").json()["slice"] == {"tag": "maths"}
    assert status.json()["status"] == "validated"
    assert retired.json()["retired_at"]
    assert post(chen, f"{LIBRARY}1/versions/", criteria=["Is new"]).status_code == 409
    assert post(chen, f"{FIRST}publish/").status_code == 409


def test_a_rubric_goes_out_as_a_file_and_comes_in_again(chen: Client) -> None:
    write(chen)

    file = chen.get(f"{FIRST}export/?layout=openrubrics")

    assert file.headers["Content-Type"] == "application/x-ndjson"
    assert file.headers["Content-Disposition"] == 'attachment; filename="rubric-1-version-1.openrubrics.jsonl"'
    body = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    assert json.loads(body)["rubric"].splitlines()[0] == "1. Follows every instruction [Hard Rule]"
    for _ in range(2):
        brought = chen.post(f"{LIBRARY}files/?name=Again", body, content_type="application/octet-stream")
        assert brought.json() == {"results": [{"rubric": 2, "name": "Again", "version": 1}]}


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"name": "A", "criteria": [{"title": "a", "hue": 1}]}, 422, "no field"),
        ({"name": "A", "criteria": ["a: A", {"key": "b", "title": "B", "depends_on": ["c"]}]}, 422, "no criterion"),
        ({"name": "A", "criteria": ["a"], "scope": "slice", "slice": {"state": "done"}}, 422, "A slice is said by"),
        ({"name": "A", "criteria": ["a"], "scope": "item"}, 422, "names an item"),
        ({"name": "A", "criteria": ["a"], "scope": "item", "item": 10**9}, 404, ""),
        ({"name": "A", "criteria": []}, 400, ""),
        ({"criteria": ["a"]}, 400, ""),
        ({"name": "A", "criteria": ["a"], "hue": 1}, 400, ""),
    ],
)
def test_what_does_not_hold_together_is_refused(chen: Client, body: dict[str, Any], status: int, sentence: str) -> None:
    refused = post(chen, LIBRARY, **body)

    assert refused.status_code == status
    assert sentence in json.dumps(refused.json())
    assert not Rubric.objects.exists()


@pytest.mark.parametrize(("name", "reads"), [("ana", False), ("sam", False), ("vera", True)])
def test_others_write_nothing(world: World, chen: Client, name: str, reads: bool) -> None:
    write(chen)
    other = world.api(name)

    assert (other.get(LIBRARY).status_code == 200) is reads
    assert (other.get(FIRST).status_code == 200) is reads
    assert write(other).status_code == 404
    assert post(other, f"{FIRST}publish/").status_code == 404
    assert other.post(f"{LIBRARY}files/", b"{}", content_type="application/octet-stream").status_code == 404


def test_a_page_of_rubrics_asks_the_database_as_often_as_one(chen: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        write(chen, f"Rubric {number}")

    with django_assert_max_num_queries(12):
        assert len(chen.get(LIBRARY).json()["results"]) == 12
