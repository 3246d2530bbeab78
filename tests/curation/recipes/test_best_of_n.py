"""bestofn_eval: what RewardBench 2 takes for right and wrong."""

import pytest

from curation.recipes import BadParameters, Drop
from tests.curation.recipes.made import build, drops, item, rows, said, turn


def judged(*verdicts, number=1):
    return said(number, good=[[one] for one in verdicts])


def test_the_right_response_comes_first_and_the_wrong_ones_behind():
    subject = item("w", "x", "y", "z", tags=["safety"])

    (row,) = rows(build("bestofn_eval", subject, judged("no", "yes", "no", "no")))

    assert (row["id"], row["prompt"], row["subset"]) == ("item-7", "Why?", "safety")
    assert (row["chosen"], row["rejected"]) == (["x"], ["w", "y", "z"])
    assert (row["num_correct"], row["num_incorrect"], row["total_completions"]) == (1, 3, 4)
    assert row["models"] == ["m1", "m0", "m2", "m3"]


def test_several_right_responses_are_rows_of_their_own():
    found = rows(build("bestofn_eval", item("x", "y", "z"), judged("yes", "no", "yes")))

    assert [(row["id"], row["chosen"], row["rejected"]) for row in found] == [
        ("item-7/0", ["x"], ["y"]),
        ("item-7/2", ["z"], ["y"]),
    ]


def test_several_right_responses_may_be_ties_with_their_reference():
    tied, ref = rows(build("bestofn_eval", item("x", "y", "z"), judged("yes", "no", "yes"), several="ties"))

    assert (tied["id"], tied["chosen"], tied["num_correct"], tied["subset"]) == ("tied:7", ["x", "z"], 2, "Ties")
    assert (ref["id"], ref["chosen"], ref["rejected"], ref["total_completions"]) == ("ref:7", ["x"], ["y"], 2)


def test_several_right_responses_may_be_left_out():
    assert drops(build("bestofn_eval", item("x", "y", "z"), judged("yes", "no", "yes"), several="drop")) == [Drop.TIE]


@pytest.mark.parametrize("verdicts", [("yes", "yes"), ("no", "no")])
def test_without_right_and_wrong_nothing_is_tested(verdicts):
    assert drops(build("bestofn_eval", item("x", "y"), judged(*verdicts))) == [Drop.UNPAIRED]


def test_figures_are_of_what_was_said_about_all_responses():
    answers = judged("yes", "no", number=1), judged("yes", "no", number=2), judged("yes", "yes", number=3)

    # The second is a split of two to one for wrong; the first is right for all.
    (row,) = rows(build("bestofn_eval", item("x", "y"), *answers))

    assert row["p_chosen"] == pytest.approx((1 + 2 / 3) / 2)
    assert row["agreement"] == pytest.approx((1 + 2 / 3) / 2)
    assert (row["n_votes"], row["annotation_ids"]) == (3, [1, 2, 3])


def test_a_preference_says_which_of_two_is_right():
    (row,) = rows(
        build("bestofn_eval", item("x", "y"), said(1, better={"winner": "b", "strength": 2}), question="better")
    )

    assert (row["chosen"], row["rejected"], row["strength"]) == (["y"], ["x"], 2.0)


def test_of_a_ranking_the_one_that_beats_all_others_is_right():
    subject = item("x", "y", "z")

    (row,) = rows(build("bestofn_eval", subject, said(1, order=[[1], [0, 2]]), question="order"))

    assert (row["chosen"], row["rejected"]) == (["y"], ["x", "z"])
    assert drops(build("bestofn_eval", subject, said(1, order=[[0, 1], [2]]), question="order")) == [Drop.TIE]


def test_a_circle_has_no_best():
    around = said(1, order=[[0], [1], [2]]), said(2, order=[[1], [2], [0]]), said(3, order=[[2], [0], [1]])

    assert drops(build("bestofn_eval", item("x", "y", "z"), *around, question="order")) == [Drop.SPLIT]


def test_soft_labels_are_for_comparisons():
    with pytest.raises(BadParameters, match="soft is for preference or ranking"):
        build("bestofn_eval", item("x", "y"), judged("yes", "no"), aggregator="soft")


def test_a_chat_is_joined_or_left_out():
    chat = [turn("Hi"), turn("Hello.", "assistant"), turn("Why?")]

    (row,) = rows(build("bestofn_eval", item("x", "y", messages=chat), judged("yes", "no")))

    assert row["prompt"] == "User: Hi\n\nAssistant: Hello.\n\nUser: Why?"
    assert drops(build("bestofn_eval", item("x", "y", messages=chat), judged("yes", "no"), chats="drop")) == [
        Drop.SEVERAL_TURNS
    ]
