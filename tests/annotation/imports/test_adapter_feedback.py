"""What people did with responses, as labels of annotators of their own."""

import pytest

from annotation.imports.adapters import ADAPTERS, BadOptions

ROW = {"prompt": "Name a fruit.", "response": "An apple.", "signal": "thumb", "value": "up"}
THREE = {"prompt": "Name a fruit.", "responses": ["An apple.", "A pear.", "A stone."]}


def told(item):
    return [(label.annotator, label.kind, label.dimension, label.answer, label.source) for label in item.labels]


@pytest.mark.parametrize(
    ("signal", "value", "word"),
    [
        ("thumb", "up", "up"),
        ("thumb", True, "up"),
        ("thumb", -1, "down"),
        ("thumb", -1.0, "down"),
        ("thumb", " Down ", "down"),
        ("copy", None, "yes"),
        ("copy", "", "yes"),
        ("click", 1, "yes"),
        ("report", "false", "no"),
        ("regenerate", True, "yes"),
        ("share", "no", "no"),
    ],
)
def test_a_signal_is_a_choice_about_the_response(convert, signal, value, word):
    item = convert("feedback", ROW | {"signal": signal, "value": value})

    assert told(item) == [(f"somebody:{signal}", "choice", signal, {"values": [[word]]}, {"signal": signal})]


def test_the_source_says_who_when_and_how_much_it_counts(convert):
    row = ROW | {"user": 17, "at": "2025-03-01T12:00:00Z", "weight": "0.25", "app": "chat", "id": 4, "group": "g"}

    item = convert("feedback", row)

    (label,) = item.labels
    assert label.annotator == "17:thumb"
    assert label.source == {"signal": "thumb", "weight": 0.25, "user": "17", "at": "2025-03-01T12:00:00Z"}
    assert (item.key, item.group, item.source) == ("4", "g", {"app": "chat"})


def test_weights_of_signals_are_an_option_and_a_row_may_say_otherwise(convert):
    options = {"weights": {"thumb": 1, "copy": 0.5}, "user": "visitor"}

    usual = convert("feedback", ROW, **options).labels[0]
    own = convert("feedback", ROW | {"weight": 0}, **options).labels[0]

    assert (usual.annotator, usual.source["weight"], own.source["weight"]) == ("visitor:thumb", 1.0, 0.0)


def test_an_edit_is_better_than_what_was_edited(convert):
    item = convert("feedback", ROW | {"signal": "edit", "value": "An apple, please."})

    assert [turn.messages[0]["content"] for turn in item.responses] == ["An apple.", "An apple, please."]
    assert item.responses[1].params == {"edited": True}
    assert told(item) == [
        ("somebody:edit", "preference", None, {"winner": "b", "strength": None}, {"signal": "edit"}),
    ]


def test_what_was_picked_is_better_than_what_was_not(convert):
    two = THREE | {"responses": THREE["responses"][:2]}

    pair = convert("feedback", two | {"signal": "pick", "value": 1})
    many = convert("feedback", THREE | {"signal": "pick", "value": "1"})

    assert [(label.kind, label.answer) for label in pair.labels] == [("preference", {"winner": "b", "strength": None})]
    assert [(label.kind, label.answer) for label in many.labels] == [("ranking", {"groups": [[1], [0, 2]]})]


def test_several_signals_of_several_people_come_in_one_row(convert):
    signals = [
        {"signal": "thumb", "value": "down", "about": 2, "user": "u1", "weight": 1},
        {"signal": "thumb", "value": "up", "about": 0, "user": "u1", "weight": 1, "at": 8},
        {"signal": "copy", "about": 0, "user": "u1"},
        {"signal": "thumb", "value": "up", "about": 1, "user": "u2"},
    ]

    item = convert("feedback", THREE | {"signals": signals})

    assert [(label.annotator, label.answer["values"]) for label in item.labels] == [
        ("u1:thumb", [["up"], None, ["down"]]),
        ("u1:copy", [["yes"], None, None]),
        ("u2:thumb", [None, ["up"], None]),
    ]
    assert item.labels[0].source == {"signal": "thumb", "weight": 1.0, "user": "u1", "at": 8}


def test_a_signal_beside_an_edit_is_about_what_was_edited(convert):
    signals = [{"signal": "copy"}, {"signal": "edit", "value": "An apple, please."}]

    item = convert("feedback", {"prompt": "Name a fruit.", "response": "An apple.", "signals": signals})

    assert [label.answer for label in item.labels] == [
        {"values": [["yes"], None]},
        {"winner": "b", "strength": None},
    ]


