"""Servers that score: raw logits of vLLM and SGLang, and every answer that is no score."""

import json
from typing import Any

import pytest

from modelhooks.backends.openai_chat import OpenAIChat
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused, Limits
from modelhooks.backends.remote.purse import Purse
from modelhooks.backends.remote.templates import NotRendered, rendered
from modelhooks.backends.sglang_classify import MOST_TEXTS, SglangClassify
from modelhooks.backends.vllm_classify import VllmClassify
from modelhooks.contracts import ResponseGroup, Usage
from tests.modelhooks.remote.server import Server

PROMPT = ({"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi <|im_end|>"})
GROUPS = [ResponseGroup(PROMPT, ("one", "three")), ResponseGroup(PROMPT, ()), ResponseGroup(PROMPT, ("seven",))]
PICTURE = ResponseGroup(({"role": "user", "content": "?", "media": [{"kind": "image"}]},), ("one", "two"))
LIMITS = Limits(attempt_seconds=10, request_seconds=20, call_seconds=30, retries=0)
CHATML = (
    "{% for message in messages %}\n"
    "{{ bos_token }}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}"
)


def vllm(server: Server, **fields: Any) -> VllmClassify:
    root = server.url.removesuffix("/v1")
    return VllmClassify(Endpoint("reward", "vllm_classify", root, "m", limits=LIMITS, **fields))


def sglang(server: Server, **fields: Any) -> SglangClassify:
    root = server.url.removesuffix("/v1")
    known = {"template": CHATML, **fields}
    return SglangClassify(Endpoint("reward", "sglang_classify", root, "m", limits=LIMITS, **known))


def length_of(text: str) -> float:
    """A reward that is a length, far beyond what a sigmoid could tell apart."""
    return 17.5 + len(text)


def as_vllm(handler: Any, body: dict[str, Any]) -> None:
    score = length_of(body["messages"][-1]["content"])
    data = [{"index": 0, "label": "LABEL_0", "probs": [score], "num_classes": 1}]
    handler.say({"object": "list", "data": data, "usage": {"prompt_tokens": 12, "total_tokens": 12}})


def as_sglang(handler: Any, body: dict[str, Any]) -> None:
    last = [text.split("assistant\n")[1].split("<|im_end|>")[0] for text in body["text"]]
    handler.say([{"embedding": [length_of(text)], "meta_info": {"id": "x", "prompt_tokens": 12}} for text in last])


@pytest.mark.parametrize(("make", "behave"), [(vllm, as_vllm), (sglang, as_sglang)])
def test_scores_are_raw_and_stand_in_the_order_of_the_responses(server: Server, make: Any, behave: Any):
    server.behave = behave
    model = make(server, key="sesame")

    scores = model.score(GROUPS)

    assert [[one.raw for one in group] for group in scores] == [[20.5, 22.5], [], [22.5]]
    assert scores[0][0].n_tokens == 12
    assert model.purse.used.prompt_tokens == 36
    assert set(server.paths) == {"/classify"}
    assert server.headers[0]["authorization"] == "Bearer sesame"


def test_vllm_is_told_to_leave_the_score_as_it_is(server: Server):
    server.behave = as_vllm

    vllm(server, extra={"priority": 1}).score([ResponseGroup(PROMPT, ("a <|eot_id|>",))])

    (body,) = server.bodies
    assert (body["use_activation"], body["add_generation_prompt"], body["add_special_tokens"]) == (False, False, False)
    assert [turn["role"] for turn in body["messages"]] == ["system", "user", "assistant"]
    assert body["priority"] == 1
    assert "<|eot_id|>" not in json.dumps(body, ensure_ascii=False)
    assert "<|im_end|>" not in json.dumps(body, ensure_ascii=False)


def test_sglang_gets_the_responses_of_a_group_together_as_their_template_shows_them(server: Server):
    server.behave = as_sglang

    sglang(server).score([ResponseGroup(PROMPT, ("x",) * (MOST_TEXTS + 1))])

    assert sorted(len(body["text"]) for body in server.bodies) == [1, MOST_TEXTS]
    text = server.bodies[0]["text"][0]
    assert text.startswith("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n")
    assert text.endswith("<|im_start|>assistant\nx<|im_end|>\n")
    assert text.count("<|im_end|>") == 3


