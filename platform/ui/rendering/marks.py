"""A text with something marked in it: what was cut and what was added, or what somebody marked."""

from collections.abc import Iterable, Sequence
from typing import Literal

from django.utils.safestring import SafeString, mark_safe

from .inside.direction import base_direction
from .inside.invisible import Badges

Op = Literal["same", "cut", "add"]
Change = tuple[Op, str]

ELEMENTS: dict[Op, str] = {"cut": "del", "add": "ins"}


def marked(changes: Sequence[Change]) -> SafeString:
    """Escaped text in its own direction, with `<del class="cut">` and `<ins class="add">` around what differs."""
    badges, text = Badges(), "".join(text for _, text in changes)
    body = "".join(_marked(op, badges.in_text(text)) for op, text in changes)
    html = f'<div class="untrusted untrusted-plain" dir="{base_direction(text)}" hx-disable>{body}</div>'
    return mark_safe(html)  # noqa: S308  escaped piece by piece


def _marked(op: Op, escaped: str) -> str:
    return escaped if op == "same" else f'<{ELEMENTS[op]} class="{op}">{escaped}</{ELEMENTS[op]}>'


def highlighted(pieces: Iterable[tuple[str, str]]) -> SafeString:
    """Escaped text in its own direction from (text, look), `<mark class="look">` around those that have a look.

    A look is a word of ours, never of a stranger's.
    """
    held, badges = list(pieces), Badges()
    body = "".join(
        f'<mark class="{look}">{badges.in_text(text)}</mark>' if look else badges.in_text(text) for text, look in held
    )
    direction = base_direction("".join(text for text, _ in held))
    return mark_safe(f'<div class="untrusted untrusted-plain" dir="{direction}" hx-disable>{body}</div>')  # noqa: S308  escaped piece by piece
