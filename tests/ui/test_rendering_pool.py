"""The children: shut in, killed when they run away, replaced, and never a reason to wait for long."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui.rendering import Rendered, Source, door, render_untrusted
from ui.rendering.cache import Cache
from ui.rendering.child import Child
from ui.rendering.inside import main
from ui.rendering.pool import Pool

ATTACK = "![[](" * 3_000  # short enough for either lane, and quadratic


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.stop()


def in_seconds(seconds: float) -> float:
    return time.monotonic() + seconds


def test_the_child_has_no_environment_no_memory_to_spare_and_no_file_to_open() -> None:
    child = Child()
    child.wait_until_ready(in_seconds(30))

    limits = Path(f"/proc/{child.process.pid}/limits").read_text()
    environment = Path(f"/proc/{child.process.pid}/environ").read_text()
    descriptors = os.listdir(f"/proc/{child.process.pid}/fd")
    child.kill()

    assert environment == ""
    assert sorted(descriptors) == ["0", "1", "2"]
    assert "Max open files            3                    3 " in limits
    assert f"Max address space         {512 * 2**20}            {512 * 2**20} " in limits
    assert "Max file size             0                    0 " in limits


def test_the_child_ends_when_its_parent_hangs_up() -> None:
    child = Child()
    child.wait_until_ready(in_seconds(30))

    child.channel.close()

    assert child.process.wait(timeout=10) == 0


def test_a_text_that_runs_away_is_killed_by_the_clock_of_the_cpu(pool: Pool) -> None:
    [outcome] = pool.render([Source(ATTACK)], in_seconds(60))

    assert outcome.reason == "slow"
    assert outcome.certain


def test_texts_behind_a_runaway_are_rendered_by_the_next_child(pool: Pool) -> None:
    outcomes = pool.render([Source(ATTACK), Source("*x* " * 4_000)], in_seconds(60))

    assert [outcome.reason for outcome in outcomes] == ["slow", ""]


def test_a_child_that_hangs_holds_nobody_beyond_the_deadline(pool: Pool) -> None:
    pool.render([Source("*warm*")], in_seconds(30))
    stopped = pool.lanes[0].child().process.pid
    os.kill(stopped, signal.SIGSTOP)

    started = time.monotonic()
    [hung] = pool.render([Source("*x*")], in_seconds(1))
    waited = time.monotonic() - started
    [after] = pool.render([Source("*y*")], in_seconds(30))

    assert (hung.reason, hung.certain) == ("slow", False)
    assert waited < 15  # one second and a busy machine
    assert "<em>y</em>" in after.html
    assert pool.lanes[0].child().process.pid != stopped


def test_a_child_killed_by_a_stranger_is_replaced_and_the_text_tried_again(pool: Pool) -> None:
    pool.render([Source("*warm*")], in_seconds(30))
    os.kill(pool.lanes[0].child().process.pid, signal.SIGKILL)

    [outcome] = pool.render([Source("*x*")], in_seconds(30))

    assert "<em>x</em>" in outcome.html


def test_a_short_text_passes_a_long_attack(pool: Pool) -> None:
    long_attack = threading.Thread(target=pool.render, args=([Source("![[](" * 40_000)], in_seconds(60)))
    pool.render([Source("*warm*")], in_seconds(30))
    long_attack.start()
    time.sleep(0.2)

    [outcome] = pool.render([Source("*x*")], in_seconds(30))
    attack_goes_on = long_attack.is_alive()
    long_attack.join()

    assert "<em>x</em>" in outcome.html
    assert attack_goes_on


def test_with_no_child_free_in_time_the_text_is_busy_not_late(pool: Pool) -> None:
    for lane in pool.lanes:
        lane.taken = True

    started = time.monotonic()
    [outcome] = pool.render([Source("*x*")], in_seconds(0.5))

    assert outcome.reason == "busy"
    assert time.monotonic() - started < 15


def test_a_short_text_goes_to_a_child_that_is_warm(pool: Pool) -> None:
    pool.start()
    while not all(lane.is_warm() for lane in pool.lanes):
        time.sleep(0.05)
    pool.lanes[0].restart()
    cold = pool.lanes[0].child()

    [outcome] = pool.render([Source("*x*")], in_seconds(30))

    assert "<em>x</em>" in outcome.html
    assert not cold.ready


def test_a_child_that_cannot_start_is_not_blamed_on_the_text(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.rendering.child.BOOT", "raise SystemExit(1)")

    outcomes = pool.render([Source("*x*"), Source("*y*")], in_seconds(30))

    assert [(outcome.reason, outcome.certain) for outcome in outcomes] == [("failed", False)] * 2


def test_more_html_than_a_page_can_bear_is_not_sent() -> None:
    endless = main.answer(lambda *source: "x" * (main.LONGEST_OUTPUT + 1), {"text": "", "kind": "", "language": ""})

    assert endless == {"html": "", "reason": "long"}


@pytest.mark.parametrize("error", [MemoryError, RecursionError, ValueError, AssertionError])
def test_whatever_a_library_raises_is_an_answer(error: type[Exception]) -> None:
    def render(*source: str) -> str:
        raise error

    assert main.answer(render, {"text": "", "kind": "", "language": ""}) == {"html": "", "reason": "failed"}


def test_many_threads_each_get_their_own_text() -> None:
    found: dict[int, Rendered] = {}
    threads = [
        threading.Thread(target=lambda n=number: found.update({n: render_untrusted(f"*number {n}*")}))  # type: ignore[misc]
        for number in range(16)
    ]
    render_untrusted("*warm*")

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(f"<em>number {number}</em>" in found[number].html for number in range(16))


def test_threads_that_want_the_same_text_wait_for_one_rendering() -> None:
    text = ATTACK + "together"
    before = door.fallbacks.labels("slow")._value.get()
    threads = [threading.Thread(target=render_untrusted, args=(text,)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert door.fallbacks.labels("slow")._value.get() == before + 1


def test_a_forked_process_starts_children_of_its_own() -> None:
    render_untrusted("*before the fork*")
    mine = [lane._child.process.pid for lane in door.pool().lanes if lane._child]

    reader, writer = os.pipe()
    forked = os.fork()
    if forked == 0:
        door.WALL_SECONDS = 30
        html = render_untrusted("*in the fork*").html
        theirs = [lane._child.process.pid for lane in door.pool().lanes if lane._child]
        os.write(writer, b"fine" if "<em>in the fork</em>" in html and not set(theirs) & set(mine) else b"wrong")
        door.pool().stop()
        os._exit(0)
    os.waitpid(forked, 0)

    assert os.read(reader, 10) == b"fine"
    assert "<em>after the fork</em>" in render_untrusted("*after the fork*").html


def test_a_fall_back_is_remembered_and_counted_once() -> None:
    text = "> " * 150 + "counted"
    before = door.fallbacks.labels("dropped")._value.get()

    first, second = render_untrusted(text), render_untrusted(text)

    assert first is second
    assert door.fallbacks.labels("dropped")._value.get() == before + 1


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    cache: Cache[str] = Cache(limit=100)

    for key in (b"a", b"b"):
        cache.put(key, key.decode(), size=40)
    cache.get(b"a")
    cache.put(b"c", "c", size=40)

    assert [cache.get(key) for key in (b"a", b"b", b"c")] == ["a", None, "c"]
    assert cache.size == 80


def test_the_cache_keeps_nothing_larger_than_itself() -> None:
    cache: Cache[str] = Cache(limit=100)

    cache.put(b"a", "a", size=101)

    assert cache.get(b"a") is None
    assert cache.size == 0


def test_the_cache_forgets_what_was_kept_for_a_moment() -> None:
    cache: Cache[str] = Cache(limit=100)

    cache.put(b"a", "a", size=1, lifetime=-1)

    assert cache.get(b"a") is None
