"""AB-12, AB-14, AB-16, AB-17: files that want the server to fetch, open, unpack or compute something."""

import csv
import gzip
import io
import json
import re
import socket
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from annotation.models import Import, Item, RefusedRow
from curation.models import Release
from curation.services import releases
from jobs import runner
from jobs.models import Job
from tests.world import World

ADDRESS = "/api/v1/projects/answers/imports/"
ELSEWHERE = [
    "http://127.0.0.1:6379/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://2130706433/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "//evil.example/x",
]
PATHS = [
    "/data/../../etc/passwd",
    "/etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "C:\\Windows\\win.ini",
    "\\\\host\\share",
    "~/.ssh/id_rsa",
]
CELLS = ["=HYPERLINK(1)", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "\tx", "＝1+1"]
OPENED: list[str] = []


def send(world: World, body: bytes, query: str = "?format=goldpan") -> Any:
    """Upload a body as Olga's program, and let the worker work."""
    response = world.api("olga").post(f"{ADDRESS}{query}", body, content_type="application/octet-stream")
    for job in Job.objects.filter(state="queued", kind="import", args__has_key="import_id"):
        runner.execute(str(job.pk))
    return response


def row(**more: Any) -> dict[str, Any]:
    """A pair in the product's own layout."""
    responses = [{"messages": [{"role": "assistant", "content": text}]} for text in ("An apple.", "A stone.")]
    return {"prompt": [{"role": "user", "content": "Name a fruit."}], "responses": responses, **more}


@contextmanager
def no_calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every attempt to connect or to look a name up is refused and remembered."""
    called: list[Any] = []

    def refuse(*arguments: Any, **options: Any) -> Any:
        called.append(arguments)
        raise OSError("no network in this test")

    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "connect", refuse)
        patched.setattr(socket, "create_connection", refuse)
        patched.setattr(socket, "getaddrinfo", refuse)
        yield called


@contextmanager
def remembered() -> Iterator[list[str]]:
    """The paths that this process opens meanwhile."""
    OPENED.clear()
    if not getattr(sys, "_goldpan_listens", False):
        sys.addaudithook(lambda event, arguments: OPENED.append(str(arguments[0])) if event == "open" else None)
        sys._goldpan_listens = True  # type: ignore[attr-defined]
    yield OPENED


@pytest.mark.parametrize("url", ELSEWHERE)
def test_ab_12_a_file_that_names_an_address_fetches_nothing(
    url: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_calls(monkeypatch) as called:
        answers = [
            send(world, json.dumps({"url": url}).encode()),
            send(world, json.dumps(row(url=url, image=url, key=url, source={"url": url})).encode()),
            world.api("olga").post(f"{ADDRESS}?url={url}", b"", content_type="application/json"),
            world.api("olga").post(ADDRESS, {"url": url}, content_type="application/json"),
        ]

    assert called == []
    assert all(answer.status_code in {202, 400, 422} for answer in answers)


@pytest.mark.parametrize("path", PATHS)
def test_ab_14_a_path_in_a_row_is_text_and_stays_text(path: str, world: World) -> None:
    with remembered() as opened:
        accepted = send(world, json.dumps(row(key=path, source={"image": path}, tags=[path])).encode())
        asked, _ = releases.freeze(world.answers.owner, recipes=[{"name": "raw"}], formats=["jsonl"])
        runner.execute(str(asked.job_id))

    item = Item.objects.get(imported_by=accepted.json()["id"])
    assert (item.key, item.source["image"]) == (path, path)
    assert not [name for name in opened if "passwd" in name or "win.ini" in name or "id_rsa" in name]
    assert Release.objects.get(pk=asked.pk).is_frozen


@pytest.mark.parametrize("path", ["../../../etc/passwd", "..%2f..%2fetc/passwd", "/etc/passwd", "README.md%00", "."])
def test_ab_14_a_file_of_a_release_is_one_that_it_has(path: str, world: World) -> None:
    asked, _ = releases.freeze(world.answers.owner, recipes=[{"name": "raw"}], formats=["jsonl"])
    runner.execute(str(asked.job_id))

    page = world.browser("olga").get(f"/projects/answers/releases/1/files/{path}")
    file = world.api("olga").get(f"/api/v1/releases/{asked.pk}/files/{path}")

    assert (page.status_code, file.status_code) == (404, 404)


@pytest.mark.parametrize("name", ["../../x.jsonl", "/etc/passwd", "a\\..\\b", "x" * 200, "\u202elnosj.exe"])
def test_ab_14_the_name_of_a_file_is_never_a_path(name: str, world: World, settings: Any) -> None:
    world.api("olga").post(
        f"{ADDRESS}?format=goldpan&name={name}", json.dumps(row()).encode(), content_type="application/json"
    )

    inside = {path.resolve().parent for path in Path(settings.HOME).rglob("*") if path.is_file()}
    assert inside == {Path(settings.HOME).resolve() / "uploads"}


HEAD = json.dumps(row())[:-1].encode()
BOMBS: dict[str, Callable[[], bytes]] = {
    "a mountain in a molehill": lambda: packed(b"\x00", 2**28),
    "spaces without end": lambda: packed(b" ", 2**28),
    "a line without end, packed": lambda: packed(b"x", 2**30, first=b'{"prompt": "'),
    "packed twice": lambda: gzip.compress(packed(b" ", 2**26)),
    "100,000 levels": lambda: HEAD + b', "source": {"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "half a million keys": lambda: HEAD + b', "source": {' + b",".join(b'"%d":1' % n for n in range(400_000)) + b"}}",
    "beyond numbers": lambda: HEAD + b', "source": {"n": 1e999}}',
    "not a number": lambda: HEAD + b', "source": {"n": NaN}}',
    "the same key twice": lambda: HEAD + b', "key": "a", "key": "b"}',
    "half a letter": lambda: HEAD + b', "key": "\\ud800"}',
    "a character that ends texts": lambda: HEAD + b', "key": "\\u0000"}',
}


def packed(letter: bytes, length: int, *, first: bytes = b"") -> bytes:
    """So many letters, packed without ever being there."""
    packer, out = zlib.compressobj(1, zlib.DEFLATED, 31), []
    out.append(packer.compress(first))
    out += [packer.compress(letter * 2**20) for _ in range(length // 2**20)]
    return b"".join([*out, packer.flush()])


def highest_memory(*, reset: bool = False) -> float:
    """The most memory that this process has held since the last reset, in MB."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


