"""Parquet with zstd: one explicit schema for every shard, so that no reader has to guess or to merge types."""

from pathlib import Path
from typing import Any

import pyarrow as pa
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

    def write(self, rows: list[dict[str, Any]]) -> None:
        self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))

    def close(self) -> None:
        """Finish the file and wait until it is on the disk."""
        self._writer.close()
        to_disk(self._file)

    def abandon(self) -> None:
        """Let go of a file that nobody will read."""
        self._writer.is_open = False  # else it would write its footer when it is collected
        drop(self._file)
