"""Rubrics: the line of a criterion, the score, evidence, and what is refused."""

import json
import os
import resource
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.kinds import KINDS, AnswerRefused, Judged, SettingsRefused, Subject
from annotation.kinds.quotes import cited, find, says, text_hash
from annotation.kinds.rubric_criteria import Criterion, checked, checked_for_lines
from annotation.kinds.rubric_score import Score, held_back, percent, score, share_of_a
from tests.annotation.kind_cases import Question
from tests.annotation.kind_cases.rubric import CRITERIA, SUBJECT, TEXTS

RUBRIC = KINDS["rubric"]
ASKED = Question("rubric", target="response", settings={"criteria": CRITERIA, "source": "form"})
COMPARED = Question("rubric", target="item", settings={"criteria": CRITERIA, "source": "form"})
ROOT = Path(__file__).resolve().parents[3]
FOUND = 42  # what a child exits with; a fault of Python exits with 1
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
needs_real_data = pytest.mark.skipif(
    not (REAL / "rubric_biggen").exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA"
)


def verdict(value: Any, **more: Any) -> dict[str, Any]:
    return {"value": value, **more}


def quote(text: str, start: int, end: int) -> dict[str, Any]:
    return {"start": start, "end": end, "hash": text_hash(text)}


WHOLE = {
    "verdicts": {
        "safe": [verdict("yes"), verdict("no", note="It may fall on a foot.")],
        "clear": [verdict(3), verdict(1)],
        "off": [verdict("na"), verdict("yes", quote=quote(TEXTS[1], 2, 7))],
    }
}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Is correct", {"key": "is_correct", "title": "Is correct", "scale": "yes_no", "weight": 1.0}),
        ("[hard] Cites a source", {"key": "cites_a_source", "kind": "hard_rule"}),
        ("cites: Cites a source (weight 2)", {"key": "cites", "title": "Cites a source", "weight": 2.0}),
        ("Lies (weight -1.5, gate)", {"title": "Lies", "weight": -1.5, "required": True}),
        ("Clear = poor | ok | good", {"title": "Clear", "scale": 3, "anchors": ["poor", "ok", "good"]}),
        ("Clear (gate) = 1..5", {"title": "Clear", "scale": 5, "anchors": [], "required": True}),
        ("Says that F = ma", {"title": "Says that F = ma", "scale": "yes_no"}),
        (
            "Says that F = ma == no | F = m | yes",
            {"title": "Says that F = ma", "scale": 3, "anchors": ["no", "F = m", "yes"]},
        ),
        ("Norms = none ||| |x| ||| ||x||", {"title": "Norms", "scale": 3, "anchors": ["none", "|x|", "||x||"]}),
        ("Uses units (SI)", {"title": "Uses units (SI)", "weight": 1.0}),
        ("خالٍ من الأخطاء", {"key": "c1", "title": "خالٍ من الأخطاء"}),
        ("Cites a source (quote: wanted)", {"title": "Cites a source", "needs_evidence": True}),
        ("Cites it (weight 2, gate, quote: wanted)", {"weight": 2.0, "required": True, "needs_evidence": True}),
    ],
)
def test_a_line_says_a_criterion(line: str, wanted: dict[str, Any]) -> None:
    (found,) = checked([line])

    assert {name: found[name] for name in wanted} == wanted
    assert checked([Criterion(**found).as_line()]) == [found]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("[soft] Kind", "Criterion 1: “[soft]” is not known"),
        ("Kind (weight two)", "Criterion 1: “weight two” is neither a weight"),
        ("Kind (weight 2, heavy)", "Criterion 1: “heavy” is neither"),
        ("Kind = good |", "A level has words"),
        ("Kind = a|b|c|d|e|f|g|h", "2 to 7 levels"),
        ("Kind = 1..9", "2 to 7 levels"),
        ("kind: ", "A criterion needs words"),
        ("Kind (weight 5000)", "A weight is a number"),
        ("Kind (after: nobody)", "“kind” depends on “nobody”, which is no criterion of this rubric"),
        ("Kind (after: kind)", "in a circle: kind"),
        ("Kind (after: Two words)", "“after: two words” is neither"),
    ],
)
def test_a_line_with_a_fault_is_refused_in_a_sentence(line: str, sentence: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        checked_for_lines([line])

    assert sentence in str(refused.value)
    assert str(refused.value).endswith(".")


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20) | st.text(
    "ab :=|()[]1.,\n", min_size=1, max_size=12
)


