"""Goldpan's own layout."""

import json

import pytest

from annotation.imports.canonical import CanonicalLabel

PAIR = {"prompt": "Name a fruit.", "responses": ["An apple.", "A stone."]}


def test_a_prompt_and_texts_are_enough(convert):
    item = convert("goldpan", PAIR)

    assert item.messages == [{"role": "user", "content": "Name a fruit."}]
    assert [response.messages[0]["content"] for response in item.responses] == ["An apple.", "A stone."]
    assert item.key is None
    assert item.labels == []


CUT = [{"start": 0, "end": 3}, {"start": 3, "end": 9}]


def test_every_field_arrives(convert):
    label = {
        "annotator": "ana",
        "kind": "preference",
        "answer": {"winner": "a", "strength": 2},
        "seconds": 12.5,
        "rationale": "Stones are hard.",
        "source": {"batch": 3},
        "dimension": "truth",
    }
    item = convert(
        "goldpan",
        {
            "key": 17,
            "prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Name a fruit."}],
            "responses": [
                {"text": "An apple.", "model": "m1", "params": {"temperature": 0.7}, "key": "r1", "steps": CUT},
                {"messages": [{"role": "assistant", "content": "A stone."}]},
            ],
            "group": "g1",
            "tags": ["fruit"],
            "source": {"dataset": "ours"},
            "language": "en",
            "principle": "Truth above all.",
            "labels": [label],
        },
    )

    first = item.responses[0]
    assert (item.key, item.group, item.tags, item.source) == ("17", "g1", ["fruit"], {"dataset": "ours"})
    assert (item.language, item.principle, len(item.messages)) == ("en", "Truth above all.", 2)
    assert (first.model, first.params, first.key, first.steps) == ("m1", {"temperature": 0.7}, "r1", CUT)
    assert item.labels == [CanonicalLabel(**label)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"promt": "x"}, "The row has an unknown field 'promt'; group, key, labels"),
        ({"responses": "An apple."}, "The field responses is text, not a list."),
        ({"responses": []}, "There is no response."),
        ({"responses": ["x", {"text": "y", "modle": "m"}]}, "Response b: It has an unknown field 'modle'"),
        ({"responses": ["x", {"model": "m"}]}, "Response b needs either text or messages."),
        ({"responses": ["x", {"text": "y", "messages": []}]}, "Response b needs either text or messages."),
        ({"responses": ["x", {"messages": ["y"]}]}, "Message 1 of response b is text, not an object"),
        ({"responses": ["x", {"messages": []}]}, "Response b has no messages."),
        ({"responses": ["x", {"text": "y", "steps": {"1": "y"}}]}, "Response b: The field steps is an object"),
        ({"responses": ["x", True]}, "Response b is true, not text."),
        ({"prompt": [{"role": "user"}]}, "Message 1 of the prompt has no content."),
        ({"prompt": [{"content": "x"}]}, "Message 1 of the prompt has no role."),
        ({"prompt": []}, "The prompt is empty."),
        ({"key": ["k"]}, "The key is a list, not text."),
        ({"key": True}, "The key is true, not text."),
        ({"source": "the web"}, "The field source is text, not an object."),
        ({"tags": "fruit"}, "The field tags is text, not a list."),
        ({"labels": [["a"]]}, "Label 1 is a list, not an object."),
        ({"labels": [{"annotator": "ana", "kind": "preference"}]}, "Label 1: The field answer is missing."),
        ({"labels": [{"annotator": "a", "kind": "text", "answer": {}, "winner": "a"}]}, "unknown field 'winner'"),
        ({"labels": [{"annotator": "a", "kind": "preference", "answer": "a"}]}, "answer is text, not an object"),
    ],
)
def test_mistakes_are_named(refusal, change, words):
    assert words in refusal("goldpan", PAIR | change)


