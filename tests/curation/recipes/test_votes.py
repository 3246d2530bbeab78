"""Majority over a/b/tie/both_bad: known answers and symmetries."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.recipes import AnnotationRecord, Drop
from curation.recipes.votes import Ballot, Verdict, decide

BALLOT = Ballot("preference", "", frozenset({"people", "imported"}), min_votes=1, min_agreement=0.0)


def vote(number: int, winner: str, strength: int | None = None, **more: Any) -> AnnotationRecord:
    answers = {"preference": {"winner": winner, "strength": strength}}
    return AnnotationRecord(**{"id": number, "annotator": f"p{number}", "origin": "people", "answers": answers, **more})


def votes(*winners: str) -> list[AnnotationRecord]:
    return [vote(number, winner) for number, winner in enumerate(winners, 1)]


def test_the_response_with_most_votes_wins_and_ties_count_half():
    verdict = decide(votes("b", "b", "a", "tie"), BALLOT)

    assert isinstance(verdict, Verdict)
    assert (verdict.winner, verdict.n_votes, verdict.agreement) == (1, 4, 0.5)
    assert verdict.p_chosen == (2 + 0.5) / 4
    assert verdict.annotation_ids == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("winners", "reason"),
    [
        ((), Drop.NO_VOTES),
        (("unsure", "unsure"), Drop.UNSURE),
        (("tie", "tie", "a"), Drop.TIE),
        (("both_bad",), Drop.BOTH_BAD),
        (("a", "b"), Drop.SPLIT),
        (("a", "tie"), Drop.SPLIT),
    ],
)
def test_no_majority_for_a_side_is_no_verdict(winners, reason):
    assert decide(votes(*winners), BALLOT) is reason


def test_unsure_is_no_vote_but_is_traced():
    verdict = decide(votes("a", "unsure"), BALLOT)

    assert isinstance(verdict, Verdict)
    assert (verdict.n_votes, verdict.agreement, verdict.annotation_ids) == (1, 1.0, [1, 2])


def test_thresholds_are_reached_not_exceeded():
    two_of_three = votes("a", "a", "b")

    assert isinstance(decide(two_of_three, BALLOT._replace(min_votes=3, min_agreement=2 / 3)), Verdict)
    assert decide(two_of_three, BALLOT._replace(min_votes=4)) is Drop.TOO_FEW_VOTES
    assert decide(two_of_three, BALLOT._replace(min_agreement=0.67)) is Drop.LOW_AGREEMENT


def test_strength_is_the_signed_mean_toward_the_winner_and_never_negative():
    strongly_against = [vote(1, "a", 1), vote(2, "a", 1), vote(3, "b", 3)]
    mostly_for = [vote(1, "a", 3), vote(2, "a", 1), vote(3, "b", 1)]

    assert decide(strongly_against, BALLOT).strength == 0.0
    assert decide(mostly_for, BALLOT).strength == 1.0


def test_a_choice_without_degrees_counts_one():
    assert decide(votes("b", "b"), BALLOT).strength == 1.0


def test_a_superseded_annotation_has_no_vote():
    changed = [vote(1, "a", is_current=False), vote(2, "b", supersedes=1)]

    verdict = decide(changed, BALLOT)

    assert (verdict.winner, verdict.annotation_ids) == (1, [2])


def test_only_the_chosen_sources_vote():
    mixed = [vote(1, "a"), vote(2, "b", origin="imported"), vote(3, "b", origin="imported")]

    assert decide(mixed, BALLOT).label_source == "people and imported"
    assert decide(mixed, BALLOT._replace(sources=frozenset({"people"}))).winner == 0
    assert decide(mixed[1:], BALLOT._replace(sources=frozenset({"people"}))) is Drop.NO_VOTES


def test_a_question_that_an_older_form_did_not_ask_is_missing():
    other = [vote(1, "a", answers={"helpfulness": [1, 2]}), vote(2, "a", answers={"preference": 3})]

    assert decide(other, BALLOT) is Drop.QUESTION_MISSING


def test_a_dimension_has_its_own_majority():
    answers = {"preference": {"winner": "a", "strength": None, "dimensions": {"style": {"winner": "b"}}}}

    verdict = decide([vote(1, "", answers=answers)], BALLOT._replace(dimension="style"))

    assert verdict.winner == 1


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "tie", "both_bad", "unsure"]), st.integers(1, 3)), max_size=9))
def test_swapping_the_responses_swaps_the_winner_and_nothing_else(cast):
    swap = {"a": "b", "b": "a"}
    cast_votes = [vote(n, w, s if w in swap else None) for n, (w, s) in enumerate(cast, 1)]
    swapped = [vote(n, swap.get(w, w), s if w in swap else None) for n, (w, s) in enumerate(cast, 1)]

    one, two = decide(cast_votes, BALLOT), decide(swapped, BALLOT)

    if isinstance(one, Drop):
        assert one is two
    else:
        assert two == one._replace(winner=1 - one.winner)
        assert 0 < one.agreement <= 1
        assert one.agreement <= one.p_chosen <= 1
