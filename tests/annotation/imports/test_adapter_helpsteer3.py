"""HelpSteer3's preferences, where negative means that the first response is better."""

import json

import pytest

TURNS = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello."},
    {"role": "user", "content": "?"},
]
ROW = {
    "domain": "general",
    "language": "english",
    "context": TURNS,
    "response1": "A form of energy.",
    "response2": "A message.",
    "overall_preference": 1,
    "individual_preference": [
        {"score": 1, "reasoning": "Shorter.", "feedback1": "Long.", "feedback2": "Short."},
        {"score": -3, "reasoning": "", "feedback1": None, "feedback2": "Vague."},
        {"score": 0, "reasoning": None},
    ],
}


@pytest.mark.parametrize(
    ("strength", "answer"),
    [
        (-3, {"winner": "a", "strength": 3}),
        (0, {"winner": "tie", "strength": None}),
        (2.0, {"winner": "b", "strength": 2}),
    ],
)
def test_the_sign_says_who_won_and_the_rest_how_clearly(convert, strength, answer):
    assert convert("helpsteer3", ROW | {"overall_preference": strength}).labels[0].answer == answer


def test_the_conversation_is_the_prompt_and_the_rest_is_kept(convert):
    item = convert("helpsteer3", ROW | {"split": "train"})

    assert item.messages == TURNS
    assert [response.messages[0]["content"] for response in item.responses] == ["A form of energy.", "A message."]
    assert (item.tags, item.language, item.source) == (["general"], "english", {"split": "train"})
    assert item.labels[0].source == {"individual_preference": ROW["individual_preference"]}
    assert item.labels[0].rationale is None


def test_the_language_of_code_is_a_tag(convert):
    item = convert("helpsteer3", ROW | {"domain": "code", "language": "python"})

    assert (item.tags, item.language) == (["code", "python"], None)


def test_individual_preferences_become_annotators_of_their_own(convert):
    item = convert("helpsteer3", ROW, individual=True)

    assert [(label.annotator, label.answer["winner"], label.rationale) for label in item.labels] == [
        ("helpsteer3-1", "b", "Shorter.\n\nA: Long.\n\nB: Short."),
        ("helpsteer3-2", "a", "B: Vague."),
        ("helpsteer3-3", "tie", None),
    ]


def test_a_table_of_texts_holds_its_lists_as_json(convert):
    written = {name: json.dumps(ROW[name]) for name in ("context", "individual_preference")}

    assert convert("helpsteer3", ROW | written) == convert("helpsteer3", ROW)


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({"overall_preference": 4}, {}, "The overall_preference is not a whole number from -3 to 3."),
        ({"overall_preference": None}, {}, "The overall_preference is not a whole number from -3 to 3."),
        ({"overall_preference": -100}, {}, "The overall_preference is not a whole number from -3 to 3."),
        (
            {"individual_preference": [{"score": "1"}]},
            {"individual": True},
            "The score of preference 1 is not a whole number from -3 to 3.",
        ),
        ({"individual_preference": "x"}, {}, "The individual_preference is text, not a list."),
        ({"individual_preference": [3]}, {}, "Preference 1 is a number, not an object."),
        ({"context": "x"}, {}, "The context is text, not a list of messages."),
        ({"domain": 1.5}, {}, "The domain is a number, not text."),
        ({"response2": ""}, {}, "Response b is empty."),
    ],
)
def test_broken_rows_are_refused_by_the_name_of_the_field(refusal, change, options, words):
    assert refusal("helpsteer3", ROW | change, **options) == words
