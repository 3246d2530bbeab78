"""Which suggestions of models were shown to a person with an item, and what they say."""

from typing import Any

from annotation.advice import Adviser
from annotation.models import Annotation, Lease
from annotation.suggestions import NAME, Suggested
from projects.models import Project, Suggestions


def beside(project: Project, lease: Lease | None) -> Suggested | None:
    """None where the project wants answers that nobody advised on, now or when the item was handed out."""
    return None if lease is None or project.suggestions == Suggestions.NEVER else Suggested.of(lease.suggested)


def answers_of(suggested: Suggested) -> dict[str, Any]:
    """The answers that were shown, by question and in item order. One query, none where nothing was shown."""
    shown = suggested.shown
    if not shown:
        return {}
    said = dict(Annotation.objects.filter(pk__in=shown.values()).values_list("pk", "answers"))
    return {key: said[pk][key] for key, pk in shown.items()}


def advisers(answers: dict[str, Any]) -> list[Adviser]:
    """The answers as one nameless adviser's; nobody where there are none."""
    return [Adviser(NAME, answers)] if answers else []


def lease_behind(annotation: Annotation) -> Lease | None:
    """The lease under which a person first answered an item; select `project` with the annotation.

    Not looked for where the project shows no suggestions and showed none with this answer.
    """
    if annotation.project.suggestions == Suggestions.NEVER and "suggested" not in annotation.source:
        return None
    own = Lease.objects.filter(item=annotation.item_id, annotator=annotation.author_id, outcome=Lease.Outcome.SUBMITTED)
    return own.order_by("-granted_at", "pk").first()
