"""All files of one split of one recipe: the same rows in each format, in shards with the same borders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
from pydantic_core import to_json

from curation.files.columnar import ParquetFile, embeds
from curation.files.dates import DateWatch
from curation.files.lines import LinesFile
from curation.files.shown import Shown
from curation.recipes import Row

Run = Callable[[Callable[[], None]], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """When rows leave memory, and when a file ends. Both count the bytes of JSON lines, never time."""

    group_bytes: int = 2**21
    shard_bytes: int = 2**30


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: its path inside the release and what it holds."""

    path: str
    recipe: str
    split: str
    suffix: str
    rows: int


class SplitFiles:
    """Takes rows one by one, writes them in groups.

    Rows wait as JSON lines, which take a third of the room that they take as objects, and every format is made from
    these lines: so all formats hold the same.
    """

    def __init__(
        self,
        folder: Path,
        recipe: str,
        schema: pa.Schema,
        split: str,
        *,
        suffixes: Sequence[str],
        limits: Limits,
        run: Run,
        shown: Shown,
    ) -> None:
        self._folder, self._recipe, self._split, self._suffixes = folder / recipe, recipe, split, suffixes
        self._schema = schema
        self._limits, self._run, self._shown = limits, run, shown
        self._lines: list[bytes] = []
        self._bytes = 0
        self._shard_bytes = 0
        self._shard_rows: list[int] = []
        self._open: dict[str, LinesFile | ParquetFile] = {}
        self._dates = DateWatch(schema)
        self._folder.mkdir(exist_ok=True)

    def add(self, row: Row) -> None:
        line = to_json(row)
        self._lines.append(line)
        self._dates.see(row)
        self._bytes += len(line) + self._shown.see(row)  # as if every row held its files, which in Parquet it may
        if self._bytes >= self._limits.group_bytes:
            self._hand_over()

    def close(self) -> list[Written]:
        """Write what is left, and give every shard its final name."""
        self._hand_over()
        self._run(self._end_shard)
        self._run(self._name_shards)
        if self.beside:
            self._run(partial(self._shown.put_beside, self._folder))
        shards = len(self._shard_rows)
        return [
            Written(self._path(number, shards, suffix), self._recipe, self._split, suffix, rows)
            for suffix in self._suffixes
            for number, rows in enumerate(self._shard_rows)
        ]

    @property
    def beside(self) -> list[str]:
        """The files that lie beside the rows: paths inside the release. Parquet may hold them all itself."""
        is_whole = embeds(self._schema) and all(suffix == "parquet" for suffix in self._suffixes)
        return [] if is_whole else [f"{self._recipe}/{name}" for name in self._shown.names]

    def warnings(self) -> list[str]:
        """What a reader of these files should know."""
        if all(suffix == "parquet" for suffix in self._suffixes):
            return []
        return [
            f"Everything in the column {column} of {self._recipe}/{self._split} looks like a date, and "
            "load_dataset would read it as one from JSON lines. Load the Parquet files, or give features."
            for column in sorted(self._dates.suspects)
        ]

    def abandon(self) -> None:
        """Close what is open; the folder will be removed."""
        for file in self._open.values():
            file.abandon()

    def _hand_over(self) -> None:
        if not self._lines:
            return
        if self._shard_bytes >= self._limits.shard_bytes or not self._shard_rows:
            self._run(self._end_shard)
            self._shard_bytes = 0
            self._run(partial(self._begin_shard, len(self._shard_rows)))
            self._shard_rows.append(0)
        self._run(partial(self._write, self._lines))
        self._shard_rows[-1] += len(self._lines)
        self._shard_bytes += self._bytes
        self._lines, self._bytes = [], 0

    def _write(self, lines: list[bytes]) -> None:
        group = b"\n".join([*lines, b""])
        for file in self._open.values():
            file.write(group)

    def _begin_shard(self, number: int) -> None:
        for suffix in self._suffixes:
            path = self._folder / self._part(number, suffix)
            is_parquet = suffix == "parquet"
            made = ParquetFile(path, self._schema, self._shown.read) if is_parquet else LinesFile(path, suffix)
            self._open[suffix] = made

    def _end_shard(self) -> None:
        for file in self._open.values():
            file.close()
        self._open = {}

    def _name_shards(self) -> None:
        shards = len(self._shard_rows)
        for number in range(shards):
            for suffix in self._suffixes:
                final = self._folder.parent / self._path(number, shards, suffix)
                (self._folder / self._part(number, suffix)).rename(final)

    def _part(self, number: int, suffix: str) -> str:
        return f"{self._split}-{number:05d}.{suffix}.part"

    def _path(self, number: int, shards: int, suffix: str) -> str:
        return f"{self._recipe}/{self._split}-{number:05d}-of-{shards:05d}.{suffix}"
