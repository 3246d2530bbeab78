"""Files of rows whose answer is known, in the layouts of five tools that measure models. A new one is a module beside
these and a line in `LAYOUTS`.
"""

from collections.abc import Mapping

from curation.layouts import judgebench, processbench, rewardbench, rewardbench2, rm_bench
from curation.layouts.contract import Known, Layout

__all__ = ["LAYOUTS", "OF_RECIPES", "Known", "Layout", "sniff"]

LAYOUTS: dict[str, Layout] = {
    one.name: one
    for one in (rewardbench.LAYOUT, rewardbench2.LAYOUT, rm_bench.LAYOUT, judgebench.LAYOUT, processbench.LAYOUT)
}
OF_RECIPES: dict[str, Layout] = {one.recipe: one for one in LAYOUTS.values() if one.recipe}
"""By the recipe whose releases have this layout."""


def sniff(columns: Mapping[str, object]) -> Layout | None:
    """The layout that a file with these columns, each with one of its values, is in; None where it is in none."""
    best = max(LAYOUTS.values(), key=lambda one: one.sniff(columns).score)
    return best if best.sniff(columns).score > 0 else None
