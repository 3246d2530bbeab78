"""One JSON object per line."""

import json

import pytest

from annotation.imports.reading import Limits, Unreadable


def test_rows_come_with_their_line_and_where_the_next_begins(read):
    records = read(b'{"a": 1}\n\n{"a": 2}\r\n{"a": 3}')

    assert [(record.number, record.value, record.offset) for record in records] == [
        (1, {"a": 1}, 9),
        (3, {"a": 2}, 20),
        (4, {"a": 3}, 28),
    ]


def test_a_byte_order_mark_is_passed_over(values):
    assert values(b'\xef\xbb\xbf{"a": 1}\n') == [{"a": 1}]


def test_only_a_line_feed_ends_a_line(values):
    text = "one\u2028two\u2029three\x85four"

    assert values(json.dumps({"a": text}, ensure_ascii=False).encode() + b"\n") == [{"a": text}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": "cut', "The JSON is cut short."),
        (b'{"a": 1', "The JSON is cut short."),
        (b'{"a": 1}}', "This is not valid JSON: extra data (character 9)."),
        (b"{'a': 1}", "This is not valid JSON: expecting property name enclosed in double quotes (character 2)."),
        (b'{"a": "\x00"}', "A NUL character stands in the line."),
        (b'{"a": "\x07"}', "This is not valid JSON: a control character is not escaped (character 8)."),
        (b'{"a": "\\u0000"}', "A text holds a NUL character."),
        (b'{"a\\u0000": 1}', "A text holds a NUL character."),
        (b'{"a": "\\ud800"}', "A text holds half of a surrogate pair."),
        (b'{"a": "\\uDC00 \\uD800"}', "A text holds half of a surrogate pair."),
        (b'{"a": "\xed\xa0\x80"}', "Byte 8 is not UTF-8."),
        (b'{"a": "\xff"}', "Byte 8 is not UTF-8."),
        (b'{"a": 1, "a": 2}', "The key 'a' occurs twice."),
        (b'{"b": [{"a": 1, "a": 1}]}', "The key 'a' occurs twice."),
        (b'{"a": NaN}', "NaN is not a number in JSON."),
        (b'{"a": -Infinity}', "-Infinity is not a number in JSON."),
        (b'{"a": 1e999}', "A number is too large."),
        (b'{"a": 18446744073709551616}', "A whole number is beyond 64 bits."),
        (b'{"a": ' + b"9" * 5000 + b"}", "A whole number is beyond 64 bits."),
        (b'{"a": ' + b"[" * 100_000 + b"}", "The values are nested deeper than 64 levels."),
        (b'{"a": ' + b"[" * 5_000 + b"}", "The values are nested deeper than 64 levels."),
        (b'{"a": [' + b"1," * 200_000 + b"1]}", "There are more than 100,000 values."),
        (b"[1]", "This is valid JSON, but not an object with named fields."),
        (b"null", "This is valid JSON, but not an object with named fields."),
        (b"garbage", "This is not valid JSON: expecting value (character 1)."),
    ],
)
def test_a_broken_line_costs_itself_and_nothing_else(values, line, reason):
    assert values(b'{"a": 1}\n' + line + b'\n{"a": 2}\n') == [{"a": 1}, reason, {"a": 2}]


def test_whole_surrogate_pairs_and_escaped_backslashes_are_text(values):
    assert values(b'{"a": "\\ud83d\\ude00 \\\\ud800 \\\\u0000"}') == [{"a": "\U0001f600 \\ud800 \\u0000"}]


def test_brackets_and_commas_inside_texts_are_not_structure(values):
    text = "[{," * 50_000

    assert values(json.dumps({"a": text}).encode()) == [{"a": text}]


def test_large_identifiers_of_64_bits_are_kept(values):
    assert values(b'{"a": 18446744073709551615}') == [{"a": 2**64 - 1}]


def test_a_line_beyond_the_limit_is_skipped_to_its_end(read):
    long = b'{"a": "' + b"x" * 5000 + b'"}\n'
    content = b'{"a": 1}\n' + long + b'{"a": 2}\n'

    records = read(content, limits=Limits(row=1000))

    assert [record.number for record in records] == [1, 2, 3]
    assert records[1].value.reason == "The line is longer than 1,000 bytes."
    assert [record.offset for record in records] == [9, 9 + len(long), len(content)]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
def test_a_line_of_just_the_limit_is_read(values, ending):
    line = b'{"a": "' + b"x" * 91 + b'"}'

    assert len(line) == 100
    assert values(line + ending, limits=Limits(row=100)) == [{"a": "x" * 91}]
    assert values(line[:-2] + b'y"}' + ending, limits=Limits(row=100)) == ["The line is longer than 100 bytes."]


def test_an_excerpt_is_short_and_prints(read):
    line = "{\u202e\x1b[31m\x00 tab\there " + "é" * 5000

    (record,) = read(b'{"a":1}\n' + line.encode())[1:]

    assert isinstance(record.value, Unreadable)
    assert record.value.excerpt.startswith("{\ufffd\ufffd[31m\ufffd tab here éé")
    assert len(record.value.excerpt) == 500


def test_a_row_that_was_refused_says_which_bytes_it_had(read):
    (_, record) = read(b'{"a":1}\n{"a": "\xff"}')

    assert record.value.excerpt == '{"a": "\ufffd"}'
