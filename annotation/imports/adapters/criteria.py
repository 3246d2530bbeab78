"""Criteria that items bring along."""

from typing import Any

OWN_CRITERIA: dict[str, Any] = {
    "key": "rubric",
    "kind": "rubric",
    "title": "Its criteria",
    "target": "response",
    "settings": {"source": "item"},
}
"""A question whose criteria are each item's own. Fields are those of the form builder."""