NO_SCORES = {
    "nothing": b"",
    "an error": {"error": "x"},
    "no data": {"data": []},
    "two": {"data": [{"probs": [1.0]}, {"probs": [1.0]}]},
    "classes": {"data": [{"probs": [0.2, 0.8]}]},
    "a text": {"data": [{"probs": ["1.0"]}]},
    "not a number": b'{"data": [{"probs": [NaN]}]}',
    "too large": b'{"data": [{"probs": [1e999]}]}',
    "a list": [{"embedding": [1.0]}, {"embedding": [2.0]}],
    "an empty one": [{"embedding": []}],
    "several": [{"embedding": [1.0, 2.0]}],
    "null": [{"embedding": [None]}],
    "true": [{"embedding": [True]}],
}


@pytest.mark.parametrize("said", NO_SCORES.values(), ids=NO_SCORES)
@pytest.mark.parametrize("make", [vllm, sglang])
def test_what_is_no_score_is_none(server: Server, make: Any, said: Any):
    server.behave = lambda handler, body: handler.say(said)

    ((score,),) = make(server).score([ResponseGroup(PROMPT, ("one",))])

    assert score.raw is None
    assert "“reward”" in score.error


@pytest.mark.parametrize("make", [vllm, sglang])
def test_one_that_is_refused_does_not_take_the_others_with_it(server: Server, make: Any):
    def behave(handler: Any, body: dict[str, Any]) -> None:
        if "three" in json.dumps(body):
            return handler.say({}, status=400)
        return (as_vllm if make is vllm else as_sglang)(handler, body)

    server.behave = behave

    scores = make(server).score([ResponseGroup(PROMPT, ("three",)), ResponseGroup(PROMPT, ("one",)), PICTURE])

    assert [one.raw for group in scores for one in group] == [None, 20.5, None, None]
    assert "400" in scores[0][0].error
    assert "text alone" in scores[2][1].error


@pytest.mark.parametrize("make", [vllm, sglang])
def test_a_cap_on_tokens_holds(server: Server, make: Any):
    server.behave = as_vllm if make is vllm else as_sglang
    model = make(server)
    model.caller.purse = Purse(tokens=10)

    ((score,),) = model.score([ResponseGroup(PROMPT, ("one",))])

    assert score.raw is None
    assert server.bodies == []
    assert model.purse.used == Usage()


def test_a_kind_is_asked_in_its_own_way_alone(server: Server):
    chat = Endpoint("judge", "openai_chat", server.url, "m")
    for backend in (VllmClassify, SglangClassify):
        with pytest.raises(EndpointRefused, match="kind"):
            backend(chat)
    with pytest.raises(EndpointRefused, match="chat"):
        OpenAIChat(vllm(server).endpoint)
    with pytest.raises(EndpointRefused, match="template"):
        sglang(server, template="")


def test_what_is_shown_otherwise_has_another_fingerprint(server: Server):
    prints = {sglang(server).fingerprint, sglang(server, template=CHATML + " ").fingerprint, vllm(server).fingerprint}

    assert len(prints | {vllm(server, revision="2").fingerprint}) == 4


@pytest.mark.parametrize(
    "template",
    [
        "{{ messages",
        "{{ raise_exception('no') }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% include '/etc/passwd' %}",
        "{{ messages.append(1) }}",
    ],
)
def test_a_template_that_fails_or_reaches_out_is_refused(template: str):
    with pytest.raises(NotRendered, match="template"):
        rendered(template, PROMPT, "x")


def test_a_conversation_that_the_template_refuses_has_no_score(server: Server):
    server.behave = as_sglang
    picky = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}" + CHATML
    model = sglang(server, template=picky)

    refused, scored = model.score([GROUPS[0], ResponseGroup(PROMPT[1:], ("one",))])

    assert [one.raw for one in refused] == [None, None]
    assert "cannot show" in refused[0].error
    assert scored[0].raw == 20.5
