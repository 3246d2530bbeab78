"""Parquet with zstd: one explicit schema for every shard, so that no reader has to guess or to merge types.

Pictures are structs of bytes and path, and the schema says under the key `huggingface` that they are pictures: without
it `load_dataset` would show dictionaries. A declaration of these columns alone is enough, but it counts only for
columns that may be null, so those of pictures alone may, and never are.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from curation.files.lines import drop, to_disk
from curation.recipes.files import EMBEDDED

ZSTD_LEVEL = 3
PICTURES = pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))


class ParquetFile:
    """One Parquet file. Each `write` becomes one row group. `read` gives the bytes of a picture by its name."""

    def __init__(self, path: Path, schema: pa.Schema, read: Callable[[str], bytes]) -> None:
        self._file = path.open("xb", buffering=2**20)
        self._schema, self._read = schema, read
        self._writer = pq.ParquetWriter(
            self._file, embedding(schema), compression="zstd", compression_level=ZSTD_LEVEL, write_statistics=False
        )

    def write(self, lines: bytes) -> None:
        """Add whole JSON lines."""
        self._writer.write_table(embedded(table_of(lines, self._schema), self._read))
        pa.default_memory_pool().release_unused()  # else it keeps some ten megabytes for each of many writers

    def close(self) -> None:
        """Finish the file and wait until it is on the disk."""
        self._writer.close()
        to_disk(self._file)

    def abandon(self) -> None:
        """Let go of a file that nobody will read."""
        self._writer.is_open = False  # else it would write its footer when it is collected
        drop(self._file)


def embeds(schema: pa.Schema) -> bool:
    """Whether a schema has columns of pictures."""
    return any(_is_pictures(field) for field in schema)


def embedding(schema: pa.Schema) -> pa.Schema:
    """The schema with pictures in the place of their names; one without any as it is."""
    if not embeds(schema):
        return schema
    fields = [pa.field(one.name, PICTURES) if _is_pictures(one) else one for one in schema]
    features = {one.name: {"feature": {"_type": "Image"}, "_type": "List"} for one in schema if _is_pictures(one)}
    return pa.schema(fields, metadata={"huggingface": json.dumps({"info": {"features": features}})})


def embedded(table: pa.Table, read: Callable[[str], bytes]) -> pa.Table:
    """The table with pictures in the place of their names; one without any as it is."""
    if not embeds(table.schema):
        return table
    columns = [
        _pictures(column, read) if _is_pictures(field) else column
        for field, column in zip(table.schema, table.columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=embedding(table.schema))


def _pictures(column: pa.ChunkedArray, read: Callable[[str], bytes]) -> pa.Array:
    rows = [[{"bytes": read(name), "path": name} for name in names] for names in column.to_pylist()]
    return pa.array(rows, PICTURES)


def _is_pictures(field: pa.Field) -> bool:
    return (field.metadata or {}).items() >= EMBEDDED.items()


def table_of(lines: bytes, schema: pa.Schema) -> pa.Table:
    """JSON lines as a table of exactly this schema. Raises ArrowInvalid for a row that does not fit it."""
    table = pyarrow.json.read_json(
        pa.BufferReader(lines),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
    return table.cast(schema)
