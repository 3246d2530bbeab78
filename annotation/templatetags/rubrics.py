"""What the library says of a criterion where people label: `{% published question as meant %}`."""

from collections.abc import Mapping
from typing import Any

from django import template

from annotation.models import Question
from annotation.queries import rubrics

register = template.Library()


@register.simple_tag
def published(question: Question) -> Mapping[str, Mapping[str, Any]]:
    """By criterion key, for the question of a saved form; nothing for one that is only looked at."""
    form_id = getattr(question, "form_id", None)
    return rubrics.published(form_id).get(question.key, {}) if form_id else {}


@register.filter
def of_criterion(meant: Mapping[str, Mapping[str, Any]], key: str) -> Mapping[str, Any] | None:
    return meant.get(key)
