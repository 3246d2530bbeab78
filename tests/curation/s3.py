"""A server that speaks S3, in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

NAME = "releases"


@contextmanager
def speaking_s3() -> Iterator[str]:
    """Its address, while it runs with an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        client(address).create_bucket(Bucket=NAME)
        yield address
        empty(address)
        client(address).delete_bucket(Bucket=NAME)
    finally:
        server.stop()


def client(address: str) -> Any:
    return boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )


def keys(address: str) -> list[str]:
    """What lies in the bucket."""
    return sorted(one["Key"] for one in client(address).list_objects_v2(Bucket=NAME).get("Contents", []))


def empty(address: str) -> None:
    for key in keys(address):
        client(address).delete_object(Bucket=NAME, Key=key)


def environment(address: str) -> dict[str, str]:
    """The same bucket, as a deployment names it."""
    before = "GOLDPAN_RELEASE_BUCKET"
    return {
        before: NAME,
        f"{before}_ENDPOINT": address,
        f"{before}_PREFIX": "goldpan/files",
        f"{before}_KEY": "key",
        f"{before}_SECRET": "secret",
    }
