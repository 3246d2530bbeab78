"""HelpSteer2-Preference, where negative means that the first response is better."""

import pytest

ROW = {
    "split": "train",
    "prompt": "Define signal.",
    "response_1": "A form of energy.",
    "response_2": "A message.",
    "preference_strength": 1,
    "preference_statement": "Response 2 is better.",
    "preference_elaboration": "It is shorter.",
    "three_most_similar_preferences": [{"statement": "x", "elaboration": "y", "strength": 1}],
    "all_preferences_unprocessed": [
        {"strength": 1, "justification": "Shorter."},
        {"strength": -100, "justification": "Neither."},
        {"strength": -3, "justification": ""},
    ],
}


@pytest.mark.parametrize(
    ("strength", "answer"),
    [
        (-3, {"winner": "a", "strength": 3}),
        (-1, {"winner": "a", "strength": 1}),
        (0, {"winner": "tie", "strength": None}),
        (2, {"winner": "b", "strength": 2}),
        (2.0, {"winner": "b", "strength": 2}),
    ],
)
def test_the_sign_says_who_won_and_the_rest_how_clearly(convert, strength, answer):
    item = convert("helpsteer2_preference", ROW | {"preference_strength": strength})

    assert item.labels[0].answer == answer


def test_the_statement_and_its_elaboration_are_the_rationale(convert):
    item = convert("helpsteer2_preference", ROW)

    assert item.labels[0].rationale == "Response 2 is better.\n\nIt is shorter."
    assert item.source == {"split": "train"}


def test_neither_valid_is_no_label(convert):
    assert convert("helpsteer2_preference", ROW | {"preference_strength": -100}).labels == []


@pytest.mark.parametrize("strength", [4, -4, 1.5, "1", None, True])
def test_other_strengths_are_refused(refusal, strength):
    reason = refusal("helpsteer2_preference", ROW | {"preference_strength": strength})

    assert reason == "The preference strength is not a whole number from -3 to 3."


def test_several_turns_are_parsed_at_their_markers(convert):
    prompt = "Define signal.\n<extra_id_1>Assistant\nA form\nof energy.\n<extra_id_1>User\nShorter, please.\n"

    item = convert("helpsteer2_preference", ROW | {"prompt": prompt})

    assert item.messages == [
        {"role": "user", "content": "Define signal."},
        {"role": "assistant", "content": "A form\nof energy."},
        {"role": "user", "content": "Shorter, please.\n"},
    ]


def test_individual_preferences_become_annotators_of_their_own(convert):
    item = convert("helpsteer2_preference", ROW, individual=True)

    assert [(label.annotator, label.answer["winner"]) for label in item.labels] == [
        ("helpsteer2-1", "b"),
        ("helpsteer2-3", "a"),
    ]
    assert [label.rationale for label in item.labels] == ["Shorter.", None]


def test_individual_preferences_of_another_shape_are_refused(refusal):
    assert "is text, not a list" in refusal(
        "helpsteer2_preference", ROW | {"all_preferences_unprocessed": "x"}, individual=True
    )
    assert "Preference 1 is a number" in refusal(
        "helpsteer2_preference", ROW | {"all_preferences_unprocessed": [3]}, individual=True
    )
