"""Untrusted text becomes HTML here and nowhere else."""

from .door import Kind, Rendered, Source, raw_source, render_many, render_untrusted, warm
from .exact import exact_source
from .inside.invisible import legible

__all__ = [
    "Kind",
    "Rendered",
    "Source",
    "exact_source",
    "legible",
    "raw_source",
    "render_many",
    "render_untrusted",
    "warm",
]
