"""Pictures, sound and films in releases: inside Parquet, beside lines, or named; and back again."""

import hashlib
import io
import json
import zipfile

import pyarrow.parquet as pq
import pytest
from django.test import Client
from PIL import Image

from accounts.models import Scope
from accounts.services import tokens
from annotation.media import files as media_files
from annotation.models import Import, Item
from annotation.services import imports
from curation import store
from curation.files.split_files import Limits
from curation.recipes import Drop
from jobs import runner
from jobs.models import State
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.annotation.media import samples

PROMPTS = {"name": "vision_pairs"}
RESPONSES = {"name": "vision_pairs", "parameters": {"pictures": "responses"}}


def signed_in(place):
    browser = Client()
    browser.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def folder_of(made):
    assert made.job.state == State.DONE, made.job.message
    return store.path_of(made.files.get(path="README.md")).parent


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_prompts_pictures_are_in_the_parquet_file_and_beside_the_lines(kept, showing, answer, release):
    one, two = kept(samples.png()), kept(samples.gif())
    answer(showing([one, two]), "a")
    made = release(recipes=[PROMPTS], formats=["parquet", "jsonl"], splits={"train": 100})

    folder = folder_of(made) / "vision_pairs"
    (row,) = pq.read_table(folder / "train-00000-of-00001.parquet").to_pylist()
    (line,) = lines(folder / "train-00000-of-00001.jsonl")

    names = [f"files/{one['sha256']}.png", f"files/{two['sha256']}.gif"]
    assert [picture["path"] for picture in row["images"]] == line["images"] == names
    assert [picture["bytes"] for picture in row["images"]] == [(folder / name).read_bytes() for name in names]
    assert row["chosen"] == [{"role": "assistant", "content": "good"}]
    beside = made.files.get(path=f"vision_pairs/{names[0]}")
    assert (beside.media_type, beside.rows, beside.digest) == ("image/png", None, one["sha256"])


def test_parquet_alone_holds_its_pictures_and_says_that_they_are(kept, showing, answer, release):
    answer(showing([kept(samples.png())]), "a")
    folder = folder_of(release(recipes=[PROMPTS], formats=["parquet"], splits={"train": 100})) / "vision_pairs"

    schema = pq.read_schema(folder / "train-00000-of-00001.parquet")

    assert json.loads(schema.metadata[b"huggingface"])["info"]["features"]["images"]["feature"] == {"_type": "Image"}
    assert [path.name for path in folder.iterdir()] == ["train-00000-of-00001.parquet"]


def test_pictures_that_are_compared_have_a_column_for_each_side(kept, showing, answer, release):
    one, two = kept(samples.png()), kept(samples.gif())
    answer(showing([], [one], [two], texts=("", "")), "b")
    folder = folder_of(release(recipes=[RESPONSES], formats=["jsonl"], splits={"train": 100})) / "vision_pairs"

    (row,) = lines(folder / "train-00000-of-00001.jsonl")

    assert row["images_chosen"] == [f"files/{two['sha256']}.gif"]
    assert row["images_rejected"] == [f"files/{one['sha256']}.png"]


def test_what_does_not_fit_is_left_out_with_its_reason(kept, showing, answer, release):
    picture, sound = kept(samples.png()), kept(samples.wav())
    answer(showing([picture]), "a")
    answer(showing([]), "a")
    answer(showing([picture, sound]), "a")
    answer(showing([picture], [picture], []), "a")
    made = release(recipes=[PROMPTS, {"name": "rm_pairs"}, {"name": "raw"}], formats=["jsonl"], splits={"train": 100})

    told = {recipe["name"]: recipe for recipe in made.manifest["recipes"]}
    vision, texts, raw = (told[name] for name in ("vision_pairs", "rm_pairs", "raw"))

    assert (vision["rows"], vision["items_dropped"]) == (1, {Drop.NO_PICTURES: 1, Drop.NOT_PICTURES: 2})
    assert (texts["rows"], texts["items_dropped"]) == (1, {Drop.SHOWS_FILES: 3})
    assert raw["rows"] == 4


def test_the_same_pictures_give_the_same_bytes(kept, showing, answer, release):
    for _ in range(3):
        answer(showing([kept(samples.png()), kept(samples.jpeg())]), "a")

    digests = [
        dict(
            release(recipes=[PROMPTS], formats=["parquet"], splits={"train": 100}, note=n).files.values_list(
                "path", "digest"
            )
        )
        for n in ("one", "two")
    ]

    parquet = "vision_pairs/train-00000-of-00001.parquet"
    assert digests[0][parquet] == digests[1][parquet]


