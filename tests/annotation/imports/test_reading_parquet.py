"""Parquet, decoded in a child."""

import io
import os
from datetime import UTC, datetime
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotation.imports.reading import Bomb, Damaged, Layout, Limits, Position, ReadingError, open_rows


def packed(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def rows(count: int) -> list[dict[str, Any]]:
    turn = [{"role": "user", "content": "Grüße \u2028 \U0001f600"}]
    return [{"id": n, "prompt": turn, "score": n / 2, "tags": ["a", None]} for n in range(count)]


def test_rows_come_as_they_were_written(read):
    content = packed(pa.Table.from_pylist(rows(1000)), row_group_size=300)

    records = read(content)

    assert [record.value for record in records] == rows(1000)
    assert [record.number for record in records] == list(range(1, 1001))


def test_a_file_on_disk_is_read_by_its_descriptor(tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(packed(pa.Table.from_pylist(rows(3))))

    with path.open("rb") as file:
        opened = open_rows(file)
        assert opened.layout is Layout.PARQUET
        assert [record.value["id"] for record in opened] == [0, 1, 2]


@pytest.mark.parametrize("skip", [0, 1, 299, 300, 301, 600, 999, 1000, 5000])
def test_reading_goes_on_after_any_row(read, skip):
    content = packed(pa.Table.from_pylist(rows(1000)), row_group_size=300)

    records = read(content, start=Position(rows=skip, number=skip))

    assert [(record.number, record.value["id"]) for record in records] == [(n + 1, n) for n in range(skip, 1000)]


def test_values_that_json_lacks_become_texts_or_nothing(values):
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    columns = {"at": [moment], "nan": [float("nan")], "raw": [b"text"], "image": [b"\xff\xd8"], "none": [None]}

    (row,) = values(packed(pa.table(columns)))

    assert row == {"at": "2026-01-02T03:04:05+00:00", "nan": None, "raw": "text", "image": None, "none": None}


def test_a_text_with_a_nul_is_refused_like_any_other(values):
    assert values(packed(pa.table({"a": ["x", "a\0b"]}))) == [{"a": "x"}, "A text holds a NUL character."]


def test_a_damaged_file_is_refused_with_a_sentence():
    content = packed(pa.Table.from_pylist(rows(1000)))

    for broken in (content[:-200], content[:100], b"PAR1" + os.urandom(500) + b"PAR1"):
        with pytest.raises(Damaged, match=r"^The Parquet file cannot be read"):
            list(open_rows(io.BytesIO(broken)))


def test_damage_in_the_middle_ends_the_reading_and_nothing_more():
    content = bytearray(packed(pa.Table.from_pylist(rows(5000)), row_group_size=1000))
    content[len(content) // 2 : len(content) // 2 + 50] = b"\xff" * 50

    rows_found = iter(open_rows(io.BytesIO(bytes(content))))

    assert next(rows_found).value["id"] == 0
    with pytest.raises(ReadingError):
        list(rows_found)


def one_giant_text() -> pa.Table:
    return pa.table({"a": ["x" * 200_000_000]})


def a_giant_entry_in_every_row() -> pa.Table:
    once = pa.array(["x" * 10_000_000])
    return pa.table({"a": pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), once)})


def rows_that_take_no_room() -> pa.Table:
    return pa.table({"a": pa.nulls(50_000_000, pa.string())})


def one_row_of_many_nothings() -> pa.Table:
    ends = pa.array([0, 30_000_000], pa.int32())
    return pa.table({"a": pa.ListArray.from_arrays(ends, pa.nulls(30_000_000, pa.string()))})


@pytest.mark.parametrize(
    "table", [one_giant_text, a_giant_entry_in_every_row, rows_that_take_no_room, one_row_of_many_nothings]
)
def test_ab_16_a_parquet_bomb_is_refused_within_bounds(table):
    content = packed(table(), compression="zstd")
    pa.default_memory_pool().release_unused()
    before = psutil.Process().memory_info().rss

    with pytest.raises(Bomb, match="takes more than 96 MiB of memory; write it with smaller row groups"):
        list(open_rows(io.BytesIO(content)))

    assert len(content) < 200_000
    assert psutil.Process().memory_info().rss - before < 50 << 20


def test_what_the_child_may_take_is_a_limit(values):
    table = pa.table({"a": ["x" * 3_000_000]})

    assert len(values(packed(table))) == 1
    with pytest.raises(Bomb, match="more than 1 MiB of memory"):
        values(packed(table), limits=Limits(parquet=1 << 20))


@pytest.mark.timeout(30)
def test_the_child_ends_with_its_reader_even_where_it_hangs():
    content = packed(pa.Table.from_pylist(rows(20_000)))
    before = set(psutil.Process().children())
    records = iter(open_rows(io.BytesIO(content)))
    next(records)
    (child,) = set(psutil.Process().children()) - before
    child.suspend()

    records.close()

    assert not child.is_running()
