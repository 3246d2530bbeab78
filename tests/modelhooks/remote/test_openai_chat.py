"""The chat backend against a server on this machine: what it sends, what it takes, and when it stops."""

import gzip
import time
from dataclasses import replace
from typing import Any, Literal

import pytest

from modelhooks.backends.openai_chat import OpenAIChat
from modelhooks.backends.remote.breaker import Breaker
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused, Limits, Prices
from modelhooks.backends.remote.purse import Purse, Spent
from modelhooks.contracts import Usage
from modelhooks.judging.chat import Answer, Ask, Picture, Sampling, Turn
from tests.modelhooks.remote.server import Server, completion, elapsed, in_turn

LIMITS = Limits(attempt_seconds=10, request_seconds=20, call_seconds=30, retries=2, response_bytes=100_000)
HASTY = replace(LIMITS, attempt_seconds=0.4, request_seconds=1.0)
HELLO = Ask((Turn("user", "Say hello."),))


class Verdict(Answer):
    reasoning: str
    verdict: Literal["A", "B"]


def chat(server: Server, limits: Limits = LIMITS, purse: Purse | None = None, **fields: Any) -> OpenAIChat:
    known = {"name": "judge", "kind": "openai_chat", "model": "m", "key": "sesame", "limits": limits, **fields}
    return OpenAIChat(Endpoint(url=server.url, **known), purse=purse)


def fails(status: int, **headers: str) -> Any:
    return lambda handler, body: handler.say({"error": {"message": "leak me"}}, status=status, headers=headers)


def says(*texts: str, **more: Any) -> Any:
    return lambda handler, body: handler.say(completion(body, *texts, **more))


def test_everything_asked_for_is_sent_and_nothing_else(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "somebody")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    ask = Ask(
        (Turn("system", "Be fair."), Turn("user", "Which?", (Picture("image/png", b"\x89PNG"),))),
        Verdict,
        samples=3,
        sampling=Sampling(temperature=0.6, top_p=0.9, max_tokens=50, seed=7, alternatives=20),
    )

    chat(server, takes_images=True, extra={"chat_template_kwargs": {"enable_thinking": False}}).ask([ask])

    (body,) = server.bodies
    schema = body.pop("response_format")["json_schema"]
    assert server.paths == ["/v1/chat/completions"]
    assert server.headers[0]["authorization"] == "Bearer sesame"
    assert "openai-organization" not in {name for name, value in server.headers[0].items() if value}
    assert body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be fair."},
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
                    {"type": "text", "text": "Which?"},
                ],
            },
        ],
        "temperature": 0.6,
        "top_p": 0.9,
        "max_tokens": 50,
        "n": 3,
        "seed": 7,
        "logprobs": True,
        "top_logprobs": 20,
        "chat_template_kwargs": {"enable_thinking": False},
    }
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False
    assert schema["schema"]["required"] == ["reasoning", "verdict"]
    assert schema["schema"]["properties"]["verdict"]["enum"] == ["A", "B"]


def test_samples_come_with_their_tokens_and_what_they_cost(server: Server):
    told = {"content": [{"token": "hi", "logprob": -0.1, "top_logprobs": [{"token": "ho", "logprob": -2.5}]}]}
    server.behave = says("hi", "ho", logprobs=told)

    (reply,) = chat(server).ask([replace(HELLO, samples=2)])

    assert [sample.text for sample in reply.samples] == ["hi", "ho"]
    assert dict(reply.samples[0].tokens[0].alternatives) == {"hi": -0.1, "ho": -2.5}
    assert reply.usage == Usage(prompt_tokens=100, completion_tokens=10, cached_tokens=40, requests=1)


def test_a_server_that_counts_no_samples_is_asked_for_each_with_another_seed(server: Server):
    (reply,) = chat(server, counts_samples=False).ask([replace(HELLO, samples=3)])

    assert len(reply.samples) == 3
    assert sorted(body["seed"] for body in server.bodies) == [0, 1, 2]
    assert all("n" not in body for body in server.bodies)
    assert reply.usage.requests == 3


