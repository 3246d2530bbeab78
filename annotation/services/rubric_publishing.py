"""Asking with a rubric: a new version of the project's form, whose question has the rubric's criteria."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from annotation.models import Form, Rubric, RubricVersion
from annotation.rubrics import schema
from annotation.services import forms, rubric_uses
from annotation.services.rubrics import RubricRetired
from audit.services import record
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

KEY = "rubric"  # of a question that is added


class NotPublished(Refusal):
    """The rubric cannot be asked with here, for the reason that the sentence gives. The form is as it was."""

    status = 409
    title = "This rubric cannot be published"


@transaction.atomic
def publish(
    place: Place, version: RubricVersion, *, question_key: str = "", title: str = "", target: str = "response"
) -> Form:
    """Ask with this version: in the named rubric question, else in the one that asks with this rubric already, else in
    one that is added, with this title and about this target.

    The same again changes nothing. Raises NotPublished, RubricRetired, FormRefused.
    """
    _refuse_unfit(Rubric.objects.select_for_update(no_key=True).get(pk=version.rubric_id), version)
    Project.objects.select_for_update().get(pk=place.project.pk)  # nobody changes the form meanwhile
    form = Form.objects.filter(project=place.project).order_by("-version").first()
    used = rubric_uses.of(form) if form else {}
    questions = [asdict(one) for one in forms.as_asked(form)] if form else []
    key = question_key or _already(version.rubric, used)
    if key:
        _put(questions, key, version)
    else:
        key = _free({one["key"] for one in questions})
        questions.append(_question(version, key, title, target))
    saved = forms.save_form(place, questions, asks_with={key: version.pk})
    if form is None or saved.pk != form.pk:
        _record(place, version, saved, key)
    return saved


def _refuse_unfit(rubric: Rubric, version: RubricVersion) -> None:
    if rubric.retired_at is not None:
        raise RubricRetired
    if version.status == RubricVersion.Status.RETIRED:
        raise NotPublished("This version was retired. Make it a draft again, or publish another version.")
    if rubric.scope != Rubric.Scope.PROJECT:
        raise NotPublished(
            "A form asks about every item of the project, and this rubric is of some of them. Fork it for the whole "
            "project to ask with it."
        )


def _already(rubric: Rubric, used: Mapping[str, int]) -> str:
    """The question that asks with some version of the rubric."""
    own = set(rubric.versions.values_list("pk", flat=True))
    return next((key for key, version in used.items() if version in own), "")


def _put(questions: Sequence[dict[str, Any]], key: str, version: RubricVersion) -> None:
    question = next((one for one in questions if one["key"] == key), None)
    if question is None or question["kind"] != "rubric":
        raise NotPublished(f"The form has no rubric question “{key[:40]}”.")
    if question["settings"].get("source") == "item":
        raise NotPublished(f"“{question['title']}” asks by each item's own criteria; choose another question.")
    question["settings"] = {**question["settings"], "criteria": schema.asked(version.criteria)}


def _question(version: RubricVersion, key: str, title: str, target: str) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "rubric",
        "title": title.strip() or version.rubric.name,
        "target": target,
        "settings": {"criteria": schema.asked(version.criteria)},
    }


def _free(taken: set[str]) -> str:
    return next(key for key in (KEY, *(f"{KEY}_{n}" for n in range(2, 100))) if key not in taken)


def _record(place: Place, version: RubricVersion, form: Form, key: str) -> None:
    rubric = version.rubric
    record(
        "rubric.published",
        subject=f"rubric:{rubric.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"number": rubric.number, "version": version.number, "form": form.version, "question": key},
    )
