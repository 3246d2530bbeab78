"""The lines of code on a release's page follow the way into a bucket, without taking the token along."""

import json
import random

import pytest

from accounts.models import Scope
from accounts.services import tokens
from config import buckets
from curation.queries import releases as queries
from tests.curation import s3

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def frozen(settings, monkeypatch, add_item, answer, release):
    """A release of some megabytes that lies in a bucket."""
    with s3.speaking_s3() as address:
        for name, value in s3.environment(address).items():
            monkeypatch.setenv(name, value)
        settings.RELEASE_BUCKET = buckets.bucket()
        settings.ALLOWED_HOSTS = ["*"]
        chance = random.Random(3)
        for _ in range(60):
            noise = "".join(chance.choices("".join(map(chr, range(48, 123))), k=120_000))
            answer(add_item(noise, noise[::-1]), "a")
        yield release(formats=["parquet"], splits={"train": 100})


@pytest.fixture
def snippet(frozen, live_server, olga):
    token = tokens.create(olga.user, name="a test", scopes=[Scope.READ], days=1).secret
    base = f"{live_server.url}/api/v1/releases/{frozen.pk}/files/"
    return queries.snippet(frozen, base, "http").replace("YOUR_TOKEN", token)


def test_a_release_is_loaded_whole_and_in_parts(frozen, snippet, run_there):
    assert frozen.files.get(path__endswith=".parquet").size > 8_000_000
    streamed = snippet.replace("load_dataset(\n", 'load_dataset(\n    streaming=True, split="train", path=', 1)

    whole = run_there(
        "-c",
        snippet + "\nimport json\nprint(json.dumps({name: len(rows) for name, rows in rm_pairs.items()}))",
        is_offline=False,
    )
    parts = run_there("-c", streamed + "\nprint(sum(1 for _ in rm_pairs))", is_offline=False)

    assert json.loads(whole.splitlines()[-1]) == {"train": 60}
    assert parts.splitlines()[-1] == "60"
