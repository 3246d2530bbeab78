"""Which of two is better: both orders, votes, probabilities, two rounds; and whatever is no clear answer abstains."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelhooks.contracts import Comparison
from modelhooks.judging.chat import Ask, Picture, Reply, Sample
from modelhooks.judging.orders import DIVIDED, TORN, Order, judgment
from modelhooks.judging.pairwise import STYLES, PairwiseJudge
from modelhooks.judging.rethink import RethinkJudge
from tests.modelhooks.judging.scripted import (
    CODE,
    PROMPT,
    USAGE,
    Scripted,
    always,
    failed,
    setting,
    shown,
    with_probabilities,
)

PAIR = Comparison(PROMPT, "It is 4.", "It is 5.")


def verdict(side: Any, **more: Any) -> dict[str, Any]:
    return {"case": CODE, "reasoning": f"because {side}", "verdict": side, **more}


def truthful(ask: Ask, number: int = 0) -> dict[str, Any]:
    """Prefers the response with a 4, wherever it sits."""
    return verdict("A" if "4" in shown(ask, "response A") else "B")


def direct(say: Any, **more: Any) -> PairwiseJudge:
    return PairwiseJudge(setting(say) if callable(say) else always(say), "direct", **more)


def test_a_judge_that_looks_at_the_responses_says_the_same_in_both_orders():
    (found,) = direct(truthful).judge([PAIR], n=2)

    assert (found.preference, found.consistent_under_swap, found.parse_ok) == ("first", True, True)
    assert found.votes == {"first": 4}
    assert found.usage == USAGE + USAGE
    assert found.rationale == "because A\n\nbecause B"
    assert len(found.raw_text) == 4
    assert found.reason == ""


def test_swapping_what_is_asked_swaps_the_answer():
    swapped = Comparison(PROMPT, PAIR.second, PAIR.first)

    assert [one.preference for one in direct(truthful).judge([PAIR, swapped])] == ["first", "second"]


@pytest.mark.parametrize("side", ["A", "B"])
def test_a_judge_that_looks_at_the_side_alone_abstains(side: str):
    (found,) = direct(verdict(side)).judge([PAIR])

    assert (found.preference, found.consistent_under_swap, found.reason) == (None, False, TORN)
    assert found.votes == {"first": 1, "second": 1}
    assert found.p_first == pytest.approx(0.5)
    assert found.parse_ok


def test_in_one_order_alone_nothing_is_known_about_the_other():
    judge = direct(truthful)

    (found,) = judge.judge([PAIR], orders="as_is")

    assert (found.preference, found.consistent_under_swap) == ("first", None)
    assert len(judge.setting.chat.asked) == 1


def test_a_tie_is_an_answer_where_ties_are_allowed():
    (allowed,) = direct(verdict("tie")).judge([PAIR])
    (not_allowed,) = direct(verdict("tie"), allows_tie=False).judge([PAIR])

    assert (allowed.preference, allowed.p_first) == ("tie", pytest.approx(0.5))
    assert (not_allowed.preference, not_allowed.parse_ok) == (None, False)


@pytest.mark.parametrize(
    ("votes", "preference"),
    [("AAB", "first"), ("ABx", None), ("AAx", "first"), ("Axx", None), ("AB", None), ("tAA", "first"), ("ttA", "tie")],
)
def test_more_than_half_of_all_samples_have_to_agree(votes: str, preference: str | None):
    sides = {"A": "A", "B": "B", "t": "tie"}

    def say(ask: Ask, number: int) -> Any:
        return verdict(sides[votes[number]]) if votes[number] in sides else "no idea"

    (found,) = direct(say).judge([PAIR], n=len(votes), orders="as_is")

    assert found.preference == preference
    assert found.parse_ok is ("x" not in votes)
    assert bool(found.reason) is (preference is None)
    assert len(found.raw_text) == len(votes)


def test_samples_that_did_not_come_count_as_unreadable():
    few = Reply((Sample(json.dumps(verdict("A"))),), USAGE)

    (found,) = direct(few).judge([PAIR], n=2, orders="as_is")

    assert (found.preference, found.parse_ok) == (None, False)
    assert "fewer samples" in found.reason


UNREADABLE = {
    "nothing": "",
    "prose": "The first one is better.",
    "an old form": "My verdict: [[A]]",
    "prose around": f"Sure! {json.dumps(verdict('A'))}",
    "two objects": json.dumps(verdict("A")) + json.dumps(verdict("A")),
    "both verdicts": '{"case": "c0debeef", "reasoning": "", "verdict": "A", "verdict": "B"}',
    "the same verdict twice": '{"case": "c0debeef", "reasoning": "", "verdict": "A", "verdict": "A"}',
    "another verdict": json.dumps(verdict("C")),
    "a list of verdicts": json.dumps(verdict(["A", "B"])),
    "small letters": json.dumps(verdict("a")),
    "no reasoning": json.dumps({"case": CODE, "verdict": "A"}),
    "more than was asked": json.dumps(verdict("A", score=3)),
    "another case": json.dumps(verdict("A") | {"case": "00000000"}),
    "no case": json.dumps({"reasoning": "", "verdict": "A"}),
    "cut off": json.dumps(verdict("A"))[:-1],
    "nested without end": "[" * 100_000,
    "a list": json.dumps([verdict("A")]),
    "not a number": '{"case": "c0debeef", "reasoning": NaN, "verdict": "A"}',
    "half a surrogate pair": '{"case": "c0debeef", "reasoning": "\\ud800", "verdict": "A"}',
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_abstains_and_is_kept(text: str):
    (found,) = direct(text).judge([PAIR])

    assert (found.preference, found.p_first, found.parse_ok) == (None, None, False)
    assert found.reason
    assert found.raw_text == ((text, text) if text else ())
    assert found.error == ""


@pytest.mark.parametrize(
    "text",
    [
        f"  {json.dumps(verdict('A'))}\n",
        f"```json\n{json.dumps(verdict('A'))}\n```",
        f"<think>B, no: A. {{}}</think>\n\n{json.dumps(verdict('A'))}",
    ],
)
def test_what_servers_usually_put_around_an_answer_is_no_part_of_it(text: str):
    assert direct(text).judge([PAIR], orders="as_is")[0].preference == "first"


def test_an_answer_that_was_cut_off_is_none_even_where_it_can_be_read():
    (found,) = direct(Sample(json.dumps(verdict("A")), "length")).judge([PAIR])

    assert (found.preference, found.parse_ok) == (None, False)


def test_a_server_that_does_not_answer_is_an_abstention_with_its_reason():
    (found,) = direct(failed()).judge([PAIR])

    assert (found.preference, found.parse_ok, found.votes) == (None, False, {})
    assert "in time" in found.error
    assert found.reason == found.error
    assert found.usage.requests == 2


def test_one_order_without_an_answer_is_no_answer():
    (found,) = direct(lambda ask, number: truthful(ask) if "4" in shown(ask, "response A") else failed()).judge([PAIR])

    assert (found.preference, found.consistent_under_swap, found.p_first) == (None, None, None)
    assert found.error
    assert found.votes == {"first": 1}


def test_the_probability_is_that_of_the_verdicts_token_over_both_orders():
    def say(ask: Ask, number: int) -> Sample:
        is_first = "4" in shown(ask, "response A")
        text = json.dumps(verdict("A" if is_first else "B", reasoning='the "verdict": "B" is a trap'))
        odds = {"A": 0.8, "B": 0.1, "tie": 0.1} if is_first else {"A": 0.2, "B": 0.7, "tie": 0.1}
        return with_probabilities(text, "A" if is_first else "B", **odds)

    (found,) = direct(say).judge([PAIR])

    assert found.preference == "first"
    assert found.p_first == pytest.approx((0.85 + (1 - 0.25)) / 2)


def test_what_is_seen_of_the_probability_is_normalized_and_too_little_is_not_used():
    def say(a: float, b: float, other: float) -> Any:
        sample = with_probabilities(json.dumps(verdict("A")), "A", A=a, B=b, X=other)
        return direct(sample).judge([PAIR], orders="as_is")[0].p_first

    assert say(0.6, 0.2, 0.2) == pytest.approx(0.75)
    assert say(0.3, 0.1, 0.6) == pytest.approx(0.75)  # of one vote: (1 + ½) / 2
    assert say(0.1, 0.3, 0.6) == pytest.approx(0.75)


def test_without_probabilities_votes_are_smoothed():
    (one,) = direct(truthful).judge([PAIR])
    (many,) = direct(truthful).judge([PAIR], n=8)

    assert one.p_first == pytest.approx(0.75)
    assert many.p_first == pytest.approx(8.5 / 9)


def test_each_style_asks_for_its_fields_before_the_verdict():
    before = {"critique_a": "x", "critique_b": "y"}
    said = {"direct": {}, "critique": before, "principles": {"principles": ["right"], **before}}

    for style in STYLES:
        judge = PairwiseJudge(always(verdict("tie", **said[style])), style)
        assert judge.judge([PAIR])[0].preference == "tie"
        fields = list(judge.shape.model_json_schema()["properties"])
        assert fields == ["case", *said[style], "reasoning", "verdict"]
    for other in ("direct", "principles"):
        assert PairwiseJudge(always(verdict("tie", **before)), other).judge([PAIR])[0].parse_ok is False


def test_a_principle_is_shown_and_part_of_what_is_asked():
    judge = direct(truthful)

    judge.judge([replace(PAIR, principle="Is it polite?"), PAIR])

    shows = ["Is it polite?" in ask.turns[1].text for ask in judge.setting.chat.asked]
    assert shows == [True, True, False, False]


def test_pictures_are_shown_to_a_judge_that_sees_and_end_the_question_for_one_that_does_not():
    media = [{"sha256": "0" * 64, "kind": "image", "type": "image/png"}]
    pair = replace(PAIR, prompt=({"role": "user", "content": "What is this?", "media": media},))
    seeing = Scripted(truthful, takes_images=True)

    (seen,) = PairwiseJudge(setting(seeing, resolve=lambda one: b"png " + one["sha256"][:1].encode()), "direct").judge(
        [pair]
    )
    blind = direct(truthful)
    (unseen,) = blind.judge([pair])
    (gone,) = PairwiseJudge(setting(seeing, resolve=lambda one: None), "direct").judge([pair])

    assert seen.preference == "first"
    assert seeing.asked[0].turns[1].pictures == (Picture("image/png", b"png 0"),)
    assert (unseen.preference, unseen.parse_ok) == (None, False)
    assert "sees no pictures" in unseen.reason
    assert blind.setting.chat.asked == []
    assert "not there" in gone.reason


def test_sound_is_no_picture():
    media = [{"sha256": "0" * 64, "kind": "audio", "type": "audio/mpeg"}]
    pair = replace(PAIR, prompt=({"role": "user", "content": "?", "media": media},))
    seeing = Scripted(truthful, takes_images=True)

    (found,) = PairwiseJudge(setting(seeing, resolve=lambda one: b""), "direct").judge([pair])

    assert "no picture" in found.reason


def test_everything_that_changes_a_judgment_changes_the_fingerprint():
    judge = direct(truthful)
    others = [
        replace(judge, style="critique"),
        replace(judge, allows_tie=False),
        PairwiseJudge(setting(Scripted(truthful, fingerprint="other")), "direct"),
        PairwiseJudge(setting(truthful, sampling=replace(judge.setting.sampling, temperature=0.5)), "direct"),
        RethinkJudge(judge.setting),
    ]

    assert len({one.fingerprint for one in [judge, *others]}) == 6
    assert direct(truthful).fingerprint == judge.fingerprint


# --- two rounds ---

BRANCH = {"case": CODE, "dimensions": ["correct facts"], "suspicions_a": ["sum"], "suspicions_b": ["sum"]}
FOUND = {"findings_a": ["holds"], "findings_b": ["does not"]}


def rethinking(ask: Ask, number: int) -> Any:
    if len(ask.turns) == 2:
        return BRANCH
    return truthful(ask) | FOUND


def test_two_rounds_make_one_judgment_and_both_are_kept():
    judge = RethinkJudge(setting(rethinking))

    (found,) = judge.judge([PAIR], n=2)

    second = judge.setting.chat.asked[2]
    assert (found.preference, found.votes, found.parse_ok) == ("first", {"first": 4}, True)
    assert [turn.role for turn in second.turns] == ["system", "user", "assistant", "user"]
    assert json.loads(second.turns[2].text) == BRANCH
    assert len(found.raw_text) == 8
    assert found.usage.requests == 2 + 4


@pytest.mark.parametrize(
    "branch",
    [
        "nothing",
        BRANCH | {"dimensions": []},
        BRANCH | {"dimensions": ["beauty"]},
        BRANCH | {"suspicions_a": ["1", "2", "3", "4"]},
        BRANCH | {"verdict": "A"},
        BRANCH | {"case": "other"},
        failed(),
    ],
)
def test_a_first_round_of_another_form_has_no_second(branch: Any):
    judge = RethinkJudge(setting(lambda ask, number: branch if len(ask.turns) == 2 else rethinking(ask, number)))

    (found,) = judge.judge([PAIR])

    assert (found.preference, found.parse_ok) == (None, False)
    assert found.reason
    assert all(len(ask.turns) == 2 for ask in judge.setting.chat.asked)


def test_a_second_round_of_another_form_abstains():
    judge = RethinkJudge(setting(lambda ask, number: BRANCH if len(ask.turns) == 2 else truthful(ask)))

    (found,) = judge.judge([PAIR])

    assert (found.preference, found.parse_ok, len(found.raw_text)) == (None, False, 4)


# --- orders, as mathematics ---

SIDES = st.sampled_from(["A", "B", "tie", None])
MIRROR = {"A": "B", "B": "A", "tie": "tie", None: None}


@settings(deadline=None)
@given(st.lists(SIDES, min_size=1, max_size=5), st.lists(SIDES, min_size=1, max_size=5))
def test_turning_everything_around_turns_the_judgment_around(first: list[Any], second: list[Any]):
    turned = {"first": "second", "second": "first", "tie": "tie", None: None}

    found = judgment([Order(False, tuple(first)), Order(True, tuple(second))])
    mirrored = judgment([Order(True, tuple(first)), Order(False, tuple(second))])

    assert mirrored.preference == turned[found.preference]
    assert (found.p_first is None) == (mirrored.p_first is None)
    if found.p_first is not None:
        assert mirrored.p_first == pytest.approx(1 - found.p_first)
    assert bool(found.reason) is (found.preference is None)
    assert (found.preference is None) or found.votes[found.preference] * 2 > sum(found.votes.values())


def test_samples_that_differ_in_one_order_are_said_to():
    assert judgment([Order(False, ("A", "B")), Order(True, ("B", "B"))]).reason == DIVIDED
