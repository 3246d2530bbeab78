"""A text drawn so that every character of it can be found again on the page, to be marked by its offsets.

What a browser would change or not show, line ends other than a line feed and characters that hide, stands in an element
that says for which code points it stands: `data-points="d*1 a*1"`, in hexadecimal with a count. Between such elements
the page holds the text itself.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from django.utils.safestring import SafeString, mark_safe

from .inside.direction import base_direction
from .inside.invisible import Badges

_other_line_end = re.compile("\r\n?")


def exact_source(text: str) -> SafeString:
    """The text as it was written, escaped, in an element of its own direction; badges for what hides.

    The text of the page is the text itself where `.exact` keeps white space and each element with `data-points` counts
    as what it stands for. No text may be put into the element by others.
    """
    body = _other_line_end.sub(_line_end, _Exact().in_text(text))
    return mark_safe(f'<div class="untrusted exact" dir="{base_direction(text)}" hx-disable>{body}</div>')  # noqa: S308  escaped


def _line_end(match: re.Match[str]) -> str:
    return f'<span data-points="{_points(match[0])}">\n</span>'


def _points(characters: str) -> str:
    return " ".join(f"{ord(character):x}*{len(list(same))}" for character, same in groupby(characters))


class _Exact(Badges):
    """Badges that say what they stand for; none of them stands for several kinds of character."""

    def _badges(self, run: str) -> Iterator[str]:
        for character, same in groupby(run):
            count = len(list(same))
            yield f'<span data-points="{ord(character):x}*{count}">{self._badge(character, count)}</span>'
