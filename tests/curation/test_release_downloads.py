"""Files of releases over HTTP, by token and by session."""

import json
import os

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from accounts.models import Scope
from accounts.services import tokens
from curation import access, store
from curation.models import ReleaseFile
from curation.services import releases
from projects.access import Place
from projects.models import Membership, Project, Role

API = "/api/v1"


@pytest.fixture
def program(olga, person):
    """A client with a token of somebody's."""

    def get(name="Olga", scopes=(Scope.READ, Scope.WRITE), role=None, project=None):
        if role:
            Membership.objects.get_or_create(project=olga.project, user=person(name), defaults={"role": role})
        made = tokens.create(person(name), name="a test", scopes=scopes, days=1, project_id=project)
        return Client(headers={"Authorization": f"Token {made.secret}"})

    return get


@pytest.fixture
def frozen(add_item, answer, release):
    """A release of twenty pairs in one JSONL file."""
    for number in range(20):
        answer(add_item(f"good {number}", f"bad {number}"), "a")
    return release(formats=["jsonl"], splits={"train": 100})


@pytest.fixture
def file(frozen):
    """Its rows."""
    return frozen.files.get(path__endswith=".jsonl")


@pytest.fixture
def address(frozen, file):
    return f"{API}/releases/{frozen.pk}/files/{file.path}"


def body(response):
    return b"".join(response) if response.streaming else response.content


def test_a_file_comes_whole_with_everything_a_loader_asks_for(program, address, file):
    answer = program().get(address, headers={"Accept-Encoding": "gzip, deflate", "Accept": "application/octet-stream"})

    assert answer.status_code == 200
    assert body(answer) == store.path_of(file).read_bytes()
    assert answer.headers["ETag"] == f'"{file.digest}"'
    assert answer.headers["Content-Length"] == str(file.size)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Encoding"] == "identity"
    assert answer.headers["Content-Type"] == "application/jsonlines"
    assert answer.headers["Cache-Control"] == "private, immutable, max-age=31536000"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="answers-1-rm_pairs-train-00000-of-00001.jsonl"'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_page_of_the_browser_downloads_the_same_bytes_the_same_way(person, frozen, file):
    browser = Client()
    browser.force_login(person("Olga"), backend="django.contrib.auth.backends.ModelBackend")

    answer = browser.get(reverse("curation:release-file", args=["answers", frozen.number, file.path]))

    assert body(answer) == store.path_of(file).read_bytes()
    assert (answer.headers["ETag"], answer.headers["Accept-Ranges"]) == (f'"{file.digest}"', "bytes")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_head_tells_the_size_and_sends_nothing(program, address, file):
    answer = program().head(address, headers={"Range": "bytes=0-3"})

    assert (answer.status_code, answer.headers["Content-Length"]) == (200, str(file.size))
    assert body(answer) == b""


@pytest.mark.parametrize(
    ("asked", "start", "stop"), [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-7", -7, None)]
)
def test_a_range_is_answered_with_just_that_part(program, address, file, asked, start, stop):
    answer = program().get(address, headers={"Range": asked})

    expected = store.path_of(file).read_bytes()[start:stop]
    first = start % file.size
    assert answer.status_code == 206
    assert body(answer) == expected
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{file.size}"
    assert answer.headers["Content-Length"] == str(len(expected))


def test_ranges_put_together_are_the_file(program, address, file):
    client = program()
    parts = [
        body(client.get(address, headers={"Range": f"bytes={first}-{first + 999}"}))
        for first in range(0, file.size, 1_000)
    ]

    assert b"".join(parts) == store.path_of(file).read_bytes()


def test_several_ranges_at_once_get_the_whole_file(program, address, file):
    answer = program().get(address, headers={"Range": "bytes=0-1,5-6"})

    assert (answer.status_code, answer.headers["Content-Length"]) == (200, str(file.size))


def test_a_range_behind_the_end_is_refused_with_the_size(program, address, file):
    answer = program().get(address, headers={"Range": f"bytes={file.size}-"})

    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{file.size}")
    assert body(answer) == b""


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": "{etag}"}, 304),
        ({"If-None-Match": "W/{etag}"}, 304),
        ({"If-None-Match": '"other", {etag}'}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": "{etag}", "Range": "bytes=0-1"}, 304),
        ({"If-Match": "{etag}"}, 200),
        ({"If-Match": '"other"'}, 412),
        ({"If-Match": "W/{etag}"}, 412),
        ({"Range": "bytes=0-1", "If-Range": "{etag}"}, 206),
        ({"Range": "bytes=0-1", "If-Range": '"other"'}, 200),
        ({"Range": "bytes=0-1", "If-Range": "W/{etag}"}, 200),
        ({"Range": "bytes=0-1", "If-Range": "Wed, 21 Oct 2026 07:28:00 GMT"}, 200),
    ],
)
def test_conditions_hold_as_the_standard_says(program, address, file, headers, status):
    etag = f'"{file.digest}"'

    answer = program().get(address, headers={name: value.replace("{etag}", etag) for name, value in headers.items()})

    assert answer.status_code == status
    assert answer.headers["ETag"] == etag
    assert (status in {200, 206}) == bool(body(answer))


