"""Numbers as people read them: 12,345 · 41 s · 3 min ago · 0.81 (0.77–0.85)."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ui.money import priced

register = template.Library()

MINUTE, HOUR, DAY = 60, 3_600, 86_400
NOTHING = "–"


@register.filter
def thousands(number: float | None) -> str:
    """12345 as 12,345."""
    return NOTHING if number is None else f"{number:,}"


@register.filter
def money(value: float | None) -> str:
    """0.25 as "0.25 EUR", in the deployment's currency."""
    return NOTHING if value is None else priced(value)


@register.filter
def pace(seconds: float | None) -> str:
    """A duration of work in two units at most: "41 s", "2 min 5 s", "3 h 20 min", "2 d 4 h"."""
    if seconds is None:
        return NOTHING
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return _two(whole, MINUTE, "min", 1, "s")
    if whole < DAY:
        return _two(whole, HOUR, "h", MINUTE, "min")
    return _two(whole, DAY, "d", HOUR, "h")


def _two(seconds: int, big: int, big_name: str, small: int, small_name: str) -> str:
    rest = seconds % big // small
    return f"{seconds // big} {big_name}" + (f" {rest} {small_name}" if rest else "")


@register.filter
def percent(share: float | None, digits: int = 0) -> str:
    """0.914 as "91 %"."""
    return NOTHING if share is None else f"{100 * share:.{digits}f} %"


@register.filter
def points(share: float | None) -> str:
    """A difference of shares: -0.034 as "−3 points"."""
    if share is None:
        return NOTHING
    whole = round(100 * share)
    return f"{'−' if whole < 0 else ''}{abs(whole)} point{'' if abs(whole) == 1 else 's'}"


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """A moment as "5 min ago", the exact time in its title."""
    return NOTHING if moment is None else since(moment, timezone.now())


def since(moment: datetime, now: datetime) -> SafeString:
    exact = f"{moment:%Y-%m-%d %H:%M} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, _distance(now - moment))


def _distance(distance: timedelta) -> str:
    seconds = distance.total_seconds()
    if abs(seconds) < MINUTE:
        return "just now"
    words = _largest_unit(abs(seconds))
    return f"{words} ago" if seconds > 0 else f"in {words}"


def _largest_unit(seconds: float) -> str:
    for size, name in ((365 * DAY, "year"), (30 * DAY, "month"), (DAY, "day"), (HOUR, "h"), (MINUTE, "min")):
        count = int(seconds // size)
        if count:
            return f"{count} {name}" + ("s" if count > 1 and size >= DAY else "")
    return "a moment"


@register.simple_tag
def interval(value: float | None, low: float | None = None, high: float | None = None, digits: int = 2) -> str:
    """ "0.81 (0.77–0.85)", "0.03 (−0.02 to 0.07)"; without bounds the value alone, without a value a dash."""
    if value is None:
        return NOTHING
    if low is None or high is None:
        return _signed(value, digits)
    between = "–" if low >= 0 else " to "
    return f"{_signed(value, digits)} ({_signed(low, digits)}{between}{_signed(high, digits)})"


def _signed(number: float, digits: int) -> str:
    """With a real minus, and none before nothing."""
    rounded = round(number, digits) + 0.0
    return f"{rounded:.{digits}f}".replace("-", "−")
