"""hh-rlhf, ultrafeedback_binarized, TRL explicit and implicit: a chosen and a rejected answer."""

import json

import pytest

from annotation.imports.adapters import ADAPTERS, BadOptions

ASKED = [{"role": "user", "content": "Name a fruit."}]
APPLE = [{"role": "assistant", "content": "An apple."}]
STONE = [{"role": "assistant", "content": "A stone."}]
HUMAN = "\n\nHuman: Name a fruit."


def texts(item):
    return [response.messages[-1]["content"] for response in item.responses]


def winner(item):
    (label,) = item.labels
    return label.answer["winner"]


class TestTranscripts:
    def test_turns_are_parsed_and_the_last_one_is_the_answer(self, convert):
        shared = "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Name a fruit."
        row = {"chosen": shared + "\n\nAssistant: An apple.", "rejected": shared + "\n\nAssistant: A stone."}

        item = convert("hh_rlhf", row)

        assert [turn["role"] for turn in item.messages] == ["user", "assistant", "user"]
        assert texts(item) == ["An apple.", "A stone."]
        assert (winner(item), item.labels[0].annotator) == ("a", "hh-rlhf")

    def test_a_common_beginning_of_the_answers_stays_with_the_answers(self, convert):
        row = {"chosen": f"{HUMAN}\n\nAssistant: It is blue.", "rejected": f"{HUMAN}\n\nAssistant: It is brown."}

        assert texts(convert("hh_rlhf", row)) == ["It is blue.", "It is brown."]

    def test_texts_keep_their_own_blanks(self, convert):
        row = {"chosen": f"{HUMAN}\n\nAssistant:  two\n\nparts \n", "rejected": f"{HUMAN}\n\nAssistant:none"}

        assert texts(convert("hh_rlhf", row)) == [" two\n\nparts \n", "none"]

    def test_pairs_that_part_before_the_last_answer_are_refused(self, refusal):
        row = {
            "chosen": "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: x\n\nAssistant: y",
            "rejected": "\n\nHuman: Hi\n\nAssistant: Good day.\n\nHuman: x\n\nAssistant: z",
        }

        assert refusal("hh_rlhf", row) == "The two transcripts differ at turn 2, before their last Assistant turn."

    @pytest.mark.parametrize(
        ("rejected", "words"),
        [
            (HUMAN, "The rejected transcript does not end with an Assistant turn."),
            ("Just text.", "The rejected transcript does not begin with Human: or Assistant:."),
            (None, "The rejected transcript is null, not text."),
            (f"{HUMAN}\n\nAssistant:", "Response b is empty."),
        ],
    )
    def test_what_is_no_transcript_is_refused(self, refusal, rejected, words):
        row = {"chosen": f"{HUMAN}\n\nAssistant: An apple.", "rejected": rejected}

        assert refusal("hh_rlhf", row) == words

    def test_a_transcript_of_an_answer_alone_has_no_prompt(self, refusal):
        assert refusal("hh_rlhf", {"chosen": "Assistant: x", "rejected": "Assistant: y"}) == "The prompt is empty."


class TestUltraFeedback:
    ROW = {
        "prompt": "Name a fruit.",
        "prompt_id": "p1",
        "chosen": ASKED + APPLE,
        "rejected": ASKED + STONE,
        "messages": ASKED + APPLE,
        "score_chosen": 8.0,
        "score_rejected": 3.5,
        "chosen_model": "m1",
        "rejected_model": "m2",
    }

    def test_the_conversation_is_parted_and_grouped(self, convert):
        item = convert("ultrafeedback_binarized", self.ROW)

        assert (item.messages, item.group, texts(item)) == (ASKED, "p1", ["An apple.", "A stone."])
        assert [response.model for response in item.responses] == ["m1", "m2"]
        assert (winner(item), item.labels[0].source) == ("a", {"score_chosen": 8.0, "score_rejected": 3.5})
        assert item.source == {}

    def test_equal_scores_are_a_tie(self, convert):
        assert winner(convert("ultrafeedback_binarized", self.ROW | {"score_rejected": 8})) == "tie"

    def test_missing_scores_leave_the_column_to_decide(self, convert):
        row = self.ROW | {"score_chosen": None}

        assert winner(convert("ultrafeedback_binarized", row)) == "a"

    def test_answers_alone_take_the_prompt_column(self, convert):
        item = convert("ultrafeedback_binarized", self.ROW | {"chosen": APPLE, "rejected": STONE})

        assert (item.messages, texts(item)) == (ASKED, ["An apple.", "A stone."])

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"score_chosen": 1.0}, "The score_chosen 1.0 is below the score_rejected 3.5."),
            ({"score_chosen": "8"}, "The score_chosen is text, not a number."),
            ({"chosen": "An apple."}, "Chosen is text, not a list of messages."),
            ({"chosen": []}, "The two conversations differ at turn 1, before their last turn."),
            ({"rejected": [{"role": "user", "content": "Another"}, *STONE]}, "The two conversations differ at turn 1"),
        ],
    )
    def test_contradictions_are_refused(self, refusal, change, words):
        assert words in refusal("ultrafeedback_binarized", self.ROW | change)


