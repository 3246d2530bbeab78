"""AB-24: the address of a caller is not what the caller says it is."""

from typing import Any

import pytest
from django.test import RequestFactory

from ui.requests import client_address


def address(settings: Any, proxies: int, forwarded: str | None, peer: str = "10.0.0.9") -> str:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


def test_ab_24_without_a_trusted_proxy_the_header_is_not_believed(settings: Any) -> None:
    assert address(settings, 0, "1.2.3.4") == "10.0.0.9"
    assert address(settings, 0, None) == "10.0.0.9"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        (2, "1.2.3.4, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "evil\nname", "10.0.0.9"),
        (1, "203.0.113.7:4711", "203.0.113.7"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_ab_24_only_what_trusted_proxies_wrote_counts(
    settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    assert address(settings, proxies, forwarded) == expected
