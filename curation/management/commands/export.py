"""`goldpan export`: freeze a release and put its files into a folder."""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation import holding_out
from curation.files.formats import DEFAULT as FORMATS
from curation.files.formats import FORMATS as KNOWN_FORMATS
from curation.gates import GATES
from curation.models import Release
from curation.recipes import DEFAULT, RECIPES, Recipe
from curation.recipes.parameters import split_list
from curation.recipes.records import ORIGINS
from curation.services import exports, releases
from curation.services.exports import ExportFailed
from jobs.models import Job
from jobs.watching import Watched
from projects.access import Right
from projects.commanding import place_of
from ui.problems import Refusal

SHORT = {"question": "question", "min_votes": "min_votes", "min_agreement": "min_agreement", "source": "sources"}
"""Words of the command for parameters that most exports want, and the names of these."""


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
        parser.epilog = f"Parameters:\n\n{_parameters_in_words()}"
        parser.add_argument("project", help="the project's address, such as answers")
        parser.add_argument("--to", type=Path, help="a new or empty folder; by default PROJECT-release-N")
        parser.add_argument("--recipe", action="append", choices=list(RECIPES), help=f"default: {DEFAULT}; repeatable")
        parser.add_argument(
            "--format", action="append", choices=list(KNOWN_FORMATS), help=f"default: {' and '.join(FORMATS)}"
        )
        parser.add_argument("--split", action="append", metavar="NAME=PERCENT", help="together 100; repeatable")
        parser.add_argument("--question", help="the question that decides, by its key")
        parser.add_argument("--min-votes", type=int, help="leave out pairs with fewer votes")
        parser.add_argument("--min-agreement", type=float, help="least share of votes for the outcome, from 0 to 1")
        parser.add_argument("--source", action="append", choices=ORIGINS, help="whose labels count; repeatable")
        parser.add_argument(
            "--set",
            action="append",
            dest="parameter",
            metavar="[RECIPE.]NAME=VALUE",
            help="a parameter of one recipe, or of every chosen one that has it; repeatable; lists have commas",
        )
        parser.add_argument("--note", default="", help="why it is made; stands in the dataset card")
        parser.add_argument(
            "--hold-out",
            action="append",
            metavar="WHAT=NAMES",
            help="sources, tags or annotators, with commas between, that are test and nothing else; repeatable",
        )
        parser.add_argument(
            "--nearly-same", action="store_true", help="keep prompts that are nearly the same in one split"
        )
        parser.add_argument("--gate", action="append", metavar="NAME=LIMIT", help=f"{_gates_in_words()}; repeatable")
        parser.add_argument(
            "--overrule",
            default="",
            help="why it is frozen whatever its gates, or the guard of findings, say against it",
        )
        parser.add_argument("--as", dest="email", help="who makes it; by default who started the project")
        parser.add_argument("--timeout", type=float, default=3_600, help="seconds to wait (default 3600)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        where = place_of(options["project"], options["email"], Right.CURATE, "make no releases")
        try:
            made = releases.freeze(where, **_wish(options))
            with Watched(lambda: _annotations_so_far(made.release)):
                frozen = exports.write(made.release, options["timeout"])
            folder = exports.copy(frozen, options["to"] or Path(f"{options['project']}-release-{frozen.number}"))
        except (Refusal, ExportFailed) as error:
            raise CommandError(str(error)) from None
        told = _told(frozen, folder, is_repeat=made.is_repeat)
        self.stdout.write(json.dumps(told) if options["as_json"] else _sentence(told))


def _wish(options: dict[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(options["recipe"] or [DEFAULT]))
    said = [_assigned(text, names) for text in options["parameter"] or []]
    return {
        "recipes": [{"name": name, "parameters": _parameters(RECIPES[name], options, said)} for name in names],
        "formats": options["format"],
        "splits": _shares(options["split"]),
        "hold_out": _hold_out(options),
        "gates": dict(_limit(text) for text in options["gate"] or []),
        "note": options["note"][:500],
        "overrule": options["overrule"][:500],
    }


def _parameters(recipe: Recipe, options: dict[str, Any], said: list[tuple[str, str, str]]) -> dict[str, Any]:
    """What the words of the command say about one recipe: the usual ones have a word of their own."""
    known = {parameter.name: parameter for parameter in recipe.parameters}
    short = {name: options[option] for option, name in SHORT.items() if options[option] is not None and name in known}
    return short | {
        name: known[name].read(value) for whose, name, value in said if whose in ("", recipe.name) and name in known
    }


def _assigned(text: str, names: list[str]) -> tuple[str, str, str]:
    """`rm_pairs.min_votes=2` in its three parts; the first is empty where the words mean every recipe."""
    place, equals, value = text.partition("=")
    whose, _, name = place.rpartition(".")
    if not equals or not name or (whose and whose not in names):
        raise CommandError(f"--set takes [RECIPE.]NAME=VALUE with a recipe that is exported, not {text}.")
    if not any(name == one.name for recipe in ([whose] if whose else names) for one in RECIPES[recipe].parameters):
        raise CommandError(f"No recipe that is exported has a parameter {name}; --help lists them.")
    return whose, name, value


def _hold_out(options: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {holding_out.NEARLY_SAME: True} if options["nearly_same"] else {}
    for text in options["hold_out"] or []:
        what, equals, names = text.partition("=")
        if not equals or what not in holding_out.LISTS:
            raise CommandError(f"--hold-out takes WHAT=NAMES with one of {', '.join(holding_out.LISTS)}, not {text}.")
        found.setdefault(what, []).extend(split_list(names))
    return found


def _limit(text: str) -> tuple[str, Any]:
    """`max_leaked=3` as a limit by its name."""
    name, _, value = text.partition("=")
    gate = next((one for one in GATES if one.name == name), None)
    if gate is None:
        raise CommandError(f"--gate takes NAME=LIMIT with one of {', '.join(one.name for one in GATES)}, not {text}.")
    return name, gate.read(value)


def _gates_in_words() -> str:
    return ", ".join(f"{one.name} ({one.takes.replace('%', '%%')})" for one in GATES)


def _parameters_in_words() -> str:
    """What each recipe takes, for --help: read from what the recipes declare."""
    return "\n".join(
        line
        for name, recipe in RECIPES.items()
        for line in (f"  {name}", *(f"    {one.name}: {one.takes}" for one in recipe.parameters))
    )


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
