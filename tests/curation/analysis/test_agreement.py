"""Agreement is measured on the scale of what was asked."""

from dataclasses import replace

import numpy as np
import pytest

from annotation.kinds.votes import Facet, Scale
from curation.aggregation import alpha
from curation.analysis import agreement
from tests.curation.analysis.test_people import small

VALUES = ("1", "2", "3", "4", "5")


@pytest.mark.parametrize(
    ("scale", "distance"), [("names", alpha.nominal), ("levels", alpha.ordinal), ("sides", alpha.interval)]
)
def test_levels_are_in_order_names_are_not_and_sides_have_a_middle(scale: Scale, distance: alpha.Distance) -> None:
    facet = Facet("", "How good?", scale, VALUES[:3] if scale == "sides" else VALUES)
    said = [(0, 0, 2), (0, 1, 2), (1, 0, 0), (1, 1, 2), (2, 0, 1), (2, 1, 1), (3, 0, 2), (3, 1, 1)]
    votes = replace(small(said), facet=facet)

    ((_, figures),) = agreement.figures(votes, {}, seed=0)

    counts = votes.labels(np.arange(len(votes))).counts()
    assert figures["alpha"]["value"] == pytest.approx(alpha.alpha(counts, distance).total(), abs=1e-4)
