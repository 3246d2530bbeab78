"""Reads one Parquet file and writes its rows as lines of JSON. Run by `parquet.py`, with five numbers and a folder:

the descriptor of the file, how many rows to pass over, how many bytes decoding may take, how many where a column holds
pictures, how many bytes of pictures may be set aside, and where (empty: nowhere).

It imports nothing of the project, so that it starts fast and holds little.
"""

import hashlib
import json
import os
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

OUT_OF_MEMORY, UNREADABLE, TOO_MANY_BYTES, OUT_OF_MEMORY_WITH_PICTURES = 3, 4, 5, 6
BATCH = 128
BATCH_WITH_PICTURES = 8
PICTURE = {"bytes", "path"}
"""The fields of a struct as which Hugging Face datasets write pictures and sound."""
BUFFER = 1 << 20
LARGEST_FOOTER_TEXT = 16 << 20
LARGEST_FOOTER_LIST = 1_000_000
EMPTY_ROWS = 100_000
"""So many rows may take less than a byte each; beyond, the footer claims rows that the file has no room for."""


def main() -> int:
    descriptor, skip, allowed, with_pictures, most = (int(number) for number in sys.argv[1:6])
    shelf = Shelf(sys.argv[6], most)
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    limit_memory(allowed, with_pictures)
    try:
        write_rows(descriptor, skip, shelf)
    except Full:
        return TOO_MANY_BYTES
    except (MemoryError, pa.ArrowMemoryError, pa.ArrowCapacityError):
        return out_of_memory()
    except BrokenPipeError:
        return 0
    except (pa.ArrowException, OSError, ValueError) as error:
        if "alloc" in str(error):
            return out_of_memory()
        sys.stderr.write(" ".join(str(error).split())[:300])
        return UNREADABLE
    return 0


def out_of_memory() -> int:
    """Which limit was met: the usual one, or the one that was raised for pictures."""
    now, most = resource.getrlimit(resource.RLIMIT_DATA)
    return OUT_OF_MEMORY_WITH_PICTURES if now == most else OUT_OF_MEMORY


class Full(Exception):
    """The pictures take more room than is given to them."""


class Shelf:
    """Where pictures are set aside: a folder, or nowhere."""

    def __init__(self, folder: str, most: int) -> None:
        self.folder, self._left = folder, most

    def put(self, content: bytes) -> str:
        """Write the bytes under their SHA-256, and return that."""
        name = hashlib.sha256(content).hexdigest()
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            self._left -= len(content)
            if self._left < 0:
                raise Full
            with open(path + ".part", "wb") as file:
                file.write(content)
            os.replace(path + ".part", path)
        return name


def limit_memory(allowed: int, most: int) -> None:
    """Allow so many bytes of private memory beyond those that the libraries hold already; `most` is the ceiling."""
    try:
        with open("/proc/self/statm") as figures:
            held = int(figures.read().split()[5]) * resource.getpagesize()
    except FileNotFoundError:  # not Linux, where such a limit would not hold either
        return
    resource.setrlimit(resource.RLIMIT_DATA, (held + allowed, held + most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def raise_memory() -> None:
    """Pictures need more than texts do: as much as there is."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def write_rows(descriptor: int, skip: int, shelf: Shelf) -> None:
    with os.fdopen(descriptor, "rb", closefd=False) as source:
        file = open_file(source)
        size = os.fstat(descriptor).st_size
        if file.metadata.num_rows > EMPTY_ROWS and file.metadata.num_rows > size:
            raise MemoryError
        has_pictures = bool(shelf.folder) and any(holds_pictures(field.type) for field in file.schema_arrow)
        if has_pictures:
            raise_memory()
            os.makedirs(shelf.folder, mode=0o700, exist_ok=True)
        write = sys.stdout.buffer.write
        for row in rows_of(file, skip, BATCH_WITH_PICTURES if has_pictures else BATCH):
            write(line_of(set_aside(row, shelf) if has_pictures else row))
        sys.stdout.buffer.flush()


def open_file(source: Any) -> pq.ParquetFile:
    return pq.ParquetFile(
        source,
        pre_buffer=False,
        buffer_size=BUFFER,
        thrift_string_size_limit=LARGEST_FOOTER_TEXT,
        thrift_container_size_limit=LARGEST_FOOTER_LIST,
    )


def holds_pictures(kind: pa.DataType) -> bool:
    """Whether there is a struct of bytes and path anywhere in a type."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return holds_pictures(kind.value_type)
    if not pa.types.is_struct(kind):
        return False
    fields = [kind.field(number) for number in range(kind.num_fields)]
    return {field.name for field in fields} == PICTURE or any(holds_pictures(field.type) for field in fields)


def set_aside(value: Any, shelf: Shelf) -> Any:
    """A value whose pictures lie on the shelf."""
    if isinstance(value, list):
        return [set_aside(part, shelf) for part in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == PICTURE and isinstance(value["bytes"], bytes):
        return {"spilled": shelf.put(value["bytes"]), "path": value["path"]}
    return {name: set_aside(part, shelf) for name, part in value.items()}


def rows_of(file: pq.ParquetFile, skip: int, at_once: int) -> Iterator[dict[str, Any]]:
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
    for batch in file.iter_batches(batch_size=at_once, row_groups=groups, use_threads=False):
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
