"""Where a verdict stands among the tokens, however they are cut."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelhooks.judging.chat import Token
from modelhooks.judging.confidence import majority, smoothed, told

VERDICTS = ("A", "B", "tie")
TEXT = (
    '<think>"verdict": "B"</think> {"r": "say \\"verdict\\": \\"B\\"", '
    '"list": [{"verdict": "B"}, "x"], "verdict" : "A"}'
)
START = TEXT.index(" {") + 1
AT = TEXT.rindex("A")


def cut(text: str, places: set[int], alternatives: dict[str, float]) -> list[Token]:
    """Tokens that end at these places; the one with the verdict has alternatives, each after its own beginning."""
    ends = sorted(places | {len(text)})
    tokens, begin = [], 0
    for end in ends:
        word, before = text[begin:end], text[begin : max(begin, min(AT, end))]
        others = tuple((before + name, math.log(p)) for name, p in alternatives.items())
        tokens.append(Token(word, others if begin <= AT < end else ((word, 0.0),)))
        begin = end
    return tokens


@settings(deadline=None)
@given(st.sets(st.integers(1, len(TEXT) - 1), max_size=12))
def test_the_verdict_is_found_however_the_text_is_cut(places: set[int]):
    after = TEXT[AT + 1 : min((place for place in places if place > AT), default=len(TEXT))]
    alternatives = {f"A{after}": 0.6, f"B{after}": 0.3, f"tie{after}": 0.05, "?": 0.05}

    found = told(TEXT, cut(TEXT, places, alternatives), START, ("verdict",), VERDICTS)

    assert found is not None
    assert found.probabilities == pytest.approx({"A": 0.6 / 0.95, "B": 0.3 / 0.95, "tie": 0.05 / 0.95})
    assert found.mass == pytest.approx(0.95)


def one(*alternatives: tuple[str, float], text: str = TEXT) -> dict[str, float] | None:
    logs = tuple((word, math.log(p)) for word, p in alternatives)
    tokens = [Token(text[:AT]), Token(text[AT : AT + 1], logs), Token(text[AT + 1 :])]
    found = told(text, tokens, START, ("verdict",), VERDICTS)
    return None if found is None else dict(found.probabilities)


def test_the_beginning_of_a_word_counts_for_it_and_what_could_be_several_for_none():
    assert one(("A", 0.5), ("t", 0.25), ("ti", 0.25)) == {"A": 0.5, "B": 0.0, "tie": 0.5}
    assert one(("A", 0.8), ("", 0.2)) == {"A": 1.0, "B": 0.0, "tie": 0.0}
    assert one(("A", 0.6), ("Apple", 0.2), ("B", 0.2)) == pytest.approx({"A": 0.75, "B": 0.25, "tie": 0.0})


def test_a_token_that_begins_two_verdicts_counts_for_neither():
    text = '{"verdict": "both"}'
    tokens = [Token('{"verdict": "'), Token("b", (("b", math.log(0.4)), ("no", math.log(0.6)))), Token('oth"}')]

    found = told(text, tokens, 0, ("verdict",), ("both", "bad", "no"))

    assert found is not None
    assert found.probabilities == {"both": 0.0, "bad": 0.0, "no": 1.0}


def test_too_little_mass_tells_nothing():
    assert one(("A", 0.3), ("?", 0.7)) is None
    assert one() is None


def test_tokens_of_another_text_tell_nothing():
    assert told(TEXT, [Token("another text", (("A", 0.0),))], START, ("verdict",), VERDICTS) is None
    assert told(TEXT, [], START, ("verdict",), VERDICTS) is None


def test_a_letter_in_several_tokens_before_the_verdict_and_a_token_after_the_end_do_no_harm():
    text = '{"r": "é", "verdict": "A"}'
    at = text.rindex("A")
    broken = [Token('{"r": "'), Token("\ufffd"), Token("\ufffd")]
    tokens = [*broken, Token(text[8:at]), Token("A", (("A", 0.0),)), Token(text[at + 1 :]), Token("<|end|>")]

    found = told(text, tokens, 0, ("verdict",), VERDICTS)

    assert found is not None
    assert found.probabilities["A"] == 1.0


@settings(deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-99, 99), st.text(max_size=5)),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    st.integers(0, 2),
    st.sampled_from([None, 1]),
)
def test_the_place_of_a_value_is_found_in_any_json(other: object, number: int, indent: int | None):
    value = {"x": other, "list": [other] * number + [{"y": other, "verdict": "tie"}], "z": other}
    text = json.dumps(value, indent=indent)
    letters = [Token(letter, ((letter, 0.0),)) for letter in text]

    found = told(text, letters, 0, ("list", number, "verdict"), VERDICTS)

    assert found is not None
    assert found.probabilities["tie"] == 1.0


def test_votes():
    assert majority(["A", "A", "B"]) == "A"
    assert majority(["A", "B"]) is None
    assert majority(["A", None]) is None
    assert majority([]) is None
    assert smoothed(1.0, 1) == 0.75
    assert smoothed(0.0, 3) == pytest.approx(0.125)
    assert smoothed(0.5, 10) == 0.5