def test_chats_and_models_are_read(convert):
    prompt = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Name a fruit."}]
    row = {"prompt": prompt, "responses": [{"text": "x", "model": "m"}, [{"role": "assistant", "content": "y"}]]}

    item = convert("feedback", row | {"signal": "copy", "about": 1})

    assert (item.messages, item.responses[0].model) == (prompt, "m")
    assert item.responses[1].messages == [{"role": "assistant", "content": "y"}]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW | {"signal": "stare"}, "The signal is 'stare'; thumb, click, copy, regenerate"),
        (ROW | {"signal": None}, "The signal is 'None'"),
        (ROW | {"value": "sideways"}, "The value of thumb is 'sideways'; 'up', 'down', 'true'"),
        (ROW | {"value": 0}, "The value of thumb is '0'"),
        (ROW | {"value": None}, "The value of thumb is ''"),
        (ROW | {"value": ["up"]}, "The value of thumb is 'a list'"),
        (ROW | {"weight": 1.5}, "The weight is '1.5', not a number from 0 to 1."),
        (ROW | {"weight": True}, "The weight is 'True', not a number from 0 to 1."),
        (ROW | {"weight": "nan"}, "The weight is 'nan', not a number from 0 to 1."),
        (ROW | {"about": 1}, "The about is 1, and the responses are numbered from 0 to 0."),
        (ROW | {"user": ["u"]}, "The user is a list, not text."),
        (ROW | {"responses": ["x"]}, "The row needs either response or responses."),
        (ROW | {"signals": []}, "The row has signals, and 'signal', 'value' beside them."),
        (ROW | {"signal": "edit", "value": "An apple."}, "The value of edit is the response as it was."),
        (ROW | {"signal": "edit", "value": None}, "Response b is null, not text."),
        (ROW | {"signal": "pick", "value": 0}, "The signal pick wants several responses."),
        (THREE | {"signal": "edit", "value": "x"}, "The signal edit wants one response and one edit of it."),
        (THREE | {"signal": "pick", "value": 3}, "The value of pick is 3, and the responses are numbered from 0 to 2."),
        (THREE | {"signal": "pick", "value": "b"}, "The value of pick is 'b', not a whole number."),
        (THREE | {"signal": "copy"}, "The about is null, not a whole number."),
        (THREE | {"signals": "copy"}, "The signals is text, not a list."),
        (THREE | {"signals": ["copy"]}, "A signal is text, not an object."),
        (THREE | {"signals": [{"signal": "copy", "place": 1}]}, "A signal has an unknown field 'place'"),
        (THREE | {"signals": [{"signal": "copy", "about": 1}] * 2}, "gives the signal copy about response b twice."),
        (THREE | {"signals": [{"signal": "pick", "value": 1}] * 2}, "gives the signal pick twice."),
        (
            THREE | {"signals": [{"signal": "copy", "about": 0}, {"signal": "copy", "about": 1, "weight": 1}]},
            "gives the signal copy with two weights.",
        ),
        (THREE | {"signals": [{"signal": "copy", "about": 0}] * 201}, "There are 201 signals; 200 is the limit."),
        ({"prompt": "x", "response": "y"}, "The field signal is missing."),
        ({"prompt": "x", "responses": [{"model": "m"}], "signal": "copy"}, "Response a has no text."),
    ],
)
def test_broken_rows_are_refused_by_the_name_of_the_field(refusal, row, words):
    assert words in refusal("feedback", row)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"stare": 1}, "There is no signal 'stare'"),
        ({"thumb": 2}, "not a number from 0 to 1"),
        ([1], "The option weights is a list, not an object."),
    ],
)
def test_weights_that_cannot_be_are_refused(weights, words):
    with pytest.raises(BadOptions, match=words):
        ADAPTERS["feedback"].converter({"weights": weights})


def test_labels_in_goldpans_own_layout_say_signals_the_same_way(convert, refusal):
    def row(**source):
        label = {"annotator": "u1:copy", "kind": "choice", "dimension": "copy", "answer": {"values": [["yes"]]}}
        return {"prompt": "x", "responses": ["y"], "labels": [{**label, "source": source}]}

    assert convert("goldpan", row(signal="copy", weight=0.5)).labels[0].source == {"signal": "copy", "weight": 0.5}
    assert convert("goldpan", row(weight=70)).labels[0].source == {"weight": 70}
    assert "has a weight that is not a number from 0 to 1" in refusal("goldpan", row(signal="copy", weight=70))
    assert "has a signal that is a number, not text" in refusal("goldpan", row(signal=1))
