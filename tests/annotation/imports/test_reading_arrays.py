"""One JSON array."""

import json

import pytest

from annotation.imports.reading import Layout, Limits, open_rows
from annotation.imports.reading.json_array import CHUNK


@pytest.mark.parametrize("indent", [None, 2])
def test_elements_are_numbered_from_one(read, indent):
    rows = [{"a": 1}, {"b": ["]", '\\"}', {"c": "[,"}]}, {}]

    records = read(json.dumps(rows, indent=indent).encode())

    assert [(record.number, record.value, record.offset) for record in records] == [
        (number, row, None) for number, row in enumerate(rows, start=1)
    ]


@pytest.mark.parametrize("content", [b"[]", b" [ ] \n", b"\xef\xbb\xbf[]"])
def test_an_empty_array_has_no_rows(values, content):
    assert values(content) == []


def test_a_broken_element_costs_itself_and_nothing_else(values):
    found = values(b'[{"a": 1}, {"a": tru}, {"a": 1, "a": 2}, 7, {"a": 2}]')

    assert found == [
        {"a": 1},
        "This is not valid JSON: expecting value (character 7).",
        "The key 'a' occurs twice.",
        "This is valid JSON, but not an object with named fields.",
        {"a": 2},
    ]


@pytest.mark.parametrize(
    ("content", "last"),
    [
        (b'[{"a": 1}, {"a": 2', "The file ends inside the array."),
        (b'[{"a": 1}, ', "The file ends inside the array."),
        (b'[{"a": 1}', "The file ends inside the array."),
        (b'[{"a": 1}, {"a": "x]', "The file ends inside the array."),
        (b'[{"a": 1} ', "The file ends inside the array."),
        (b'[{"a": 1}] {"a": 2}', "Something follows the end of the array."),
        (b'[{"a": 1},]', "There is nothing here."),
    ],
)
def test_what_is_wrong_with_the_end_counts_as_a_row(values, content, last):
    assert values(content) == [{"a": 1}, last]


def test_nothing_between_commas_is_a_row_that_could_not_be_read(values):
    assert values(b'[{"a": 1},,{"a": 2}]') == [{"a": 1}, "There is nothing here.", {"a": 2}]


def test_elements_may_lie_across_chunks(values):
    rows = [{"n": n, "text": '\\"[{,' * (CHUNK // 40)} for n in range(40)]

    assert values(json.dumps(rows).encode()) == rows


def test_an_element_beyond_the_limit_ends_the_reading(values):
    content = b'[{"a": 1}, {"a": "' + b"x" * 3 * CHUNK + b'"}, {"a": 2}]'

    assert values(content, limits=Limits(row=1000)) == [
        {"a": 1},
        "The element is longer than 1,000 bytes; what follows was not read.",
    ]


def test_a_single_array_is_told_from_lines_that_begin_with_a_broken_one(tmp_path):
    broken = tmp_path / "lines"
    broken.write_bytes(b'[1, 2\n{"a": 1}\n')

    with broken.open("rb") as file:
        assert open_rows(file).layout is Layout.NDJSON
