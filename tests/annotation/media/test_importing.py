"""Rows that show files: out of archives, out of Parquet, by digest. Every row is an item or a sentence."""

import csv
import gzip
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import Scope
from accounts.services import tokens
from annotation.imports import uploads
from annotation.media import files
from annotation.models import Import, Item, ItemMedia, Media, RefusedRow
from annotation.services import imports, media
from annotation.services.imports import ImportRefused
from jobs import runner
from projects.access import Place
from tests.annotation.media import samples

pytestmark = pytest.mark.django_db
Files = Mapping[str, bytes]


def zipped(content: Files, **how: Any) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **how) as archive:
        for name, inside in content.items():
            archive.writestr(name, inside)
    return target.getvalue()


def taped(content: Files, **how: Any) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", **how) as archive:
        for name, inside in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(inside)
            archive.addfile(member, io.BytesIO(inside))
    return target.getvalue()


def lines(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def pair(*shown: Any, prompt: Any = "Which cat?") -> dict[str, Any]:
    return {"prompt": prompt, "responses": [{"media": [one]} for one in shown]}


def bring(olga: Place, content: bytes, name: str = "pairs.zip", **how: Any) -> Import:
    """Import these bytes to the end."""
    started = imports.start(olga, upload=io.BytesIO(content), file_name=name, **how)
    runner.execute(str(started.job_id))
    return Import.objects.select_related("job").get(pk=started.pk)


def reasons() -> list[str]:
    return list(RefusedRow.objects.order_by("number").values_list("reason", flat=True))


def lying() -> list[str]:
    return [path.name for path in files.root().rglob("*") if path.is_file()]


PICTURES = {"img/a.png": samples.png(), "img/b.gif": samples.gif()}


@pytest.mark.parametrize(
    ("pack", "name"),
    [
        (zipped, "pairs.zip"),
        (lambda content: zipped(content, compression=zipfile.ZIP_DEFLATED), "pairs.zip"),
        (taped, "pairs.tar"),
        (lambda content: taped(content, format=tarfile.PAX_FORMAT), "pairs.tar"),
        (lambda content: gzip.compress(taped(content, format=tarfile.GNU_FORMAT)), "pairs.tar.gz"),
    ],
)
def test_rows_and_files_come_in_one_archive(olga: Place, pack: Callable[[Files], bytes], name: str) -> None:
    long = "a" * 120 + "/" + "ü" * 60 + ".png"  # longer than a tar's header has room for
    rows = lines(pair("img/a.png", "./img/b.gif"), pair("img/a.png", long))

    run = bring(olga, pack({"rows.jsonl": rows, **PICTURES, long: samples.jpeg()}), name)

    assert (run.ok, run.refused) == (2, 0), reasons()
    first, second = Item.objects.order_by("pk")
    shown = [response["messages"][0]["media"][0] for response in first.responses]
    assert [(one["kind"], one["type"], one["name"]) for one in shown] == [
        ("image", "png", "img/a.png"),
        ("image", "gif", "./img/b.gif"),
    ]
    assert all(files.path_of(olga.project.pk, one["sha256"]).is_file() for one in shown)
    assert first.messages == [{"role": "user", "content": "Which cat?"}]
    assert (Media.objects.count(), ItemMedia.objects.count()) == (3, 4)
    assert second.responses[0]["messages"][0]["media"] == [shown[0]]


def by_page(olga: Place, packed: Path) -> None:
    browser = Client()
    browser.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    with packed.open("rb") as file:
        sent = {"file": file, "adapter": "", "keep_labels": "on"}
        assert browser.post("/projects/answers/imports/", sent).status_code == 302
    runner.execute(str(Import.objects.get().job_id))


def by_program(olga: Place, packed: Path) -> None:
    token = tokens.create(olga.user, name="a test", scopes=(Scope.WRITE,), days=1).secret
    sent = Client(headers={"Authorization": f"Token {token}"}).post(
        "/api/v1/projects/answers/imports/?name=cats.zip", packed.read_bytes(), content_type="application/octet-stream"
    )
    assert sent.status_code == 202, sent.content
    runner.execute(str(Import.objects.get().job_id))


def by_command(olga: Place, packed: Path) -> None:
    call_command("import", "answers", str(packed), stdout=io.StringIO())


@pytest.mark.parametrize("way", [by_page, by_program, by_command])
def test_an_archive_comes_in_by_every_way(olga: Place, tmp_path: Path, way: Callable[[Place, Path], None]) -> None:
    packed = tmp_path / "cats.zip"
    packed.write_bytes(zipped({"pairs.jsonl": lines(pair("img/a.png", "img/b.gif")), **PICTURES}))

    way(olga, packed)

    shown = [turn["media"][0]["type"] for response in Item.objects.get().responses for turn in response["messages"]]
    assert shown == ["png", "gif"]
    assert all(
        files.path_of(olga.project.pk, sha256).is_file() for sha256 in Media.objects.values_list("sha256", flat=True)
    )


def test_columns_of_files_are_named_on_the_page(olga: Place) -> None:
    table = "ask,left,right\nWhich cat?,img/a.png,img/b.gif\nWhich hat?,img/b.gif,img/none.png\n"
    browser = Client()
    browser.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    file = SimpleUploadedFile("cats.zip", zipped({"cats.csv": table.encode(), **PICTURES}))

    step = browser.post("/projects/answers/imports/", {"file": file, "adapter": ""})["Location"]
    named = {"prompt": "ask", "file.0": "left", "file.1": "right"}
    preview = browser.post(step, {**named, "act": "preview"}, headers={"HX-Request": "true"}).content.decode()
    browser.post(step, {**named, "act": "import"})
    runner.execute(str(Import.objects.get().job_id))

    assert "img/a.png</p>" in preview
    shown = [turn["media"][0]["type"] for response in Item.objects.get().responses for turn in response["messages"]]
    assert shown == ["png", "gif"]
    assert reasons() == ["The archive holds no file 'img/none.png'."]


def test_pictures_of_any_columns_of_parquet_become_responses(olga: Place) -> None:
    held = [{"bytes": content, "path": None} for content in (*PICTURES.values(), b"no picture")]
    rows = [{"prompt": f"Which cat is number {n}?", "image_0": held[0], "image_1": held[n]} for n in (1, 2)]
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), target)

    run = bring(olga, target.getvalue(), "cats.parquet")

    assert (run.adapter, run.ok) == ("mapping", 1)
    assert reasons() == ["A file inside the row is no picture, sound or film of a known type."]
    shown = [turn["media"][0]["type"] for response in Item.objects.get().responses for turn in response["messages"]]
    assert shown == ["png", "gif"]


