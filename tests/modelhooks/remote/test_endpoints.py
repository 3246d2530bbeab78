"""Endpoints come from the environment, and each mistake in one is a sentence."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from config.endpoints import endpoints
from modelhooks import checks
from modelhooks.backends.openai_chat import OpenAIChat
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused, Limits, Prices
from modelhooks.endpoints import backend, configured, endpoint

JUDGE = {"GOLDPAN_ENDPOINTS": "big-judge", "GOLDPAN_ENDPOINT_BIG_JUDGE_URL": "http://127.0.0.1:8001/v1/"}
JUDGE |= {"GOLDPAN_ENDPOINT_BIG_JUDGE_MODEL": "a/judge"}
BEFORE = "GOLDPAN_ENDPOINT_BIG_JUDGE_"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("GOLDPAN_HOME", str(tmp_path))
    for name, said in JUDGE.items():
        monkeypatch.setenv(name, said)
    return monkeypatch


def test_an_endpoint_is_what_the_environment_says(surroundings: pytest.MonkeyPatch):
    told = {"KEY": "sesame", "IMAGES": "yes", "EXTRA": '{"top_k": 5}', "PROMPT_PRICE": "0.15", "AT_ONCE": "3"}
    for name, said in told.items():
        surroundings.setenv(BEFORE + name, said)

    with override_settings(MODEL_ENDPOINTS=endpoints()):
        found = endpoint("big-judge")

    limits, prices = Limits(at_once=3), Prices(0.15, 0.0, 0.15)
    known = {"key": "sesame", "takes_images": True, "extra": {"top_k": 5}, "limits": limits, "prices": prices}
    assert found == Endpoint("big-judge", "openai_chat", "http://127.0.0.1:8001/v1", "a/judge", **known)


def test_a_key_may_lie_in_a_file_of_the_home(tmp_path):
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / f"{BEFORE}KEY").write_text("sesame\n")

    assert endpoints()["big-judge"]["key"] == "sesame"


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("GOLDPAN_ENDPOINTS", "Judge", "is no name"),
        ("GOLDPAN_ENDPOINTS", "other", "GOLDPAN_ENDPOINT_OTHER_KIND|GOLDPAN_ENDPOINT_OTHER_URL is not set"),
        (f"{BEFORE}MODEL", "", "MODEL is not set"),
        (f"{BEFORE}KIND", "telepathy", "must be one of openai_chat"),
        (f"{BEFORE}EXTRA", "[1]", "must be a JSON object"),
        (f"{BEFORE}EXTRA", "{", "must be a JSON object"),
        (f"{BEFORE}PROMPT_PRICE", "cheap", "must be a number"),
        (f"{BEFORE}PROMPT_PRICE", "-1", "must be a number"),
        (f"{BEFORE}AT_ONCE", "0", "whole number from 1"),
    ],
)
def test_a_mistake_is_a_sentence(surroundings: pytest.MonkeyPatch, name: str, said: str, sentence: str):
    surroundings.setenv(name, said)

    with pytest.raises(ImproperlyConfigured, match=sentence):
        endpoints()


def test_without_endpoints_there_are_none(surroundings: pytest.MonkeyPatch):
    surroundings.delenv("GOLDPAN_ENDPOINTS")

    assert endpoints() == {}


def test_a_backend_is_asked_for_by_name():
    with override_settings(MODEL_ENDPOINTS=endpoints()):
        assert isinstance(backend("big-judge"), OpenAIChat)
        assert list(configured()) == ["big-judge"]
        with pytest.raises(EndpointRefused, match="GOLDPAN_ENDPOINTS"):
            backend("http://elsewhere/v1")


@pytest.mark.parametrize(
    ("url", "key", "found"),
    [
        ("http://127.0.0.1:8001/v1", "sesame", []),
        ("https://judge.example/v1", "sesame", []),
        ("http://judge.example/v1", "", []),
        ("http://judge.example/v1", "sesame", ["goldpan.W002"]),
        ("ftp://judge.example/v1", "", ["goldpan.E005"]),
    ],
)
def test_the_check_sees_what_is_wrong_with_an_address(
    surroundings: pytest.MonkeyPatch, url: str, key: str, found: list[str]
):
    surroundings.setenv(f"{BEFORE}URL", url)
    surroundings.setenv(f"{BEFORE}KEY", key)

    with override_settings(MODEL_ENDPOINTS=endpoints()):
        assert [message.id for message in checks.endpoints_can_be_called(None)] == found
