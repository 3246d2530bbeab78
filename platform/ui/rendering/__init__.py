"""Untrusted text becomes HTML here and nowhere else."""

from .door import Kind, Rendered, Source, raw_source, render_many, render_untrusted, warm

__all__ = ["Kind", "Rendered", "Source", "raw_source", "render_many", "render_untrusted", "warm"]
