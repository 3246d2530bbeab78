"""Labels of items that are there already: a file may bring what more annotators say about what another file brought.

Each annotator of a source speaks once about an item. What is there stands, so the same file twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from annotation.imports.canonical import CanonicalItem
from annotation.imports.fitting import Fitted

# An item whose key somebody holds cannot be cut into steps anew (`services.segmentations`).
ITEMS = """
SELECT id, key, responses, rubric, EXISTS (SELECT 1 FROM annotation_segmentation WHERE item_id = annotation_item.id)
FROM annotation_item WHERE project_id = %s AND key = ANY(%s) FOR KEY SHARE
"""
SAID = "SELECT item_id, imported_name FROM annotation_annotation WHERE item_id = ANY(%s) AND imported_name <> ''"


Steps = tuple[Any, ...]
"""How each response is cut; None where it did not come in steps."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What labels speak of beside the texts. None: of no steps, or of no criteria of the item's own."""

    steps: Steps | None
    rubric: Any

    @classmethod
    def of(cls, item: CanonicalItem) -> "Basis":
        """What the labels of an item speak of."""
        kinds = {label.kind for label in item.labels}
        steps = tuple(response.steps or None for response in item.responses)
        return cls(steps if "steps" in kinds else None, item.rubric if "rubric" in kinds else None)


@dataclass(frozen=True, slots=True)
class Held:
    """An item of the project, as far as labels speak of it."""

    id: int
    steps: Steps
    rubric: Any
    is_cut_by_hand: bool

    def is_spoken_of(self, basis: Basis) -> bool:
        """Whether labels that came with the same texts are about this item as it stands."""
        same_steps = basis.steps is None or (basis.steps == self.steps and not self.is_cut_by_hand)
        return same_steps and (basis.rubric is None or basis.rubric == self.rubric)


def held(cursor: Any, project_id: int, keys: Iterable[str]) -> dict[str, Held]:
    """The items with these keys; until this transaction ends nobody cuts them into steps anew."""
    cursor.execute(ITEMS, [project_id, list(keys)])
    return {
        key: Held(item_id, tuple(one.get("steps") for one in _json(responses)), _json(rubric), by_hand)
        for item_id, key, responses, rubric, by_hand in cursor.fetchall()
    }


class Unsaid:
    """Which annotators have not spoken yet about some items of the project."""

    def __init__(self, cursor: Any, items: Iterable[Held]) -> None:
        cursor.execute(SAID, [[item.id for item in items]])
        self.said = set(cursor.fetchall())

    def of(self, item: Held, labels: Sequence[Fitted]) -> list[Fitted]:
        """The labels of those who have not."""
        return [label for label in labels if (item.id, label.annotator) not in self.said]

    def take(self, item: Held, labels: Sequence[Fitted]) -> None:
        """Count these as said from now on."""
        self.said.update((item.id, label.annotator) for label in labels)


def _json(value: Any) -> Any:
    """Drivers may hand over JSON as text."""
    return from_json(value) if isinstance(value, str | bytes) else value
