"""Items and answers as recipes read them, with planted values."""

from typing import Any

from curation.recipes import RECIPES, AnnotationRecord, Drop, ItemRecord, Outcome, QuestionRecord, Row
from tests.curation.recipes.questions import ASKED, KINDS, QUESTIONS


def turn(content: str, role: str = "user") -> dict[str, str]:
    return {"role": role, "content": content}


def item(*texts: str, **fields: Any) -> ItemRecord:
    """An item with these responses; `steps` are those of the first."""
    responses: list[dict[str, Any]] = [
        {"messages": [turn(text, "assistant")], "model": f"m{n}"} for n, text in enumerate(texts)
    ]
    if "steps" in fields:
        responses[0]["steps"] = fields.pop("steps")
    return ItemRecord(7, "item-7", "g" * 64, fields.pop("messages", [turn("Why?")]), responses, **fields)


def said(
    number: int = 1, origin: str = "people", asked: dict[str, QuestionRecord] | None = None, **answers: Any
) -> AnnotationRecord:
    """One annotator's answers, by the key of the question."""
    return AnnotationRecord(number, f"person-{number}", origin, answers, kinds=KINDS, asked=asked or ASKED)


def build(recipe: str, subject: ItemRecord, *annotations: AnnotationRecord, **given: Any) -> Outcome:
    """What the recipe makes of the item under these parameters."""
    return RECIPES[recipe].builder(RECIPES[recipe].settle(given, QUESTIONS))(subject, annotations)


def rows(outcome: Outcome) -> list[Row]:
    """The rows alone."""
    return [] if isinstance(outcome, Drop) else [one for one in outcome if not isinstance(one, Drop)]


def drops(outcome: Outcome) -> list[Drop]:
    """The reasons alone."""
    return [outcome] if isinstance(outcome, Drop) else [one for one in outcome if isinstance(one, Drop)]


def schema(recipe: str, **given: Any) -> Any:
    """The columns under these parameters."""
    return RECIPES[recipe].schema(RECIPES[recipe].settle(given, QUESTIONS))
