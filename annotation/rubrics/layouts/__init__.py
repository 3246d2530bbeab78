"""Layouts of files of rubrics. A layout is one module here and one line in `LAYOUTS`; the first that fits is taken."""

from annotation.rubrics.layouts import goldpan, openrubrics, prometheus, rar, wildbench
from annotation.rubrics.layouts.contract import Layout, Row, Written

__all__ = ["LAYOUTS", "Layout", "Row", "Written"]

LAYOUTS: dict[str, Layout] = {
    one.name: one for one in (goldpan.LAYOUT, openrubrics.LAYOUT, prometheus.LAYOUT, wildbench.LAYOUT, rar.LAYOUT)
}
