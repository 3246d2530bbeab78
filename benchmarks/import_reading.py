"""How many rows a second are read, converted and validated, on one core.

    python benchmarks/import_reading.py [--rows 200000]

Rows are made by a seeded generator, about 1 kB each, with one in a hundred broken. Prints one line per layout.
"""

import argparse
import csv
import gzip
import io
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from annotation.imports.adapters import ADAPTERS  # noqa: E402
from annotation.imports.canonical import Refused, content_digest, group_key, validate  # noqa: E402
from annotation.imports.reading import Unreadable, open_rows  # noqa: E402

WORDS = ("ore", "river", "pan", "gravel", "shines", "under", "clear", "water", "sluice", "sieve", "claim", "weigh")
FOREIGN = (*WORDS, "naïve", "“claim”", "goudpan")
MAPPING = {
    "prompt": "instruction",
    "responses": ["response_a", "response_b"],
    "key": "id",
    "winner": {"column": "better", "values": {"1": "a", "2": "b"}},
}


def text(draw: random.Random, words: int) -> str:
    """One text in five is more than ASCII."""
    return " ".join(draw.choices(FOREIGN if draw.random() < 0.2 else WORDS, k=words))


def tables(rows: int) -> Iterator[dict[str, Any]]:
    draw = random.Random(7)
    for number in range(rows):
        yield {
            "id": f"row-{number}",
            "instruction": text(draw, 30),
            "response_a": text(draw, 55),
            "response_b": text(draw, 55),
            "better": draw.choice("12"),
        }


def own_layout(row: dict[str, Any]) -> dict[str, Any]:
    winner = "a" if row["better"] == "1" else "b"
    return {
        "key": row["id"],
        "prompt": row["instruction"],
        "responses": [row["response_a"], {"text": row["response_b"], "model": "m1"}],
        "labels": [{"annotator": "ana", "kind": "preference", "answer": {"winner": winner, "strength": 2}}],
    }


def transcripts(row: dict[str, Any]) -> dict[str, Any]:
    opening = f"\n\nHuman: {row['instruction']}\n\nAssistant: "
    return {"chosen": opening + row["response_a"], "rejected": opening + row["response_b"]}


def conversations(row: dict[str, Any]) -> dict[str, Any]:
    def said(answer: str) -> list[dict[str, str]]:
        return [{"role": "user", "content": row["instruction"]}, {"role": "assistant", "content": answer}]

    return {"chosen": said(row["response_a"]), "rejected": said(row["response_b"])}


def write_lines(file: BinaryIO, rows: int, shape: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    for number, row in enumerate(tables(rows)):
        line = json.dumps(shape(row), ensure_ascii=False).encode()
        file.write((line[:-20] if number % 100 == 99 else line) + b"\n")


def write_csv(file: BinaryIO, rows: int) -> None:
    out = io.TextIOWrapper(file, "utf-8", newline="")
    writer = csv.DictWriter(out, ["id", "instruction", "response_a", "response_b", "better"])
    writer.writeheader()
    writer.writerows(tables(rows))
    out.flush()
    out.detach()


def write_parquet(path: Path, rows: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(list(tables(rows))), path, compression="zstd", row_group_size=20_000)


def measure(path: Path, adapter: str, options: dict[str, Any]) -> str:
    accepted = refused = 0
    began, used = time.perf_counter(), time.process_time()
    with path.open("rb") as file:
        convert = ADAPTERS[adapter].converter(options)
        for record in open_rows(file):
            if isinstance(record.value, Unreadable):
                refused += 1
                continue
            try:
                item = convert(record.value)
                validate(item)
            except Refused:
                refused += 1
                continue
            content_digest(item)
            group_key(item)
            accepted += 1
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    rows = accepted + refused
    return (
        f"{path.name:14} {adapter:14} {rows / seconds:9,.0f} rows/s  {rows / cpu:9,.0f} rows/s of CPU  "
        f"{accepted:,} accepted, {refused:,} refused"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    rows: int = parser.parse_args().rows
    print(f"{rows:,} rows, load average {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    with TemporaryDirectory() as folder:
        for name, adapter, shape in (
            ("own.jsonl", "goldpan", own_layout),
            ("hh.jsonl", "hh_rlhf", transcripts),
            ("trl.jsonl", "trl_implicit", conversations),
        ):
            with (Path(folder) / name).open("wb") as file:
                write_lines(file, rows, shape)
            print(measure(Path(folder) / name, adapter, {}))
        packed = Path(folder) / "own.jsonl.gz"
        packed.write_bytes(gzip.compress((Path(folder) / "own.jsonl").read_bytes(), 6))
        print(measure(packed, "goldpan", {}))
        with (Path(folder) / "table.csv").open("wb") as file:
            write_csv(file, rows)
        print(measure(Path(folder) / "table.csv", "mapping", MAPPING))
        write_parquet(Path(folder) / "table.parquet", rows)
        print(measure(Path(folder) / "table.parquet", "mapping", MAPPING))


if __name__ == "__main__":
    main()