@given(
    st.fixed_dictionaries(
        {"key": st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), "title": WORDS},
        optional={
            "kind": st.sampled_from(["principle", "hard_rule"]),
            "weight": st.integers(-99, 99).map(lambda n: n / 4),
            "required": st.booleans(),
            "anchors": st.lists(WORDS, min_size=2, max_size=7),
            "needs_evidence": st.booleans(),
        },
    )
)
def test_a_criterion_comes_back_from_its_line_or_is_refused(raw: dict[str, Any]) -> None:
    raw["scale"] = len(raw["anchors"]) if raw.get("anchors") else "yes_no"

    try:
        (found,) = checked_for_lines([raw])
    except SettingsRefused as refused:
        assert str(refused).endswith(".")
    else:
        assert checked([Criterion(**found).as_line()]) == [found]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_anything_is_a_rubric_or_refused_in_a_sentence(raw: Any) -> None:
    try:
        found = checked(raw)
    except SettingsRefused as refused:
        assert str(refused).endswith(".")
    else:
        assert checked(found) == found


CHAIN = checked(
    [
        "runs: The code runs",
        "right: Its result is right (after: runs, weight 2) = no | nearly | yes",
        "[hard] tested: It was tested (after: runs + right)",
        "wordy: Is wordy (weight -1, after: right)",
        "brief: Is brief",
    ]
)
ON_CHAIN = Question("rubric", target="response", settings={"criteria": CHAIN, "source": "form"})


def said_of(*rows: dict[str, Any]) -> dict[str, Any]:
    """A value for one response after the other."""
    return {
        "verdicts": {
            one["key"]: [(one["key"] in row and verdict(row[one["key"]])) or None for row in rows] for one in CHAIN
        }
    }


def test_what_criteria_depend_on_comes_back_from_their_lines() -> None:
    lines = [Criterion(**one).as_line() for one in CHAIN]

    assert CHAIN[2]["depends_on"] == ["runs", "right"]
    assert "depends_on" not in CHAIN[0]
    assert "needs_evidence" not in CHAIN[0]
    assert checked_for_lines(lines) == checked_for_lines(CHAIN) == CHAIN
    assert RUBRIC.check_settings({"criteria": CHAIN}, "response")["criteria"] == CHAIN


@pytest.mark.parametrize(
    ("values", "back"),
    [
        ({}, set()),
        ({"runs": "yes", "right": 1}, {"tested", "wordy"}),
        ({"runs": "yes", "right": 2}, set()),  # half of the way is met
        ({"runs": "no"}, {"right", "tested", "wordy"}),
        ({"runs": "no", "right": 3, "tested": "yes"}, {"right", "tested", "wordy"}),
        ({"runs": "na", "right": 3}, set()),
    ],
)
def test_what_depends_on_something_unmet_is_held_back_down_the_chain(values: dict[str, Any], back: set[str]) -> None:
    assert held_back(CHAIN, values) == back


def test_what_is_held_back_counts_as_missed_whether_it_was_answered_or_not() -> None:
    bare = {"runs": "no", "brief": "yes"}

    assert score(CHAIN, bare) == score(CHAIN, {**bare, "right": 3, "tested": "no", "wordy": "yes"}) == Score(1 / 5)
    assert score(CHAIN, {**bare, "runs": "na"}) == Score(1.0)


def test_what_is_held_back_need_not_be_answered_and_may_be() -> None:
    whole = {"runs": "yes", "right": 3, "tested": "yes", "wordy": "no", "brief": "yes"}
    asked = said_of(whole, {"runs": "no", "brief": "yes"})
    kept = said_of(whole, {"runs": "no", "right": 2, "brief": "yes"})

    assert RUBRIC.validate(asked, ON_CHAIN, SUBJECT) == asked
    assert RUBRIC.validate(kept, ON_CHAIN, SUBJECT) == kept
    with pytest.raises(AnswerRefused, match="“Its result is right”, response B, still wants a verdict"):
        RUBRIC.validate(said_of(whole, {"runs": "yes", "brief": "yes"}), ON_CHAIN, SUBJECT)
    with pytest.raises(AnswerRefused, match="“Is brief”, response B, still wants a verdict"):
        RUBRIC.validate(said_of(whole, {"runs": "no"}), ON_CHAIN, SUBJECT)


