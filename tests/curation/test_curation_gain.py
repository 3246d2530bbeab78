"""What curation gains, in a small world: labels with planted flips from import to what a head learns of the release."""

import pytest

from benchmarks import gain
from benchmarks.gain import ALL_DROPPED, BOTH, CLEAN, DROPPED, LOTS, QUEUE, RAW, Gained
from tests.curation.gaining import world


@pytest.mark.timeout(900)
def test_reviewing_the_queue_recovers_what_flips_cost_and_more_than_reviewing_by_lot(transactional_db: None) -> None:
    found = gain.measured(*world(1), slug="gain", seed=1)

    told = found.told()
    assert found.precision > 0.6, told
    assert found.confirmed > 0.75, told
    assert found.reviewed == 30, told
    assert found.accuracy[CLEAN] - found.accuracy[RAW] > 0.05, told
    recovered = gain.recovered([found], QUEUE)
    assert recovered is not None
    assert recovered.share > 0.3, told
    assert found.accuracy[QUEUE] > found.accuracy[LOTS], told
    assert found.accuracy[BOTH] > found.accuracy[RAW], told
    assert "may not leave out labels by itself" in found.refused, told
    assert found.accuracy[DROPPED] == found.accuracy[RAW], told  # the guard holds: nothing was reviewed yet
    assert found.accuracy[ALL_DROPPED] > found.accuracy[RAW], told


@pytest.mark.timeout(900)
def test_where_nothing_can_be_learnt_nothing_is_said_and_releases_stay_what_they_are(transactional_db: None) -> None:
    found = gain.measured(*world(1, can_be_learnt=False), slug="lots", seed=1)

    assert (found.found, found.reviewed) == (0, 0), found.told()
    assert "too little to contradict anybody by" in found.note
    assert found.accuracy[DROPPED] == found.accuracy[QUEUE] == found.accuracy[RAW]


def test_what_is_recovered_is_a_share_of_the_way_with_its_interval() -> None:
    def of(raw: float, arm: float, clean: float) -> Gained:
        return Gained({RAW: raw, QUEUE: arm, CLEAN: clean}, "", "", 0, 0.0, 0, 0.0)

    same = gain.recovered([of(0.6, 0.65, 0.7)] * 3, QUEUE)
    wide = gain.recovered([of(0.6, 0.6, 0.7), of(0.6, 0.7, 0.7)], QUEUE)

    assert same is not None
    assert (same.share, same.low, same.high) == (pytest.approx(0.5), pytest.approx(0.5), pytest.approx(0.5))
    assert wide is not None
    assert (wide.low, wide.high) == (pytest.approx(0.0, abs=1e-9), pytest.approx(1.0))
    assert gain.recovered([of(0.7, 0.7, 0.7)], QUEUE) is None
