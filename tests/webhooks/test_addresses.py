"""AB-12: what may be called, and what never is, however it is written."""

import socket
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import origins
from webhooks import addresses
from webhooks.addresses import AddressRefused, NameUnknown

LOCAL = [
    "127.0.0.1",
    "127.255.0.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",  # IPv4-compatible
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",  # there is a way to it without this
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
    "2606:4700::200:5efe:127.0.0.1",  # ISATAP below a global prefix
    "2606:4700::5efe:a00:1",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
    "5f00::1",
    "3fff::1",
    "192.0.0.170",
    "",
    "banana",
]
EVERYWHERE = ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]
ODD = [
    "",
    "hooks.example.org",
    "//hooks.example.org/",
    "ftp://hooks.example.org/",
    "file:///etc/passwd",
    "gopher://hooks.example.org/",
    "javascript:alert(1)",
    "https://",
    "https:///path",
    "https://user@hooks.example.org/",
    "https://user:word@hooks.example.org/",
    "https://@hooks.example.org/",
    "https://hooks.example.org@127.0.0.1/",
    "https://hooks.example.org/#part",
    "https://hooks.example.org#@127.0.0.1/",
    "https://hooks.example.org\\@127.0.0.1/",
    "https://hooks.example.org:0/",
    "https://hooks.example.org:99999/",
    "https://hooks.example.org:8443/",
    "https://hooks.example.org:80/",
    "http://hooks.example.org/",
    "http://hooks.example.org:443/",
    "https://hooks.example.org/ path",
    "https://hooks.example.org/\r\nX-Injected: yes",
    "https://hooks.example.org/\tx",
    "https://hoöks.example.org/",
    "https://hooks。example.org/",
    "https://[fe80::1%25eth0]/",
    "https://[::1/",
    "https://hooks%2eexample.org/",
    f"https://hooks.example.org/{'x' * 500}",
]
NUMBERS = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]",
]


@pytest.fixture(autouse=True)
def _open_to_the_internet(settings: Any) -> None:
    settings.WEBHOOK_ORIGINS = frozenset()
    settings.WEBHOOKS_ARE_GLOBAL = True


def answering(monkeypatch: pytest.MonkeyPatch, *found: str) -> list[str]:
    """A resolver that always gives these, and the names that it was asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return [(None, None, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("address", LOCAL)
def test_ab_12_what_is_not_of_the_whole_internet_is_not_called(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, address)

    with pytest.raises(AddressRefused):
        addresses.resolved(addresses.target("https://hooks.example.org/in"))


@pytest.mark.parametrize("address", EVERYWHERE)
def test_what_is_of_the_whole_internet_is_called(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, address)

    assert addresses.resolved(addresses.target("https://hooks.example.org/in")) == [address]


def test_ab_12_one_address_of_our_own_network_refuses_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "8.8.8.8", "10.0.0.1")

    with pytest.raises(AddressRefused, match="leads to an address that is not called"):
        addresses.resolved(addresses.target("https://hooks.example.org/"))


@pytest.mark.parametrize("url", ODD)
def test_ab_12_an_odd_address_is_refused_before_anything_is_looked_up(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, "8.8.8.8")

    with pytest.raises(AddressRefused):
        addresses.target(url)

    assert asked == []


@pytest.mark.parametrize("host", NUMBERS)
def test_ab_12_a_number_in_any_spelling_is_still_this_machine(host: str) -> None:
    with pytest.raises((AddressRefused, NameUnknown)):
        addresses.resolved(addresses.target(f"https://{host}/"))  # by the system's own resolver


def test_a_closed_deployment_calls_nothing(settings: Any) -> None:
    settings.WEBHOOKS_ARE_GLOBAL = False

    assert not addresses.are_on()
    with pytest.raises(AddressRefused, match="GOLDPAN_WEBHOOKS names those"):
        addresses.target("https://hooks.example.org/")


def test_what_the_deployment_names_may_lie_on_its_own_network(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_ORIGINS, settings.WEBHOOKS_ARE_GLOBAL = frozenset({"http://ci.internal:8080"}), False
    answering(monkeypatch, "10.0.0.7")

    named = addresses.target("http://ci.internal:8080/in?x=1")

    assert addresses.resolved(named) == ["10.0.0.7"]
    assert (named.path, named.is_named) == ("/in?x=1", True)
    for other in (
        "https://ci.internal:8080/",
        "http://ci.internal/",
        "http://ci.internal:8081/",
        "http://x.internal:8080/",
    ):
        with pytest.raises(AddressRefused):
            addresses.target(other)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1"])
def test_a_named_host_is_not_led_to_the_cloud_s_own_data(
    address: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_ORIGINS = frozenset({"http://ci.internal:80"})
    answering(monkeypatch, address)

    with pytest.raises(AddressRefused):
        addresses.resolved(addresses.target("http://ci.internal/"))


def test_a_name_that_leads_nowhere_is_told_from_one_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch)

    with pytest.raises(NameUnknown):
        addresses.resolved(addresses.target("https://hooks.example.org/"))


@pytest.mark.parametrize(
    ("said", "named", "is_open"),
    [
        ("", [], False),
        ("global", [], True),
        ("https://ci.example.org", ["https://ci.example.org:443"], False),
        ("http://10.0.0.5:8080/, global", ["http://10.0.0.5:8080"], True),
        ("https://[fd00::5]:8443", ["https://[fd00::5]:8443"], False),
    ],
)
def test_the_setting_names_origins(said: str, named: list[str], is_open: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDPAN_WEBHOOKS", said)

    assert origins.origins() == (frozenset(named), is_open)


@pytest.mark.parametrize("said", ["*", "ci.example.org", "ftp://x", "https://x/path", "https://u@x", "https://x:99999"])
def test_a_setting_that_names_no_origin_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDPAN_WEBHOOKS", said)

    with pytest.raises(ImproperlyConfigured, match="GOLDPAN_WEBHOOKS"):
        origins.origins()
