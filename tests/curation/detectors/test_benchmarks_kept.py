"""Prompts of benchmarks are kept, replaced and let go of; items that hold one are found."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Annotation, Item
from audit.models import Event
from curation.models import Benchmark, Finding
from curation.services import benchmarks
from curation.services.benchmarks import BenchmarkRefused
from projects.access import Place
from tests.curation.detectors.test_findings_are_kept import looked

PROMPT = "Why do the swallows of the old mill leave in the first week of every September?"


def command(*words: str) -> str:
    out = StringIO()
    call_command("benchmark", *words, stdout=out)
    return out.getvalue()


def test_prompts_come_from_lines_of_json_and_from_plain_text(db: None, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"question": "One?"}\n{"question": "Two?"}\n{"question": "One?"}\n')
    (tmp_path / "b.txt").write_text("Three?\n\nFour?\n")

    assert "2 prompts" in command("put", "first", str(tmp_path / "a.jsonl"), "--field", "question")
    assert "2 prompts" in command("put", "second", str(tmp_path / "b.txt"))

    assert list(Benchmark.objects.values_list("name", "rows")) == [
        ("first", ["One?", "Two?"]),
        ("second", ["Three?", "Four?"]),
    ]
    assert command("list").splitlines()[0].startswith("first: 2 prompts, ")
    command("remove", "first")
    assert list(Benchmark.objects.values_list("name", flat=True)) == ["second"]
    verbs = Event.objects.filter(verb__startswith="benchmark.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["benchmark.kept", "benchmark.kept", "benchmark.removed"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.jsonl", '{"other": 1}\n', "Row 1 has no text under “prompt”"),
        ("x.txt", "\n\n", "There is no text in it."),
        ("x.jsonl", '{"prompt": "a"}\n{broken\n', "Row 2:"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(
    db: None, tmp_path: Path, name: str, text: str, words: str
) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(CommandError, match=words.replace(".", r"\.")):
        command("put", "x", str(tmp_path / name))
    with pytest.raises(CommandError, match="cannot be read"):
        command("put", "x", str(tmp_path / "nowhere.txt"))
    assert not Benchmark.objects.exists()


def test_too_much_is_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks, "MOST_ROWS", 2)

    with pytest.raises(BenchmarkRefused, match="more than 2 rows"):
        benchmarks.put("x", ["a", "b", "c"])


def test_an_item_that_holds_a_kept_prompt_is_found_and_gone_with_the_benchmark(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    leaked = add_item("x", "y", messages=[{"role": "user", "content": f"Tell me. {PROMPT}"}])
    answer(leaked, "a")
    answer(add_item("x", "y"), "a")
    benchmarks.put("exam", ["Something else altogether that nobody here has ever asked about?", PROMPT])

    first = looked(olga)
    found = Finding.objects.get(detector="benchmark_leakage")
    assert (found.item_id, found.evidence["row"], found.evidence["benchmark"]) == (leaked.pk, 2, "exam")
    assert found.first == first

    benchmarks.remove("exam")
    second = looked(olga)
    found.refresh_from_db()
    assert found.gone == second
