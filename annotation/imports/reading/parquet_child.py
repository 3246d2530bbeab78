"""Reads one Parquet file and writes its rows as lines of JSON. Run by `parquet.py`, with three numbers:

the descriptor of the file, how many rows to pass over, and how many bytes decoding may take.

It imports nothing of the project, so that it starts fast and holds little.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

OUT_OF_MEMORY, UNREADABLE = 3, 4
BATCH = 128
BUFFER = 1 << 20
LARGEST_FOOTER_TEXT = 16 << 20
LARGEST_FOOTER_LIST = 1_000_000
EMPTY_ROWS = 100_000
"""So many rows may take less than a byte each; beyond, the footer claims rows that the file has no room for."""


def main() -> int:
    descriptor, skip, allowed = (int(number) for number in sys.argv[1:])
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    limit_memory(allowed)
    try:
        write_rows(descriptor, skip)
    except (MemoryError, pa.ArrowMemoryError, pa.ArrowCapacityError):
        return OUT_OF_MEMORY
    except BrokenPipeError:
        return 0
    except (pa.ArrowException, OSError, ValueError) as error:
        if "alloc" in str(error):
            return OUT_OF_MEMORY
        sys.stderr.write(" ".join(str(error).split())[:300])
        return UNREADABLE
    return 0


def limit_memory(allowed: int) -> None:
    """Allow so many bytes of private memory beyond those that the libraries hold already."""
    try:
        with open("/proc/self/statm") as figures:
            held = int(figures.read().split()[5]) * resource.getpagesize()
    except FileNotFoundError:  # not Linux, where such a limit would not hold either
        return
    resource.setrlimit(resource.RLIMIT_DATA, (held + allowed, held + allowed))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write_rows(descriptor: int, skip: int) -> None:
    with os.fdopen(descriptor, "rb", closefd=False) as source:
        file = open_file(source)
        size = os.fstat(descriptor).st_size
        if file.metadata.num_rows > EMPTY_ROWS and file.metadata.num_rows > size:
            raise MemoryError
        write = sys.stdout.buffer.write
        for row in rows_of(file, skip):
            write(line_of(row))
        sys.stdout.buffer.flush()


def open_file(source: Any) -> pq.ParquetFile:
    return pq.ParquetFile(
        source,
        pre_buffer=False,
        buffer_size=BUFFER,
        thrift_string_size_limit=LARGEST_FOOTER_TEXT,
        thrift_container_size_limit=LARGEST_FOOTER_LIST,
    )


def rows_of(file: pq.ParquetFile, skip: int) -> Iterator[dict[str, Any]]:
    """Rows after the first `skip`; the row groups before that one are not decoded."""
    groups: list[int] = []
    for index in range(file.num_row_groups):
        rows = file.metadata.row_group(index).num_rows
        if not groups and skip >= rows:
            skip -= rows
        else:
            groups.append(index)
    if not groups:
        return
    for batch in file.iter_batches(batch_size=BATCH, row_groups=groups, use_threads=False):
        kept = batch.slice(skip) if skip else batch
        skip -= batch.num_rows - kept.num_rows
        yield from kept.to_pylist()


def line_of(row: dict[str, Any]) -> bytes:
    try:
        return encode(row).encode() + b"\n"
    except ValueError:  # NaN and infinity, which pandas writes for what is missing
        return encode(without_nan(row)).encode("utf-8", "replace") + b"\n"


def without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, list):
        return [without_nan(part) for part in value]
    if isinstance(value, dict):
        return {name: without_nan(part) for name, part in value.items()}
    return value


def as_json(value: object) -> object:
    """Values that JSON lacks: dates in ISO form, bytes as the text they are, null where they are none."""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return None
    return str(value)


encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=as_json, separators=(",", ":")).encode

if __name__ == "__main__":
    sys.exit(main())
