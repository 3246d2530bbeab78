"""A project whose form asks every kind of question, and annotators who answer all of it."""

from typing import Any

from annotation.kinds import KINDS
from annotation.kinds.quotes import text_hash
from annotation.models import Annotation, Form, Item, Question
from annotation.splitting import VERSION, split
from tests.curation.recipes.questions import QUESTIONS

TEXTS = ("Take six of them.\nAdd two to these. 😀\nThat makes eight.", "Take seven.\nAdd two.\nThat makes nine.")
FROM_MODELS: list[dict[str, Any]] = [
    {"messages": [{"role": "assistant", "content": text}], "model": f"model-{number}"}
    for number, text in enumerate(TEXTS)
]
"""The responses with these texts, each by a model of its own."""


def ask_everything(project: Any, author: Any) -> Form:
    """The next version of the form, with a question of every kind there is."""
    version = Form.objects.filter(project=project).count() + 1
    form = Form.objects.create(project=project, version=version, created_by=author)
    for position, question in enumerate(one for one in QUESTIONS if one.kind in KINDS):
        settings = KINDS[question.kind].check_settings(question.settings, question.target)
        Question.objects.create(
            form=form,
            position=position,
            key=question.key,
            kind=question.kind,
            title=question.title,
            target=question.target,
            settings=settings,
        )
    return form


def answers(number: int) -> dict[str, Any]:
    """What somebody says about an item with `TEXTS`: the first response is the better one, every third time not."""
    better, worse = (1, 0) if number % 3 == 0 else (0, 1)
    levels = [2, 2]
    levels[better] = 4
    return {
        "better": {"winner": "ab"[better], "strength": 1},
        "order": [[better], [worse]],
        "helpful": levels,
        "correct": levels,
        "good": [["yes"] if place == better else ["no"] for place in (0, 1)],
        "steps": [_steps(text, is_right=place == better) for place, text in enumerate(TEXTS)],
        "list": {"verdicts": {"correct": [{"value": "yes" if place == better else "no"} for place in (0, 1)]}},
        "marks": {
            "hashes": [text_hash(text) for text in TEXTS],
            "spans": [{"response": worse, "start": 0, "end": 9, "type": "unsupported", "note": "Who says so?"}],
        },
        "why": "It adds up.",
    }


def answer_everything(form: Form, item: Item, who: Any, number: int) -> Annotation:
    """One annotation that answers every question of the form."""
    asked = set(form.questions.values_list("key", flat=True))
    said = {key: value for key, value in answers(number).items() if key in asked}
    return Annotation.objects.create(
        project_id=item.project_id, item=item, form=form, author=who, answers=said, shown=[0, 1], guideline_version=1
    )


def _steps(text: str, *, is_right: bool) -> dict[str, Any]:
    labels: list[int | None] = [1] * len(split(text))
    if not is_right:
        labels[1:] = [-1, *[None] * (len(labels) - 2)]
    return {"splitter": VERSION, "labels": labels, "final": "right" if is_right else "wrong"}