def test_browsers_offer_archives_to_choose(olga: Place) -> None:
    browser = Client()
    browser.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")

    page = browser.get("/projects/answers/imports/").content.decode()

    (accepted,) = re.findall(r'<input[^>]*type="file"[^>]*accept="([^"]*)"', page)
    assert {".zip", ".tar", ".tgz", ".xz"} < set(accepted.split(","))


def test_nothing_is_left_of_the_archive_once_it_is_in(olga: Place) -> None:
    run = bring(olga, gzip.compress(taped({"rows.jsonl": lines(pair("img/a.png", "img/b.gif")), **PICTURES})), "p.tgz")

    assert run.ok == 1
    assert list(uploads.path_of(run.pk).parent.iterdir()) == []
    assert not list((files.root() / ".drafts").iterdir())


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_the_rows_may_be_any_layout_in_a_folder_of_their_own(olga: Place, kind: str) -> None:
    table = {"prompt": "Which?", "responses": [{"media": ["a.png"]}, {"text": "None.", "media": ["../img/b.gif"]}]}
    target = io.BytesIO()
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist([table]), target)
    elif kind == "json":
        target.write(json.dumps([table]).encode())
    else:
        text = io.StringIO()
        csv.writer(text).writerows([list(table), [table["prompt"], json.dumps(table["responses"])]])
        target.write(text.getvalue().encode())
    beside = {"set/a.png": samples.png(), "img/b.gif": samples.gif(), "__MACOSX/set/._rows.json": b"x"}

    run = bring(olga, zipped({f"set/rows.{kind}": target.getvalue(), **beside}), adapter="goldpan")

    assert (run.ok, reasons()) == (1, [])


