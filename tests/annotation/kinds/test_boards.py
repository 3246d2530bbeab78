"""What several annotators said, side by side: each kind's board, and what it marks as disputed."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings

from annotation.kinds import KINDS, Judged, Subject, Voice
from annotation.kinds.boards import is_split, usual
from annotation.kinds.rubric_criteria import checked
from tests.annotation.kind_cases import PAIR, Question
from tests.annotation.test_comparing import CASES, answered_twice, preference, rubric, steps

NAMES = ("Ana", "Ben", "Chen", "Max")


def voices(*values: Any) -> list[Voice]:
    return [Voice(name, value) for name, value in zip(NAMES, values, strict=False)]


def letters(subject: Subject) -> list[str]:
    return [chr(65 + place) for place in range(len(subject))]


def board(question: Question, subject: Subject, *values: Any) -> Any:
    return KINDS[question.kind].board(voices(*values), question, subject, letters(subject))


@settings(deadline=None)  # the first of each kind loads its template
@given(answered_twice())
def test_a_board_of_any_two_answers_names_both_annotators(case: tuple[Question, Any, Any]) -> None:
    question, first, second = case
    drawn = board(question, CASES[question.kind].SUBJECT, first, second)
    shown = {"title": question.title, "drawn": drawn}

    html = render_to_string(KINDS[question.kind].board_template, {"board": shown})

    assert ("Ana" in html and "Ben" in html) or "All say" in html or "Nobody marked" in html


@given(answered_twice())
def test_a_hint_stands_beside_a_response_or_a_row_that_its_answer_fills(case: tuple[Question, Any, Any]) -> None:
    question, value, _ = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT

    hints = kind.suggest(value, question, subject, letters(subject))

    names = [*kind.fields(value, question), *(f"q.{place}" for place in range(len(subject)))]
    assert hints
    assert all(any(name == hint.field or name.startswith(f"{hint.field}.") for name in names) for hint in hints)
    assert all(hint.words for hint in hints)


@pytest.mark.parametrize(
    ("said", "most"), [("aab", "a"), ("ab", None), ("", None), ("aabb", None), ("aabbb", "b"), ("a", "a")]
)
def test_the_usual_is_what_more_say_than_say_anything_else(said: str, most: str | None) -> None:
    assert usual(said) == most
    assert is_split(said) == (len(set(said)) > 1)


def at(row: Any) -> dict[str, str]:
    """Who stands at which place."""
    return {
        place.label: " ".join(voice.name for voice in place.voices)
        for place in (*row.scale, *row.ways_out)
        if place.voices
    }


def test_people_stand_on_the_scale_where_they_preferred() -> None:
    question = Question(
        "preference", settings={"points": 5, "dimensions": [{"key": "tone", "title": "Tone"}], "unsure": True}
    )

    overall, tone = board(
        question,
        PAIR,
        {**preference("a", 2), "dimensions": {"tone": preference("b", 1)}},
        preference("b", 1),
        preference("unsure"),
    )

    assert at(overall) == {"A better": "Ana", "B slightly": "Ben", "Unsure": "Chen"}
    assert (overall.is_split, overall.common) == (True, ())
    assert at(tone) == {"B slightly": "Ana"}
    assert [voice.name for voice in tone.silent] == ["Ben", "Chen"]
    assert not tone.is_split
    assert [place.label for place in tone.common] == ["B slightly"]


def test_a_winner_without_a_strength_has_a_place_of_its_own_beside_the_scale() -> None:
    (row,) = board(Question("preference", settings={"points": 7}), PAIR, preference("b"), preference("b", 3))

    assert at(row) == {"B, not by how much": "Ana", "B much better": "Ben"}
    assert "A, not by how much" not in [place.label for place in row.ways_out]


def test_a_scale_without_strengths_has_every_winner_on_it() -> None:
    (row,) = board(Question("preference", settings={"points": 3}), PAIR, preference("a"), preference("tie"))

    assert at(row) == {"A better": "Ana", "Tie": "Ben"}
    assert [place.label for place in (*row.scale, *row.ways_out)] == [
        "A better",
        "Tie",
        "B better",
        "Both bad",
        "Unsure",
    ]


def test_ratings_have_a_row_for_each_response_and_say_who_left_one_out() -> None:
    question = Question("rating", target="response", settings={"low": 1, "high": 3, "anchors": {"1": "poor"}})

    first, second = board(question, PAIR, [1, 2], [3, None])

    assert (at(first), first.is_split) == ({"1 poor": "Ana", "3": "Ben"}, True)
    assert (at(second), [voice.name for voice in second.silent]) == ({"2": "Ana"}, ["Ben"])


def test_options_gather_those_who_chose_them() -> None:
    question = CASES["choice"].QUESTIONS[1]

    (row,) = board(question, PAIR, ["code", "math"], ["math"])

    assert at(row) == {"Code": "Ana", "Math": "Ana Ben"}
    assert row.is_split


def test_a_ranking_marks_what_stands_elsewhere_than_for_most_and_names_the_disputed_pairs() -> None:
    question, subject = CASES["ranking"].QUESTIONS[0], CASES["ranking"].SUBJECT

    drawn = board(question, subject, [[0], [1], [2], [3]], [[0], [1], [2], [3]], [[0, 1], [2], [3]])

    told = [["".join(one.letter for one in place) for place in order.places] for order in drawn.orders]
    assert told == [["A", "B", "C", "D"], ["A", "B", "C", "D"], ["AB", "", "C", "D"]]
    apart = [[one.letter for place in order.places for one in place if one.is_apart] for order in drawn.orders]
    assert apart == [[], [], ["B"]]
    assert (drawn.pairs, drawn.count) == (("A and B",), 6)


THREE = Subject((Judged("Six.\n\nSeven.\n\nEight.", ((0, 6), (6, 14), (14, 20)), "1"),))
STEPS = Question("steps", target="response", settings=KINDS["steps"].check_settings({}, "response"))


def test_steps_mark_the_first_error_and_the_steps_that_people_differ_on() -> None:
    (side,) = board(STEPS, THREE, [steps(1, -1, None)], [steps(1, 1, 1)], [steps(1, 1, 0)])

    assert [step.text for step in side.disputed] == ["Seven.", "Eight."]
    ana, ben, chen = side.strips
    assert [mark.sign for mark in ana.marks] == ["+", "−", ""]
    assert [mark.is_first_error for mark in ana.marks] == [False, True, False]
    assert [mark.is_apart for mark in ana.marks] == [False, True, False]
    assert [mark.is_apart for mark in ben.marks] == [False, False, True]  # of two that differ neither is usual
    assert [mark.is_apart for mark in chen.marks] == [False, False, True]


def test_marks_of_steps_that_were_cut_in_another_way_stand_under_no_step() -> None:
    (side,) = board(STEPS, THREE, [steps(1, 1, 1)], [steps(1, 1, splitter="by hand")], [steps(1, 1, 1, splitter="0")])

    assert [strip.voice.name for strip in side.strips] == ["Ana"]
    assert [voice.name for voice in side.elsewhere] == ["Ben", "Chen"]


def test_final_answers_that_differ_are_marked() -> None:
    given = [[steps(1, 1, 1, final=final)] for final in ("right", "right", "none")]

    (side,) = board(STEPS, THREE, *given, [steps(1, 1, 1)])

    assert [(strip.final, strip.is_final_apart) for strip in side.strips] == [
        ("right", False),
        ("right", False),
        ("none given", True),
        ("", False),
    ]


CRITERIA = checked(["[hard] safe: Harms nobody", "clear: Clear (weight 2) = poor | ok | good"])


def in_cells(line: Any) -> list[tuple[str, bool]]:
    return [(cell.words, cell.is_apart) for cell in line.cells]


def test_a_rubric_has_a_sheet_for_each_response_with_scores_and_failed_gates() -> None:
    question = Question("rubric", target="response", settings={"criteria": CRITERIA, "source": "form"})

    first, second = board(
        question,
        PAIR,
        rubric(safe=["yes", "no"], clear=[3, 1]),
        rubric(safe=["yes", "yes"], clear=[2, None]),
        rubric(safe=["yes", "yes"]),
    )

    assert in_cells(first.lines[0]) == [("yes", False)] * 3
    assert in_cells(first.lines[1]) == [("3", True), ("2", True), ("", False)]
    assert [line.is_split for line in (*first.lines, *second.lines)] == [False, True, True, False]
    assert in_cells(second.lines[0]) == [("no", True), ("yes", False), ("yes", False)]
    assert [score.words for score in first.scores] == ["100 %", "67 %", "100 %"]
    assert [score.failed for score in second.scores] == [("Harms nobody",), (), ()]
    assert first.lines[1].mark == "weight 2"


def test_a_comparison_is_one_sheet_that_says_who_does_better() -> None:
    question = Question("rubric", settings={"criteria": CRITERIA, "source": "form"})

    (sheet,) = board(question, PAIR, rubric(safe="tie", clear="a"), rubric(safe="tie", clear="b"))

    assert [score.words for score in sheet.scores] == ["A 83 %", "A 17 %"]
    assert in_cells(sheet.lines[1]) == [("A", True), ("B", True)]


def test_an_items_own_criteria_are_the_lines_of_its_sheets() -> None:
    question = Question("rubric", target="response", settings={"criteria": CRITERIA, "source": "item"})
    subject = Subject(PAIR.responses, rubric=checked(["own: Its own"]))

    first, _ = board(question, subject, rubric(own=["yes", "no"]), rubric(own=["no", "no"]))

    assert [line.title for line in first.lines] == ["Its own"]
    assert [score.words for score in first.scores] == ["100 %", "0 %"]


def test_kinds_without_a_board_of_their_own_say_their_answers_one_below_the_other() -> None:
    ana, ben = board(CASES["text"].QUESTIONS[0], PAIR, "Because.", "Why not.")

    assert (ana.voice.name, ana.words, ben.words) == ("Ana", "Because.", "Why not.")


def test_hints_say_what_they_are_about() -> None:
    kind, four = KINDS["ranking"], CASES["ranking"].SUBJECT
    question = Question("rubric", target="response", settings={"criteria": CRITERIA, "source": "form"})

    places = kind.suggest([[2], [0, 3], [1]], CASES["ranking"].QUESTIONS[0], four, letters(four))
    verdicts = KINDS["rubric"].suggest(rubric(clear=[None, 2]), question, PAIR, letters(PAIR))
    parts = KINDS["steps"].suggest([steps(1, -1, None)], STEPS, THREE, ["A"])

    assert [(hint.letter, hint.words) for hint in places] == [
        ("A", "2nd"),
        ("B", "3rd"),
        ("C", "1st"),
        ("D", "2nd"),
    ]
    assert [(hint.field, hint.letter, hint.title, hint.words) for hint in verdicts] == [
        ("q.clear.1", "B", "Clear", "2")
    ]
    assert [hint.words for hint in parts] == ["first error at step 2 of 3"]


MARKED = Subject((Judged("Fish fly. Stones <b>swim</b>."), Judged("Fine.")))
MARKS = Question(
    "spans",
    target="response",
    settings=KINDS["spans"].check_settings(
        {"types": [{"key": "false", "title": "False"}, {"key": "vague", "title": "Vague"}]}, "response"
    ),
)


def marked(*spans: tuple[int, int, str]) -> dict[str, Any]:
    return {"spans": [{"response": 0, "start": start, "end": end, "type": kind} for start, end, kind in spans]}


def told(place: Any) -> dict[str, str]:
    return {call.words: " ".join(voice.name for voice in call.voices) for call in place.calls}


def test_marks_that_touch_are_one_place_with_what_everybody_calls_it() -> None:
    side, other = board(
        MARKS, MARKED, marked((0, 8, "false"), (10, 16, "vague")), marked((5, 8, "vague"), (0, 4, "false")), marked()
    )

    assert [place.words for place in side.places] == ["“Fish fly”", "“Stones”"]
    assert told(side.places[0]) == {"false": "Ana", "false, vague": "Ben", "": "Chen"}
    assert told(side.places[1]) == {"vague": "Ana", "": "Ben Chen"}
    assert (side.disputed, other.places) == (2, ())


def test_a_place_that_all_call_the_same_is_settled_wherever_their_marks_end() -> None:
    side, _ = board(MARKS, MARKED, marked((0, 8, "false")), marked((0, 4, "false")))

    assert [place.is_split for place in side.places] == [False]
    assert told(side.places[0]) == {"false": "Ana Ben"}


def test_how_bad_a_mark_is_stands_in_brackets_and_is_no_word_for_an_error() -> None:
    raw = {"types": [{"key": "minor", "title": "Minor key"}], "severities": [{"key": "minor", "title": "Slight"}]}
    question = Question("spans", target="response", settings=KINDS["spans"].check_settings(raw, "response"))
    mark = {"response": 0, "start": 0, "end": 4, "type": "minor"}

    side, _ = board(question, MARKED, {"spans": [{**mark, "severity": "minor"}]}, {"spans": [mark]})

    assert told(side.places[0]) == {"minor key (slight)": "Ana", "minor key": "Ben"}


def test_marks_side_by_side_touch_nothing() -> None:
    side, _ = board(MARKS, MARKED, marked((0, 4, "false")), marked((4, 8, "false")))

    assert [place.words for place in side.places] == ["“Fish”", "“fly”"]


def test_a_text_shows_how_many_marked_what_and_none_of_its_own_markup() -> None:
    side, _ = board(MARKS, MARKED, marked((0, 8, "false")), marked((0, 4, "false")), marked((0, 8, "vague")))

    assert '<mark class="all">Fish</mark><mark class="most"> fly</mark>. Stones &lt;b&gt;swim' in side.text
    lonely, _ = board(MARKS, MARKED, marked((0, 4, "false")), marked(), marked())
    assert '<mark class="some">Fish</mark>' in lonely.text


def test_a_book_is_told_by_its_places_alone_and_no_more_than_can_be_read() -> None:
    long = Subject((Judged("word " * 2_000),))
    many = {"spans": [{"response": 0, "start": 5 * n, "end": 5 * n + 4, "type": "false"} for n in range(70)]}

    (side,) = board(MARKS, long, many, {"spans": []})

    assert side.text is None
    assert (len(side.places), side.more) == (60, 10)


def test_hints_of_marks_say_how_many_and_not_where() -> None:
    hints = KINDS["spans"].suggest(marked((0, 4, "false"), (5, 8, "false")), MARKS, MARKED, ["A", "B"])

    assert [(hint.field, hint.letter, hint.words) for hint in hints] == [
        ("q.0", "A", "2 false"),
        ("q.1", "B", "nothing marked"),
    ]
