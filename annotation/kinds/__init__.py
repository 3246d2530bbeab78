"""The kinds of question, in one explicit dict. `docs/adding-a-kind.md` tells how to add one."""

from annotation.kinds import choice, preference, ranking, rating, rubric, spans, steps, text
from annotation.kinds.base import AnswerRefused, Asked, Judged, Kind, Option, SettingsRefused, Subject
from annotation.kinds.boards import Hint, Voice

KINDS: dict[str, Kind] = {
    "preference": preference.KIND,
    "rating": rating.KIND,
    "text": text.KIND,
    "choice": choice.KIND,
    "ranking": ranking.KIND,
    "rubric": rubric.KIND,
    "steps": steps.KIND,
    "spans": spans.KIND,
}

__all__ = [
    "KINDS",
    "AnswerRefused",
    "Asked",
    "Hint",
    "Judged",
    "Kind",
    "Option",
    "SettingsRefused",
    "Subject",
    "Voice",
]
