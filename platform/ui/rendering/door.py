"""The one door from untrusted text to HTML.

A text is rendered in a child process with limits on CPU, memory, time and output, once per process, and remembered by
its hash. Whatever goes wrong, the reader gets the source, escaped, with a sentence that says why.
"""

import hashlib
import os
import re
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import structlog
from django.utils.safestring import SafeString, mark_safe

from ui.counters import render_fallbacks as fallbacks

from .cache import Cache
from .inside.direction import Direction, base_direction, runs_both_ways
from .inside.invisible import Badges
from .pool import Outcome, pool

Kind = Literal["markdown", "plain", "code"]

VERSION = 1  # raise it when the same text should look different
WALL_SECONDS = 3.0  # the longest that one page waits for all of its texts
LONGEST = 400_000  # characters; longer texts are shown as written at once

NOTES = {
    "long": "This text is very long, so it is shown as it was written.",
    "slow": "Formatting this text took too long, so it is shown as it was written.",
    "dropped": "Formatting would have left out part of this text, so it is shown as it was written.",
    "failed": "This text could not be formatted, so it is shown as it was written.",
    "busy": "This text is shown as it was written, because others are being formatted. Reload to try again.",
}
FLEETING = 600.0  # seconds to remember a fall-back that another moment may not need

log = structlog.get_logger("goldpan.rendering")

_needs_markdown = re.compile(r"[\\`*_\[\]<>&#|~$\x00\r\t]|^ {0,3}(?:[-+]|\d{1,9}[.)]|=+ *$)|^ {2}| $", re.MULTILINE)
_blank_lines = re.compile(r"\n\n+")


@dataclass(frozen=True, slots=True)
class Source:
    """A text and how to read it; `language` names the language of code and is ignored otherwise."""

    text: str
    kind: Kind = "markdown"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML in an element of its own direction, inert to htmx. `note` says why, where the source is shown instead."""

    html: SafeString
    fell_back: bool = False
    note: str = ""
    direction: Direction = "ltr"


CACHE_BYTES = 64 * 2**20
_cache: Cache[Rendered] = Cache(CACHE_BYTES)
_in_flight: dict[bytes, threading.Event] = {}
_lock = threading.Lock()


def render_untrusted(text: str, kind: Kind = "markdown", language: str = "") -> Rendered:
    """HTML that is safe on any page. Never raises, never takes longer than WALL_SECONDS."""
    return render_many([Source(text, kind, language)])[0]


def render_many(sources: Iterable[Source]) -> list[Rendered]:
    """The same for all texts of a page, in one round trip."""
    sources = list(sources)
    keys = [_key(source) for source in sources]
    found = {key: _cache.get(key) or _at_once(source) for key, source in zip(keys, sources, strict=True)}
    missing = {key: source for key, source in zip(keys, sources, strict=True) if found[key] is None}
    if missing:
        found.update(_render_missing(missing))
    return [rendered for key in keys if (rendered := found[key]) is not None]


def raw_source(text: str) -> SafeString:
    """The text as it was written, escaped, with badges for what cannot be seen."""
    body = Badges().in_text(text)
    return mark_safe(f'<pre class="raw" dir="{base_direction(text)}" tabindex="0">{body}</pre>')  # noqa: S308  escaped


def warm() -> None:
    """Start the children, so that the first page need not wait for them."""
    pool().start()


def forget() -> None:
    """Empty the cache."""
    _cache.clear()


def _at_once(source: Source) -> Rendered | None:
    """What needs no child: plain text, Markdown without a mark in it, and what is too much for one."""
    if len(source.text) > LONGEST:
        return fall_back(source, "long")
    if "\x00" in source.text and source.kind != "plain":
        return fall_back(source, "failed")  # parsers replace it; the reader should see it
    if source.kind == "plain":
        return _dressed(source, Badges().in_text(source.text))
    if source.kind == "markdown" and _needs_markdown.search(source.text) is None:
        return _dressed(source, paragraphs(source.text))
    return None


def paragraphs(text: str) -> str:
    """What Markdown makes of text that has no mark in it."""
    badges, turn = Badges(), ' dir="auto"' if runs_both_ways(text) else ""
    lines = (badges.in_text(block).replace("\n", "<br>\n") for block in _blank_lines.split(text.strip("\n")) if block)
    return "".join(f"<p{turn}>{line}</p>\n" for line in lines)


def _render_missing(missing: dict[bytes, Source]) -> dict[bytes, Rendered]:
    """Render what nobody else is rendering; wait for the rest."""
    deadline = time.monotonic() + WALL_SECONDS
    mine, others = _claim(missing)
    try:
        outcomes = pool().render([missing[key] for key in mine], deadline) if mine else []
        found = {key: _remember(key, missing[key], outcome) for key, outcome in zip(mine, outcomes, strict=True)}
    finally:
        _release(mine)
    for key, event in others.items():
        event.wait(max(0.0, deadline - time.monotonic()))
        found[key] = _cache.get(key) or fall_back(missing[key], "busy")
    return found


def _claim(missing: dict[bytes, Source]) -> tuple[Sequence[bytes], dict[bytes, threading.Event]]:
    with _lock:
        others = {key: _in_flight[key] for key in missing if key in _in_flight}
        mine = [key for key in missing if key not in others]
        _in_flight.update({key: threading.Event() for key in mine})
    return mine, others


def _release(keys: Iterable[bytes]) -> None:
    with _lock:
        for key in keys:
            _in_flight.pop(key).set()


def _remember(key: bytes, source: Source, outcome: Outcome) -> Rendered:
    rendered = fall_back(source, outcome.reason) if outcome.reason else _dressed(source, outcome.html)
    if outcome.reason != "busy":
        lifetime = None if outcome.certain else FLEETING
        _cache.put(key, rendered, size=2 * len(rendered.html) + 500, lifetime=lifetime)
    return rendered


def fall_back(source: Source, reason: str) -> Rendered:
    """The source, escaped, under a sentence that says why."""
    fallbacks.labels(reason).inc()
    log.warning("shown as source", reason=reason, kind=source.kind, characters=len(source.text))
    note = NOTES[reason]
    return _dressed(source, f'<p class="render-note">{escape(note)}</p>{raw_source(source.text)}', note)


def _dressed(source: Source, body: str, note: str = "") -> Rendered:
    direction = base_direction(source.text)
    kind = "raw" if note else source.kind
    html = f'<div class="untrusted untrusted-{kind}" dir="{direction}" hx-disable>{body}</div>'
    safe = mark_safe(html)  # noqa: S308  every body was sanitized in the child or escaped above
    return Rendered(html=safe, fell_back=bool(note), note=note, direction=direction)


def _key(source: Source) -> bytes:
    head = f"{VERSION}\0{source.kind}\0{source.language}\0".encode("utf-8", "surrogatepass")
    return hashlib.sha256(head + source.text.encode("utf-8", "surrogatepass")).digest()


def _after_fork() -> None:
    """Another thread may have held a lock while this process was forked off."""
    global _cache, _in_flight, _lock
    _cache, _in_flight, _lock = Cache(CACHE_BYTES), {}, threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
