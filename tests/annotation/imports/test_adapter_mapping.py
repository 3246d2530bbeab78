"""Columns of one's own."""

import json

import pytest

from annotation.imports.adapters import ADAPTERS, BadOptions, suggest

BASE = {"prompt": "instruction", "responses": ["response_a", "response_b"]}
ROW = {"instruction": "Name a fruit.", "response_a": "An apple.", "response_b": "A stone."}


def texts(item):
    return [response.messages[-1]["content"] for response in item.responses]


def test_named_columns_become_the_item(convert):
    row = ROW | {"id": 4, "input": "Red.", "sys": "Be brief.", "pid": "p", "ma": "m1", "mb": "", "lang": "en", "x": 1}
    options = BASE | {
        "context": "input",
        "system": "sys",
        "key": "id",
        "group": "pid",
        "models": ["ma", "mb"],
        "language": "lang",
    }

    item = convert("mapping", row, **options)

    assert item.messages == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Name a fruit.\n\nRed."},
    ]
    assert (item.key, item.group, item.language) == ("4", "p", "en")
    assert [response.model for response in item.responses] == ["m1", None]
    assert item.source == {"x": 1}


def test_an_empty_context_leaves_the_prompt_alone(convert):
    item = convert("mapping", ROW | {"input": ""}, **BASE, context="input")

    assert item.messages == [{"role": "user", "content": "Name a fruit."}]


def test_only_the_named_columns_are_kept_as_source(convert):
    row = ROW | {"url": "u", "junk": "j"}

    assert convert("mapping", row, **BASE, source=["url"]).source == {"url": "u"}
    assert convert("mapping", row, **BASE, source=[]).source == {}


def test_tags_come_from_texts_and_lists(convert):
    item = convert("mapping", ROW | {"topic": "fruit", "more": ["b", "fruit"]}, **BASE, tags=["topic", "more"])

    assert item.tags == ["fruit", "b"]


@pytest.mark.parametrize("cell", ["1", 1, 1.0])
def test_a_winner_column_is_translated(convert, cell):
    options = BASE | {"winner": {"column": "better", "values": {"1": "a", "2": "b"}, "annotator": "ana"}}

    item = convert("mapping", ROW | {"better": cell}, **options)

    assert (item.labels[0].annotator, item.labels[0].answer["winner"]) == ("ana", "a")


def test_an_unknown_winner_refuses_the_row_and_says_what_to_do(refusal):
    options = BASE | {"winner": {"column": "better"}}

    reason = refusal("mapping", ROW | {"better": "garbage"}, **options)

    assert reason == "The winner in better is 'garbage'; map it to a winner, or to null for no label."


@pytest.mark.parametrize("cell", ["", None, " ", "none"])
def test_a_missing_winner_is_no_label(convert, cell):
    options = BASE | {"winner": {"column": "better", "values": {"1": "a", "none": None}}}

    assert convert("mapping", ROW | {"better": cell}, **options).labels == []


def test_one_column_per_outcome_is_understood(convert, refusal):
    outcomes = {"winner_model_a": "a", "winner_model_b": "b", "winner_tie": "tie"}
    options = BASE | {"winner": {"one_of": outcomes}}
    none = dict.fromkeys(outcomes, "0")

    assert convert("mapping", ROW | none | {"winner_tie": 1}, **options).labels[0].answer["winner"] == "tie"
    assert convert("mapping", ROW | none, **options).labels == []
    assert "More than one outcome" in refusal("mapping", ROW | dict.fromkeys(outcomes, 1), **options)


def test_votes_become_one_label_each(convert):
    votes = [{"who": "w1", "pick": "A"}, {"who": "w2", "pick": "tie"}, {"who": "w3", "pick": None}]
    options = BASE | {"votes": {"column": "votes", "annotator": "who", "choice": "pick"}}

    for cell in (votes, json.dumps(votes)):
        item = convert("mapping", ROW | {"votes": cell}, **options)
        assert [(label.annotator, label.answer["winner"]) for label in item.labels] == [("w1", "a"), ("w2", "tie")]


@pytest.mark.parametrize(
    ("votes", "words"),
    [
        ("garbage", "The votes in votes are text, not a list."),
        (["a"], "A vote has no annotator."),
        ([{"annotator": "w", "choice": "garbage"}], "The vote of 'w' is 'garbage'; map it to a winner"),
        ([{"annotator": 7, "choice": "a"}], "The annotator of a label is a number, not text."),
    ],
)
def test_votes_of_another_shape_are_refused(refusal, votes, words):
    assert words in refusal("mapping", ROW | {"votes": votes}, **BASE, votes={"column": "votes"})


