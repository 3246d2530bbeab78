"""Files of releases in a bucket: put there once, looked at, published whole or not at all, and read from there."""

import hashlib
import io
import random
import urllib.request
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from moto.core import set_initial_no_auth_action_count

from accounts.models import Scope
from accounts.services import tokens
from config import buckets
from curation import bucket, store
from curation.models import Release, ReleaseFile
from curation.services import evaluation_sets, exports, releases
from jobs import runner, services
from jobs.models import Job, State
from stack import checkup
from tests.curation import s3


@pytest.fixture(scope="module")
def server():
    with s3.speaking_s3() as address:
        yield address


@pytest.fixture
def there(server, settings, monkeypatch):
    """The deployment names the bucket; its address."""
    s3.empty(server)
    for name, value in s3.environment(server).items():
        monkeypatch.setenv(name, value)
    settings.RELEASE_BUCKET = buckets.bucket()
    return server


@pytest.fixture
def labeled(add_item, answer):
    for number in range(20):
        answer(add_item(f"good {number}", f"bad {number}"), "a")


@pytest.fixture
def frozen(there, labeled, release):
    return release(formats=["jsonl"], splits={"train": 100})


@pytest.fixture
def program(olga):
    made = tokens.create(olga.user, name="a test", scopes=[Scope.READ], days=1, project_id=None)
    return Client(headers={"Authorization": f"Token {made.secret}"})


def fetch(address, **headers):
    """What a client gets that follows the address without our token."""
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return answer.status, answer.read(), answer.headers


def asked_for(olga, **wish):
    made, _ = releases.freeze(olga, recipes=[{"name": "rm_pairs"}], formats=["jsonl"], splits={"train": 100}, **wish)
    return made


def run_again(made):
    Job.objects.filter(pk=made.job_id).update(run_after=made.created_at)
    runner.execute(str(made.job_id))
    made.refresh_from_db()


def test_the_files_lie_in_the_bucket_and_nowhere_else(there, frozen):
    files = {f"goldpan/files/{frozen.pk}/{file.path}": file for file in frozen.files.all()}

    assert s3.keys(there) == sorted(files)
    for key, file in files.items():
        held = s3.client(there).get_object(Bucket=s3.NAME, Key=key)["Body"].read()
        assert (len(held), hashlib.sha256(held).hexdigest()) == (file.size, file.digest)
    assert list(store._root().iterdir()) == []


def test_a_file_is_fetched_from_there_by_an_address_that_ends_soon(frozen, program):
    file = frozen.files.get(path__endswith=".jsonl")
    address = reverse("api-release-file", kwargs={"release_id": frozen.pk, "path": file.path})

    answer = program.get(address)
    head = program.head(address)
    known = program.get(address, headers={"If-None-Match": f'"{file.digest}"'})
    behind = program.get(address, headers={"Range": f"bytes={file.size}-"})

    status, whole, told = fetch(answer.headers["Location"])
    part = fetch(answer.headers["Location"], Range="bytes=10-19")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "private, no-store")
    assert "X-Amz-Expires=300&" in answer.headers["Location"]
    assert "secret" not in answer.headers["Location"]
    assert (status, hashlib.sha256(whole).hexdigest()) == (200, file.digest)
    assert told["Content-Disposition"] == 'attachment; filename="answers-1-rm_pairs-train-00000-of-00001.jsonl"'
    assert told["Content-Type"] == file.media_type
    assert (part[0], part[1]) == (206, whole[10:20])
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(file.size), b"")
    assert head.headers["ETag"] == f'"{file.digest}"'
    assert (known.status_code, behind.status_code) == (304, 416)


def test_nobody_is_led_there_who_may_not_read_the_release(frozen, person):
    file = frozen.files.get(path="README.md")
    address = reverse("api-release-file", kwargs={"release_id": frozen.pk, "path": file.path})
    sam = tokens.create(person("Sam"), name="a test", scopes=[Scope.READ], days=1, project_id=None)

    assert Client().get(address).status_code == 401
    assert Client(headers={"Authorization": f"Token {sam.secret}"}).get(address).status_code == 404


