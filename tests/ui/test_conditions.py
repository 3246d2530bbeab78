"""Range, If-Match and If-None-Match as RFC 9110 reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.conditions import Part, names, part_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-9", range(10)),
        ("bytes=0-", range(10)),
        ("bytes=3-5", range(3, 6)),
        ("bytes=8-100", range(8, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-100", range(10)),
        ("Bytes = 3-5", range(3, 6)),
        ("bytes=10-", Part.OUTSIDE),
        ("bytes=10-11", Part.OUTSIDE),
        ("bytes=-0", Part.OUTSIDE),
        ("bytes=5-3", Part.WHOLE),
        ("bytes=-", Part.WHOLE),
        ("bytes=", Part.WHOLE),
        ("bytes=0-1,3-4", Part.WHOLE),
        ("lines=0-1", Part.WHOLE),
        ("bytes=a-b", Part.WHOLE),
        ("bytes=٣-٥", Part.WHOLE),
        ("bytes=+1-2", Part.WHOLE),
        ("bytes=0-99999999999999999999999", Part.WHOLE),
        ("", Part.WHOLE),
    ],
)
def test_a_range_header_names_one_part_of_ten_bytes(header, expected):
    assert part_of(header, 10) == expected


@given(st.text(max_size=40), st.integers(0, 100))
def test_no_range_header_reaches_outside_the_file(header, size):
    part = part_of(f"bytes={header}", size)

    assert isinstance(part, Part) or (0 <= part.start < part.stop <= size)


@pytest.mark.parametrize(
    ("header", "weakly", "expected"),
    [
        ('"abc"', True, True),
        ('W/"abc"', True, True),
        ('W/"abc"', False, False),
        ('"abc"', False, True),
        ('"x", "abc"', False, True),
        ('"x"', True, False),
        ("*", False, True),
        ("abc", True, False),
        ("", True, False),
    ],
)
def test_an_entity_tag_is_named_or_not(header, weakly, expected):
    assert names(header, '"abc"', weakly=weakly) is expected