@pytest.mark.parametrize("name", BOMBS)
def test_ab_16_a_bomb_is_refused_in_time_and_space(name: str, world: World) -> None:
    send(world, json.dumps(row()).encode())  # whatever is loaded once, is loaded
    bomb, before = BOMBS[name](), Item.objects.count()
    start, low = time.process_time(), highest_memory(reset=True)

    answer = send(world, bomb)

    spent, grown = time.process_time() - start, highest_memory() - low
    assert answer.status_code in {202, 400, 413, 422}
    assert Item.objects.count() == before
    assert (spent < 2, grown < 100) == (True, True), (spent, grown)


def test_ab_16_the_row_that_the_bombs_grow_from_is_a_good_one(world: World) -> None:
    send(world, HEAD + b"}")

    assert Item.objects.filter(imported_by__isnull=False).count() == 1


@pytest.mark.parametrize("cell", CELLS)
def test_ab_17_a_spreadsheet_runs_no_refused_row(cell: str, world: World) -> None:
    RefusedRow.objects.create(run=world.imported, number=2, reason=cell, excerpt=cell)
    address = f"/projects/answers/imports/{world.imported.pk}/refused"

    table = b"".join(world.browser("olga").get(f"{address}.csv")).decode()
    lines = b"".join(world.browser("olga").get(f"{address}.jsonl")).decode().splitlines()

    assert list(csv.reader(io.StringIO(table)))[-1] == ["2", f"'{cell}", f"'{cell}"]
    assert json.loads(lines[-1])["excerpt"] == cell


@pytest.mark.parametrize("cell", CELLS)
def test_ab_17_training_files_keep_every_character(cell: str, world: World) -> None:
    responses = [{"messages": [{"role": "assistant", "content": text}]} for text in (cell, "A stone.")]
    labels = [{"annotator": "judge", "kind": "preference", "answer": {"winner": "a", "strength": 1}}]
    send(world, json.dumps(row(responses=responses, labels=labels)).encode())
    asked, _ = releases.freeze(world.answers.owner, recipes=[{"name": "raw"}], formats=["jsonl"])
    runner.execute(str(asked.job_id))
    files = Release.objects.get(pk=asked.pk).files.filter(path__endswith=".jsonl")

    written = b"".join(
        b"".join(world.api("olga").get(f"/api/v1/releases/{asked.pk}/files/{file.path}")) for file in files
    )

    assert json.dumps(cell, ensure_ascii=False).encode() in written


def test_ab_12_one_field_takes_an_address_and_it_is_guarded(world: World) -> None:
    document = json.loads(world.api("olga").get("/api/v1/schema/").content)

    taken = [
        (name, field)
        for name, component in document["components"]["schemas"].items()
        if name.endswith(("Body", "Change", "Creation"))
        for field, shape in component.get("properties", {}).items()
        if shape.get("format") in {"uri", "url"} or {"url", "uri", "webhook", "callback", "endpoint"} & {field}
    ]
    refused = [
        world.api("olga").post("/api/v1/projects/answers/webhooks/", {"url": url}, content_type="application/json")
        for url in ELSEWHERE
    ]

    assert taken == [("HookBody", "url")]
    assert {answer.status_code for answer in refused} <= {400, 422}


def test_imports_leave_nothing_behind_when_they_are_refused(world: World, settings: Any) -> None:
    send(world, b"\x00\x01\x02 not a file of rows")

    assert not [path for path in Path(settings.HOME).rglob("*") if path.is_file()]
    assert not Import.objects.exclude(pk=world.imported.pk).exists()
