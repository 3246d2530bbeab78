"""Parquet with zstd: one explicit schema for every shard, so that no reader has to guess or to merge types."""

from pathlib import Path

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from curation.files.lines import drop, to_disk

ZSTD_LEVEL = 3


class ParquetFile:
    """One Parquet file. Each `write` becomes one row group."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("xb", buffering=2**20)
        self._schema = schema
        self._writer = pq.ParquetWriter(
            self._file, schema, compression="zstd", compression_level=ZSTD_LEVEL, write_statistics=False
        )

    def write(self, lines: bytes) -> None:
        """Add whole JSON lines."""
        self._writer.write_table(table_of(lines, self._schema))

    def close(self) -> None:
        """Finish the file and wait until it is on the disk."""
        self._writer.close()
        to_disk(self._file)

    def abandon(self) -> None:
        """Let go of a file that nobody will read."""
        self._writer.is_open = False  # else it would write its footer when it is collected
        drop(self._file)


def table_of(lines: bytes, schema: pa.Schema) -> pa.Table:
    """JSON lines as a table of exactly this schema. Raises ArrowInvalid for a row that does not fit it."""
    table = pyarrow.json.read_json(
        pa.BufferReader(lines),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
    return table.cast(schema)
