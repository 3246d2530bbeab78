"""`goldpan benchmark put|list|remove`: prompts that no reward model may be trained on."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.imports.reading import ReadingError, Unreadable, open_rows
from curation.models import Benchmark
from curation.services import benchmarks
from ui.problems import Refusal

EXAMPLE = """Examples:
  goldpan benchmark put reward-bench reward-bench.jsonl --field prompt
  goldpan benchmark put our-exam questions.txt
  goldpan benchmark list
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where something is refused."""

    help = "Keep the prompts of benchmarks: items that hold one of them are found by the next look at a project."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        put = verbs.add_parser("put", help="keep a benchmark, in place of one of the same name")
        put.add_argument("name", help="such as reward-bench")
        put.add_argument("file", type=Path, help="JSONL, JSON, CSV or Parquet; or plain text (.txt), a row each")
        put.add_argument("--field", default="prompt", help="where a row has its text (default: prompt)")
        verbs.add_parser("list", help="what is kept")
        remove = verbs.add_parser("remove", help="let go of one")
        remove.add_argument("name")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "put":
            self._put(options["name"], options["file"], options["field"])
        elif verb == "remove":
            self._remove(options["name"])
        else:
            for one in Benchmark.objects.all():
                self.stdout.write(f"{one.name}: {len(one.rows):,} prompts, {bytes(one.digest).hex()[:12]}")

    def _put(self, name: str, path: Path, field: str) -> None:
        try:
            with path.open("rb") as file:
                kept = benchmarks.put(name, _texts(file, path, field))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        except (ReadingError, Refusal) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{name}: {len(kept.rows):,} prompts are kept.")

    def _remove(self, name: str) -> None:
        if not benchmarks.remove(name):
            raise CommandError(f"No benchmark of the name {name} is kept.")
        self.stdout.write(f"{name} is kept no more.")


def _texts(file: BinaryIO, path: Path, field: str) -> Iterator[str]:
    if path.suffix == ".txt":
        for line in file:
            yield line.decode("utf-8", "replace")
        return
    for row in open_rows(file):
        if isinstance(row.value, Unreadable):
            raise CommandError(f"Row {row.number}: {row.value.reason}")
        found = row.value.get(field)
        if not isinstance(found, str):
            raise CommandError(f"Row {row.number} has no text under “{field}”; name another one by --field.")
        yield found
