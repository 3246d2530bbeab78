"""`goldpan demo`: a project to try things in."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from annotation.demo import making
from projects.models import Project


class Command(BaseCommand):
    help = "Make the demo project: pairs with planted truth and four simulated annotators. Example: goldpan demo"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--owner", default="", help="e-mail of the owner; the first account by default")
        parser.add_argument("--items", type=int, default=60, help="how many pairs (default 60)")
        parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same project")
        parser.add_argument("--if-empty", action="store_true", help="only where there is no project at all")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Project.objects.exists():
            return
        if making.is_there():
            raise CommandError("There is a demo project already.")
        if not 1 <= options["items"] <= 100_000:
            raise CommandError("--items takes a number from 1 to 100,000.")
        project = making.make(self._owner(options["owner"]), items=options["items"], seed=options["seed"])
        if options["json"]:
            self.stdout.write(json.dumps({"slug": project.slug, "items": options["items"]}))
        else:
            self.stdout.write(f"The project “{project.name}” is ready, with {options['items']:,} items.")

    def _owner(self, email: str) -> User:
        people = (
            User.objects.filter(is_active=True, email=email.lower()) if email else User.objects.filter(is_active=True)
        )
        owner = people.order_by("id").first()
        if owner is None:
            raise CommandError(
                f"There is no account {email}." if email else "Make an account first: goldpan user create EMAIL"
            )
        return owner
