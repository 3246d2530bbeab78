"""`{% untrusted text kind="code" language="python" %}` and `{{ text|raw_source }}`."""

from django import template
from django.utils.safestring import SafeString

from ui import rendering

register = template.Library()


@register.simple_tag
def untrusted(text: str, kind: rendering.Kind = "markdown", language: str = "") -> SafeString:
    return rendering.render_untrusted(str(text or ""), kind, language).html


@register.filter
def raw_source(text: str) -> SafeString:
    """The text as it was written, with badges for invisible characters."""
    return rendering.raw_source(str(text or ""))
