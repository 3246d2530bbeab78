"""Which version of a rubric each question of a form asks with, from one version of the form to the next."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from annotation.models import Form, RubricUse


class Asking(Protocol):
    """A question with its settings."""

    @property
    def key(self) -> str: ...

    @property
    def settings(self) -> Mapping[str, Any]: ...


def of(form: Form) -> dict[str, int]:
    """Question key to the version of a rubric that it asks with."""
    return dict(RubricUse.objects.filter(form=form).values_list("question_key", "version"))


def kept(used: Mapping[str, int], before: Sequence[Asking], after: Sequence[Asking]) -> dict[str, int]:
    """What stays of the uses: those of questions that ask by the same criteria as before."""
    asked = {one.key: _criteria(one) for one in before}
    return {one.key: used[one.key] for one in after if one.key in used and _criteria(one) == asked.get(one.key)}


def add(form: Form, uses: Mapping[str, int]) -> None:
    """Write down what a new form asks with."""
    RubricUse.objects.bulk_create(
        RubricUse(form=form, question_key=key, version_id=version) for key, version in uses.items()
    )


def _criteria(question: Asking) -> tuple[Any, Any]:
    return question.settings.get("criteria"), question.settings.get("source")