def test_turns_written_as_json_are_woven_into_conversations(convert):
    row = {
        "instruction": '["Hi", "Name a fruit."]',
        "response_a": '["Hello.", "An apple."]',
        "response_b": '["Good day.", "A stone."]',
    }

    item = convert("mapping", row, **BASE)

    assert item.messages == [{"role": "user", "content": "Hi"}]
    assert item.responses[0].messages == [
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Name a fruit."},
        {"role": "assistant", "content": "An apple."},
    ]


@pytest.mark.parametrize(
    ("response", "words"),
    [
        ('["x"]', "The prompt has 2 turns and response b has 1."),
        ('["x", null]', "Message 3 of response b is null, not text."),
    ],
)
def test_turns_that_do_not_match_are_refused(refusal, response, words):
    row = {"instruction": '["Hi", "Then?"]', "response_a": '["x", "y"]', "response_b": response}

    assert refusal("mapping", row, **BASE) == words


def test_text_that_happens_to_be_json_stays_text(convert):
    row = ROW | {"response_a": '["apple"]', "response_b": "[1, 2"}

    assert texts(convert("mapping", row, **BASE)) == ['["apple"]', "[1, 2"]


def test_conversations_as_json_lose_the_prompt_that_they_repeat(convert):
    asked = [{"role": "user", "content": "Name a fruit."}]
    row = {
        "instruction": json.dumps(asked),
        "response_a": json.dumps([*asked, {"role": "assistant", "content": "An apple."}]),
        "response_b": [{"role": "assistant", "content": "A stone."}],
    }

    item = convert("mapping", row, **BASE)

    assert [response.messages for response in item.responses] == [
        [{"role": "assistant", "content": "An apple."}],
        [{"role": "assistant", "content": "A stone."}],
    ]


def test_a_single_column_may_hold_all_responses(convert, refusal):
    options = {"prompt": "instruction", "responses": "answers", "models": ["systems"]}
    row = {"instruction": "Hi", "answers": '["x", "y", "z"]', "systems": ["m1", "m2", "m3"]}

    item = convert("mapping", row, **options)

    assert texts(item) == ["x", "y", "z"]
    assert [response.model for response in item.responses] == ["m1", "m2", "m3"]
    assert "3 responses and 1 models" in refusal("mapping", row | {"systems": ["m1"]}, **options)
    assert "holds text, not a list" in refusal("mapping", row | {"answers": "x"}, **options)


def test_a_missing_column_refuses_the_row(refusal):
    assert refusal("mapping", {"instruction": "Hi", "response_a": "x"}, **BASE) == "The row has no column response_b."


def test_a_response_that_is_json_true_is_refused(refusal):
    assert refusal("mapping", ROW | {"response_b": True}, **BASE) == "Response b is true, not text."


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no column for the prompt"),
        ({"prompt": "p"}, "no column for the responses"),
        ({"prompt": ["p"], "responses": ["a"]}, "column of prompt is a list"),
        (BASE | {"responses": ["a", "a"]}, "names a column twice"),
        (BASE | {"responses": ["a", 3]}, "not a list of columns"),
        (BASE | {"models": ["m"]}, "2 responses and 1 models"),
        (BASE | {"allow_empty": "yes"}, "not true or false"),
        (BASE | {"winner": "better"}, "winner is text, not an object"),
        (BASE | {"winner": {"values": {}}}, "winner names no column"),
        (BASE | {"winner": {"column": "w", "values": {"1": "first"}}}, "'first' is no winner"),
        (BASE | {"winner": {"column": "w", "values": {"1": ["a"]}}}, "is no winner"),
        (BASE | {"votes": {"columm": "v"}}, "no option 'columm'"),
    ],
)
def test_options_that_cannot_work_are_refused_before_any_row(options, words):
    with pytest.raises(BadOptions, match=words):
        ADAPTERS["mapping"].converter(options)


def test_a_mapping_is_suggested_from_usual_names():
    rows = [
        ROW | {"id": "1", "input": "", "prompt_id": "p", "model_a": "m", "model_b": "n", "winner": "model_a"},
        ROW | {"id": "2", "winner": "tie"},
    ]

    assert suggest(rows) == {
        "prompt": "instruction",
        "responses": ["response_a", "response_b"],
        "context": "input",
        "key": "id",
        "group": "prompt_id",
        "models": ["model_a", "model_b"],
        "winner": {"column": "winner", "values": {"model_a": "a", "tie": "tie"}},
    }


