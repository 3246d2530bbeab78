"""Recipes of plain texts: text_pairs under its templates, and axolotl_bt."""

import pytest

from curation.recipes import Drop
from tests.curation.recipes.made import build, drops, item, rows, said, turn

CHAT = [turn("Be brief.", "system"), turn("Hi"), turn("Hello.", "assistant"), turn("Why?")]


def made(recipe, subject, **given):
    return build(recipe, subject, said(1, better={"winner": "b", "strength": 1}), **given)


@pytest.mark.parametrize(
    ("template", "prompt"),
    [
        ("plain", "System: Be brief.\n\nUser: Hi\n\nAssistant: Hello.\n\nUser: Why?"),
        ("human_assistant", "Be brief.\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant: "),
        (
            "chatml",
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
            "<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n",
        ),
    ],
)
def test_a_chat_becomes_a_text_up_to_where_the_response_begins(template, prompt):
    (row,) = rows(made("text_pairs", item("no", "yes", messages=CHAT), template=template))

    assert (row["prompt"], row["chosen"], row["rejected"]) == (prompt, "yes", "no")


def test_a_lone_user_turn_is_its_own_words():
    (row,) = rows(made("text_pairs", item("no", "yes")))

    assert row["prompt"] == "Why?"


def test_a_folded_system_turn_stands_in_the_text():
    (row,) = rows(made("text_pairs", item("no", "yes", messages=CHAT), template="human_assistant", system="fold"))

    assert row["prompt"].startswith("\n\nHuman: Be brief.\n\nHi\n\nAssistant: Hello.")


def test_chats_and_system_turns_may_be_left_out():
    assert drops(made("text_pairs", item("x", "y", messages=CHAT), chats="drop")) == [Drop.SEVERAL_TURNS]
    assert drops(made("text_pairs", item("x", "y", messages=CHAT), system="drop")) == [Drop.SYSTEM_TURN]


@pytest.mark.parametrize("recipe", ["text_pairs", "axolotl_bt", "llamafactory", "judge_pairs", "bestofn_eval"])
def test_a_response_of_several_turns_has_no_one_text(recipe):
    subject = item("x", "y")
    more = [turn("And?"), turn("z", "assistant")]
    subject.responses[1]["messages"] = [*subject.responses[1]["messages"], *more]
    asked = {"question": "better"} if recipe == "bestofn_eval" else {}

    assert drops(made(recipe, subject, **asked)) == [Drop.LONG_RESPONSE]


def test_axolotl_has_a_system_turn_in_a_column_of_its_own():
    (bare,) = rows(made("axolotl_bt", item("no", "yes")))
    (told,) = rows(made("axolotl_bt", item("no", "yes", messages=[CHAT[0], CHAT[3]])))

    assert (bare["system"], bare["input"], bare["chosen"], bare["rejected"]) == ("", "Why?", "yes", "no")
    assert (told["system"], told["input"]) == ("Be brief.", "Why?")


def test_axolotl_knows_no_chats():
    assert drops(made("axolotl_bt", item("x", "y", messages=CHAT))) == [Drop.SEVERAL_TURNS]