def test_a_signed_address_leads_there_too(frozen, program):
    file = frozen.files.get(path__endswith=".jsonl")
    wish = {"path": file.path}
    made = program.post(f"/api/v1/releases/{frozen.pk}/signed/", wish, content_type="application/json").json()

    led = Client().get(made["url"].removeprefix("http://testserver"))

    assert hashlib.sha256(fetch(led.headers["Location"])[1]).hexdigest() == file.digest


def test_an_export_reads_from_there_and_notices_what_was_changed(there, frozen, tmp_path):
    exports.copy(frozen, tmp_path / "out")
    for file in frozen.files.all():
        assert store.measure(tmp_path / "out" / file.path) == (file.size, file.digest)

    s3.client(there).put_object(Bucket=s3.NAME, Key=f"goldpan/files/{frozen.pk}/README.md", Body=b"Other words.")

    with pytest.raises(exports.ExportFailed, match="checksum"):
        exports.copy(frozen, tmp_path / "again")


def test_an_evaluation_set_is_made_of_rows_that_lie_there(there, labeled, olga, release):
    made = release(recipes=[{"name": "judge_pairs"}], formats=["jsonl"], splits={"test": 100})

    kept = evaluation_sets.from_release(olga, name="own", release=made, recipe="judge_pairs", split="test")

    assert kept.rows.count() > 0


def test_an_object_is_never_overwritten(there, frozen, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"Other words.")
    before = b"".join(bucket.blocks(frozen.pk, "README.md"))

    with pytest.raises(bucket.BucketAway, match="in the way"):
        bucket.put(frozen.pk, "README.md", other, size=12, digest=hashlib.sha256(b"Other words.").hexdigest())

    assert b"".join(bucket.blocks(frozen.pk, "README.md")) == before


def test_what_arrives_is_looked_at(there, frozen):
    file = frozen.files.get(path="README.md")
    bucket.check(frozen.pk, file.path, size=file.size, digest=file.digest)

    s3.client(there).put_object(Bucket=s3.NAME, Key=f"goldpan/files/{frozen.pk}/README.md", Body=b"x" * file.size)

    with pytest.raises(bucket.BucketSpoilt):
        bucket.check(frozen.pk, file.path, size=file.size, digest=file.digest)


def test_a_file_that_is_not_what_it_is_said_to_be_is_not_taken(there, tmp_path):
    (tmp_path / "words").write_bytes(b"Words.")
    digest = hashlib.sha256(b"Other words.").hexdigest()

    with pytest.raises((bucket.BucketSpoilt, bucket.BucketAway)):
        bucket.put(uuid.UUID(int=1), "README.md", tmp_path / "words", size=6, digest=digest)


def test_a_key_that_is_refused_delays_a_release_and_says_so(there, labeled, olga):
    made = asked_for(olga)

    set_initial_no_auth_action_count(0)(runner.execute)(str(made.job_id))

    made.refresh_from_db()
    assert (made.job.state, made.is_frozen, s3.keys(there)) == (State.QUEUED, False, [])
    assert "refuses our key" in made.job.message
    run_again(made)
    assert made.is_frozen


def test_what_an_earlier_attempt_left_is_replaced(there, labeled, olga):
    made = asked_for(olga)
    s3.client(there).put_object(Bucket=s3.NAME, Key=f"goldpan/files/{made.pk}/README.md", Body=b"Half")
    s3.client(there).put_object(Bucket=s3.NAME, Key=f"goldpan/files/{made.pk}/old/rows.jsonl", Body=b"{")

    run_again(made)

    assert made.is_frozen
    assert len(s3.keys(there)) == made.files.count()
    readme = made.files.get(path="README.md")
    bucket.check(made.pk, readme.path, size=readme.size, digest=readme.digest)


