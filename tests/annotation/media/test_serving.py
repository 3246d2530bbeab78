"""How a file goes out: to whom, under which type, in which parts, and never as a page."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation.media import files
from annotation.models import Item, ItemMedia, Media, Slot
from annotation.services import imports, media, queue
from jobs import runner
from tests.annotation.media import samples
from tests.world import World, build

pytestmark = pytest.mark.django_db
Shown = Callable[..., Media]


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def shown(world: World) -> Shown:
    """A file that the item shows which Ana holds, or another."""

    def keep(content: bytes = samples.png(), item_id: int | None = None) -> Media:
        one = media.upload(world.answers.owner, source=io.BytesIO(content))
        ItemMedia.objects.create(item_id=item_id or world.held.item_id, media=one)
        return one

    return keep


def address(one: Media, small: str = "") -> str:
    return f"/projects/answers/media/{one.sha256}/{small}"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_file_goes_out_under_the_type_of_the_table_and_as_nothing_that_runs(world: World, shown: Shown) -> None:
    one = shown(samples.gif())

    response = world.browser("ana").get(address(one))

    assert response.headers["Content-Type"] == "image/gif"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{one.sha256[:12]}.gif"'
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert body(response) == files.path_of(one.project_id, one.sha256).read_bytes()


def test_it_comes_whole_or_in_parts_and_no_browser_keeps_it(world: World, shown: Shown) -> None:
    ana, one = world.browser("ana"), shown(samples.wav())
    whole = files.path_of(one.project_id, one.sha256).read_bytes()

    first = ana.get(address(one))
    again = ana.get(address(one), headers={"If-None-Match": first.headers["ETag"]})
    part = ana.get(address(one), headers={"Range": "bytes=100-199"})
    behind = ana.get(address(one), headers={"Range": f"bytes={len(whole)}-"})

    assert {answer.headers["Cache-Control"] for answer in (first, again, part, behind)} == {"private, no-store"}
    assert (again.status_code, again.content) == (304, b"")
    assert (part.status_code, body(part)) == (206, whole[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert behind.status_code == 416


def test_a_thumbnail_is_a_webp_and_sound_has_none(world: World, shown: Shown) -> None:
    ana = world.browser("ana")

    small = ana.get(address(shown(), "small/"))

    assert (small.status_code, small.headers["Content-Type"]) == (200, "image/webp")
    assert body(small)[8:12] == b"WEBP"
    assert ana.get(address(shown(samples.wav()), "small/")).status_code == 404


def test_annotators_get_what_their_own_items_show(world: World, shown: Shown) -> None:
    one = shown()
    before = world.browser("ben").get(address(one)).status_code

    ItemMedia.objects.create(item_id=queue.claim(world.answers.places["ben"]).item_id, media=shown(samples.gif()))
    other = Media.objects.get(type="gif")

    assert before == 404
    assert world.browser("ben").get(address(other)).status_code == 200
    statuses = {name: world.browser(name).get(address(one)).status_code for name in ("ana", "vera", "chen", "olga")}
    assert set(statuses.values()) == {200}, statuses


def test_a_file_of_another_project_is_a_file_that_is_not_there(world: World, shown: Shown) -> None:
    one = shown()
    theirs = media.upload(world.others.owner, source=io.BytesIO(samples.gif()))

    hidden = [
        world.browser("sam").get(address(one)),
        world.browser("oscar").get(f"/projects/others/media/{one.sha256}/"),
        world.browser("olga").get(f"/projects/answers/media/{theirs.sha256}/"),
        world.api("olga").get(f"/api/v1/projects/answers/media/{theirs.sha256}/"),
    ]

    assert {response.status_code for response in hidden} == {404}
    assert Client().get(address(one)).status_code == 302


@pytest.mark.parametrize("name", ["passwd", "A" * 64, "a" * 63, "a" * 64, "..%2f..%2fetc%2fpasswd"])
def test_an_address_that_is_no_digest_of_ours_is_a_404(world: World, name: str) -> None:
    assert world.browser("olga").get(f"/projects/answers/media/{name}/").status_code == 404


def test_a_file_that_is_gone_from_the_disk_is_a_404_and_no_fault(world: World, shown: Shown) -> None:
    one = shown()
    files.remove(one.project_id, one.sha256)

    assert world.browser("ana").get(address(one)).status_code == 404
    assert world.browser("ana").get(address(one, "small/")).status_code == 404


# --- programs ---

UPLOADS = "/api/v1/projects/answers/media/"


def test_a_program_sends_a_file_and_reads_it_back(world: World) -> None:
    sent = world.api("olga").post(UPLOADS, samples.jpeg(), content_type="image/png")

    told = sent.json()
    assert (sent.status_code, told["kind"], told["type"], told["width"]) == (201, "image", "jpeg", 40)
    read = world.api("olga").get(sent.headers["Location"])
    assert read.headers["Content-Type"] == "image/jpeg"
    assert samples.SECRET not in body(read)


def test_a_form_with_a_lying_name_is_believed_no_word(world: World) -> None:
    file = io.BytesIO(samples.gif())
    file.name = "../../evil.html"

    told = world.api("olga").post(UPLOADS, {"file": file}).json()

    assert told["type"] == "gif"


@pytest.mark.parametrize("content", [b"<svg/>", b"<html>", b"", b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_shown_is_a_422_with_a_sentence(world: World, content: bytes) -> None:
    response = world.api("olga").post(UPLOADS, content, content_type="image/png")

    assert response.status_code == 422
    assert response.json()["detail"].startswith("The file ")
    assert not Media.objects.exists()


def test_a_file_over_the_limit_is_refused_before_it_is_read(world: World, settings: Any) -> None:
    settings.MAX_MEDIA_BYTES = 1 << 20

    response = world.api("olga").post(UPLOADS, b"\0" * (3 << 20), content_type="application/octet-stream")

    assert response.status_code == 413
    assert "1 MB" in response.json()["detail"]


def test_only_owners_send_files(world: World) -> None:
    statuses = [
        world.api(n).post(UPLOADS, samples.gif(), content_type="image/gif").status_code for n in ("chen", "sam")
    ]

    assert statuses == [404, 404]


def test_annotators_are_not_told_what_a_file_was_called(world: World, shown: Shown) -> None:
    """The path in an archive is often named after the model."""
    one = shown()
    ref = {"sha256": one.sha256, "name": "secret-model/1.png"}
    row = {"prompt": "Which?", "responses": [{"media": [ref]}, {"text": "None.", "media": [ref]}]}
    started = imports.start(
        world.answers.owner, upload=io.BytesIO(json.dumps(row).encode()), file_name="x.jsonl", adapter="goldpan"
    )
    runner.execute(str(started.job_id))
    item = Item.objects.get(imported_by=started)
    Slot.objects.filter(item=item).update(priority=9)

    page = world.browser("ben").get("/projects/answers/label/")
    told = world.api("ben").post("/api/v1/projects/answers/next/", content_type="application/json")
    owners = world.browser("olga").get(f"/projects/answers/items/{item.pk}/")

    assert "secret-model/1.png" not in page.content.decode()
    assert page.content.decode().count(address(one)) == 2
    assert told.json()["item"]["id"] == item.pk
    assert told.json()["item"]["responses"][0]["messages"][0]["media"] == [
        {"sha256": one.sha256, "kind": "image", "type": "png"}
    ]
    assert "Picture 1 of response A: secret-model/1.png" in owners.content.decode()
