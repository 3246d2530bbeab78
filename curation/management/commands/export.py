"""`goldpan export`: freeze a release and put its files into a folder."""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404

from accounts.models import User
from curation.files.formats import DEFAULT as FORMATS
from curation.files.formats import FORMATS as KNOWN_FORMATS
from curation.models import Release
from curation.recipes import DEFAULT, RECIPES
from curation.recipes.records import ORIGINS
from curation.services import exports, releases
from curation.services.exports import ExportFailed
from jobs.models import Job
from jobs.watching import Watched
from projects.access import Place, Right, place
from projects.models import Project
from ui.problems import Refusal


class Command(BaseCommand):
    help = (
        "Freeze what is labeled in a project into a release, and copy its files to a folder.\n\n"
        "Example: goldpan export answers --format parquet --split train=90 --split test=10 --to out\n\n"
        "The same wish on the same labels gives the release that is there already, byte for byte. Works with or "
        "without a running worker."
    )

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's address, such as answers")
        parser.add_argument("--to", type=Path, help="a new or empty folder; by default PROJECT-release-N")
        parser.add_argument("--recipe", action="append", choices=list(RECIPES), help=f"default: {DEFAULT}; repeatable")
        parser.add_argument(
            "--format", action="append", choices=list(KNOWN_FORMATS), help=f"default: {' and '.join(FORMATS)}"
        )
        parser.add_argument("--split", action="append", metavar="NAME=PERCENT", help="together 100; repeatable")
        parser.add_argument("--question", help="the preference question that decides, by its key")
        parser.add_argument("--min-votes", type=int, help="leave out pairs with fewer votes")
        parser.add_argument("--min-agreement", type=float, help="least share of votes for the outcome, from 0 to 1")
        parser.add_argument("--source", action="append", choices=ORIGINS, help="whose labels count; repeatable")
        parser.add_argument("--note", default="", help="why it is made; stands in the dataset card")
        parser.add_argument("--as", dest="email", help="who makes it; by default who started the project")
        parser.add_argument("--timeout", type=float, default=3_600, help="seconds to wait (default 3600)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        where = _place(options["project"], options["email"])
        try:
            made = releases.freeze(where, **_wish(options))
            with Watched(lambda: _annotations_so_far(made.release)):
                frozen = exports.write(made.release, options["timeout"])
            folder = exports.copy(frozen, options["to"] or Path(f"{options['project']}-release-{frozen.number}"))
        except (Refusal, ExportFailed) as error:
            raise CommandError(str(error)) from None
        told = _told(frozen, folder, is_repeat=made.is_repeat)
        self.stdout.write(json.dumps(told) if options["as_json"] else _sentence(told))


def _place(slug: str, email: str | None) -> Place:
    project = Project.objects.live().filter(slug=slug).select_related("created_by").first()
    if project is None:
        raise CommandError(f"There is no project {slug}.")
    user = User.objects.filter(email=email.lower()).first() if email else project.created_by
    who = email or project.created_by.email
    refused = CommandError(f"{who} may make no releases in {slug}. Name an owner or curator: --as E-MAIL.")
    if user is None:
        raise refused
    try:
        return place(user, slug, Right.CURATE)
    except Http404:
        raise refused from None


def _wish(options: dict[str, Any]) -> dict[str, Any]:
    chosen = ("question", "min_votes", "min_agreement")
    parameters = {name: options[name] for name in chosen if options[name] is not None}
    if options["source"]:
        parameters["sources"] = options["source"]
    names = options["recipe"] or [DEFAULT]
    return {
        "recipes": [{"name": name, "parameters": {} if name == "raw" else parameters} for name in dict.fromkeys(names)],
        "formats": options["format"],
        "splits": _shares(options["split"]),
        "note": options["note"][:500],
    }


def _shares(given: list[str] | None) -> dict[str, int] | None:
    if not given:
        return None
    shares = {}
    for text in given:
        name, _, percent = text.partition("=")
        if not percent.isdecimal():
            raise CommandError(f"--split takes NAME=PERCENT, such as train=90, not {text}.")
        shares[name] = int(percent)
    return shares


def _told(release: Release, folder: Path, *, is_repeat: bool) -> dict[str, Any]:
    recipes = release.manifest["recipes"] if release.manifest else []
    return {
        "release": str(release.pk),
        "number": release.number,
        "is_repeat": is_repeat,
        "folder": str(folder),
        "rows": {recipe["name"]: recipe["rows"] for recipe in recipes},
        "dropped": {recipe["name"]: recipe["items_dropped"] for recipe in recipes},
    }


def _sentence(told: dict[str, Any]) -> str:
    rows = ", ".join(f"{rows:,} rows in {name}" for name, rows in told["rows"].items())
    return f"Release {told['number']} is in {told['folder']}: {rows}."


def _annotations_so_far(release: Release) -> str:
    job = Job.objects.get(pk=release.job_id)
    return f"{job.done:,} of {job.total:,} annotations" if job.total else ""
