"""Files of releases in a bucket that speaks S3, where the deployment names one. Objects are written once.

Only here are boto3 and django-storages loaded, and only when a bucket is asked for.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from curation.models import ReleaseFile

BLOCK = 2**20
MISSING = ("404", "NoSuchKey", "NotFound")
REFUSED = ("401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch")
TAKEN = ("409", "412", "PreconditionFailed", "ConditionalRequestConflict")


class BucketAway(Exception):
    """The bucket does not answer now, or not us; the text says which, without a key."""


class BucketSpoilt(Exception):
    """An object is not what was put there."""


def is_used() -> bool:
    """Whether the deployment keeps files of releases in a bucket."""
    return bool(settings.RELEASE_BUCKET)


def put(release_id: UUID, path: str, source: Path, *, size: int, digest: str) -> None:
    """Put a file there that is not there yet, and look at what arrived. Raises BucketAway and BucketSpoilt."""
    key = _key(release_id, path)
    checksum = base64.b64encode(bytes.fromhex(digest)).decode()
    with _said(), source.open("rb") as body:
        _bucket().Object(key).put(Body=body, ContentLength=size, ChecksumSHA256=checksum, IfNoneMatch="*")
    check(release_id, path, size=size, digest=digest)


def check(release_id: UUID, path: str, *, size: int, digest: str) -> None:
    """Raise BucketSpoilt unless the object has this size and SHA-256, read from the bucket."""
    counted, hashed = 0, sha256()
    for block in blocks(release_id, path):
        counted += len(block)
        hashed.update(block)
    if (counted, hashed.hexdigest()) != (size, digest):
        raise BucketSpoilt(f"{path} in the bucket is not what was put there.")


def blocks(release_id: UUID, path: str) -> Iterator[bytes]:
    """What the object holds. Raises FileNotFoundError and BucketAway."""
    with _said(path):
        yield from _bucket().Object(_key(release_id, path)).get()["Body"].iter_chunks(BLOCK)


def address(file: ReleaseFile, name: str) -> str:
    """Where whoever has it may read the object for a few minutes, under this name. Asks nobody."""
    return str(
        _storage().url(
            f"{file.release_id}/{file.path}",
            parameters={
                "ResponseContentType": file.media_type,
                "ResponseContentDisposition": f'attachment; filename="{name}"',
            },
            expire=settings.RELEASE_LINK_SECONDS,
        )
    )


def remove(release_id: UUID) -> None:
    """Take away every object of a release. Raises BucketAway."""
    with _said():
        _bucket().objects.filter(Prefix=_key(release_id, "")).delete()


def look() -> str:
    """A sentence for `goldpan doctor`. Raises BucketAway where the bucket does not answer."""
    if not is_used():
        return "none; files of releases lie in the home folder"
    with _said():
        _bucket().meta.client.head_bucket(Bucket=settings.RELEASE_BUCKET["name"])
    return f"{settings.RELEASE_BUCKET['name']} answers"


def _key(release_id: UUID, path: str) -> str:
    prefix = settings.RELEASE_BUCKET["prefix"]
    return f"{prefix}/{release_id}/{path}" if prefix else f"{release_id}/{path}"


@contextmanager
def _said(path: str = "") -> Iterator[None]:
    """What went wrong in words. Texts of the server's own may hold keys, so only its code is told."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))[:60]
        if code in MISSING and path:
            raise FileNotFoundError(path) from None
        if code in TAKEN:
            raise BucketAway("An earlier attempt's object is in the way; the next attempt clears it up.") from None
        if code in REFUSED:
            raise BucketAway(
                "The bucket for files of releases refuses our key. An administrator has to look."
            ) from None
        raise BucketAway(f"The bucket for files of releases answers {code or 'with an error'}.") from None
    except (BotoCoreError, HTTPClientError, ConnectionError) as error:
        raise BucketAway(f"The bucket for files of releases does not answer ({type(error).__name__}).") from None


def _bucket() -> Any:
    return _storage().bucket


def _storage() -> Any:
    return _storage_of(tuple(sorted(settings.RELEASE_BUCKET.items())))


@cache
def _storage_of(named: tuple[tuple[str, str], ...]) -> Any:
    try:
        from botocore.config import Config
        from storages.backends.s3 import S3Storage
    except ImportError:
        raise BucketAway(
            "GOLDPAN_RELEASE_BUCKET wants `pip install goldpan[s3]`, which is not installed here."
        ) from None
    fields = dict(named)
    return S3Storage(
        bucket_name=fields["name"],
        location=fields["prefix"],
        endpoint_url=fields["endpoint"] or None,
        region_name=fields["region"],
        access_key=fields["key"] or None,
        secret_key=fields["secret"] or None,
        querystring_auth=True,
        client_config=Config(
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "max_attempts": 3},
            s3={"addressing_style": "path" if fields["endpoint"] else "auto"},
        ),
    )
