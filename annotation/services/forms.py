"""Deciding what is asked about each item."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotation import conditions
from annotation.kinds import KINDS, SettingsRefused
from annotation.models import Form, Question
from annotation.services import rubric_uses
from audit import services as audit
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

MOST_QUESTIONS = 20
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Fields of the labeling page's form that are no answers; a question of that name would lose its own.
RESERVED = frozenset({"csrfmiddlewaretoken", "request_key", "seconds", "revises"})
TAKEN = "_taken"  # rows whose suggestion was taken by key: kept in drafts as answers are, and no key of a question
FIELDS = frozenset({"key", "kind", "title", "help", "target", "is_required", "settings", "condition"})


class FormRefused(Refusal):
    """The questions do not hold together. `sentences` maps `<position>.<field>`, or `form`, to what is wrong."""

    status = 422
    title = "The form does not hold together"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()), errors={name: [text] for name, text in errors.items()})
        self.sentences = dict(errors)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that has been checked and not yet saved. Every kind can read it."""

    key: str
    kind: str
    title: str
    help: str
    target: str
    is_required: bool
    settings: dict[str, Any]
    condition: dict[str, Any] | None = None


@transaction.atomic
def save_form(
    place: Place, questions: Sequence[Mapping[str, Any]], *, asks_with: Mapping[str, int] | None = None
) -> Form:
    """Add a version of the form; the newest one stands when nothing changed. Raises FormRefused.

    Annotations keep the version that they answered, so a form can change at any time. `asks_with` maps question keys to
    versions of rubrics whose criteria those questions ask with; what a question asked with stays until its criteria
    change.
    """
    asked = check(questions)
    Project.objects.select_for_update().get(pk=place.project.pk)  # two builders at once get two numbers
    newest = Form.objects.filter(project=place.project).order_by("-version").first()
    before = as_asked(newest) if newest else []
    used = rubric_uses.of(newest) if newest else {}
    uses = {**rubric_uses.kept(used, before, asked), **(asks_with or {})}
    if newest and before == asked and used == uses:
        return newest
    version = newest.version + 1 if newest else 1
    form = Form.objects.create(project=place.project, version=version, created_by=place.user)
    Question.objects.bulk_create(
        Question(
            form=form,
            position=position,
            key=one.key,
            kind=one.kind,
            title=one.title,
            help=one.help,
            target=one.target,
            is_required=one.is_required,
            condition=one.condition,
            settings=one.settings,
        )
        for position, one in enumerate(asked)
    )
    rubric_uses.add(form, uses)
    _record(place, form, asked)
    return form


def check(questions: Sequence[Mapping[str, Any]]) -> list[Asking]:
    """The questions as they would be saved, defaults filled in. Raises FormRefused with every fault found."""
    errors: dict[str, str] = {}
    asked: list[Asking] = []
    if not questions:
        errors["form"] = "A form asks at least one question."
    if len(questions) > MOST_QUESTIONS:
        errors["form"] = f"A form asks at most {MOST_QUESTIONS} questions; there are {len(questions)}."
    for position, raw in enumerate(questions[:MOST_QUESTIONS]):
        faults = _faults(raw)
        key = raw.get("key")
        if isinstance(key, str) and "key" not in faults and any(one.key == key for one in asked):
            faults["key"] = f"Question {position + 1} has the key “{key}”, and so has one before it."
        one = _asking(raw, _settings(raw, position, faults))
        if (
            raw.get("condition") is not None
            and not faults
            and (wrong := conditions.fault(raw["condition"], one, asked))
        ):
            faults["condition"] = wrong
        errors |= {f"{position}.{field}": sentence for field, sentence in faults.items()}
        asked.append(one)
    if errors:
        raise FormRefused(errors)
    return asked


def as_asked(form: Form) -> list[Asking]:
    """The questions of a saved form, in the shape that `check` gives."""
    return [
        Asking(q.key, q.kind, q.title, q.help, q.target, q.is_required, q.settings, q.condition)
        for q in form.questions.order_by("position")
    ]


def _faults(raw: Mapping[str, Any]) -> dict[str, str]:
    """Sentences for the fields that all kinds share."""
    faults: dict[str, str] = {}
    key, title, kind = raw.get("key"), raw.get("title"), raw.get("kind")
    if stray := sorted(set(raw) - FIELDS):
        faults["form"] = f"A question has no field “{str(stray[0])[:60]}”."
    if not (isinstance(key, str) and KEY.match(key)):
        faults["key"] = "A key starts with a letter and holds at most 40 of a–z, 0–9 and _."
    elif key in RESERVED:
        faults["key"] = f"The key “{key}” is taken by the labeling page itself. Choose another."
    if not (isinstance(title, str) and 0 < len(title.strip()) <= 200):
        faults["title"] = "A question needs words, at most 200 characters."
    if not (isinstance(raw.get("help", ""), str) and len(raw.get("help", "")) <= 500):
        faults["help"] = "The explanation takes at most 500 characters."
    if not (isinstance(kind, str) and kind in KINDS):
        faults["kind"] = f"The kind is one of {', '.join(KINDS)}."
    if stray_fields := [
        name for name in ("title", "help", "settings", "condition") if _holds_unstorable(raw.get(name))
    ]:
        faults[stray_fields[0]] = "It holds a character that cannot be stored (NUL or half a pair)."
    if raw.get("target", "item") not in Question.Target.values:
        faults["target"] = f"A question is asked about one of {', '.join(Question.Target.values)}."
    if not isinstance(raw.get("is_required", True), bool):
        faults["is_required"] = "A question is required or not: true or false."
    return faults


def _holds_unstorable(value: Any) -> bool:
    """Whether any text in it holds what PostgreSQL refuses."""
    if isinstance(value, Mapping):
        return any(_holds_unstorable(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return any(_holds_unstorable(part) for part in value)
    return isinstance(value, str) and UNSTORABLE.search(value) is not None


def _settings(raw: Mapping[str, Any], position: int, faults: dict[str, str]) -> dict[str, Any]:
    """The kind's settings with their defaults; what is wrong with them is added to `faults`."""
    given = raw.get("settings", {})
    if faults.keys() & {"kind", "target", "settings"}:
        return {}
    if not isinstance(given, Mapping):
        faults["settings"] = "The settings are an object."
        return {}
    try:
        return KINDS[raw["kind"]].check_settings(given, raw.get("target", "item"))
    except SettingsRefused as refused:
        faults["settings"] = str(refused)
        return {}


def _asking(raw: Mapping[str, Any], settings: dict[str, Any]) -> Asking:
    return Asking(
        key=raw.get("key", ""),
        kind=raw.get("kind", ""),
        title=str(raw.get("title", "")).strip(),
        help=str(raw.get("help", "")).strip(),
        target=raw.get("target", "item"),
        is_required=raw.get("is_required", True),
        settings=settings,
        condition=raw.get("condition"),
    )


def _record(place: Place, form: Form, asked: Sequence[Asking]) -> None:
    audit.record(
        "form.save",
        subject=f"form:{form.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"version": form.version, "questions": [f"{one.key}:{one.kind}" for one in asked]},
    )