@pytest.mark.parametrize(
    "path",
    [
        "../manifest.json",
        "rm_pairs/../manifest.json",
        "/etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "rm_pairs",
        "rm_pairs/",
        "README.md%00",
        "secret.txt",
        "link",
    ],
)
def test_only_paths_with_a_row_are_served_whatever_lies_in_the_folder(program, frozen, path):
    folder = store.path_of(frozen.files.get(path="README.md")).parent
    (folder / "secret.txt").write_text("never released")
    os.symlink("/etc/passwd", folder / "link")

    answer = program().get(f"{API}/releases/{frozen.pk}/files/{path}")

    assert answer.status_code == 404
    assert b"root:" not in body(answer)


def test_the_manifest_has_an_address_of_its_own(program, frozen):
    answer = program().get(f"{API}/releases/{frozen.pk}/manifest.json")

    assert json.loads(body(answer)) == frozen.manifest
    assert answer.headers["Content-Type"] == "application/json"


def test_a_file_that_is_gone_is_a_404_and_not_an_error(program, address, file):
    store.path_of(file).unlink()

    assert program().get(address).status_code == 404


def test_nobody_else_reaches_a_file(program, person, address, frozen, olga):
    other = Project.objects.create(slug="others", name="Others", created_by=person("Sam"))
    for name in ("Sam", "Olga"):
        Membership.objects.create(project=other, user=person(name), role=Role.OWNER)
    addresses = [
        address,
        f"{API}/releases/{frozen.pk}/",
        f"{API}/releases/{frozen.pk}/manifest.json",
        f"{API}/projects/answers/releases/",
    ]
    for client in (
        program("Sam"),
        program("Ana", role=Role.ANNOTATOR),
        program("Olga", scopes=(Scope.LABEL,)),
        program("Olga", project=other.pk),
    ):
        assert [client.get(one).status_code for one in addresses] == [404] * 4
    assert [Client().get(one).status_code for one in addresses] == [401] * 4
    assert program("Vera", role=Role.VIEWER).get(address).status_code == 200
    assert program("Olga", project=olga.project.pk).get(address).status_code == 200


def test_a_release_is_asked_for_by_a_program_and_found_again(program, add_item, answer):
    answer(add_item("good", "bad"), "a")
    client, wish = program(), {"recipes": [{"name": "dpo_pairs", "parameters": {"min_votes": 1}}], "note": "nightly"}

    made = client.post(f"{API}/projects/answers/releases/", wish, content_type="application/json")
    again = client.post(f"{API}/projects/answers/releases/", wish, content_type="application/json")
    found = client.get(made.headers["Location"])
    listed = client.get(f"{API}/projects/answers/releases/")

    assert (made.status_code, again.status_code) == (202, 200)
    assert made.json()["id"] == again.json()["id"] == found.json()["id"]
    assert (found.json()["state"], found.json()["files"], found.json()["manifest_url"]) == ("queued", [], None)
    assert [one["id"] for one in listed.json()["results"]] == [made.json()["id"]]
    assert found.json()["recipes"][0]["parameters"]["question"] == "better"


def test_a_frozen_release_lists_files_whose_addresses_work(program, frozen):
    client = program()

    found = client.get(f"{API}/releases/{frozen.pk}/").json()

    assert found["state"] == "done"
    assert len(found["files"]) == ReleaseFile.objects.filter(release=frozen).count() == 4
    for one in found["files"]:
        assert len(body(client.get(one["url"]))) == one["size"]


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"recipes": [{"name": "no_such"}]}, 400),
        ({"recipes": "rm_pairs"}, 400),
        ({"recipe": []}, 400),
        ({"splits": {"train": 50}}, 422),
        ({"splits": {"train": "all"}}, 400),
        ({"recipes": [{"name": "rm_pairs", "parameters": {"min_votes": "two"}}]}, 422),
        ({"recipes": [{"name": "rm_pairs", "parameters": {"question": {"$ne": 0}}}]}, 422),
        ({"recipes": [{"name": "raw"}, {"name": "raw"}]}, 422),
    ],
)
def test_a_wish_that_cannot_be_met_is_a_problem_in_words(program, add_item, answer, wish, status):
    answer(add_item("good", "bad"), "a")

    refused = program().post(f"{API}/projects/answers/releases/", wish, content_type="application/json")

    assert refused.status_code == status
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_nothing_labeled_is_a_conflict(program, olga):
    refused = program().post(f"{API}/projects/answers/releases/", {}, content_type="application/json")

    assert refused.status_code == 409
    assert "at least one annotation" in refused.json()["detail"]


def test_a_program_that_may_only_read_makes_no_release(program, add_item, answer):
    answer(add_item("good", "bad"), "a")
    for client in (program(scopes=(Scope.READ,)), program("Vera", role=Role.VIEWER)):
        refused = client.post(f"{API}/projects/answers/releases/", {}, content_type="application/json")
        assert refused.status_code == 404


def test_asking_fifty_times_makes_one_release(olga, add_item, answer):
    answer(add_item("good", "bad"), "a")

    made = {releases.freeze(olga, recipes=[{"name": "rm_pairs"}]).release.pk for _ in range(50)}

    assert len(made) == 1


def test_a_release_is_found_through_its_own_project_alone(olga, person, frozen):
    other = Project.objects.create(slug="others", name="Others", created_by=person("Olga"))
    elsewhere = Place(olga.user, other, Role.OWNER)

    assert access.release(olga, frozen.pk) == access.numbered(olga, frozen.number) == frozen
    for look in (lambda: access.release(elsewhere, frozen.pk), lambda: access.numbered(elsewhere, frozen.number)):
        with pytest.raises(Http404):
            look()