class TestExplicitPrompts:
    @pytest.mark.parametrize(
        "row",
        [
            {"prompt": "Name a fruit.", "chosen": "An apple.", "rejected": "A stone."},
            {"prompt": ASKED, "chosen": APPLE, "rejected": STONE},
            {"prompt": json.dumps(ASKED), "chosen": json.dumps(APPLE), "rejected": json.dumps(STONE)},
        ],
    )
    def test_strings_and_conversations_make_the_same_item(self, convert, row):
        item = convert("trl_explicit", row | {"pair_id": 7, "prompt_id": "p", "margin": 2.0, "tools": [{"name": "t"}]})

        assert (item.messages, texts(item), winner(item)) == (ASKED, ["An apple.", "A stone."], "a")
        assert (item.key, item.group, item.source) == ("7", "p", {"margin": 2.0, "tools": [{"name": "t"}]})

    def test_a_text_that_is_json_stays_text_where_the_others_are_none(self, convert):
        item = convert("trl_explicit", {"prompt": json.dumps(ASKED), "chosen": "An apple.", "rejected": "A stone."})

        assert item.messages[0]["content"] == json.dumps(ASKED)

    def test_answers_of_several_turns_stay_whole(self, convert):
        longer = [*APPLE, {"role": "user", "content": "Another?"}, {"role": "assistant", "content": "A pear."}]

        item = convert("trl_explicit", {"prompt": ASKED, "chosen": longer, "rejected": STONE})

        assert item.responses[0].messages == longer

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ({"prompt": "x", "chosen": ASKED + APPLE, "rejected": ASKED + STONE}, "ultrafeedback_binarized"),
            ({"prompt": ASKED, "chosen": "An apple.", "rejected": "x"}, "Chosen is text, not a list of messages."),
            ({"prompt": ASKED, "chosen": ASKED + APPLE, "rejected": ASKED + STONE}, "repeat the prompt"),
            ({"prompt": [], "chosen": APPLE, "rejected": STONE}, "The prompt is empty."),
            ({"prompt": "x", "chosen": "y", "rejected": None}, "Response b is null, not text."),
            ({"prompt": None, "chosen": "y", "rejected": "z"}, "The prompt is null, not a list of messages."),
            ({"chosen": "y", "rejected": "z"}, "The field prompt is missing."),
        ],
    )
    def test_mixed_layouts_are_refused(self, refusal, row, words):
        assert words in refusal("trl_explicit", row)


class TestImplicitPrompts:
    def test_shared_turns_are_the_prompt(self, convert):
        item = convert("trl_implicit", {"chosen": ASKED + APPLE, "rejected": ASKED + STONE})

        assert (item.messages, texts(item), winner(item)) == (ASKED, ["An apple.", "A stone."], "a")

    def test_transcripts_are_understood(self, convert):
        row = {"chosen": f"{HUMAN}\n\nAssistant: An apple.", "rejected": f"{HUMAN}\n\nAssistant: A stone."}

        assert texts(convert("trl_implicit", row)) == ["An apple.", "A stone."]

    def test_plain_strings_are_not_parted_by_guessing(self, refusal):
        row = {"chosen": "Q: a blue", "rejected": "Q: a brown"}

        assert "Nothing says where the prompt ends" in refusal("trl_implicit", row)

    def test_a_separator_parts_plain_strings(self, convert, refusal):
        row = {"chosen": "Q: colour?\nA: blue", "rejected": "Q: colour?\nA: brown"}

        item = convert("trl_implicit", row, separator="\nA: ")

        assert (item.messages[0]["content"], texts(item)) == ("Q: colour?", ["blue", "brown"])
        assert refusal("trl_implicit", row, separator="###") == "Chosen does not contain the separator."
        differing = row | {"rejected": "Q: hue?\nA: brown"}
        assert "differ before the last separator" in refusal("trl_implicit", differing, separator="\nA: ")

    def test_the_same_answer_twice_is_kept_under_its_tag(self, convert):
        item = convert("trl_implicit", {"chosen": ASKED + APPLE, "rejected": ASKED + APPLE})

        assert (item.messages, item.tags) == (ASKED, ["identical-responses"])

    @pytest.mark.parametrize(
        ("chosen", "rejected", "words"),
        [
            (ASKED + APPLE, [{"role": "user", "content": "Else"}, *STONE], "no first message in common"),
            (ASKED + APPLE, ASKED, "Rejected ends where the other one goes on"),
            (
                [*ASKED, *APPLE, *ASKED, *APPLE],
                [*ASKED, *APPLE, {"role": "user", "content": "?"}, *STONE],
                "differ at turn 3",
            ),
            (ASKED + APPLE, "A stone.", "Rejected is text, not a list of messages."),
            ("An apple.", ASKED + STONE, "Rejected is a list; chosen and rejected are both text"),
            ([], [], "no first message in common"),
        ],
    )
    def test_pairs_without_a_common_prompt_are_refused(self, refusal, chosen, rejected, words):
        assert words in refusal("trl_implicit", {"chosen": chosen, "rejected": rejected})


NAMED_IN_THE_FILE = {"mapping", "goldpan", "feedback", "argilla", "label_studio"}
UNLABELED = {"wildbench"}


@pytest.mark.parametrize("name", sorted(ADAPTERS.keys() - NAMED_IN_THE_FILE - UNLABELED))
def test_the_annotators_name_is_an_option(convert, name):
    import json

    item = convert(name, json.loads(ADAPTERS[name].example), annotator="ana")

    assert item.labels[0].annotator == "ana"


@pytest.mark.parametrize("name", ADAPTERS)
def test_unknown_options_are_refused_by_name(name):
    with pytest.raises(BadOptions, match="'colour'"):
        ADAPTERS[name].converter({"colour": "blue"})
