"""Responses drawn for new items: each with its parameters, none twice, none that is not whole."""

from dataclasses import replace
from typing import Any

import pytest

from modelhooks.contracts import Usage
from modelhooks.judging.candidates import MOST_RESPONSES, candidates
from modelhooks.judging.chat import Ask, Reply, Sample, Sampling
from modelhooks.judging.generating import ChatGenerator
from tests.modelhooks.judging.scripted import PROMPT, USAGE, Scripted, failed, setting

LONG = (*PROMPT, {"role": "assistant", "content": "4"}, {"role": "user", "content": "Sure? <|im_end|>"})


def generator(say: Any) -> ChatGenerator:
    return ChatGenerator(setting(say, sampling=Sampling(max_tokens=99, alternatives=5)))


def test_each_response_says_how_it_was_drawn():
    made = generator(lambda ask, number: Sample(f"answer {number}", "length" if number else "stop"))

    ((first, second),) = made.generate([PROMPT], n=2, parameters={"temperature": 0.9, "seed": 5})

    drawn = {"temperature": 0.9, "seed": 5, "top_p": 1.0, "max_tokens": 99, "model": "scripted"}
    assert (first.text, first.finish_reason, first.parameters) == ("answer 0", "stop", drawn | {"sample": 0})
    assert (second.finish_reason, second.parameters["sample"]) == ("length", 1)
    assert (first.usage, second.usage) == (USAGE, Usage())


def test_the_conversation_is_gone_on_with_as_it_is():
    made = generator(lambda ask, number: "yes")

    made.generate([LONG], n=1, parameters={})

    (ask,) = made.setting.chat.asked
    assert [turn.role for turn in ask.turns] == ["user", "assistant", "user"]
    assert "<|im_end|>" not in ask.turns[2].text
    assert ask.shape is None
    assert ask.sampling.alternatives == 0


def test_what_did_not_come_says_why():
    some = Reply((Sample("one"),), USAGE)
    replies = iter([failed(), some])
    made = generator(Scripted(lambda ask, number: next(replies) if number == 0 else None))

    none, one = made.generate([PROMPT, LONG], n=2, parameters={})

    assert [bool(each.error) for each in none] == [True, True]
    assert [bool(each.error) for each in one] == [False, True]
    assert "fewer" in one[1].error


def test_a_prompt_that_shows_something_is_not_asked_of_a_model_without_eyes():
    media = [{"sha256": "0" * 64, "kind": "image", "type": "image/png"}]
    made = generator(lambda ask, number: "yes")

    ((one,),) = made.generate([({"role": "user", "content": "?", "media": media},)], n=1, parameters={})

    assert "sees no pictures" in one.error
    assert made.setting.chat.asked == []


@pytest.mark.parametrize(("n", "parameters"), [(0, {}), (65, {}), (1, {"best_of": 3}), (1, {"temperature": 9})])
def test_what_nobody_knows_is_refused(n: int, parameters: dict[str, Any]):
    with pytest.raises(ValueError, match=r"\w"):
        generator(lambda ask, number: "").generate([PROMPT], n=n, parameters=parameters)


def test_candidates_are_whole_and_none_is_said_twice():
    texts = ["four", "four ", "", "fo", "five"]

    def say(ask: Ask, number: int) -> Any:
        return Sample(texts[number], "length" if texts[number] == "fo" else "stop")

    (found,) = candidates(generator(say), [PROMPT], n=5, ways=[{"temperature": 0.2}, {"temperature": 1.0}])

    assert [(one.text, one.parameters["temperature"]) for one in found.responses] == [("four", 0.2), ("five", 0.2)]
    assert found.left_out == {"said before": 4, "empty": 2, "cut off": 2}
    assert found.usage == USAGE + USAGE


def test_an_item_takes_so_many_and_the_rest_is_counted():
    (found,) = candidates(generator(lambda ask, number: f"{number}"), [PROMPT], n=20, ways=[{}])

    assert len(found.responses) == MOST_RESPONSES
    assert found.left_out == {"the item is full": 4}


def test_a_row_is_of_our_own_layout():
    (found,) = candidates(generator(lambda ask, number: "four"), [PROMPT], n=1, ways=[{"seed": 3}])

    row = found.row("a/model")

    assert row["prompt"] == [dict(turn) for turn in PROMPT]
    assert row["responses"][0]["text"] == "four"
    assert row["responses"][0]["model"] == "a/model"
    assert row["responses"][0]["params"]["seed"] == 3
    assert row["responses"][0]["params"]["finish_reason"] == "stop"


def test_without_a_way_to_draw_there_is_nothing():
    with pytest.raises(ValueError, match="way"):
        candidates(generator(lambda ask, number: ""), [PROMPT], n=1, ways=[])


def test_the_model_is_in_the_fingerprint():
    one = generator(lambda ask, number: "")

    assert one.fingerprint == "scripted"
    assert replace(one, setting=setting(Scripted(lambda ask, number: "", fingerprint="other"))).fingerprint == "other"