def test_votes_that_mean_nothing_are_suggested_as_no_label():
    votes = [{"annotator": "w", "choice": "a"}, {"annotator": "x", "choice": "unparsed"}]

    suggested = suggest([ROW | {"votes": votes}])

    assert suggested is not None
    assert suggested["votes"] == {
        "column": "votes",
        "annotator": "annotator",
        "choice": "choice",
        "values": {"a": "a", "unparsed": None},
    }


@pytest.mark.parametrize("row", [{"text": "x", "label": "1"}, {"prompt": "x"}, {"response_a": "x"}, {}])
def test_nothing_is_suggested_for_a_table_of_something_else(row):
    assert suggest([row]) is None


def test_numbered_responses_are_suggested_in_their_order():
    row = {"Question": "x"} | {f"answer_{n}": "y" for n in (10, 2, 1)}

    assert suggest([row]) == {"prompt": "Question", "responses": ["answer_1", "answer_2", "answer_10"]}


def shown(messages):
    return [ref.get("path") or ref.get("spilled") for message in messages for ref in message.get("media", ())]


def test_columns_name_what_the_prompt_and_the_responses_show(convert):
    row = ROW | {"photo": "q.png", "more": '["r.png", "s.wav"]', "img_a": "a.png", "img_b": ""}
    options = BASE | {"prompt_files": ["photo", "more"], "response_files": ["img_a", "img_b"]}

    item = convert("mapping", row, **options)

    assert shown(item.messages) == ["q.png", "r.png", "s.wav"]
    assert [shown(response.messages) for response in item.responses] == [["a.png"], []]
    assert texts(item) == ["An apple.", "A stone."]
    assert item.source == {}


def test_responses_may_be_nothing_but_what_they_show(convert):
    row = {
        "caption": "A cat.",
        "one": {"spilled": "0" * 64, "path": "x/cat.png"},
        "two": "cat.gif",
        "m": "m1",
        "n": "m2",
    }
    options = {"prompt": "caption", "response_files": ["one", "two"], "models": ["m", "n"]}

    item = convert("mapping", row, **options)

    assert [shown(response.messages) for response in item.responses] == [["0" * 64], ["cat.gif"]]
    assert texts(item) == ["", ""]
    assert [response.model for response in item.responses] == ["m1", "m2"]


def test_a_response_that_shows_nothing_and_says_nothing_is_refused(refusal):
    row = {"caption": "A cat.", "one": "cat.png", "two": None}

    assert refusal("mapping", row, prompt="caption", response_files=["one", "two"]) == "Response b is empty."


def test_a_file_at_an_address_refuses_its_row(refusal):
    row = ROW | {"img": "https://example.org/a.png"}

    assert "Nothing is fetched" in refusal("mapping", row, **BASE, prompt_files=["img"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (BASE | {"response_files": ["one"]}, "2 responses and 1 columns of their files"),
        (BASE | {"response_files": ["one", 3]}, "response_files is not a list of columns"),
        (BASE | {"response_files": ["one", "one"]}, "names a column twice"),
        (BASE | {"prompt_files": "one"}, "prompt_files is not a list of columns"),
        ({"prompt": "p", "responses": "all", "response_files": ["one"]}, "not with a list of them"),
        ({"prompt": "p", "response_files": ["one", ""]}, "response_files is not a list of columns"),
        ({"prompt": "p", "response_files": []}, "no column for the responses"),
        ({"prompt": "p", "response_files": ["one", "two"], "models": ["m"]}, "2 responses and 1 models"),
    ],
)
def test_columns_of_files_that_do_not_go_together_are_refused(options, words):
    with pytest.raises(BadOptions, match=words):
        ADAPTERS["mapping"].converter(options)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"prompt": "A cat.", "image_1": "i/1.PNG", "image_0": "i/0.png", "images": "x"},
            {"prompt": "prompt", "response_files": ["image_0", "image_1"]},
        ),
        (
            {"prompt": "A cat.", "image_a": {"bytes": None, "path": None}, "image_b": {"bytes": None, "path": None}},
            {"prompt": "prompt", "response_files": ["image_a", "image_b"]},
        ),
        (
            ROW | {"image": "q.png"},
            {"prompt": "instruction", "responses": ["response_a", "response_b"], "prompt_files": ["image"]},
        ),
        (
            ROW | {"image_b": "b.png"},
            {"prompt": "instruction", "responses": ["response_a", "response_b"], "response_files": ["", "image_b"]},
        ),
        (
            ROW | {"image": "https://example.org/q.png", "image_a": 3, "video": "none"},
            {"prompt": "instruction", "responses": ["response_a", "response_b"]},
        ),
    ],
)
def test_columns_of_files_are_suggested_where_they_hold_some(row, expected):
    assert suggest([row]) == expected