def test_replies_stand_in_the_order_of_the_questions_and_not_too_many_are_asked_at_once(server: Server):
    def echo(handler: Any, body: dict[str, Any]) -> None:
        time.sleep(0.02 if body["messages"][0]["content"] == "0" else 0.005)
        handler.say(completion(body, body["messages"][0]["content"]))

    server.behave = echo
    asks = [Ask((Turn("user", str(number)),)) for number in range(12)]

    replies = chat(server, replace(LIMITS, at_once=3)).ask(asks)

    assert [reply.samples[0].text for reply in replies] == [str(number) for number in range(12)]
    assert 1 <= server.most_at_once <= 3


@pytest.mark.parametrize("status", [429, 503, 500, 408])
def test_a_server_that_is_busy_is_asked_again(server: Server, status: int):
    server.behave = in_turn(fails(status, **{"retry-after": "0"}), fails(status, **{"retry-after": "0.01"}), says("hi"))

    (reply,) = chat(server).ask([HELLO])

    assert reply.samples[0].text == "hi"
    assert reply.usage.requests == 3


def test_it_waits_as_long_as_it_is_asked_to(server: Server):
    server.behave = in_turn(fails(429, **{"retry-after": "0.7"}), says("hi"))
    began = time.monotonic()

    (reply,) = chat(server).ask([HELLO])

    assert reply.samples
    assert elapsed(began) >= 0.7


def test_who_asks_to_wait_past_the_deadline_is_not_waited_for(server: Server):
    server.behave = fails(429, **{"retry-after": "3600"})
    began = time.monotonic()

    (reply,) = chat(server).ask([HELLO])

    assert (reply.reason, len(server.bodies)) == ("busy", 1)
    assert elapsed(began) < 10


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_what_a_server_refuses_is_not_asked_again_and_its_words_are_not_passed_on(server: Server, status: int):
    server.behave = fails(status)

    (reply,) = chat(server).ask([HELLO])

    assert (reply.reason, reply.samples) == ("refused", ())
    assert str(status) in reply.error
    assert "leak" not in reply.error
    assert len(server.bodies) == 1


def test_nobody_is_followed_elsewhere(server: Server):
    server.behave = fails(307, location=f"{server.url}/elsewhere")

    (reply,) = chat(server).ask([HELLO])

    assert reply.reason == "refused"
    assert server.paths == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    "behave",
    [
        lambda handler, body: handler.hang(),
        lambda handler, body: handler.trickle(0.05),
        lambda handler, body: (handler.begin(500), handler.hang()),
    ],
    ids=["says nothing", "one byte at a time", "stops in the middle"],
)
def test_a_deadline_holds_whatever_the_server_does(server: Server, behave: Any):
    server.behave = behave
    began = time.monotonic()

    (reply,) = chat(server, HASTY).ask([HELLO])

    assert reply.reason == "late"
    assert elapsed(began) < 4


def test_the_deadline_of_a_call_holds_for_those_that_still_wait(server: Server):
    server.behave = lambda handler, body: handler.hang()
    limits = replace(LIMITS, at_once=1, attempt_seconds=5, request_seconds=5, call_seconds=0.6)
    began = time.monotonic()

    replies = chat(server, limits).ask([HELLO] * 5)

    assert [reply.reason for reply in replies] == ["late"] * 5
    assert elapsed(began) < 4
    assert len(server.bodies) == 1


@pytest.mark.parametrize("ends", ["in the middle", "before it begins"])
def test_half_an_answer_is_none(server: Server, ends: str):
    def half(handler: Any, body: dict[str, Any]) -> None:
        if ends == "in the middle":
            handler.begin(500)
            handler.wfile.write(b'{"choices": [{"message": {"content": "hi"}}')
        handler.cut()

    server.behave = half

    (reply,) = chat(server, replace(LIMITS, retries=1)).ask([HELLO])

    assert reply.reason == "broken"
    assert len(server.bodies) == 2


