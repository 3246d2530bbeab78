"""The questions of a form."""

from functools import lru_cache

from annotation.models import Annotation, Form, Question


@lru_cache(maxsize=512)
def questions_of(form_id: int) -> tuple[Question, ...]:
    """A form's questions in order. Remembered in the process: a form never changes, a change is a new form."""
    return tuple(Question.objects.filter(form_id=form_id).order_by("position"))


def current_form(project_id: int) -> Form | None:
    """The newest version, which new leases are given."""
    return Form.objects.filter(project_id=project_id).order_by("-version").first()


def answers_to(form_id: int) -> int:
    """How many annotations answer this version, counted up to a thousand."""
    return Annotation.objects.filter(form_id=form_id).order_by().values("pk")[:1_000].count()
