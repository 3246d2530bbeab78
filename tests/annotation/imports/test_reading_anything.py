"""Whatever the bytes, there come rows, rows that could not be read, or a sentence; never another exception."""

import gzip
import io
import json
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from annotation.imports.adapters import ADAPTERS, BadOptions, columns_of, sniff, suggest
from annotation.imports.canonical import Refused, content_digest, group_key, validate
from annotation.imports.reading import Layout, Limits, ReadingError, Record, Unreadable, open_rows
from annotation.imports.reading.detection import compression_of

SMALL = Limits(row=300, total=10_000, rows=200, free=2_000)
TEXT_LAYOUTS = [Layout.NDJSON, Layout.JSON, Layout.CSV, None]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
hostile = st.lists(
    st.one_of(
        st.binary(max_size=40),
        json_values.map(lambda value: json.dumps(value).encode()),
        st.sampled_from(
            [b"\n", b"\r\n", b",", b'"', b"[", b"]", b"{", b"}", b'{"a": 1}', b"\\", b"\xef\xbb\xbf", b"\0"]
        ),
        st.sampled_from([b"x" * 400, b'{"a": "' + b"y" * 400 + b'"}', b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\\ud800"]),
    ),
    max_size=12,
).map(b"".join)


def is_sentence(text: str) -> None:
    assert text.endswith(".")
    assert len(text) <= 500


def records_of(content: bytes, layout: Layout | None) -> list[Record]:
    """The rows up to where reading ends, checked for what every row must be."""
    found: list[Record] = []
    try:
        for record in open_rows(io.BytesIO(content), limits=SMALL, layout=layout):
            found.append(record)
    except ReadingError as error:
        is_sentence(str(error))
    for record in found:
        if isinstance(record.value, Unreadable):
            is_sentence(record.value.reason)
            assert len(record.value.excerpt) <= 500
            assert all(letter.isprintable() for letter in record.value.excerpt)
        else:
            assert isinstance(record.value, dict)
            json.dumps(record.value, ensure_ascii=False, allow_nan=False).encode()
    numbers = [record.number for record in found]
    assert numbers == sorted(set(numbers))
    return found


@pytest.mark.parametrize("layout", TEXT_LAYOUTS)
@settings(max_examples=60, deadline=None)
@given(content=hostile)
@example(content=b'\xef\xbb\xbf{"a": 1}')
def test_any_bytes_give_rows_or_reasons(layout, content):
    records_of(content, layout)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gz", "zst"])
@settings(max_examples=60, deadline=None)
@given(content=hostile, cut=st.integers(0, 60), flipped=st.integers(0, 200))
def test_any_packed_bytes_give_rows_or_reasons(pack: Callable[[bytes], bytes], content, cut, flipped):
    packed = bytearray(pack(content))
    records_of(bytes(packed), None)
    packed[min(flipped, len(packed) - 1)] ^= 0x55
    records_of(bytes(packed[: len(packed) - cut]), None)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.one_of(st.just(b'{"a": 1}'), st.just(b""), hostile), max_size=20))
def test_every_line_that_is_not_blank_is_accounted_for(lines):
    content = b"\n".join(line.replace(b"\n", b" ") for line in lines)

    assume(not compression_of(content))
    found = list(open_rows(io.BytesIO(content), limits=Limits(row=300), layout=Layout.NDJSON))

    expected = [n for n, line in enumerate(content.split(b"\n"), start=1) if not is_blank(line, n)]
    assert [record.number for record in found] == expected


def is_blank(line: bytes, number: int) -> bool:
    text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
    return not text or text.isspace()


@settings(max_examples=60, deadline=None)
@given(elements=st.lists(json_values.filter(lambda value: "NaN" not in json.dumps(value)), min_size=1, max_size=10))
def test_every_element_of_an_array_is_accounted_for(elements):
    content = json.dumps(elements).encode()

    found = list(open_rows(io.BytesIO(content), layout=Layout.JSON))

    assert [record.number for record in found] == list(range(1, len(elements) + 1))


COLUMNS = st.sampled_from(
    [
        *("prompt", "responses", "chosen", "rejected", "response_1", "response_2", "preference_strength", "labels"),
        *("source", "tags", "key", "group", "language", "principle", "response_a", "response_b", "score_chosen"),
        *("score_rejected", "votes", "winner", "params", "messages", "preference_statement", "prompt_id"),
        "all_preferences_unprocessed",
    ]
)
turns = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "x", None, 3]), "content": json_values},
        optional={"tool_calls": json_values},
    ),
    max_size=3,
)
likely = st.sampled_from(["\n\nHuman: a\n\nAssistant: b", "text", "", "[1]", '["a"]', '[{"role": "user"}]', -2, True])
rows = st.dictionaries(COLUMNS | st.text(max_size=5), json_values | turns | likely, max_size=9)


@pytest.mark.parametrize("name", ADAPTERS)
@settings(max_examples=60, deadline=None)
@given(row=rows)
def test_any_row_becomes_an_item_or_a_reason(name, row):
    options = suggest([row]) or {"prompt": "prompt", "responses": ["chosen", "rejected"]}
    try:
        item = ADAPTERS[name].convert(row, options if name == "mapping" else {})
        validate(item)
    except Refused as refused:
        is_sentence(refused.reason)
    else:
        assert len(content_digest(item)) == 32
        assert len(group_key(item)) <= 64


@settings(max_examples=60, deadline=None)
@given(found=st.lists(rows, max_size=3))
def test_any_rows_can_be_sniffed(found):
    name, reason = sniff(columns_of(found))

    assert name is None or name in ADAPTERS
    assert reason.endswith(".")


@pytest.mark.parametrize("name", ADAPTERS)
@settings(max_examples=60, deadline=None)
@given(
    options=st.dictionaries(
        st.sampled_from(["prompt", "responses", "winner", "votes", "annotator", "separator", "models", "tags", "key"]),
        json_values | st.just(["a", "b"]) | st.just({"column": "w", "values": {"1": 3}}),
        max_size=5,
    )
)
def test_any_options_work_or_are_refused(name, options):
    try:
        ADAPTERS[name].converter(options)
    except BadOptions as refused:
        is_sentence(str(refused))
