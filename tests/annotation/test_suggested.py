"""What a lease says of suggestions, as plain data."""

from annotation.suggestions import Suggested

WAITS = Suggested("after", {"better": 7})


def test_only_an_answer_to_what_waits_becomes_a_first_one_and_stays_it() -> None:
    once = WAITS.after({"better": "own", "why": "Because."})

    assert once.first == {"better": "own"}
    assert (once.shown, once.waiting) == ({"better": 7}, frozenset())
    assert once.after({"better": "another"}) == once
    assert WAITS.after({"better": None}) == WAITS


def test_it_is_kept_as_it_is_read() -> None:
    once = WAITS.after({"better": "own"})

    assert Suggested.of(once.stored) == once
    assert Suggested.of(None) is None
