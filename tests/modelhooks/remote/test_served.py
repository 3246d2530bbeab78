"""Checkpoints that are servers: loaded by an endpoint's name, refused where the server does not keep its word."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from modelhooks import endpoints, prompts
from modelhooks.asking import ASKING, WRITING, usage_of
from modelhooks.backends.served import load_judge, load_reward
from modelhooks.backends.served_writer import load as load_writer
from modelhooks.catalog import BACKENDS, JudgeOptions, ServedOptions, WriterOptions, checked
from modelhooks.contracts import (
    Contrast,
    Explained,
    Explaining,
    Feedback,
    Instruction,
    Merging,
    Misjudged,
    Misled,
    Revision,
    Rewording,
    Trajectory,
    WrittenCriterion,
)
from modelhooks.errors import LoadRefused, Unavailable
from modelhooks.known_pairs import KNOWN
from modelhooks.option_fields import fields
from tests.modelhooks.remote.server import Server, completion, in_turn

LIMITS = {"attempt_seconds": 5.0, "request_seconds": 6.0, "call_seconds": 8.0, "retries": 0}


@pytest.fixture
def deployment(server: Server) -> Iterator[Server]:
    """A server that two endpoints name: one for chats, one for rewards."""
    root = server.url.removesuffix("/v1")
    known = {
        "judge": {"kind": "openai_chat", "url": server.url, "model": "m", "limits": LIMITS},
        "rewards": {"kind": "vllm_classify", "url": root, "model": "m", "limits": LIMITS},
        "other": {"kind": "openai_chat", "url": server.url, "model": "n", "limits": LIMITS},
        "texts": {"kind": "sglang_classify", "url": root, "model": "m", "limits": LIMITS},
    }
    endpoints._breaker.cache_clear()
    with override_settings(MODEL_ENDPOINTS=known):
        yield server


def made_of(schema: Any, case: str, defs: Any) -> Any:
    """Something of this shape, as a server that enforces it would make a model say: always its first choice."""
    schema = defs[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "const" in schema or "enum" in schema:
        return schema.get("const") or schema["enum"][0]
    if schema["type"] == "array":
        return [made_of(schema["items"], case, defs)] * schema.get("minItems", 0)
    if schema["type"] == "string":
        return ""
    return {name: case if name == "case" else made_of(each, case, defs) for name, each in schema["properties"].items()}


def enforces(handler: Any, body: dict[str, Any]) -> None:
    if "response_format" not in body:
        return handler.say(completion(body, "Hello."))
    schema = body["response_format"]["json_schema"]["schema"]
    case = re.search(r"<<<([0-9a-f]{8})", json.dumps(body["messages"]))
    said = made_of(schema, case[1] if case else "", schema.get("$defs", {}))
    return handler.say(completion(body, json.dumps(said)))


def ignores(handler: Any, body: dict[str, Any]) -> None:
    handler.say(completion(body, "Paris" if "response_format" in body else "Hello."))


def scores(raw: Any) -> Any:
    def behave(handler: Any, body: dict[str, Any]) -> None:
        handler.say({"data": [{"probs": [raw(body["messages"][-1]["content"])]}], "usage": {"prompt_tokens": 9}})

    return behave


def test_a_judge_answers_every_contract_that_the_catalog_gives_it(deployment: Server):
    deployment.behave = enforces
    model = load_judge(JudgeOptions(endpoint="judge", style="direct"))

    for contract in BACKENDS["judge"].contracts:
        answers = ASKING[contract].ask(model, KNOWN[contract].inputs, {})
        assert len(answers) == len(KNOWN[contract].inputs)
        assert KNOWN[contract].told(answers)
        assert [ASKING[contract].read(ASKING[contract].write(answer)) for answer in answers] == list(answers)


@pytest.mark.parametrize("style", ["critique", "direct", "principles", "rethink"])
def test_every_style_is_another_judge(deployment: Server, style: str):
    deployment.behave = enforces

    judge = load_judge(JudgeOptions(endpoint="judge", style=style, temperature=0.5, longest=99))
    (found,) = judge.judge(KNOWN["preference"].inputs, n=2)

    assert (found.parse_ok, found.preference) == (True, None)  # always A
    assert deployment.bodies[-1]["temperature"] == 0.5
    assert deployment.bodies[-1]["max_tokens"] == 99
    other = load_judge(JudgeOptions(endpoint="judge", style="direct", allows_tie=False))
    assert judge.fingerprint != other.fingerprint


def test_instructions_reach_the_server_and_make_another_judge(deployment: Server):
    deployment.behave = enforces
    plain = load_judge(JudgeOptions(endpoint="judge", style="direct"))
    told = load_judge(JudgeOptions(endpoint="judge", style="direct", instructions="Kindness counts most."))

    told.judge(KNOWN["preference"].inputs)

    assert "Kindness counts most." in deployment.bodies[-1]["messages"][0]["content"]
    assert told.fingerprint != plain.fingerprint


def test_a_server_that_does_not_enforce_a_form_is_not_loaded(deployment: Server):
    deployment.behave = ignores

    with pytest.raises(LoadRefused, match="does not enforce"):
        load_judge(JudgeOptions(endpoint="judge"))


def test_a_server_that_is_away_is_waited_for(deployment: Server):
    deployment.behave = lambda handler, body: handler.say({}, status=500)

    with pytest.raises(Unavailable, match="status 500"):
        load_judge(JudgeOptions(endpoint="judge"))
    with pytest.raises(Unavailable, match="“rewards”"):
        load_reward(ServedOptions(endpoint="rewards"))


def test_one_answer_among_failures_is_kept(deployment: Server):
    deployment.behave = enforces
    judge = load_judge(JudgeOptions(endpoint="judge", style="direct"))
    deployment.behave = in_turn(lambda handler, body: handler.say({}, status=500), enforces)

    found = judge.score([KNOWN["reward"].inputs[0]])[0]

    assert [bool(one.error) for one in found].count(True) == 1
    deployment.behave = lambda handler, body: handler.say({}, status=500)
    with pytest.raises(Unavailable):
        judge.score([KNOWN["reward"].inputs[0]])


def test_a_reward_model_is_loaded_where_its_scores_are_raw(deployment: Server):
    deployment.behave = scores(lambda text: 10.0 - len(text))

    model = load_reward(ServedOptions(endpoint="rewards"))

    assert KNOWN["reward"].told(ASKING["reward"].ask(model, KNOWN["reward"].inputs, {}))


@pytest.mark.parametrize(
    ("raw", "fault"), [(lambda text: 1 / (1 + len(text)), "squashed"), (lambda text: 7.0, "the same")]
)
def test_squashed_scores_are_refused(deployment: Server, raw: Any, fault: str):
    deployment.behave = scores(raw)

    with pytest.raises(LoadRefused, match=fault):
        load_reward(ServedOptions(endpoint="rewards"))


def test_an_endpoint_that_is_another_is_refused(deployment: Server):
    for endpoint, load, options in [
        ("rewards", load_judge, JudgeOptions),
        ("nobody", load_judge, JudgeOptions),
        ("judge", load_reward, ServedOptions),
        ("texts", load_reward, ServedOptions),  # without a template
        ("nobody", load_reward, ServedOptions),
    ]:
        with pytest.raises(LoadRefused, match="“"):
            load(options(endpoint=endpoint))
    assert deployment.bodies == []


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"endpoint": "http://a/v1"},
        {"endpoint": "../a"},
        {"endpoint": "a", "samples": 17},
        {"endpoint": "a", "url": "x"},
    ],
)
def test_a_checkpoint_names_an_endpoint_and_nothing_else(options: dict[str, Any]):
    with pytest.raises(ValueError, match=r"\w"):
        checked("judge", "preference", options)


def test_its_form_has_a_field_for_every_option():
    assert set(fields(JudgeOptions)) == {f"options.{name}" for name in JudgeOptions.model_fields}


PROMPT = ({"role": "user", "content": "Book it, please."},)
PAIR = Explained(PROMPT, "Because it rains, I booked it.", "No!")
RUBRIC = (WrittenCriterion("The response gives a reason."),)
GIVEN = (
    Contrast(PROMPT, PAIR.better, PAIR.worse, attempts=1),
    Feedback("It is right."),
    Instruction(PROMPT),
    Trajectory((*PROMPT, {"role": "assistant", "content": "Booked."})),
    Explaining((PAIR,)),
    Merging((RUBRIC, RUBRIC)),
    Revision(RUBRIC, (Misjudged(PROMPT, PAIR.better, PAIR.worse, (("no", "yes"),)),)),
    Rewording("", (Misled(PROMPT, PAIR.better, PAIR.worse, "undecided"),)),
)


def test_a_writer_answers_whatever_it_is_given_in_the_form_that_its_server_keeps_to(deployment: Server):
    deployment.behave = enforces
    model = load_writer(WriterOptions(endpoint="judge", longest=300, temperature=0.3))
    asked = len(deployment.bodies)

    answers = ASKING["writing"].ask(model, GIVEN, {})

    assert [type(one) for one in GIVEN] == list(WRITING)
    assert all(one.raw_text and not one.error for one in answers)
    assert usage_of(answers).requests == len(deployment.bodies) - asked == 8
    assert {body["max_tokens"] for body in deployment.bodies[asked:]} == {300}
    assert {body["temperature"] for body in deployment.bodies[asked:]} == {0.3}
    # Its model says nothing in every place: what is said nowhere is kept nowhere.
    assert not answers[0].attempts[0].criteria
    assert not any(one.found for one in (answers[1], answers[2]))
    assert all(one.reason for one in (answers[0], answers[2], *answers[3:4], *answers[5:]))


@pytest.mark.parametrize(
    "change", [{"judge_endpoint": "other"}, {"temperature": 0.1}, {"longest": 999}], ids=lambda one: next(iter(one))
)
def test_how_a_writer_is_set_up_is_in_its_fingerprint(deployment: Server, change: dict[str, Any]):
    deployment.behave = enforces
    one, other = (load_writer(WriterOptions(endpoint="judge", **more)) for more in ({}, change))

    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    "name", ["contrast", "complying", "principles", "constraints", "checklist", "hypotheses", "merging", "revising"]
)
def test_the_words_of_all_that_a_writer_asks_are_in_its_fingerprint(
    deployment: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
):
    deployment.behave = enforces
    before = load_writer(WriterOptions(endpoint="judge")).fingerprint
    for path in prompts.FOLDER.glob("*.txt"):
        (tmp_path / path.name).write_text(path.read_text() + ("." if path.stem == f"{name}-1" else ""))
    monkeypatch.setattr(prompts, "FOLDER", tmp_path)
    prompts.prompt.cache_clear()

    after = load_writer(WriterOptions(endpoint="judge")).fingerprint
    prompts.prompt.cache_clear()

    assert after != before


def test_a_writer_whose_judge_is_no_chat_server_or_keeps_to_no_form_is_refused(deployment: Server):
    deployment.behave = enforces
    with pytest.raises(LoadRefused, match="no chat server"):
        load_writer(WriterOptions(endpoint="judge", judge_endpoint="rewards"))

    deployment.behave = ignores
    with pytest.raises(LoadRefused, match="does not enforce"):
        load_writer(WriterOptions(endpoint="judge"))
