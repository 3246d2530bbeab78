"""spans: marks of several people in one text, by characters and in code points."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.kinds.quotes import text_hash
from curation.recipes import Drop
from curation.recipes.marks import alike, covered, kept
from tests.curation.recipes.made import build, item, rows, said, schema

TEXT = "a😀b The moon is made of cheese, they say."
MOON = (4, 31)


def marked(number, *places, kind="unsupported", response=0, **more):
    spans = [{"response": response, "start": start, "end": end, "type": kind, **more} for start, end in places]
    return said(number, marks={"hashes": [], "spans": spans})


def found(*annotations, **given_):
    (row,) = rows(build("spans", item(TEXT), *annotations, **given_))
    return [(error["start"], error["end"]) for error in row["errors"]]


def test_an_error_is_quoted_by_code_points_and_its_text_is_named():
    (row,) = build("spans", item(TEXT), marked(2, MOON, severity="major", note="It is rock."))

    assert row == {
        "question": "Why?",
        "prediction": TEXT,
        "text_hash": text_hash(TEXT),
        "errors": [
            {
                "error_type": "unsupported",
                "start": 4,
                "end": 31,
                "text": "The moon is made of cheese,",
                "severity": "major",
                "explanation": "It is rock.",
                "n_marked": 1,
            }
        ],
        "pair_id": "item-7",
        "prompt_id": "g" * 64,
        "response_index": 0,
        "n_votes": 1,
        "agreement": 1.0,
        "label_source": "people",
        "annotation_ids": [2],
    }
    assert row["prediction"][4:31] == row["errors"][0]["text"]
    assert pa.Table.from_pylist([row], schema=schema("spans")).to_pylist() == [row]


def test_reading_and_marking_nothing_is_a_row_without_errors():
    one, two = build("spans", item(TEXT, "Fine."), marked(1, MOON))

    assert (len(one["errors"]), two["errors"], two["response_index"]) == (1, [], 1)
    assert found(marked(1)) == []


def test_characters_stand_that_more_than_half_marked():
    three = [marked(1, (4, 31)), marked(2, (8, 40)), marked(3)]

    assert found(*three) == [(8, 31)]
    assert found(*three[:2]) == [(8, 31)]
    assert found(*three, min_agreement=0.7) == []
    assert found(*three, marks="any") == [(4, 40)]
    assert found(*three, marks="any", min_agreement=0.5) == [(8, 31)]


def test_kinds_are_decided_by_themselves_and_severities_by_majority():
    votes = [
        marked(1, MOON, severity="minor"),
        marked(2, MOON, severity="major"),
        marked(3, MOON, severity="major"),
        marked(4, MOON, kind="rude"),
    ]

    (row,) = build("spans", item(TEXT), *votes)

    (error,) = row["errors"]
    assert (error["error_type"], error["severity"], error["n_marked"]) == ("unsupported", "major", 3)


def test_small_gaps_close_and_crumbs_fall_away_unless_somebody_marked_as_little():
    assert [one.place for one in kept([[(0, 10), (12, 20)], [(0, 20)]], needed=0)] == [(0, 20)]
    assert [one.place for one in kept([[(0, 10), (13, 20)], [(0, 20)]], needed=0)] == [(0, 10), (13, 20)]
    assert kept([[(0, 10)], [(8, 20)]], needed=0) == []
    assert [one.place for one in kept([[(0, 2)], [(0, 2)]], needed=0)] == [(0, 2)]


def test_one_annotators_overlapping_marks_stand_each_with_its_own_note():
    spans = [
        {"response": 0, "start": 4, "end": 20, "type": "rude", "note": "first"},
        {"response": 0, "start": 10, "end": 31, "type": "rude", "note": "second"},
    ]

    (row,) = build("spans", item(TEXT), said(1, marks={"hashes": [], "spans": spans}))

    assert [(error["start"], error["explanation"]) for error in row["errors"]] == [(4, "first"), (10, "second")]


def test_too_few_readers_and_empty_responses_give_no_row():
    assert build("spans", item(TEXT), marked(1, MOON), min_votes=2) is Drop.TOO_FEW_VOTES
    assert build("spans", item(""), marked(1)) is Drop.EMPTY


def test_agreement_is_the_share_of_characters_on_which_an_annotator_and_the_row_are_alike():
    (row,) = build("spans", item("0123456789"), marked(1, (0, 5)), marked(2, (0, 5)), marked(3))

    assert row["agreement"] == pytest.approx((1 + 1 + 0.5) / 3)
    assert alike([(0, 4), (2, 6)], [(3, 8)], 10) == pytest.approx(1 - (3 + 2) / 10)


places = st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda at: (at[0], at[0] + at[1]))
marks = st.lists(st.lists(places, max_size=4), min_size=1, max_size=5)


@given(marks, st.randoms(use_true_random=False), st.floats(0, 1))
def test_marks_do_not_depend_on_the_order_of_annotators_and_stay_where_somebody_marked(people, random, needed):
    stand = kept(people, needed=needed)

    assert kept(random.sample(people, len(people)), needed=needed) == stand
    assert all(0 < one.agreement <= 1 for one in stand)
    ends = {end for own in people for place in own for end in place}
    assert all(set(one.place) <= ends for one in stand)


@given(marks)
def test_what_everybody_marked_stands(people):
    same = [people[0]] * 3

    assert [one.place for one in kept(same, needed=1.0)] == _near(covered(people[0]))


def _near(whole):
    """Stretches with the small gaps between them closed."""
    found_ = []
    for start, end in whole:
        if found_ and start - found_[-1][1] <= 2:
            found_[-1] = (found_[-1][0], end)
        else:
            found_.append((start, end))
    return found_