@pytest.mark.parametrize("is_told", [True, False], ids=["says how long", "does not say"])
def test_no_more_is_read_than_is_allowed(server: Server, is_told: bool):
    def flood(handler: Any, body: dict[str, Any]) -> None:
        if is_told:
            return handler.say(completion(body, "x" * 1_000_000))
        handler.send_response(200)
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"2710\r\n" + b" " * 10_000 + b"\r\n")
        return None

    server.behave = flood

    (reply,) = chat(server).ask([HELLO])

    assert reply.reason == "too_large"
    assert len(server.bodies) == 1


def test_what_is_packed_is_not_unpacked(server: Server):
    packed, headers = gzip.compress(b" " * 5_000_000), {"content-encoding": "gzip"}
    server.behave = lambda handler, body: handler.say(packed, headers=headers)

    (reply,) = chat(server).ask([HELLO])

    assert reply.reason == "too_large"
    assert server.headers[0]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"null",
        b"[]",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": 3}}]}',
        b'{"choices": [{"message": {"content": "hi"}}], "usage": {"prompt_tokens": -1, "completion_tokens": 0}}',
        b'{"choices": [{"message": {"content": "hi"}, "logprobs": {"content": [{"token": "a", "logprob": NaN}]}}]}',
        b"[" * 60_000,
        b"\xff\xfe",
        b"event: done\n\n",
    ],
)
def test_what_is_no_chat_answer_is_unreadable(server: Server, raw: bytes):
    server.behave = lambda handler, body: handler.say(raw)

    (reply,) = chat(server).ask([HELLO])

    assert (reply.reason, reply.samples) == ("unreadable", ())


def test_more_samples_than_were_asked_for_are_left_out(server: Server):
    server.behave = lambda handler, body: handler.say(completion({**body, "n": 5}, "hi"))

    (reply,) = chat(server).ask([replace(HELLO, samples=2)])

    assert len(reply.samples) == 2


def test_nothing_listens(server: Server):
    dead = Endpoint("judge", "openai_chat", "http://127.0.0.1:9/v1", "m", limits=replace(LIMITS, retries=1))

    (reply,) = OpenAIChat(dead).ask([HELLO])

    assert reply.reason == "broken"
    assert reply.usage == Usage(requests=2)


def test_after_enough_failures_the_server_is_left_alone_and_tried_again_later(server: Server):
    server.behave = fails(500, **{"retry-after": "0"})
    judge = chat(server, replace(LIMITS, failures=3, retries=0, at_once=1, rest_seconds=0.3))

    reasons = [reply.reason for reply in judge.ask([HELLO] * 5)]
    server.behave = says("hi")
    still = judge.ask([HELLO])[0].reason
    time.sleep(0.35)
    later = judge.ask([HELLO] * 2)

    assert reasons == ["broken"] * 3 + ["resting"] * 2
    assert still == "resting"
    assert all(reply.samples for reply in later)
    assert len(server.bodies) == 5


def test_a_breaker_lets_one_through_and_believes_it():
    now = [0.0]
    breaker = Breaker(2, 10.0, lambda: now[0])

    breaker.failed()
    breaker.answered()
    breaker.failed()
    assert breaker.admits()
    breaker.failed()
    assert (breaker.is_open, breaker.admits()) == (True, False)
    now[0] = 10.0
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.failed()
    assert not breaker.admits()
    now[0] = 20.0
    assert breaker.admits()
    breaker.answered()
    assert (breaker.is_open, breaker.admits(), breaker.admits()) == (False, True, True)


def test_the_cap_is_never_passed(server: Server):
    server.behave = says("hi", usage={"prompt_tokens": 100, "completion_tokens": 50})
    prices = Prices(prompt=10.0, completion=20.0)  # an answer costs 0.002, and could cost about 0.0025
    ask = Ask(HELLO.turns, sampling=Sampling(max_tokens=80))
    judge = chat(server, replace(LIMITS, at_once=4), Purse(prices, cost=0.011), prices=prices)

    replies = judge.ask([ask] * 20)

    assert judge.purse.cost <= 0.011
    assert {reply.reason for reply in replies} == {"", "spent"}
    assert len(server.bodies) == sum(bool(reply.samples) for reply in replies)
    assert judge.ask([ask] * 3)[0].reason in {"", "spent"}
    assert judge.purse.cost <= 0.011


