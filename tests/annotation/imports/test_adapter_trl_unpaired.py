"""TRL unpaired preference: one completion, good or bad."""

import pytest

ASKED = [{"role": "user", "content": "Name a fruit."}]
APPLE = [{"role": "assistant", "content": "An apple."}]
ROW = {"prompt": "Name a fruit.", "completion": "An apple.", "label": True}


@pytest.mark.parametrize(
    ("label", "verdict"), [(True, "good"), (False, "bad"), ("true", "good"), ("False", "bad"), (1, "good"), (0, "bad")]
)
def test_the_label_says_whether_the_completion_is_good(convert, label, verdict):
    (said,) = convert("trl_unpaired", ROW | {"label": label}).labels

    assert (said.kind, said.annotator, said.answer) == ("choice", "imported", {"values": [[verdict]]})


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        ROW | {"prompt": ASKED, "completion": APPLE},
        ROW
        | {
            "prompt": '[{"role": "user", "content": "Name a fruit."}]',
            "completion": '[{"role": "assistant", "content": "An apple."}]',
        },
    ],
)
def test_texts_and_conversations_make_the_same_item(convert, row):
    item = convert("trl_unpaired", row | {"prompt_id": "p1", "pair_id": "7", "n_votes": 2})

    assert (item.messages, [response.messages for response in item.responses]) == (ASKED, [APPLE])
    assert (item.key, item.group, item.source) == (None, "p1", {"pair_id": "7", "n_votes": 2})


def test_a_text_that_begins_like_a_list_is_text(convert):
    item = convert("trl_unpaired", ROW | {"prompt": "[1, 2]: sum?", "completion": "[3]"})

    assert (item.messages[0]["content"], item.responses[0].messages[0]["content"]) == ("[1, 2]: sum?", "[3]")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"label": "good"}, "The label is 'good', not true or false."),
        ({"label": None}, "The label is null, not true or false."),
        ({"label": 0.5}, "The label is 0.5, not true or false."),
        (
            {"completion": APPLE},
            "The completion is a list; prompt and completion are both text or both lists of messages.",
        ),
        ({"prompt": ASKED}, "The prompt is a list; prompt and completion are both text or both lists of messages."),
        ({"prompt": ASKED, "completion": ASKED + APPLE}, "The completion repeats the prompt"),
        ({"completion": ""}, "Response a is empty."),
    ],
)
def test_broken_rows_are_refused_by_the_name_of_the_field(refusal, change, words):
    assert refusal("trl_unpaired", ROW | change).startswith(words)


def test_a_missing_label_is_named(refusal):
    assert refusal("trl_unpaired", {"prompt": "x", "completion": "y"}) == "The field label is missing."
