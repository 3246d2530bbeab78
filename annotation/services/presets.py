"""Forms that a new project can start with."""

from dataclasses import dataclass
from typing import Any

from annotation.kinds.error_kinds import BY_AGENTS, named

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


_GOOD_OR_BAD = [{"key": "good", "title": "Good"}, {"key": "bad", "title": "Bad"}]
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
_ERRORS_IN_TEXT = {
    "types": [
        {"key": "irrelevant", "title": "Irrelevant"},
        {"key": "redundant", "title": "Redundant"},
        {"key": "incoherent", "title": "Incoherent"},
        {"key": "wrong_grounding", "title": "Wrong grounding"},
        {"key": "unverifiable", "title": "Unverifiable"},
    ],
    "severities": [
        {"key": "minor", "title": "Minor"},
        {"key": "major", "title": "Major"},
        {"key": "critical", "title": "Critical"},
    ],
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
    "thumbs": Preset(
        title="Good or bad",
        about="One key for each response, and the next item is there. For single responses and implicit feedback.",
        questions=(
            {
                "key": "verdict",
                "kind": "choice",
                "title": "Is this a good answer?",
                "target": "response",
                "settings": {"options": _GOOD_OR_BAD, "at_once": True},
            },
        ),
    ),
    "trajectory": Preset(
        title="Trajectory, turn by turn",
        about="Each turn of an agent is good, neutral or wrong, with what is wrong, and whether it got there.",
        questions=(
            {
                "key": "turns",
                "kind": "steps",
                "title": "Which turns help, and which go wrong?",
                "target": "response",
                "settings": {
                    "cut": "turns",
                    "first_error": False,
                    "errors": named(BY_AGENTS),
                    "corrections": False,
                    "final_answer": True,
                },
            },
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
    "errors": Preset(
        title="Errors in the text, then a preference",
        about="The words that are wrong, what is wrong with them and how bad it is, then who is better.",
        questions=(
            {
                "key": "errors",
                "kind": "spans",
                "title": "What is wrong, and where?",
                "target": "response",
                "settings": _ERRORS_IN_TEXT,
            },
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
