"""Words: a justification or a critique."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from annotation.kinds.base import AnswerRefused, Asked, Settings, SettingsRefused, read_settings

REFUSED = re.compile("[\x00\ud800-\udfff]")


class TextSettings(Settings):
    min_length: int = Field(default=0, ge=0, le=10_000, title="At least", description="Characters.")
    max_length: int = Field(default=2_000, ge=1, le=20_000, title="At most", description="Characters.")
    rows: int = Field(default=1, ge=1, le=12, title="Lines shown")


class Text:
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

    def parse(self, post: Mapping[str, str], question: Asked, responses: int) -> Any:
        # Browsers send line ends as CRLF whatever was typed; what was typed is LF.
        return post.get(question.key, "").replace("\r\n", "\n") or None

    def validate(self, value: Any, question: Asked, responses: int) -> Any:
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

    def admit(self, label: Mapping[str, Any], question: Asked, responses: int) -> Any:
        text = label.get("text")
        if not isinstance(text, str) or REFUSED.search(text) or len(text) > question.settings.get("max_length", 2_000):
            raise AnswerRefused(f"The text does not fit “{question.title}”.")
        return text

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return value

    to_shown_order = to_item_order

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        return [("Tab", f"Write: {question.title}"), ("Esc", "Leave the text")]

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        return {question.key: value} if isinstance(value, str) else {}

    def same(self, first: Any, second: Any) -> bool:
        return bool(first == second)

    def words(self, value: Any, question: Asked) -> str:
        return str(value)


KIND = Text()