def test_a_chat_shows_files_in_its_turns_as_fields_or_as_parts(olga: Place) -> None:
    parts = [
        {"type": "text", "text": "Look: "},
        {"type": "image_url", "image_url": {"url": "img/a.png"}},
        {"type": "image", "path": "img/b.gif"},
        {"type": "text", "text": "which?"},
    ]
    prompt = [{"role": "user", "content": parts}, {"role": "tool", "content": "", "media": ["s.wav"]}]
    row = {"prompt": prompt, "responses": ["The first.", {"messages": [{"role": "assistant", "media": "img/a.png"}]}]}

    run = bring(olga, zipped({"rows.jsonl": lines(row), **PICTURES, "s.wav": samples.wav()}))

    assert run.ok == 1, reasons()
    item = Item.objects.get()
    assert item.messages[0]["content"] == "Look: which?"
    assert [one["type"] for one in item.messages[0]["media"]] == ["png", "gif"]
    assert item.messages[1]["media"][0]["kind"] == "audio"
    assert item.responses[1]["messages"][0]["media"][0]["type"] == "png"


def test_a_column_of_files_belongs_to_the_first_user_turn_or_to_the_places_kept_for_it(olga: Place) -> None:
    trl = {"prompt": "Which?", "chosen": "That.", "rejected": "This.", "images": ["img/a.png"]}
    asked = [{"role": "user", "content": [{"type": "text", "text": "Now?"}, {"type": "image"}]}]
    answers = {"chosen": [{"role": "assistant", "content": "A"}], "rejected": [{"role": "assistant", "content": "B"}]}
    rows = lines(trl, {"prompt": asked, **answers, "images": ["img/b.gif"]}, {"prompt": asked, **answers, "images": []})

    run = bring(olga, zipped({"rows.jsonl": rows, **PICTURES}), adapter="trl_explicit")

    assert (run.ok, reasons()) == (2, ["The messages show 1 files, and the row holds 0."])
    assert [item.messages[0]["media"][0]["type"] for item in Item.objects.order_by("pk")] == ["png", "gif"]


def test_pictures_inside_parquet_are_taken_as_hugging_face_writes_them(olga: Place) -> None:
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    rows = pa.table(
        {
            "prompt": ["Which?", "And here?", "Broken?"],
            "images": pa.array(
                [
                    [{"bytes": samples.png(), "path": "/home/someone/a.png"}],
                    [{"bytes": samples.jpeg(), "path": None}, {"bytes": samples.png(), "path": "again.png"}],
                    [{"bytes": b"no picture", "path": "c.png"}],
                ],
                pa.list_(kind),
            ),
            "chosen": ["A", "B", "C"],
            "rejected": ["D", "E", "F"],
        }
    )
    target = io.BytesIO()
    pq.write_table(rows, target)

    run = bring(olga, target.getvalue(), "pairs.parquet")

    assert (run.adapter, run.ok) == ("trl_explicit", 2)
    assert reasons() == ["The file 'c.png' is no picture, sound or film of a known type."]
    first, second = Item.objects.order_by("pk")
    assert first.messages[0]["media"][0]["name"] == "a.png"
    assert [one["type"] for one in second.messages[0]["media"]] == ["jpeg", "png"]
    assert not uploads.spilled_of(run.pk).exists()


def test_rows_name_files_that_were_sent_before(olga: Place) -> None:
    one = media.upload(olga, source=io.BytesIO(samples.png()))
    other = Place(olga.user, type(olga.project).objects.create(slug="x", name="X", created_by=olga.user), olga.role)
    theirs = media.upload(other, source=io.BytesIO(samples.gif()))
    lie = {"sha256": one.sha256, "kind": "video", "type": "svg", "name": "cat.png"}

    run = bring(olga, lines(pair(lie, lie, prompt="a"), pair(lie, {"sha256": theirs.sha256}, prompt="b")), "rows.jsonl")

    assert (run.ok, run.refused) == (1, 1)
    assert reasons()[0].startswith(f"The project has no file with the SHA-256 {theirs.sha256[:12]}…")
    item = Item.objects.get()
    stored = {"sha256": one.sha256, "kind": "image", "type": "png", "name": "cat.png"}
    assert item.responses[0]["messages"][0]["media"] == [stored]
    assert item.tags == ["identical-responses"]


def test_items_that_show_other_files_are_other_items(olga: Place) -> None:
    rows = [pair("img/a.png", "img/b.gif"), pair("img/b.gif", "img/a.png"), pair("copy.png", "img/b.gif")]

    run = bring(olga, zipped({"rows.jsonl": lines(*rows), **PICTURES, "copy.png": PICTURES["img/a.png"]}))

    assert (run.ok, run.duplicate, Media.objects.count()) == (2, 1, 2)


