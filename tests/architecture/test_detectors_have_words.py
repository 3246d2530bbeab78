"""What pages call a detector is what the detector calls itself; no page may ask it, so both read one list."""

from curation.detector_words import WORDS, about_of, title_of
from curation.detectors import DETECTORS


def test_every_detector_has_the_words_that_pages_show() -> None:
    told = {name: (one.title, one.about) for name, one in DETECTORS.items()}

    assert told == {name: (title_of(name), about_of(name)) for name in DETECTORS}
    assert set(DETECTORS) <= set(WORDS), "a line in curation/detector_words.py is missing"


def test_a_name_without_words_is_read_as_it_stands() -> None:
    assert (title_of("circle_of-preferences"), about_of("circle")) == ("Circle of preferences", "")
