"""What templates may say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from ui.templatetags import numbers

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def rendered(source: str, **context: object) -> str:
    return Template("{% load untrusted numbers %}" + source).render(Context(context))


def test_untrusted_text_goes_through_the_door() -> None:
    page = rendered("{% untrusted text %}", text="*a* <script>")

    assert "<em>a</em> &lt;script&gt;" in page


def test_code_is_named_by_its_language() -> None:
    assert 'class="hl-k">def' in rendered('{% untrusted text kind="code" language="python" %}', text="def f(): 1")


def test_the_source_is_shown_as_written() -> None:
    assert "*a* &lt;b&gt;" in rendered("{{ text|raw_source }}", text="*a* <b>")


@pytest.mark.parametrize("tag", ["{% untrusted text %}", "{{ text|raw_source }}"])
def test_no_text_is_an_empty_element(tag: str) -> None:
    assert "None" not in rendered(tag, text=None)


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("{{ n|thousands }}", 12345, "12,345"),
        ("{{ n|thousands }}", 0, "0"),
        ("{{ n|thousands }}", None, "–"),
        ("{{ n|pace }}", 0.44, "0.4 s"),
        ("{{ n|pace }}", 9.98, "10 s"),
        ("{{ n|pace }}", 41.2, "41 s"),
        ("{{ n|pace }}", 59.7, "1 min"),
        ("{{ n|pace }}", 125, "2 min 5 s"),
        ("{{ n|pace }}", 12_000, "3 h 20 min"),
        ("{{ n|pace }}", 187_200, "2 d 4 h"),
        ("{{ n|pace }}", None, "–"),
        ("{{ n|percent }}", 0.914, "91 %"),
        ("{{ n|percent:1 }}", 0.914, "91.4 %"),
        ("{% interval n 0.77 0.85 %}", 0.81, "0.81 (0.77–0.85)"),
        ("{% interval n %}", 0.81, "0.81"),
        ("{% interval n -0.02 0.07 %}", 0.03, "0.03 (−0.02 to 0.07)"),
        ("{% interval n %}", -0.001, "0.00"),
        ("{% interval n 0.1 0.2 %}", None, "–"),
        ("{{ n|ago }}", None, "–"),
    ],
)
def test_numbers_read_as_people_say_them(expression: str, value: float | None, text: str) -> None:
    assert rendered(expression, n=value) == text


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5, seconds=30), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=12), "12 days ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
        (-timedelta(minutes=5), "in 5 min"),
    ],
)
def test_a_moment_is_told_by_its_distance_with_the_exact_time_beside_it(distance: timedelta, words: str) -> None:
    element = numbers.since(NOW - distance, NOW)

    assert f">{words}</time>" in element
    assert f"{NOW - distance:%Y-%m-%d %H:%M} UTC" in element
