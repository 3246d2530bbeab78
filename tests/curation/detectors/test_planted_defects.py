"""What detectors find of planted defects, and that they are quiet where nothing is wrong."""

import pytest

from accounts.models import User
from benchmarks import planted
from benchmarks.planted import Outcome

ITEMS = 600
LEAST = {
    # detector: (precision, recall, most false alarms in the clean project)
    "disputed_labels": (0.75, 0.55, 12),
    "draws_lots": (0.6, 0.6, 0),
    "one_side": (0.99, 0.99, 0),
    "cycles": (0.99, 0.8, 0),
    "tastes": (0.8, 0.4, 0),
    "near_duplicates": (0.9, 0.95, 0),
    "benchmark_leakage": (0.99, 0.99, 0),
    "judge_order": (0.99, 0.99, 0),
    "judge_length": (0.99, 0.99, 0),
    "judge_probes": (0.99, 0.99, 0),
}


def test_planted_defects_are_found_and_a_clean_project_is_left_alone(transactional_db: None) -> None:
    owner = User.objects.create_user("owner@planted.invalid", None, name="Owner")

    found = planted.measured(ITEMS, seed=7, owner=owner)

    told = "\n".join(planted.lines(found))
    for name, (precision, recall, alarms) in LEAST.items():
        assert found[name].planted > 0, told
        assert found[name].precision >= precision, told
        assert found[name].recall >= recall, told
        assert found[name].false_alarms <= alarms, told


@pytest.mark.nightly
def test_two_tastes_are_told_apart_where_there_are_labels_enough(transactional_db: None) -> None:
    owner = User.objects.create_user("owner@planted.invalid", None, name="Owner")

    told: Outcome = planted.measured(2_500, seed=7, owner=owner)["tastes"]

    assert (told.precision > 0.8, told.recall > 0.6, told.false_alarms) == (True, True, 0)
