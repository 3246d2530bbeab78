"""LMSYS 55k and arena 140k: two models side by side, and the vote of whoever asked them."""

import json

import pytest

from annotation.imports.canonical import group_key


def texts(item):
    return [[turn["content"] for turn in response.messages] for response in item.responses]


def winner(item):
    (label,) = item.labels
    return label.answer["winner"]


def cell(*turns):
    return json.dumps(list(turns))


class TestFiftyFiveThousand:
    ROW = {
        "id": "30192",
        "model_a": "m1",
        "model_b": "m2",
        "prompt": cell("Name a fruit.", "Another?"),
        "response_a": cell("An apple.", "A pear."),
        "response_b": cell("A stone.", "A \U0001f350."),
        "winner_model_a": "1",
        "winner_model_b": "0",
        "winner_tie": "0",
    }

    def test_each_model_has_its_own_turns_after_the_first_question(self, convert):
        item = convert("lmsys_55k", self.ROW)

        assert item.messages == [{"role": "user", "content": "Name a fruit."}]
        assert texts(item) == [["An apple.", "Another?", "A pear."], ["A stone.", "Another?", "A \U0001f350."]]
        assert [turn["role"] for turn in item.responses[1].messages] == ["assistant", "user", "assistant"]
        assert ([response.model for response in item.responses], item.key) == (["m1", "m2"], "30192")
        assert (item.labels[0].annotator, item.source) == ("lmsys-55k", {})

    @pytest.mark.parametrize(
        ("flags", "won"),
        [
            (("1", "0", "0"), "a"),
            (("0", "1", "0"), "b"),
            (("0", "0", "1"), "tie"),
            ((0, 1, 0), "b"),
            ((0.0, 0.0, 1.0), "tie"),
            ((True, False, False), "a"),
        ],
    )
    def test_one_of_three_columns_names_the_winner(self, convert, flags, won):
        row = self.ROW | dict(zip(("winner_model_a", "winner_model_b", "winner_tie"), flags, strict=True))

        assert winner(convert("lmsys_55k", row)) == won

    def test_a_file_that_keeps_the_winner_back_has_no_labels(self, convert):
        row = {name: value for name, value in self.ROW.items() if not name.startswith("winner")}

        assert convert("lmsys_55k", row).labels == []

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"winner_tie": "1"}, "More than one of winner_model_a, winner_model_b and winner_tie is 1."),
            ({"winner_model_a": "0"}, "None of winner_model_a, winner_model_b and winner_tie is 1."),
            ({"winner_model_b": "x"}, "The winner_model_b is 'x', not 0 or 1."),
            ({"prompt": "Name a fruit."}, "The prompt is text, not a list of turns."),
            ({"prompt": '["cut'}, "The prompt is text, not a list of turns."),
            ({"response_a": "[[1]]"}, "The response_a is a list of something else, not a list of turns."),
            ({"response_b": cell("A stone.")}, "The prompt has 2 turns and response b has 1."),
            ({"response_b": cell("A stone.", None)}, "Message 3 of response b is null, not text."),
            ({"model_a": 3}, "The model_a is a number, not text."),
            ({"id": ["x"]}, "The id is a list, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("lmsys_55k", self.ROW | change) == words

    def test_half_of_a_surrogate_pair_inside_a_cell_is_refused(self, refusal):
        broken = self.ROW | {"prompt": '["\\ud83d"]', "response_a": cell("x"), "response_b": cell("y")}

        assert "not a list of turns" in refusal("lmsys_55k", broken)


def said(role, text):
    return {"role": role, "content": [{"type": "text", "text": text, "image": None, "mimeType": None}]}


class TestArena:
    ROW = {
        "id": "b1",
        "model_a": "m1",
        "model_b": "m2",
        "winner": "model_b",
        "evaluation_session_id": "s1",
        "evaluation_order": 2,
        "conversation_a": [said("user", "Name a fruit."), said("assistant", "An apple.")],
        "conversation_b": [said("user", "Name a fruit."), said("assistant", "A stone.")],
        "full_conversation": [{"user": said("user", "Name a fruit.")}],
        "conv_metadata": {"sum_user_tokens": 4},
        "category_tag": {"math_v0.1": {"math": False}},
        "is_code": False,
        "language": "en",
    }

    def test_the_shared_turns_are_the_prompt_and_the_session_is_the_group(self, convert):
        item = convert("arena_140k", self.ROW)

        assert (item.messages, texts(item)) == (
            [{"role": "user", "content": "Name a fruit."}],
            [["An apple."], ["A stone."]],
        )
        assert ([response.model for response in item.responses], item.key) == (["m1", "m2"], "b1")
        assert (group_key(item), item.language, winner(item)) == ("s1", "en", "b")
        assert item.source.keys() == {"evaluation_order", "conv_metadata", "category_tag", "is_code"}
        assert item.labels[0].annotator == "arena-140k"

    def test_later_turns_belong_to_each_side(self, convert):
        more = [said("user", "Another?")]
        row = {
            "conversation_a": [*self.ROW["conversation_a"], *more, said("assistant", "A pear.")],
            "conversation_b": [*self.ROW["conversation_b"], *more, said("assistant", "A rock.")],
        }

        item = convert("arena_140k", self.ROW | row)

        assert texts(item) == [["An apple.", "Another?", "A pear."], ["A stone.", "Another?", "A rock."]]

    @pytest.mark.parametrize(
        ("winner_said", "won"),
        [("model_a", "a"), ("tie", "tie"), ("both_bad", "both_bad"), ("tie (bothbad)", "both_bad")],
    )
    def test_ties_and_both_bad_are_not_the_same(self, convert, winner_said, won):
        assert winner(convert("arena_140k", self.ROW | {"winner": winner_said})) == won

    def test_plain_texts_and_a_named_judge_are_read(self, convert):
        row = {
            "model_a": "m1",
            "model_b": "m2",
            "winner": "model_a",
            "judge": "author_2",
            "conversation_a": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}],
            "conversation_b": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Go."}],
        }

        (label,) = convert("arena_140k", row).labels

        assert (label.annotator, label.answer["winner"]) == ("author_2", "a")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"winner": "model_c"}, "The winner is 'model_c'; model_a, model_b, tie and both_bad are known."),
            ({"winner": 1}, "The winner is a number, not text."),
            ({"conversation_b": None}, "Conversation_b is null, not a list of messages."),
            ({"conversation_a": []}, "Conversation_a and conversation_b have no first message in common"),
            ({"conversation_b": [said("user", "Name a fruit.")]}, "Conversation_b ends where the other one goes on"),
            ({"conversation_b": [said("user", "Hi"), said("assistant", "x")]}, "have no first message in common"),
            (
                {"conversation_a": [{"role": "user", "content": [{"type": "image"}]}]},
                "Message 1 of conversation_a has a part of the type 'image'",
            ),
            ({"language": 7}, "The language is a number, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert words in refusal("arena_140k", self.ROW | change)
