# ruff: noqa: N999 - Django takes the name of a command from its file
"""`goldpan import`: bring a file into a project, and say what became of each row."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from annotation.imports.adapters import ADAPTERS
from annotation.models import Import
from annotation.services import imports
from annotation.services.layout_forms import form_for
from jobs.following import StillOpen, to_its_end
from jobs.models import State
from jobs.watching import Watched
from projects.access import Place, Right
from projects.commanding import place_of
from ui import safe_json
from ui.problems import Refusal

SHOWN = 3  # refused rows that are told at once
EXAMPLE = """Examples:
  goldpan import answers pairs.jsonl.gz
  goldpan import answers table.csv --format mapping --options '{"prompt": "q", "responses": ["a", "b"]}'
  zcat pairs.gz | goldpan import answers - --format hh_rlhf --json
  zip -r drawn.zip pairs.jsonl images && goldpan import answers drawn.zip
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where the file is refused or the import ends early; refused rows are no error."""

    help = (
        "Bring NDJSON, JSON, CSV or Parquet, plain or packed with gz, zst or xz, into a project; or a zip or tar of "
        "such a file and the pictures, sound and films that its rows name. Works with or without a running worker."
    )

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's address, such as answers")
        parser.add_argument("file", help="a path, or - for standard input")
        parser.add_argument("--format", default="", choices=["", *ADAPTERS], metavar="LAYOUT", help=_layouts())
        parser.add_argument("--options", default="", metavar="JSON", help="the column mapping, or the layout's choices")
        parser.add_argument("--no-labels", action="store_true", help="leave out the labels that come with the rows")
        parser.add_argument("--as", dest="email", help="who imports; by default who started the project")
        parser.add_argument("--timeout", type=float, default=86_400, help="seconds to wait (default: a day)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        where = place_of(options["project"], options["email"], Right.OWN, "not import")
        try:
            started = _start(where, options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        with Watched(lambda: _rows_so_far(started)):
            ended = _wait(started, options["timeout"])
        told = _told(ended)
        self.stdout.write(json.dumps(told) if options["as_json"] else _sentences(ended, told))
        if ended.job.state != State.DONE:
            raise CommandError(ended.job.message or "The import ended early, and nothing says why.")


def _layouts() -> str:
    return f"one of {', '.join(ADAPTERS)}; by default the first rows decide"


def _start(where: Place, options: Mapping[str, Any]) -> Import:
    chosen = safe_json.loads(options["options"].encode()) if options["options"] else None
    if chosen is not None and not isinstance(chosen, dict):
        raise CommandError("--options takes a JSON object.")
    name = "" if options["file"] == "-" else Path(options["file"]).name
    with _opened(options["file"]) as upload:
        return imports.start(
            where,
            upload=upload,
            file_name=name,
            adapter=options["format"],
            options=chosen,
            keep_labels=not options["no_labels"],
        )


def _opened(path: str) -> Any:
    if path == "-":
        standard: BinaryIO = sys.stdin.buffer
        return nullcontext(standard)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from None


def _wait(started: Import, seconds: float) -> Import:
    """The import once its job has ended; we work on it ourselves while no worker holds it."""
    try:
        to_its_end(started.job, does_work=True, seconds=seconds)
    except StillOpen:
        raise CommandError(f"The import is not done after {seconds:.0f} seconds. It goes on.") from None
    return Import.objects.select_related("job", "project").get(pk=started.pk)


def _told(ended: Import) -> dict[str, Any]:
    refused = ended.refused_rows.order_by("number")[:SHOWN]
    return {
        "import": str(ended.pk),
        "state": ended.job.state,
        "format": ended.adapter,
        "total": ended.rows_read,
        "ok": ended.ok,
        "duplicate": ended.duplicate,
        "refused": ended.refused,
        "labels": ended.labels,
        "labels_left_out": ended.labels_left_out,
        "first_refused": [{"number": row.number, "reason": row.reason} for row in refused],
    }


def _sentences(ended: Import, told: Mapping[str, Any]) -> str:
    counts = (
        f"{ended.ok:,} items, {ended.duplicate:,} duplicates, {ended.refused:,} refused of {ended.rows_read:,} rows"
    )
    lines = [f"{counts}; {ended.labels:,} labels ({ended.adapter})."]
    lines += [f"  row {row['number']:,}: {row['reason']}" for row in told["first_refused"]]
    if ended.labels_left_out and ended.options.get("keep_labels", True):
        lines.append(_left_out(ended))
    return "\n".join(lines)


def _left_out(ended: Import) -> str:
    """What to do about labels that no question asks for; the address is that of the form builder."""
    address = f"{reverse('annotation:form', args=[ended.project.slug])}?preset={form_for(ended.adapter)}"
    return f"{ended.labels_left_out:,} labels answer no question. Save the form at {address}, then import again."


def _rows_so_far(started: Import) -> str:
    rows = Import.objects.values_list("rows_read", flat=True).get(pk=started.pk)
    return f"{rows:,} rows"
