"""`goldpan project create`: start a project from the command line."""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from annotation.services import forms, projects
from annotation.services.layout_forms import FORMS, LAYOUT_FORMS
from annotation.services.presets import PRESETS
from projects.access import Place
from projects.models import Project
from projects.services import guidelines
from projects.services.projects import SlugTaken
from ui import safe_json
from ui.problems import Refusal

EXAMPLE = """Examples:
  goldpan project create "Helpful answers" --owner olga@example.org
  goldpan project create Maths --owner olga@example.org --slug maths --overlap 3 --form form.json --json

form.json holds a list of questions as `GET /api/v1/projects/maths/` gives them under `form`.
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where something is refused."""

    help = "Start a project. It can be labeled as soon as it has items: goldpan import."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="start a project")
        create.add_argument("name")
        create.add_argument("--owner", required=True, metavar="E-MAIL", help="who owns it")
        create.add_argument("--slug", default="", help="its address; by default made from the name")
        create.add_argument("--description", default="")
        create.add_argument("--overlap", type=int, default=1, help="annotations wanted per item (default 1)")
        create.add_argument(
            "--preset",
            choices=sorted(FORMS),
            default="preference",
            metavar="NAME",
            help=f"the form to start with: {', '.join(PRESETS)}; or one that takes the labels of files in a layout: "
            f"{', '.join(LAYOUT_FORMS)}",
        )
        create.add_argument("--form", type=Path, metavar="FILE", help="a JSON list of questions instead of a preset")
        create.add_argument("--guideline", type=Path, metavar="FILE", help="a text in Markdown")
        create.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        owner = User.objects.filter(email=options["owner"].lower(), is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no open account {options['owner']}.")
        try:
            place = _create(owner, options)
        except (SlugTaken, Refusal) as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps({"slug": place.project.slug, "name": place.project.name}))
        else:
            self.stdout.write(f"“{place.project.name}” is ready at /projects/{place.project.slug}/.")


@transaction.atomic
def _create(owner: User, options: dict[str, Any]) -> Place:
    slug = options["slug"] or slugify(options["name"])[:60].strip("-")
    _require_good(owner, slug, options)
    place = projects.start(
        owner=owner,
        name=options["name"],
        slug=slug,
        description=options["description"],
        overlap=options["overlap"],
        preset=options["preset"],
    )
    if options["form"]:
        forms.save_form(place, _questions(options["form"]))
    if options["guideline"]:
        guidelines.save(place, text=_text(options["guideline"]))
    return place


def _require_good(owner: User, slug: str, options: dict[str, Any]) -> None:
    """What the model says of a project, before there is one."""
    wanted = Project(
        name=options["name"],
        slug=slug,
        description=options["description"],
        overlap=options["overlap"],
        created_by=owner,
    )
    try:
        wanted.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise CommandError(f"--{name}: {sentences[0]}") from None


def _questions(path: Path) -> list[dict[str, Any]]:
    questions = safe_json.loads(_text(path).encode())
    if not isinstance(questions, list) or not all(isinstance(question, dict) for question in questions):
        raise CommandError(f"{path} does not hold a list of questions.")
    return questions


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}.") from None
