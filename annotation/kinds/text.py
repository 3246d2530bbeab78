"""Words: a justification or a critique."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from pydantic import Field

from annotation.kinds.base import AnswerRefused, Asked, BaseKind, Settings, SettingsRefused, Subject, read_settings

REFUSED = re.compile("[\x00\ud800-\udfff]")


class TextSettings(Settings):
    min_length: int = Field(default=0, ge=0, le=10_000, title="At least", description="Characters.")
    max_length: int = Field(default=2_000, ge=1, le=20_000, title="At most", description="Characters.")
    rows: int = Field(default=1, ge=1, le=12, title="Lines shown")


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the text, and how many characters it needs and takes before it counts as answered."""

    text: str
    shortest: int
    longest: int
    lines: int


class Text(BaseKind):
    """A string, kept to the byte: nothing is trimmed. Lengths are in Unicode code points."""

    name = "text"
    title = "Text"
    level = "nominal"
    template = "annotation/kinds/text.html"
    settings_type = TextSettings

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        if target != "item":
            raise SettingsRefused("A text question is asked about the item.")
        checked = read_settings(TextSettings, raw)
        if checked["min_length"] > checked["max_length"]:
            raise SettingsRefused("The shortest allowed text is longer than the longest.")
        return checked

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        # Browsers send line ends as CRLF whatever was typed; what was typed is LF.
        return post.get(question.key, "").replace("\r\n", "\n") or None

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        if not isinstance(value, str):
            raise AnswerRefused(f"“{question.title}” takes text.")
        if REFUSED.search(value):
            raise AnswerRefused(f"“{question.title}” holds a character that cannot be stored (NUL or half a pair).")
        low, high = question.settings.get("min_length", 0), question.settings.get("max_length", 2_000)
        length = len(value.strip())
        if length < low or (question.is_required and not length):
            raise AnswerRefused(f"“{question.title}” wants at least {max(low, 1)} characters; there are {length}.")
        if len(value) > high:
            raise AnswerRefused(f"“{question.title}” takes at most {high} characters; there are {len(value)}.")
        return value

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
        text = label.get("text")
        if not isinstance(text, str) or REFUSED.search(text) or len(text) > question.settings.get("max_length", 2_000):
            raise AnswerRefused(f"The text does not fit “{question.title}”.")
        return text

    def as_label(self, value: Any) -> dict[str, Any]:
        return {"text": value}

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        return [("Tab", f"Write: {question.title}"), ("Esc", "Leave the text")]

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        return {question.key: value} if isinstance(value, str) else {}

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> None:
        """Words are not compared: what two texts have in common says little about whether their writers agree."""
        return

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        return str(value)

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> Written:
        least = int(question.settings.get("min_length", 0))
        return Written(
            text=fields.get(question.key, ""),
            shortest=max(least, 1) if question.is_required else least,
            longest=int(question.settings.get("max_length", 2_000)),
            lines=int(question.settings.get("rows", 1)),
        )


KIND = Text()
