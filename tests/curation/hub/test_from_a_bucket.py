"""A release whose files lie in a bucket is pushed as any other, and nothing of it stays behind."""

import tempfile
from pathlib import Path

import pytest

from config import buckets
from curation import store
from jobs.models import State
from tests.curation import s3
from tests.curation.hub.conftest import NAME


@pytest.fixture
def there(settings, monkeypatch):
    with s3.speaking_s3() as address:
        for name, value in s3.environment(address).items():
            monkeypatch.setenv(name, value)
        settings.RELEASE_BUCKET = buckets.bucket()
        yield address


def test_what_lies_in_a_bucket_is_fetched_pushed_and_forgotten(there, hub, frozen, pushed, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(tmp_path.iterdir())
    manifest = frozen.files.get(path="manifest.json")
    assert store.is_elsewhere(manifest)

    push = pushed(frozen)

    assert push.job.state == State.DONE, push.job.message
    held = {path for path in hub.repos[NAME].tree() if path != ".gitattributes"}
    assert held == set(frozen.files.values_list("path", flat=True))
    assert set(Path(tmp_path).iterdir()) == before