def test_who_does_not_say_what_was_used_has_used_the_most(server: Server):
    server.behave = says("hi", usage=None)
    judge = chat(server, purse=Purse(tokens=400))
    ask = Ask(HELLO.turns, sampling=Sampling(max_tokens=250))

    first, second = judge.ask([ask])[0], judge.ask([ask])[0]

    assert first.usage.completion_tokens == 250
    assert first.usage.prompt_tokens >= len("Say hello.")
    assert second.reason == "spent"


def test_what_was_sent_and_never_answered_counts_and_what_was_refused_does_not(server: Server):
    ask = Ask(HELLO.turns, sampling=Sampling(max_tokens=100))
    server.behave = lambda handler, body: handler.hang()
    lost = chat(server, replace(HASTY, retries=1, request_seconds=5)).ask([ask])[0]
    server.behave = fails(429, **{"retry-after": "0"})
    refused = chat(server, replace(LIMITS, retries=1)).ask([ask])[0]

    assert lost.usage.completion_tokens == 200
    assert refused.usage == Usage(requests=2)


def test_a_purse_counts_what_is_under_way():
    purse = Purse(tokens=100)

    with purse.set_aside(Usage(prompt_tokens=60)) as entry:
        with pytest.raises(Spent), purse.set_aside(Usage(completion_tokens=41)):
            pass
        entry.usage = Usage(prompt_tokens=10, requests=1)

    assert purse.used == Usage(prompt_tokens=10, requests=1)
    with purse.set_aside(Usage(completion_tokens=90)) as entry:
        entry.usage = Usage()
    assert purse.used == Usage(prompt_tokens=10, requests=1)


def test_cached_tokens_have_their_price():
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=500_000, cached_tokens=400_000)

    assert Prices(10, 20).cost(usage) == pytest.approx(20)
    assert Prices(10, 20, cached=1).cost(usage) == pytest.approx(16.4)
    assert Prices(10, 20, cached=12).most(usage) == pytest.approx(22)


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "file:///etc/passwd"},
        {"url": "http:///v1"},
        {"url": "http://user:pass@host/v1"},
        {"url": "http://host/v1?key=1"},
        {"model": ""},
    ],
)
def test_an_endpoint_that_cannot_be_called_is_refused(fields: dict[str, str]):
    with pytest.raises(EndpointRefused):
        Endpoint(**{"name": "judge", "kind": "openai_chat", "url": "http://host/v1", "model": "m", **fields})


def test_a_key_is_not_printed():
    printed = repr(Endpoint("judge", "openai_chat", "http://secret.host/v1", "m", key="sesame"))

    assert "sesame" not in printed
    assert "secret.host" not in printed


def test_what_answers_otherwise_has_another_fingerprint(server: Server):
    prints = {
        chat(server, **fields).fingerprint
        for fields in ({}, {"model": "n"}, {"revision": "2"}, {"obeys_schemas": False}, {"extra": {"a": 1}})
    }

    assert len(prints) == 5
    assert chat(server, key="other").fingerprint == chat(server).fingerprint


def test_neither_what_is_asked_nor_where_is_logged(server: Server, caplog: pytest.LogCaptureFixture):
    with caplog.at_level("DEBUG"):
        chat(server).ask([HELLO])

    assert server.bodies
    assert "Say hello" not in caplog.text
    assert server.url not in caplog.text
    assert "sesame" not in caplog.text


def test_half_a_surrogate_pair_does_not_stop_a_question(server: Server):
    chat(server).ask([Ask((Turn("user", "a\ud800b"),))])

    assert server.bodies[0]["messages"][0]["content"] == "a?b"


@pytest.mark.parametrize("media_type", ["image/svg+xml", "text/html"])
def test_other_pictures_are_refused(media_type: str):
    with pytest.raises(ValueError, match="PNG"):
        Picture(media_type, b"")
