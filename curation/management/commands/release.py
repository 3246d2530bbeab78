"""`goldpan release`: what one release has that another has not, and why; what is taken out of one for good."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.differences import Change, Compared, Kind, differences, recipes_of_both
from curation.fixed import fixed_by
from curation.models import Release
from curation.services import exports, removing
from curation.services.exports import ExportFailed
from projects.access import Right
from projects.commanding import place_of
from ui.problems import Refusal

EXAMPLE = """Examples:
  goldpan release diff answers/1 answers/2
  goldpan release diff answers/1 answers/2 --recipe rm_pairs --rows 50
  goldpan release diff 1b0e4a5c-… 7c21… --json
  goldpan release remove answers/2 --annotator ana@example.org --because "She asked for it."
"""
SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~", Kind.MOVED: ">"}
SHOWN = 20


class Command(BaseCommand):
    """Exit code 1 and one sentence where releases cannot be compared, or nothing can be taken out."""

    help = "Compare two releases of a project, or take data out of one for good."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        diff = verbs.add_parser("diff", help="rows added, removed, changed and moved, with reasons")
        diff.add_argument("before", help="the earlier release: PROJECT/NUMBER, or its id")
        diff.add_argument("after", help="the later one")
        diff.add_argument("--recipe", action="append", help="only this one; repeatable")
        diff.add_argument("--rows", type=int, default=SHOWN, help=f"list so many rows of each recipe (default {SHOWN})")
        diff.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

        remove = verbs.add_parser(
            "remove", help="take rows, or all that somebody said, out of it and of every later one; it is written anew"
        )
        remove.add_argument("release", help="PROJECT/NUMBER, or its id")
        remove.add_argument("--item", action="append", default=[], help="an item by its key; repeatable")
        remove.add_argument(
            "--annotator", action="append", default=[], help="an e-mail address, or a name of imports; repeatable"
        )
        remove.add_argument("--because", required=True, help="stands in the manifest and the card")
        remove.add_argument("--as", dest="email", help="who does it; by default who started the project")
        remove.add_argument("--timeout", type=float, default=3_600, help="seconds to wait (default 3600)")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "diff":
            self._diff(options)
        else:
            self._remove(options)

    def _remove(self, options: dict[str, Any]) -> None:
        release = _release(options["release"])
        place = place_of(release.project.slug, options["email"], Right.OWN, "remove nothing")
        try:
            done = removing.remove(
                place, release, items=options["item"], annotators=options["annotator"], reason=options["because"]
            )
            if done.made:
                exports.write(done.made, options["timeout"])
        except (Refusal, ExportFailed) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(removing.told_of(done))
        if done.made:
            self.stdout.write(f"Release {done.made.number} takes the place of release {release.number}.")

    def _diff(self, options: dict[str, Any]) -> None:
        before, after = _release(options["before"]), _release(options["after"])
        if before.project_id != after.project_id:
            raise CommandError("Only releases of one project can be compared.")
        old, new = fixed_by(before), fixed_by(after)
        names = _recipes(recipes_of_both(old, new), options["recipe"])
        counted = {name: Compared(name) for name in names}
        listed: dict[str, list[Change]] = {name: [] for name in names}
        for change in differences(old, new, counted):
            if len(listed[change.recipe]) < options["rows"]:
                listed[change.recipe].append(change)
        if options["as_json"]:
            told = {name: _as_json(counted[name], listed[name]) for name in names}
            self.stdout.write(json.dumps({"before": str(before.pk), "after": str(after.pk), "recipes": told}))
        else:
            self.stdout.write("\n".join(line for name in names for line in _lines(counted[name], listed[name])))


def _release(named: str) -> Release:
    project, _, number = named.rpartition("/")
    found = Release.objects.filter(manifest__isnull=False).select_related("project", "job")
    if project and number.isdecimal() and len(number) < 10:
        release = found.filter(project__slug=project, number=int(number)).first()
    else:
        identity = _id(named)
        release = found.filter(pk=identity).first() if identity else None
    if release is None:
        raise CommandError(f"There is no release {named} that is done. Name one as PROJECT/NUMBER, or by its id.")
    return release


def _id(named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        return None


def _recipes(both: list[str], wanted: list[str] | None) -> list[str]:
    if missing := sorted(set(wanted or ()) - set(both)):
        raise CommandError(f"Not both of them hold {missing[0]}; both hold {', '.join(both) or 'none'}.")
    if not both:
        raise CommandError("The two hold no recipe in common.")
    return [name for name in both if not wanted or name in wanted]


def _lines(told: Compared, changes: list[Change]) -> Iterator[str]:
    yield f"{told.recipe}: {told.before:,} rows, then {told.after:,}"
    yield f"  {told.same:,} as they were, {told.restated:,} that say the same by other votes"
    for kind, reasons in told.reasons.items():
        if reasons:
            why = "; ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())
            yield f"  {told.count(kind):,} {kind.value} ({why})"
    for change in changes:
        yield f"    {SIGNS[change.kind]} {change.row} in {change.split}: {change.why}"
    more = sum(map(told.count, Kind)) - len(changes)
    if more and changes:
        yield f"    and {more:,} more"


def _as_json(told: Compared, changes: list[Change]) -> dict[str, Any]:
    return {
        "before": told.before,
        "after": told.after,
        "same": told.same,
        "restated": told.restated,
        **{kind.value: dict(reasons.most_common()) for kind, reasons in told.reasons.items()},
        "rows": [change._asdict() for change in changes],
    }
