"""Bringing files in from a program."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from pytest_django import Settings

from annotation.models import Import, Item
from annotation.services import imports
from jobs import runner
from jobs.models import Job
from tests.in_process import InProcess
from tests.world import World, program, token_for

ADDRESS = "/api/v1/projects/answers/imports/"
PAIR = {"prompt": "Name a fruit.", "chosen": "An apple.", "rejected": "A stone."}


@pytest.fixture(autouse=True)
def _home(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def rows(count: int = 3, broken: int = 0) -> bytes:
    """NDJSON pairs, the last ones cut in the middle."""
    good = [json.dumps({**PAIR, "prompt": f"Name fruit {number}."}) for number in range(count)]
    return ("\n".join([*good, *['{"prompt": "cut'] * broken]) + "\n").encode()


def send(client: Client, body: bytes, query: str = "?format=trl_explicit", kind: str = "application/x-ndjson") -> Any:
    """Upload a raw body."""
    return client.post(f"{ADDRESS}{query}", body, content_type=kind)


def work() -> None:
    """What the worker does with every queued job."""
    for job in Job.objects.filter(state="queued", kind="import", args__has_key="import_id"):
        runner.execute(str(job.pk))


@pytest.mark.parametrize(
    ("packed", "kind"),
    [
        (rows(), "application/x-ndjson"),
        (gzip.compress(rows(), mtime=0), "application/gzip"),
        (zstandard.ZstdCompressor().compress(rows()), "application/zstd"),
        (rows(), "text/html"),
    ],
    ids=["lines", "gz", "zst", "html"],
)
def test_a_body_becomes_items_whatever_it_calls_itself(world: World, packed: bytes, kind: str) -> None:
    accepted = send(world.api("olga"), packed, kind=kind)
    work()

    assert accepted.status_code == 202
    report = world.api("olga").get(accepted.headers["Location"]).json()
    assert (report["state"], report["ok"], report["refused"], report["total"]) == ("done", 3, 0, 3)


def test_a_form_may_carry_the_file(world: World) -> None:
    upload = SimpleUploadedFile("../../etc/pairs.jsonl", rows(), content_type="image/jpeg")

    accepted = world.api("olga").post(f"{ADDRESS}?format=trl_explicit", {"file": upload})
    work()

    assert accepted.status_code == 202
    assert accepted.json()["file_name"] == "pairs.jsonl"
    assert Item.objects.filter(imported_by=accepted.json()["id"]).count() == 3


def test_refused_rows_are_listed_with_number_and_reason(world: World) -> None:
    accepted = send(world.api("olga"), rows(3, broken=2)).json()
    work()

    refused = world.api("olga").get(f"/api/v1/imports/{accepted['id']}/refused/?page_size=1").json()
    rest = world.api("olga").get(refused["next"]).json()

    assert [row["number"] for row in refused["results"] + rest["results"]] == [4, 5]
    assert refused["results"][0]["reason"]
    assert rest["next"] is None


def test_the_layout_is_found_out_when_it_is_not_named(world: World) -> None:
    assert send(world.api("olga"), rows(), query="").json()["format"] == "trl_explicit"


def test_a_column_mapping_comes_in_the_address(world: World) -> None:
    table = b"question,one,two\nWhy?,Because.,So.\n"
    options = json.dumps({"prompt": "question", "responses": ["one", "two"]})

    accepted = world.api("olga").post(
        f"{ADDRESS}?format=mapping&name=table.csv&options={options}", table, content_type="text/csv"
    )
    work()

    assert accepted.json()["file_name"] == "table.csv"
    assert Item.objects.get(imported_by=accepted.json()["id"]).messages == [{"role": "user", "content": "Why?"}]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?format=banana", "format"),
        ("?options=[]", "options"),
        ("?options={", "options"),
        ("?url=http://127.0.0.1/", "url"),
        ("?format=goldpan&format=mapping", "format"),
    ],
)
def test_an_address_that_is_not_understood_is_refused(world: World, query: str, field: str) -> None:
    refused = send(world.api("olga"), rows(), query=query)

    assert refused.status_code == 400
    assert field in refused.json().get("errors", {}) or field == "options"
    assert not Import.objects.exclude(pk=world.imported.pk).exists()


def test_options_that_a_layout_does_not_have_are_refused(world: World) -> None:
    refused = send(world.api("olga"), rows(), query='?format=trl_explicit&options={"banana":1}')

    assert refused.status_code == 422


def test_an_empty_body_is_refused(world: World) -> None:
    assert send(world.api("olga"), b"").status_code == 422


def test_a_body_of_unknown_length_is_refused(world: World) -> None:
    refused = world.api("olga").generic("POST", ADDRESS, rows(), HTTP_TRANSFER_ENCODING="chunked")

    assert refused.status_code == 411


def test_a_body_that_breaks_off_is_refused_whole(world: World, tmp_path: Path) -> None:
    environ = RequestFactory().generic("POST", ADDRESS, rows()).environ
    environ |= {"HTTP_AUTHORIZATION": f"Token {world.secrets['olga']}", "CONTENT_LENGTH": "5000"}
    environ["wsgi.input"] = io.BytesIO(rows())
    statuses: list[str] = []

    InProcess()(environ, lambda status, headers: statuses.append(status))

    assert statuses == ["400 Bad Request"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not Import.objects.exclude(pk=world.imported.pk).exists()


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(world: World, settings: Settings) -> None:
    settings.MAX_IMPORT_BYTES = 10

    raw = send(world.api("olga"), rows())
    huge = world.api("olga").generic("POST", ADDRESS, b"x", CONTENT_LENGTH=str(2**40))

    assert (raw.status_code, huge.status_code) == (413, 413)


def test_a_large_body_is_read_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def start(place: Any, *, upload: Any, **options: Any) -> Import:
        asked.extend(len(piece) for piece in iter(lambda: upload.read(1 << 20), b""))
        return world.imported

    monkeypatch.setattr(imports, "start", start)
    send(world.api("olga"), b"x" * 12_000_000)

    assert max(asked) <= 1 << 20
    assert sum(asked) == 12_000_000


def test_importing_wants_its_scope_and_its_right(world: World) -> None:
    managing = program(token_for("olga", scopes=["manage", "read"]))

    assert send(managing, rows()).status_code == 404
    assert send(world.api("chen"), rows()).status_code == 404
    assert send(world.api("oscar"), rows()).status_code == 404


def test_two_files_in_a_form_are_refused(world: World) -> None:
    files = {"file": io.BytesIO(rows()), "other": io.BytesIO(rows())}

    assert world.api("olga").post(ADDRESS, files).status_code == 400