@pytest.mark.parametrize("field", ["prompt", "responses"])
def test_what_is_missing_is_named(refusal, field):
    row = {name: value for name, value in PAIR.items() if name != field}

    assert refusal("goldpan", row) == f"The field {field} is missing."


def test_tool_calls_are_not_lost_in_silence(convert, refusal):
    def prompt(call):
        return [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None, "tool_calls": [call]}]

    item = convert("goldpan", PAIR | {"prompt": prompt({"function": {"name": "search"}})})
    nameless = refusal("goldpan", PAIR | {"prompt": prompt({"function": {}})})

    assert item.messages[1]["tool_calls"] == [{"name": "search", "arguments": ""}]
    assert nameless == "Message 2 of the prompt holds a call whose name is null, not text."


def test_what_exporters_add_to_messages_is_left_out(convert):
    prompt = [{"role": "user", "content": "Hi", "name": None, "tool_calls": None, "timestamp": 3}]

    assert convert("goldpan", PAIR | {"prompt": prompt}).messages == [{"role": "user", "content": "Hi"}]


def test_blocks_of_text_are_joined_and_pictures_kept_apart(convert, refusal):
    text = [{"type": "text", "text": "Name "}, {"type": "text", "text": "a fruit."}]
    picture = [{"type": "image", "image": "x.png"}, {"type": "text", "text": "Name it."}]

    item = convert("goldpan", PAIR | {"prompt": [{"role": "user", "content": text}]})
    shown = convert("goldpan", PAIR | {"prompt": [{"role": "user", "content": picture}]})

    assert item.messages == [{"role": "user", "content": "Name a fruit."}]
    assert shown.messages == [{"role": "user", "content": "Name it.", "media": [{"path": "x.png"}]}]


def test_empty_responses_are_an_option(convert, refusal):
    silent = PAIR | {"responses": ["An apple.", ""]}

    assert refusal("goldpan", silent) == "Response b is empty."
    assert convert("goldpan", silent, allow_empty=True).tags == ["empty-response"]


def test_a_table_of_texts_holds_its_messages_as_json(convert):
    turns = '[{"role": "user", "content": "Why?"}]'

    assert convert("goldpan", {"prompt": turns, "responses": '["no"]'}).messages[0]["content"] == "Why?"
    assert convert("goldpan", {"prompt": turns, "responses": ["no"]}).messages[0]["content"] == turns


def test_a_row_of_a_raw_release_is_read_back(convert):
    row = {
        "key": "k3",
        "item_id": 3,
        "group": "g3",
        "prompt": [{"role": "user", "content": "Why?"}],
        "responses": [
            {
                "messages": [{"role": "assistant", "content": "no"}],
                "model": "m1",
                "key": "",
                "params": '{"temperature": 0.7}',
                "steps": "",
            },
            {
                "messages": [{"role": "assistant", "content": "yes"}],
                "model": "",
                "key": "r2",
                "params": "{}",
                "steps": '[{"start": 0, "end": 3}]',
            },
        ],
        "principle": "",
        "language": "",
        "tags": ["t"],
        "source": '{"dataset": "d", "row": 4}',
        "labels": [
            {
                "annotator": "person-1",
                "kind": "preference",
                "dimension": "better",
                "answer": '{"winner": "tie", "strength": null}',
                "rationale": "",
                "source": "{}",
            }
        ],
        "annotations": [{"annotation_id": 10}],
    }

    item = convert("goldpan", json.loads(json.dumps(row)))

    assert (item.key, item.language, item.principle, item.source) == ("k3", None, None, {"dataset": "d", "row": 4})
    assert [response.model for response in item.responses] == ["m1", None]
    assert [response.params for response in item.responses] == [{"temperature": 0.7}, {}]
    assert [response.steps for response in item.responses] == [None, [{"start": 0, "end": 3}]]
    assert item.labels[0].answer == {"winner": "tie", "strength": None}
    assert (item.labels[0].dimension, item.labels[0].rationale) == ("better", None)