def test_what_ended_without_a_release_is_cleared_up_by_the_next_one_and_nothing_else(there, labeled, olga, frozen):
    ended, _ = releases.freeze(olga, recipes=[{"name": "raw"}], formats=["jsonl"], splits={"train": 100})
    waiting, _ = releases.freeze(olga, recipes=[{"name": "raw"}], formats=["parquet"], splits={"train": 100})
    for one in (ended, waiting):
        s3.client(there).put_object(Bucket=s3.NAME, Key=f"goldpan/files/{one.pk}/README.md", Body=b"Half")
    s3.client(there).put_object(Bucket=s3.NAME, Key="goldpan/files/somebody-elses", Body=b"Whole")
    services.cancel(str(ended.job_id))
    before = [key for key in s3.keys(there) if str(ended.pk) not in key]

    next_one, _ = releases.freeze(olga, recipes=[{"name": "dpo_pairs"}], formats=["jsonl"], splits={"train": 100})
    runner.execute(str(next_one.job_id))

    assert [key for key in s3.keys(there) if str(next_one.pk) not in key] == before


def test_files_of_a_withdrawn_release_leave_the_bucket(there, frozen, olga):
    Release.objects.filter(pk=frozen.pk).update(withdrawn_at=frozen.frozen_at)

    made, _ = releases.freeze(olga, recipes=[{"name": "raw"}], formats=["jsonl"], splits={"train": 100})
    runner.execute(str(made.job_id))

    assert [key for key in s3.keys(there) if str(frozen.pk) in key] == []


def test_a_bucket_that_is_away_delays_a_release_and_says_so(there, labeled, olga, settings):
    settings.RELEASE_BUCKET = {**settings.RELEASE_BUCKET, "endpoint": "http://127.0.0.1:9"}
    made = asked_for(olga)

    runner.execute(str(made.job_id))

    made.refresh_from_db()
    assert (made.job.state, made.is_frozen, ReleaseFile.objects.count()) == (State.QUEUED, False, 0)
    assert "does not answer" in made.job.message
    settings.RELEASE_BUCKET = {**settings.RELEASE_BUCKET, "endpoint": there}
    run_again(made)
    assert made.is_frozen


def test_a_bucket_that_is_not_there_is_told_without_a_key(there, settings):
    settings.RELEASE_BUCKET = {**settings.RELEASE_BUCKET, "name": "no-such-bucket"}

    told = checkup._guarded("bucket", checkup.bucket)

    assert (told.level, "answers 404" in told.text) == (checkup.Level.FAIL, True)
    assert "secret" not in told.text


def test_doctor_says_whether_the_bucket_answers(there, settings):
    assert checkup.bucket().text == "releases answers"
    settings.RELEASE_BUCKET = {**settings.RELEASE_BUCKET, "endpoint": "http://127.0.0.1:9"}
    assert checkup._guarded("bucket", checkup.bucket).level == checkup.Level.FAIL
    settings.RELEASE_BUCKET = {}
    assert checkup.bucket().text.startswith("none")


def test_what_was_frozen_before_there_was_a_bucket_stays_where_it_is(labeled, release, there, settings, program):
    named, settings.RELEASE_BUCKET = settings.RELEASE_BUCKET, {}
    made = release(formats=["jsonl"], splits={"train": 100})
    settings.RELEASE_BUCKET = named

    answer = program.get(reverse("api-release-file", kwargs={"release_id": made.pk, "path": "README.md"}))

    assert answer.status_code == 200


def test_twenty_megabytes_are_read_in_parts(there, frozen, tmp_path):
    noise = random.Random(5).randbytes(20 * 2**20)
    (tmp_path / "noise").write_bytes(noise)
    digest = hashlib.sha256(noise).hexdigest()
    file = ReleaseFile(release=frozen, path="noise.bin", size=len(noise), digest=digest, media_type="text/plain")
    bucket.put(frozen.pk, file.path, tmp_path / "noise", size=file.size, digest=digest)
    address = bucket.address(file, "noise.bin")

    got = io.BytesIO()
    for first in range(0, len(noise), 3 * 2**20):
        got.write(fetch(address, Range=f"bytes={first}-{first + 3 * 2**20 - 1}")[1])

    assert hashlib.sha256(got.getvalue()).hexdigest() == digest
