"""How a job is told: in one word for lists, with its reason and its next try on pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from jobs.models import Job, State
from jobs.standing import Standing, is_delayed, standing

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def job(state: State, *, due: int = 0, **more: object) -> Job:
    """One that is due so many seconds from now."""
    return Job(state=state, run_after=NOW + timedelta(seconds=due), **more)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (job(State.QUEUED), Standing("waiting", "warn")),
        (job(State.QUEUED, due=-9, attempts=2), Standing("waiting", "warn")),
        (job(State.QUEUED, due=15, attempts=1), Standing("delayed", "warn", 15.0)),
        (job(State.LEASED, due=15), Standing("running", "warn")),
        (job(State.LEASED, cancel_asked=True), Standing("stopping", "warn")),
        (job(State.DONE, due=15), Standing("done", "good")),
        (job(State.FAILED), Standing("stopped", "bad")),
        (job(State.DEAD), Standing("gave up", "bad")),
        (job(State.CANCELLED, cancel_asked=True), Standing("cancelled")),
    ],
)
def test_every_state_has_its_word(found: Job, told: Standing) -> None:
    assert standing(found, NOW) == told
    assert is_delayed(found, NOW) == (told.word == "delayed")


def drawn(tag: str, found: Job) -> str:
    return " ".join(Template("{% load jobs %}" + tag).render(Context({"job": found})).split())


def test_a_delayed_job_says_why_and_when_it_is_tried_again() -> None:
    away = job(State.QUEUED, message="The server does not answer.", done=3, total=1_200)
    away.run_after = timezone.now() + timedelta(seconds=3_600)

    words = drawn("{% job_progress job 'run' label='How much' share=0.25 unit='items' %}", away)

    note = r'<section class="note"><p>The server does not answer\. It is tried again in (1 h|59 min \d+ s)\.</p>'
    assert re.search(note, words)
    assert words.count("The server") == 1
    assert "3 of 1,200 items. You can leave this page; the run goes on." in words
    assert '<progress value="0.25" max="1" aria-label="How much">' in words


def test_a_running_job_says_how_fast_it_is() -> None:
    running = job(State.LEASED, done=3, total=9)

    words = drawn(
        "{% job_progress job 'import' label='x' share=None unit='rows' counted='9 rows' rate=1234.5 left=75 %}", running
    )

    assert "9 rows · 1,234 rows a second · about 1 min 15 s left. You can" in words
    assert "<progress aria-label" in words


def test_a_badge_is_one_word_and_its_color() -> None:
    assert drawn("{% job_badge job %}", job(State.DEAD)) == '<span class="badge bad">gave up</span>'
    assert drawn("{% job_badge job %}", job(State.CANCELLED)) == '<span class="badge">cancelled</span>'