def test_compared_nothing_is_held_back() -> None:
    compared = Question("rubric", target="item", settings={"criteria": CHAIN, "source": "form"})

    with pytest.raises(AnswerRefused, match="still wants a verdict"):
        RUBRIC.validate({"verdicts": {"runs": verdict("a"), "brief": verdict("b")}}, compared, SUBJECT)


SHOWN = Question(
    "rubric",
    target="response",
    settings={
        "criteria": checked(
            ["red: Says that it is red (quote: wanted)", "how: How well (after: red, quote: wanted) = 1..3"]
        ),
        "source": "form",
    },
)


@pytest.mark.parametrize(
    ("red", "how", "sentence"),
    [
        (verdict("yes"), verdict(1), "“Says that it is red”, response A, wants the words that show it."),
        (verdict("yes", quote=quote(TEXTS[0], 0, 3)), verdict(2), "“How well”, response A, wants the words"),
        (verdict("yes", quote=quote(TEXTS[0], 0, 3)), verdict(1), ""),
        (verdict("no"), verdict(3), ""),  # held back, so nobody asks for its words
        (verdict("na"), verdict("na"), ""),
    ],
)
def test_a_criterion_that_wants_evidence_takes_no_yes_without_words(
    red: dict[str, Any], how: dict[str, Any], sentence: str
) -> None:
    value = {"verdicts": {"red": [red, verdict("no")], "how": [how, verdict(1)]}}

    assert RUBRIC.admit(value, SHOWN, SUBJECT) == value  # what comes from elsewhere is taken as it is
    if not sentence:
        assert RUBRIC.validate(value, SHOWN, SUBJECT) == value
        return
    with pytest.raises(AnswerRefused, match=sentence):
        RUBRIC.validate(value, SHOWN, SUBJECT)


def test_where_a_response_has_no_words_none_are_wanted() -> None:
    silent = Subject((Judged(" "), Judged("")))
    value = {"verdicts": {"red": [verdict("yes"), verdict("yes")], "how": [verdict(3), verdict(1)]}}

    assert RUBRIC.validate(value, SHOWN, silent) == value


def test_the_page_says_what_is_not_asked_and_keeps_words_in_sight_that_have_no_verdict() -> None:
    fields = {"q.runs.0": "no", "q.right.0.note": "Half of it.", "q.runs.1": "no", "q.right.1": "2"}

    drawn = RUBRIC.draw(ON_CHAIN, SUBJECT, ("A", "B"), fields, ())

    back = {one.key: [row.is_held_back for row in one.rows] for one in drawn.criteria}
    assert back["right"] == [False, True]
    assert back["tested"] == [True, True]
    assert back["brief"] == [False, False]
    assert drawn.criteria[2].needs == {"runs": "The code runs", "right": "Its result is right"}
    assert [one.share for one in drawn.totals] == ["0 %", "0 %"]


def test_settings_with_faults_are_refused() -> None:
    for settings in (
        {"criteria": []},
        {"criteria": ["Same", "same: Same"]},
        {"criteria": [{"key": "a", "title": "Two\nlines"}]},
        {"criteria": [{"key": "a", "title": "A", "color": "red"}]},
        {"criteria": ["x"] * 41},
        {"source": "nowhere"},
    ):
        with pytest.raises(SettingsRefused, match=r"\.$"):
            RUBRIC.check_settings(settings, "response")
    assert RUBRIC.check_settings({"criteria": [], "source": "item"}, "response")["criteria"] == []


def test_a_criterion_without_a_key_gets_one_that_no_other_has() -> None:
    assert [one["key"] for one in checked(["True", "True", {"key": "true_2", "title": "Too"}])] == [
        "true",
        "true_3",
        "true_2",
    ]


def test_the_score_is_what_is_met_over_what_applies() -> None:
    criteria = checked(["a: A (weight 3)", "b: B", "c: C (weight 2) = bad | fair | good", "p: P (weight -1)"])

    assert score(criteria, {"a": "yes", "b": "no", "c": 2, "p": "no"}) == Score(4 / 6)
    assert score(criteria, {"a": "yes", "b": "no", "c": 2, "p": "yes"}) == Score(3 / 6)
    assert score(criteria, {"a": "yes", "b": "na", "c": None, "p": "na"}) == Score(1.0)
    assert score(criteria, {"a": "no", "b": "no", "c": 1, "p": "yes"}) == Score(0.0)
    assert score(criteria, {"p": "yes"}) == Score(None)
    assert score(criteria, {}) == Score(None)
    assert score([], {}) == Score(None)