def test_rows_are_written_before_their_pictures_fill_the_memory(kept, showing, answer, release, monkeypatch):
    monkeypatch.setattr(Limits.__init__, "__defaults__", (4_000, 2**30))
    for _ in range(4):
        answer(showing([kept(samples.saved(Image.effect_noise((80, 80), 60), "PNG"))]), "a")

    folder = folder_of(release(recipes=[PROMPTS], formats=["parquet"], splits={"train": 100})) / "vision_pairs"

    assert pq.ParquetFile(folder / "train-00000-of-00001.parquet").num_row_groups == 4


def test_pages_and_programs_are_told_how_many_files_there_are_and_not_each(olga, kept, showing, answer, release):
    one, two = kept(samples.png()), kept(samples.gif())
    answer(showing([one, two]), "a")
    made = release(recipes=[PROMPTS], formats=["jsonl"], splits={"train": 100})

    page = signed_in(olga).get(f"/projects/answers/releases/{made.number}/").content.decode()
    token = tokens.create(olga.user, name="a test", scopes=(Scope.READ,), days=1)
    program = Client(headers={"Authorization": f"Token {token.secret}"})
    told = program.get(f"/api/v1/releases/{made.pk}/").json()
    name = f"vision_pairs/files/{one['sha256']}.png"

    assert "4 files and 2 that rows show" in page
    assert one["sha256"] not in page
    assert (told["files_beside"], [file["path"] for file in told["files"] if "/files/" in file["path"]]) == (2, [])
    picture = program.get(f"/api/v1/releases/{made.pk}/files/{name}")
    assert picture.headers["Content-Type"] == "image/png"
    assert hashlib.sha256(b"".join(picture.streaming_content)).hexdigest() == one["sha256"]


def test_pairs_with_pictures_are_offered_where_an_item_shows_something(olga, kept, showing):
    address, browser = "/projects/answers/releases/new/", signed_in(olga)
    before = browser.get(address).content.decode()
    showing([kept(samples.png())])

    after = browser.get(address).content.decode()

    assert "No item here shows a picture, so this recipe has nothing to read." in before
    assert 'value="vision_pairs"' not in before
    assert "No item here shows a picture" not in after
    assert 'value="vision_pairs"' in after


def test_a_file_that_is_gone_from_the_disk_ends_the_release_and_says_so(olga, kept, showing, answer, release):
    one = kept(samples.png())
    answer(showing([one]), "a")
    media_files.remove(olga.project.pk, one["sha256"])

    made = release(recipes=[PROMPTS], formats=["parquet"], splits={"train": 100})

    assert made.job.state == State.FAILED
    assert "is gone from the server" in made.job.message


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_a_file_that_is_another_one_now_ends_the_release_and_says_so(olga, kept, showing, answer, release, suffix):
    one = kept(samples.png())
    answer(showing([one]), "a")
    media_files.path_of(olga.project.pk, one["sha256"]).write_bytes(samples.gif())

    made = release(recipes=[PROMPTS], formats=[suffix], splits={"train": 100})

    assert made.job.state == State.FAILED
    assert f"The file {one['sha256'][:12]}… that an item shows is not what it was" in made.job.message
    assert not made.files.exists()


def test_a_raw_release_with_its_files_is_imported_whole_elsewhere(olga, kept, showing, answer, release):
    picture, sound = kept(samples.png(), "set/a.png"), kept(samples.wav())
    answer(showing([picture], [sound], [picture]), "a")
    raw = {"name": "raw", "parameters": {"with_files": True}}
    folder = folder_of(release(recipes=[raw], formats=["jsonl", "parquet"], splits={"train": 100})) / "raw"
    other = Project.objects.create(slug="other", name="Other", created_by=olga.user)
    Membership.objects.create(project=other, user=olga.user, role=Role.OWNER)

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".parquet":
                archive.write(path, path.relative_to(folder))
    packed.seek(0)
    started = imports.start(Place(olga.user, other, Role.OWNER), upload=packed, file_name="raw.zip")
    runner.execute(str(started.job_id))

    run = Import.objects.get(pk=started.pk)
    assert (run.ok, run.refused) == (1, 0), list(run.refused_rows.values_list("reason", flat=True))
    before, after = Item.objects.get(project=olga.project), Item.objects.get(project=other)
    assert (after.messages, [one["messages"] for one in after.responses]) == (
        before.messages,
        [one["messages"] for one in before.responses],
    )
    assert all(media_files.path_of(other.pk, one["sha256"]).is_file() for one in (picture, sound))


def test_a_file_under_the_digest_of_another_is_refused(olga, kept):
    one = kept(samples.png())
    row = {"prompt": "x", "responses": [{"media": [{"sha256": one["sha256"]}]}, "y"]}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rows.jsonl", json.dumps(row))
        archive.writestr(f"files/{one['sha256']}.png", samples.gif())
    packed.seek(0)

    started = imports.start(olga, upload=packed, file_name="raw.zip", adapter="goldpan")
    runner.execute(str(started.job_id))

    (reason,) = Import.objects.get(pk=started.pk).refused_rows.values_list("reason", flat=True)
    assert "has another SHA-256" in reason
