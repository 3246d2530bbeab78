"""CSV with a header."""

import csv
import io

import pytest

from annotation.imports.reading import Limits, Unrecognized, open_rows


def test_cells_are_texts_under_the_names_of_the_header(read):
    records = read(b'id,prompt\n1,"a, ""b""\nc"\n\n2,\xe2\x80\xa8\r\n')

    assert [(record.number, record.value) for record in records] == [
        (2, {"id": "1", "prompt": 'a, "b"\nc'}),
        (5, {"id": "2", "prompt": "\u2028"}),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(values, delimiter):
    table = io.StringIO()
    csv.writer(table, delimiter=delimiter).writerows([["id", "prompt, short"], ["1", f"x{delimiter}y"]])

    assert values(table.getvalue().encode()) == [{"id": "1", "prompt, short": f"x{delimiter}y"}]


def test_marks_and_blanks_around_the_header_are_left_out(values):
    assert values(b"\xef\xbb\xbfid, prompt ,\n1,x,y\n") == [{"id": "1", "prompt": "x", "column 3": "y"}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1", "The row has 1 cell, and the header has 2."),
        (b"1,2,3", "The row has 3 cells, and the header has 2."),
        (b"1,\xff", "The row is not UTF-8."),
        (b"1,\x00", "A cell holds a NUL character."),
        (b'1,"x"y', "A quoted cell is followed by something other than the next cell."),
        (b'1,"a\nb",c', "Lines 3 to 4 have 3 cells, and the header has 2."),
    ],
)
def test_a_broken_row_costs_itself_and_nothing_else(values, line, reason):
    assert values(b"id,prompt\n1,x\n" + line + b"\n2,y\n") == [
        {"id": "1", "prompt": "x"},
        reason,
        {"id": "2", "prompt": "y"},
    ]


def test_a_quote_that_never_closes_is_one_row_that_could_not_be_read(read):
    records = read(b'id,prompt\n1,x\n2,"y\n3,z\n')

    assert [record.number for record in records] == [2, 3]
    assert records[1].value.reason == "A quote that opens in the row of line 3 is never closed."


def test_a_row_beyond_the_limit_is_refused_and_reading_goes_on(read):
    content = b"id,prompt\n1,x\n2," + b"y" * 2000 + b'\n3,"' + b"z\n" * 600 + b"4,w\n"

    records = read(content, limits=Limits(row=1000))

    assert records[0].value == {"id": "1", "prompt": "x"}
    assert records[1].value.reason.startswith("From line 3 on, a row is longer than 1,000 bytes")
    assert records[2].number == 4
    assert records[-1].value == {"id": "4", "prompt": "w"}


def test_cells_may_be_larger_than_the_librarys_own_limit(values):
    assert values(b"id,prompt\n1," + b"x" * 300_000 + b"\n") == [{"id": "1", "prompt": "x" * 300_000}]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"id,id", "The column 'id' occurs twice in the header."),
        (b'id,"prompt', "not a header of column names"),
    ],
)
def test_a_header_that_names_no_columns_is_refused(header, words):
    with pytest.raises(Unrecognized, match=words):
        list(open_rows(io.BytesIO(header + b"\n1,2\n")))
