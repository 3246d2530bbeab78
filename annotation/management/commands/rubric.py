"""`goldpan rubric`: rubrics from files into a project's library, and out of it."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.models import RubricVersion
from annotation.queries.rubrics import newest_versions
from annotation.rubrics.layouts import LAYOUTS
from annotation.services import rubric_files
from projects.access import Place, Right
from projects.commanding import place_of
from ui.problems import Refusal

EXAMPLE = """Examples:
  goldpan rubric import answers rubrics.jsonl
  goldpan rubric import answers rubrics.jsonl --layout rar --json
  goldpan rubric export answers > library.jsonl
  goldpan rubric export answers --rubric 3 --version 2 --layout prometheus --out three.jsonl
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where nothing can be brought in, or there is nothing to write."""

    help = "Bring rubrics from a file into the library of a project, or write them into one."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        brought = verbs.add_parser("import", help="every rubric of a file, or none where one cannot be read")
        brought.add_argument("project", help="the project's address, such as answers")
        brought.add_argument("file", help="a path, or - for standard input")
        brought.add_argument("--layout", default="", choices=["", *LAYOUTS], help="by default the first rubric tells")
        brought.add_argument("--name", default="", help="for a file of one rubric")
        brought.add_argument("--as", dest="email", help="who does it; by default who started the project")
        brought.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

        taken = verbs.add_parser("export", help="the newest version of every rubric in use, or of one")
        taken.add_argument("project", help="the project's address")
        taken.add_argument("--rubric", type=int, help="its number; by default all that are in use")
        taken.add_argument("--version", type=int, dest="number", help="of that rubric; by default the newest")
        taken.add_argument("--layout", default="goldpan", choices=list(LAYOUTS))
        taken.add_argument("--out", default="-", help="a path; by default standard output")
        taken.add_argument("--as", dest="email", help="who does it; by default who started the project")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "import":
            self._bring_in(place_of(options["project"], options["email"], Right.CURATE, "write no rubrics"), options)
        else:
            self._write(place_of(options["project"], options["email"], Right.VIEW, "read no rubrics"), options)

    def _bring_in(self, place: Place, options: dict[str, Any]) -> None:
        name = options["file"]
        try:
            raw = _read(name)
            versions = rubric_files.bring_in(
                place.project, raw, by=place.user, layout=options["layout"], file_name=name, name=options["name"]
            )
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from None
        if options["as_json"]:
            told = [{"number": one.rubric.number, "name": one.rubric.name, "version": one.number} for one in versions]
            self.stdout.write(json.dumps({"rubrics": told}))
        else:
            self.stdout.write("\n".join(f"{one.rubric.number}: {one.rubric.name}" for one in versions))

    def _write(self, place: Place, options: dict[str, Any]) -> None:
        versions = _chosen(place, options["rubric"], options["number"])
        lines = rubric_files.write(versions, options["layout"])
        if options["out"] == "-":
            self.stdout.writelines(lines)
            return
        with Path(options["out"]).open("w", encoding="utf-8") as file:
            file.writelines(lines)


def _read(name: str) -> bytes:
    """One byte more than is taken is enough to refuse the rest."""
    if name == "-":
        return sys.stdin.buffer.read(rubric_files.LARGEST_FILE + 1)
    with Path(name).open("rb") as file:
        return file.read(rubric_files.LARGEST_FILE + 1)


def _chosen(place: Place, rubric: int | None, number: int | None) -> list[RubricVersion]:
    if number is not None and rubric is None:
        raise CommandError("--version is of one rubric: name it by --rubric.")
    found = newest_versions(place.project)
    if rubric is None:
        found = found.filter(rubric__retired_at__isnull=True)
    elif number is None:
        found = found.filter(rubric__number=rubric)
    else:
        found = RubricVersion.objects.filter(rubric__project=place.project, rubric__number=rubric, number=number)
    versions = list(found.select_related("rubric__item").order_by("rubric__number"))
    if not versions:
        raise CommandError(f"There is no such rubric in {place.project.slug}.")
    return versions