def test_a_gate_fails_at_its_lowest_and_a_pitfall_s_at_its_highest() -> None:
    criteria = checked(["[hard] h: Hard", "g: Gate (gate) = 1..3", "p: Pit (weight -1, gate)", "o: Other"])

    assert score(criteria, {"h": "no", "g": 1, "p": "yes", "o": "no"}).failed == ("Hard", "Gate", "Pit")
    assert score(criteria, {"h": "na", "g": 2, "p": "no", "o": "no"}).failed == ()
    assert score(criteria, {"h": "no", "o": "yes"}).words() == "50 %, fails: Hard"


VALUES = st.sampled_from(["yes", "no", "na", None])


@given(st.lists(st.tuples(st.floats(-9, 9, allow_subnormal=False), VALUES), max_size=6), st.floats(0.1, 9))
def test_a_score_lies_between_0_and_1_and_knows_only_the_ratio_of_weights(parts: list[Any], times: float) -> None:
    criteria = checked([{"key": f"c{n}", "title": "C", "weight": weight} for n, (weight, _) in enumerate(parts)])
    values = {f"c{n}": value for n, (_, value) in enumerate(parts)}
    scaled = [{**one, "weight": one["weight"] * times} for one in criteria]

    found = score(criteria, values).share

    assert found is None or 0 <= found <= 1
    assert found == pytest.approx(score(scaled, values).share)


def test_a_comparison_counts_by_weight_and_a_tie_by_half() -> None:
    criteria = checked(["a: A (weight 3)", "b: B", "p: P (weight -2)"])

    assert share_of_a(criteria, {"a": "a", "b": "tie", "p": "b"}) == pytest.approx(3.5 / 6)
    assert share_of_a(criteria, {"a": "na"}) is None


def test_halves_are_rounded_up() -> None:
    assert [percent(share) for share in (0.005, 0.125, 0.5, None)] == ["1 %", "13 %", "50 %", ""]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("An apple is red.", "apple is", "apple is"),
        ("It is **very** red.", "is very red", "is **very** red"),
        ("a 🙂 b", "🙂 b", "🙂 b"),
        ("One.\n\n1. Two\n2. Three", "Two Three", "Two\n2. Three"),
        ("See [the guide](https://example.org/a) first.", "the guide first", "the guide](https://example.org/a) first"),
        ("| a | b |\n|---|--:|\n| 1 | 2 |", "b 1", "b |\n|---|--:|\n| 1"),
        ("Two\r\nlines", "Two lines", "Two\r\nlines"),
        ("`snake_case` here", "snake_case", "snake_case"),
        ("Red.", "blue", None),
        ("Red.", " * ", None),
    ],
)
def test_words_are_found_as_they_are_read(text: str, words: str, found: str | None) -> None:
    place = find(text, words)

    assert (place and text[place[0] : place[1]]) == found