def test_prompts_that_are_told_apart_by_their_pictures_are_other_groups(olga: Place) -> None:
    turn = {"role": "user", "content": "What is this?"}
    rows = [{"prompt": [{**turn, "media": [name]}], "responses": ["x", "y"]} for name in ("img/a.png", "img/b.gif")]

    bring(olga, zipped({"rows.jsonl": lines(*rows), **PICTURES}))

    assert Item.objects.values("group").distinct().count() == 2


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("img/missing.png", "The archive holds no file 'img/missing.png'."),
        ("../../../etc/passwd", "The archive holds no file '../../../etc/passwd'."),
        ("/etc/passwd", "The archive holds no file '/etc/passwd'."),
        ("C:\\Windows\\win.ini", "The archive holds no file "),
        ("img%2fa.png", "The archive holds no file 'img%2fa.png'."),
        (
            "http://127.0.0.1:6379/x.png",
            "shows a file at an address ('http://127.0.0.1:6379/x.png'). Nothing is fetched",
        ),
        ("HTTPS://evil.example/a.png", "Nothing is fetched"),
        ("//evil.example/a.png", "Nothing is fetched"),
        ("file:///etc/passwd", "Nothing is fetched"),
        ("data:image/png;base64,AAAA", "has a file written out inside the row"),
        ({"url": "http://x/y.png"}, "shows a file with neither a path nor a sha256"),
        ({"sha256": "../../etc"}, "whose sha256 is not 64 hexadecimal digits"),
        ({"sha256": "a" * 64}, "The project has no file with the SHA-256 aaaaaaaaaaaa…"),
        ({"spilled": "../../../etc/passwd"}, "A file that the row speaks of did not come with it."),
        ({"spilled": "a" * 64}, "A file that the row speaks of did not come with it."),
        (7, "shows a number, which is no file"),
        ("x" * 500, "whose path is 500 characters long"),
        ("broken.png", "The file 'broken.png' is cut short or damaged."),
        ("page.png", "The file 'page.png' is a page of HTML or XML."),
        ("drawing.png", "is an SVG drawing, which can carry programs"),
        ("locked.png", "cannot be read"),
        ("link.png", "The archive holds no file 'link.png'."),
    ],
)
def test_what_cannot_be_shown_costs_its_row_and_says_why(olga: Place, shown: Any, words: str) -> None:
    """AB-14, AB-15: paths lead nowhere, names and links are not believed, and nothing is fetched."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("rows.jsonl", lines(pair(shown, "good.png"), pair("good.png", "img/b.gif")))
        archive.writestr("good.png", samples.png())
        for name, inside in PICTURES.items():
            archive.writestr(name, inside)
        archive.writestr("broken.png", samples.png()[:90])
        archive.writestr("page.png", b"<html><script>alert(1)</script>")
        archive.writestr("drawing.png", b"<svg onload='alert(1)'/>")
        archive.writestr("locked.png", samples.png())
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    content = target.getvalue().replace(b"locked.png" + samples.png()[:4], b"locked.png" + b"XXXX")

    run = bring(olga, content, adapter="goldpan")

    assert (run.ok, run.refused, run.rows_read) == (1, 1, 2)
    assert words in reasons()[0]
    assert reasons()[0].endswith(".")


def test_rows_that_come_alone_show_no_files_of_the_server(olga: Place) -> None:
    run = bring(olga, lines(pair("img/a.png", "/etc/passwd")), "rows.jsonl")

    assert (run.ok, run.refused) == (0, 1)
    assert "came without any. Send a zip or tar" in reasons()[0]


def test_links_and_devices_of_a_tar_are_no_files(olga: Place) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        rows = lines(pair("a.png", "b.png"))
        member = tarfile.TarInfo("rows.jsonl")
        member.size = len(rows)
        archive.addfile(member, io.BytesIO(rows))
        for name, kind in (("a.png", tarfile.SYMTYPE), ("b.png", tarfile.LNKTYPE), ("c", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)

    bring(olga, target.getvalue(), "rows.tar")

    assert reasons() == ["The archive holds no file 'a.png'."]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"a.png": samples.png()}), "holds no file with rows"),
        (
            zipped({"a.jsonl": b"{}", "b.csv": b"x,y"}),
            r"holds 2 files with rows \(a.jsonl, b.csv\); send them one by one",
        ),
        (zipped({"rows.jsonl": b"{}"})[:60], "cut short or damaged"),
        (taped({"rows.jsonl": lines(pair("a", "b"))})[:560], "cut short or damaged"),
        (gzip.compress(b"\0" * 300 + taped({"rows.jsonl": b"{}"})), "."),
        (zipped({"rows.jsonl": b"\0" * (80 << 20)}, compression=zipfile.ZIP_DEFLATED), "more than 200 times its size"),
        (gzip.compress(taped({"rows.jsonl": b"{}", "zeros": b"\0" * (80 << 20)})), "more than 200 times its size"),
    ],
    ids=["no rows", "two of them", "half a zip", "half a tar", "zeros first", "zip bomb", "tar bomb"],
)
def test_an_archive_that_cannot_be_read_is_refused_whole(olga: Place, content: bytes, words: str) -> None:
    with pytest.raises(ImportRefused, match=words):
        imports.start(olga, upload=io.BytesIO(content), file_name="pairs")

    assert not Import.objects.exists()
    assert list((files.root().parent / "uploads").iterdir()) == []


def test_a_list_of_files_that_is_too_long_is_refused_before_it_is_read(
    olga: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = zipped({"rows.jsonl": lines(pair("a", "b")), **{f"{n:0200}.png": b"" for n in range(300)}})
    monkeypatch.setattr("annotation.imports.reading.archives.LARGEST_DIRECTORY", 50_000)
    monkeypatch.setattr(zipfile, "ZipFile", lambda _: pytest.fail("it was read"))

    with pytest.raises(ImportRefused, match="list of files is larger"):
        imports.start(olga, upload=io.BytesIO(many), file_name="pairs.zip")


def test_a_longer_claim_of_zip64_is_seen_too(olga: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped({"rows.jsonl": lines(pair("a", "b"))})
    end = content.rindex(b"PK\x05\x06")
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + b"\0" * 28 + (1 << 40).to_bytes(8, "little") + b"\0" * 8
    locator = b"PK\x06\x07" + b"\0" * 16
    monkeypatch.setattr(zipfile, "ZipFile", lambda _: pytest.fail("it was read"))

    with pytest.raises(ImportRefused, match="list of files is larger"):
        imports.start(olga, upload=io.BytesIO(content[:end] + record + locator + content[end:]), file_name="p.zip")


def test_a_bomb_among_the_files_costs_its_row(olga: Place) -> None:
    bomb = zipped(
        {"rows.jsonl": lines(pair("bomb.png", "bomb.png")), "bomb.png": b"\x89PNG\r\n\x1a\n" + b"\0" * (100 << 20)},
        compression=zipfile.ZIP_DEFLATED,
    )

    run = bring(olga, bomb)

    assert (run.ok, run.refused) == (0, 1)
    assert "unpacks to more than 200 times its size" in reasons()[0]
    assert lying() == []


def test_refused_and_known_rows_leave_no_files(olga: Place) -> None:
    rows = lines(pair("img/a.png", "missing.png"), {**pair("img/b.gif", "img/b.gif"), "labels": "no list"})

    bring(olga, zipped({"rows.jsonl": rows, **PICTURES}), adapter="goldpan")

    assert (lying(), Media.objects.count()) == ([], 0)


def test_an_import_that_was_killed_goes_on_where_it_stopped(olga: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "ROWS_WITH_FILES_AT_ONCE", 1)
    rows = lines(*[pair("img/a.png", "img/b.gif", prompt=f"{n}?") for n in range(4)])
    started = imports.start(olga, upload=io.BytesIO(zipped({"rows.jsonl": rows, **PICTURES})), file_name="p.zip")

    class Killed(BaseException):
        pass

    written: list[int] = []

    def killed(*arguments: Any) -> Any:
        if len(written) == 2:
            raise Killed
        written.append(1)
        return real(*arguments)

    real = imports.write
    with monkeypatch.context() as patched:
        patched.setattr(imports, "write", killed)
        with pytest.raises(Killed):
            runner.execute(str(started.job_id))
    type(started.job).objects.filter(pk=started.job_id).update(state="queued", lease_until=None)

    runner.execute(str(started.job_id))

    run = Import.objects.get(pk=started.pk)
    assert (run.ok, run.duplicate, run.refused, Item.objects.count()) == (4, 0, 0, 4)
    assert all(files.path_of(olga.project.pk, one.sha256).is_file() for one in Media.objects.all())
