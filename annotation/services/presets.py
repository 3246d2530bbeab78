"""Forms that a new project can start with."""

from dataclasses import dataclass
from typing import Any

Questions = tuple[dict[str, Any], ...]

_PREFERENCE = {"key": "preference", "kind": "preference", "title": "Which response is better?"}
_REASON = {
    "key": "reason",
    "kind": "text",
    "title": "Why?",
    "help": "One sentence that someone who disagrees could check.",
    "is_required": False,
    "settings": {"max_length": 2_000, "rows": 2},
}
_QUALITY = {"low": 1, "high": 5, "anchors": {"1": "poor", "3": "fair", "5": "excellent"}}


@dataclass(frozen=True, slots=True)
class Preset:
    """A form by name, with one sentence on when to take it."""

    title: str
    about: str
    questions: Questions


_FROM_ZERO = {"low": 0, "high": 4}
_CHECKLIST = {
    "criteria": [
        "[hard] instructions: Follows every instruction of the prompt",
        "correct: Every claim is correct (weight 2)",
        "complete: Nothing that is needed is missing (weight 2)",
        "clear: Can be understood at the first reading",
        "brief: Says it as briefly as it can",
        "unasked: Adds what nobody asked for (weight -1)",
    ]
}

PRESETS: dict[str, Preset] = {
    "preference": Preset(
        title="Preference, 7-point",
        about="One key per pair: who is better, and by how much. The usual start for a reward model.",
        questions=({**_PREFERENCE, "settings": {"points": 7}},),
    ),
    "preference-and-ratings": Preset(
        title="Preference with ratings and justification",
        about="The same, then helpfulness and correctness of each response from 1 to 5, and a reason.",
        questions=(
            {**_PREFERENCE, "settings": {"points": 7}},
            {"key": "helpful", "kind": "rating", "title": "Helpful", "target": "response", "settings": _QUALITY},
            {"key": "correct", "kind": "rating", "title": "Correct", "target": "response", "settings": _QUALITY},
            _REASON,
        ),
    ),
    "ratings": Preset(
        title="Ratings",
        about="Each response by itself from 1 to 5. Takes items with one response, or many.",
        questions=(
            {"key": "quality", "kind": "rating", "title": "Quality", "target": "response", "settings": _QUALITY},
            _REASON,
        ),
    ),
    "ranking": Preset(
        title="Ranking",
        about="Two to ten responses in order, best first, ties allowed. A ranking of four takes four keys.",
        questions=({"key": "order", "kind": "ranking", "title": "Which is best? Order them.", "settings": {}}, _REASON),
    ),
    "checklist": Preset(
        title="Checklist, then a preference",
        about="Each response by the same criteria, with words quoted as evidence, then who is better.",
        questions=(
            {"key": "checklist", "kind": "rubric", "title": "Checklist", "target": "response", "settings": _CHECKLIST},
            {**_PREFERENCE, "settings": {"points": 5}},
        ),
    ),
    "qualities": Preset(
        title="Five qualities, then a preference",
        about="Helpfulness, correctness, coherence, complexity and verbosity from 0 to 4, who is better, and why.",
        questions=(
            *(
                {"key": key, "kind": "rating", "title": key.title(), "target": "response", "settings": _FROM_ZERO}
                for key in ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
            ),
            {**_PREFERENCE, "settings": {"points": 7}},
            _REASON,
        ),
    ),
}