@pytest.mark.parametrize("unit", ["-", " ", "](", "|", "- ", "1", "\n ", "*"])
def test_a_long_hostile_text_is_searched_in_work_that_grows_with_its_length(unit: str) -> None:
    """In a child that the system stops after a few seconds of computing: a search that takes the square of the length
    takes hours, this one some hundredths of a second, however busy the machine is."""
    text = unit * 100_000 + "x end"

    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
        os._exit(FOUND if find(text, "end") else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == FOUND


@given(st.text(max_size=60), st.data())
def test_what_a_text_says_is_found_where_it_first_says_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    words = text[start : data.draw(st.integers(start, len(text)))]

    place = find(text, words)

    assert place is None or (says(text, *place, words) and 0 <= place[0] < place[1] <= len(text))


def test_words_that_are_quoted_become_a_place_and_a_hash() -> None:
    post = {f"q.{key}.{n}": "na" for key in ("safe", "clear", "off") for n in (0, 1)}
    post |= {"q.off.1": "yes", "q.off.1.quote": "stone. It", "q.safe.0.quote": "very red 🙂", "q.safe.0.at": "1-2"}

    verdicts = RUBRIC.parse(post, ASKED, SUBJECT)["verdicts"]

    assert verdicts["off"][1] == verdict("yes", quote=quote(TEXTS[1], 2, 11))
    at = verdicts["safe"][0]["quote"]  # the words win over a place that says something else
    assert TEXTS[0][at["start"] : at["end"]] == "very** red 🙂"


def test_a_place_wins_among_words_that_stand_there_twice() -> None:
    subject = Subject((Judged("so so so"),))

    read = RUBRIC.parse({"q.off.0": "no", "q.off.0.quote": "so", "q.off.0.at": "6-8"}, ASKED, subject)

    assert read["verdicts"]["off"][0]["quote"]["start"] == 6


def test_a_quote_that_was_emptied_is_none() -> None:
    read = RUBRIC.parse({"q.off.0": "no", "q.off.0.quote": " ", "q.off.0.at": "0-2"}, ASKED, SUBJECT)

    assert read["verdicts"]["off"] == [verdict("no"), None]


@pytest.mark.parametrize(
    ("post", "sentence"),
    [
        ({"q.off.0": "no", "q.off.0.quote": "a pear"}, "quotes words that do not stand in the response."),
        ({"q.off.0.note": "why"}, "has a quote or a note, and no verdict yet."),
        ({"q.off.1.at": "0-2"}, "has a quote or a note, and no verdict yet."),
    ],
)
def test_words_without_a_home_are_refused_and_never_dropped(post: dict[str, str], sentence: str) -> None:
    with pytest.raises(AnswerRefused, match="“The question”: “Strays”") as refused:
        RUBRIC.parse(post, ASKED, SUBJECT)

    assert str(refused.value).endswith(sentence)


@pytest.mark.parametrize(
    "changed",
    [
        {"safe": [verdict("yes"), None]},
        {"safe": [verdict("yes")]},
        {"safe": [verdict(True), verdict("no")]},
        {"safe": [verdict(1), verdict("no")]},
        {"clear": [verdict("yes"), verdict(1)]},
        {"clear": [verdict(4), verdict(1)]},
        {"clear": [verdict(2.0), verdict(1)]},
        {"other": [verdict("yes"), verdict("no")]},
        {"safe": [verdict("yes", why="x"), verdict("no")]},
        {"safe": [verdict("yes", note=" "), verdict("no")]},
        {"safe": [verdict("yes", note="\x00"), verdict("no")]},
        {"safe": [verdict("yes", note="x" * 2_001), verdict("no")]},
        {"safe": [verdict("yes", quote=quote(TEXTS[0], 0, 99)), verdict("no")]},
        {"safe": [verdict("yes", quote=quote(TEXTS[0], 3, 3)), verdict("no")]},
        {"safe": [verdict("yes", quote=quote(TEXTS[1], 0, 3)), verdict("no")]},
        {"safe": [verdict("yes", quote={"start": 0, "end": 3}), verdict("no")]},
    ],
)
def test_what_is_no_verdict_is_refused(changed: dict[str, Any]) -> None:
    assert RUBRIC.validate(WHOLE, ASKED, SUBJECT) == WHOLE

    with pytest.raises(AnswerRefused, match=r"^“The question”.*\.$"):
        RUBRIC.validate({"verdicts": {**WHOLE["verdicts"], **changed}}, ASKED, SUBJECT)


def test_a_label_from_elsewhere_may_leave_criteria_unsaid() -> None:
    partial = {"verdicts": {"clear": [None, verdict(2)]}}

    assert RUBRIC.admit(partial, ASKED, SUBJECT) == partial
    with pytest.raises(AnswerRefused):
        RUBRIC.validate(partial, ASKED, SUBJECT)
    for nothing in ({}, {"verdicts": {}}, {"verdicts": {"clear": [None, None]}}, {"verdicts": {"clear": "yes"}}):
        with pytest.raises(AnswerRefused):
            RUBRIC.admit(nothing, ASKED, SUBJECT)


def test_verdicts_follow_their_responses_and_winners_their_sides() -> None:
    turned = RUBRIC.to_item_order(WHOLE, [1, 0])["verdicts"]
    compared = {"verdicts": {"safe": verdict("a", note="n"), "clear": verdict("tie"), "off": verdict("na")}}

    assert turned["clear"] == [verdict(1), verdict(3)]
    assert turned["off"][0]["quote"]["end"] == 7
    assert RUBRIC.to_item_order(compared, [1, 0])["verdicts"]["safe"] == verdict("b", note="n")


def test_only_two_responses_can_be_compared() -> None:
    three = Subject(tuple(Judged(text) for text in "abc"))

    with pytest.raises(AnswerRefused, match="compares two responses; this item has 3"):
        RUBRIC.validate({"verdicts": {"safe": verdict("a")}}, COMPARED, three)


def test_the_item_s_own_criteria_are_asked_where_it_has_some() -> None:
    question = Question("rubric", target="response", settings={"criteria": CRITERIA, "source": "item"})
    bare = Subject(SUBJECT.responses)

    assert RUBRIC.validate({"verdicts": {"own": [verdict(7), verdict(1)]}}, question, SUBJECT)
    assert RUBRIC.validate(WHOLE, question, bare)
    nothing = Question("rubric", target="response", settings={"criteria": [], "source": "item"})
    assert RUBRIC.parse({}, nothing, bare) == {"verdicts": {}}
    assert RUBRIC.words({"verdicts": {}}, nothing, bare) == "No criteria"


def test_an_answer_is_said_in_words() -> None:
    assert RUBRIC.words(WHOLE, ASKED, SUBJECT) == "A 100 % · B 0 %, fails: Harms nobody"
    assert RUBRIC.details(WHOLE, ASKED, SUBJECT)[0] == "Harms nobody: A yes · B no, “It may fall on a foot.”"
    assert (
        RUBRIC.words({"verdicts": {"safe": verdict("a"), "off": verdict("tie")}}, COMPARED, SUBJECT)
        == "A 1 · tie 1 · B 0"
    )


def test_an_answer_on_the_item_s_own_criteria_is_scored_and_told_by_their_titles() -> None:
    question = Question("rubric", target="response", settings={"criteria": CRITERIA, "source": "item"})
    value = {"verdicts": {"own": [verdict(7), verdict(1)]}}

    assert RUBRIC.words(value, question, SUBJECT) == "A 100 % · B 0 %"
    assert RUBRIC.details(value, question, SUBJECT) == ["Has its own: A 7 · B 1"]


def test_an_answer_on_criteria_that_are_gone_is_counted_since_nobody_knows_what_they_weigh() -> None:
    value = {"verdicts": {"gone": [verdict("yes"), verdict("no")]}}

    assert RUBRIC.words(value, ASKED, SUBJECT) == "A 1 of 1 · B 0 of 1"


def test_words_that_are_quoted_are_told() -> None:
    quoted = {"verdicts": {"off": [verdict("na"), verdict("yes", quote=quote(TEXTS[1], 2, 7))]}}

    assert RUBRIC.details(quoted, ASKED, SUBJECT) == ["Strays: A does not apply · B yes (quotes “stone”)"]


@pytest.mark.parametrize(
    ("text", "end", "cited_as"),
    [
        ("two\r\n  words.", 12, "“two words”"),
        ("a\u202eb", 3, "“a[U+202E]b”"),
        ("👩\u200d👧 \u0645\u06cc\u200c\u062e", 8, "“👩\u200d👧 \u0645\u06cc\u200c\u062e”"),
        ("word " * 100, 500, f"“{('word ' * 16).strip()} … {('word ' * 16).strip()}”"),
    ],
)
def test_a_quote_is_cited_in_one_line_that_hides_nothing(text: str, end: int, cited_as: str) -> None:
    assert cited(text, 0, end) == cited_as


def test_notes_and_quotes_do_not_make_two_answers_differ() -> None:
    plain = {"verdicts": {key: [verdict(one["value"]) for one in row] for key, row in WHOLE["verdicts"].items()}}
    other = {"verdicts": {**plain["verdicts"], "clear": [verdict(2), verdict(1)]}}

    assert RUBRIC.same(WHOLE, plain)
    assert not RUBRIC.same(WHOLE, other)


@needs_real_data
def test_what_was_published_with_descriptions_of_five_scores_is_a_rubric() -> None:
    rows = [json.loads(line)["rubric"] for line in (REAL / "rubric_biggen" / "rubrics.jsonl").open()]

    found = [
        checked(
            [{"title": row["criteria"], "scale": 5, "anchors": [row[f"score{n}_description"] for n in range(1, 6)]}]
        )
        for row in rows
    ]

    assert len(found) > 400
    assert all(one["key"] and len(one["anchors"]) == 5 for (one,) in found)


@needs_real_data
def test_published_checklists_with_weights_are_rubrics_whose_full_score_is_one() -> None:
    rows = [json.loads(line)["items"] for line in (REAL / "rubric_scholarqa" / "checklists.jsonl").open()]

    for items in rows:
        rubric = checked([{"title": one["criterion"], "weight": one["weight"]} for one in items])

        assert score(rubric, {one["key"]: "yes" for one in rubric}).share == pytest.approx(1.0)
