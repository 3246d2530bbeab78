"""Bringing files in: every row accounted for, once, whatever happens on the way."""

import gzip
import io
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotation.imports import uploads
from annotation.models import Annotation, Import, Item, RefusedRow, Slot
from annotation.services import forms, imports, segmentations
from annotation.services.layout_forms import LAYOUT_FORMS
from audit.models import Event
from jobs import runner
from jobs.models import Job, State
from projects.access import Place
from projects.models import Role

pytestmark = pytest.mark.django_db
Bring = Callable[..., Import]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", Path(__file__).parents[2].parent / "shared" / "data"))


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def bring(place: Callable[..., Place], django_capture_on_commit_callbacks: Any) -> Bring:
    """Import a file as Olga and let its job run to its end."""

    def go(content: bytes, name: str = "pairs.jsonl", **options: Any) -> Import:
        started = imports.start(place("Olga", Role.OWNER), upload=io.BytesIO(content), file_name=name, **options)
        runner.execute(str(started.job_id))
        return Import.objects.select_related("job").get(pk=started.pk)

    return go


def pair(number: int, **more: Any) -> dict[str, Any]:
    return {
        "key": f"p{number}",
        "prompt": f"Question {number}?",
        "responses": [f"Yes {number}.", f"No {number}."],
        **more,
    }


def lines(*rows: Any) -> bytes:
    return b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)


def accounted(done: Import) -> tuple[int, int, int]:
    assert done.job.state == State.DONE, done.job.message
    assert done.ok + done.duplicate + done.refused == done.rows_read
    return done.ok, done.duplicate, done.refused


def test_every_row_becomes_an_item_a_duplicate_or_a_reason(bring: Bring) -> None:
    done = bring(
        lines(
            pair(1),
            b'{"key": "cut\n',
            pair(2),
            pair(1),
            pair(2, responses=["other", "text"]),
            {"prompt": "no responses"},
            b"\xff\xfe not utf-8\n",
            pair(3, responses=[True, "b"]),
            pair(4),
        )
    )

    assert accounted(done) == (3, 1, 5)
    assert list(RefusedRow.objects.values_list("number", flat=True)) == [2, 5, 6, 7, 8]
    assert all(row.reason.endswith(".") for row in RefusedRow.objects.all())
    assert Item.objects.count() == Slot.objects.count() == 3
    assert not uploads.path_of(done.pk).exists()


def test_importing_the_same_file_again_adds_nothing(bring: Bring) -> None:
    content = lines(*(pair(number) for number in range(10)))
    bring(content)

    assert accounted(bring(content)) == (0, 10, 0)
    assert Item.objects.count() == 10


def test_text_is_kept_to_the_byte(bring: Bring) -> None:
    strange = "  tabs\tand\u2028separators, e\u0301 and é, \u202eevil\u202c, 👩‍👩‍👧 \r\n "
    bring(lines(pair(1, responses=[strange, "b"])))

    assert Item.objects.get().text_of(0) == strange


def test_labels_come_in_under_the_name_they_had(bring: Bring) -> None:
    labels = [
        {"annotator": "human-1", "kind": "preference", "answer": {"winner": "b", "strength": 2}},
        {"annotator": "judge", "kind": "preference", "answer": {"winner": "a"}},
        {"annotator": "judge", "kind": "rating", "answer": {"values": [3, 4]}},
    ]
    done = bring(lines(pair(1, labels=labels)))

    assert accounted(done) == (1, 0, 0)
    assert (done.labels, done.labels_left_out) == (2, 1)
    stored = {a.imported_name: a.answers["better"] for a in Annotation.objects.all()}
    assert stored["human-1"] == {"winner": "b", "strength": 2}
    assert stored["judge"] == {"winner": "a", "strength": None}
    assert Slot.objects.filter(annotation__isnull=True).count() == 1


def judged(annotator: str, winner: str = "a") -> dict[str, Any]:
    return {"annotator": annotator, "kind": "preference", "answer": {"winner": winner}}


def said() -> list[tuple[str, str, Any]]:
    found = Annotation.objects.order_by("item__key", "imported_name")
    return [(one.item.key, one.imported_name, one.answers["better"]["winner"]) for one in found]


def test_a_second_file_adds_what_more_annotators_say_about_the_same_items(bring: Bring) -> None:
    bring(lines(pair(1, labels=[judged("ana")]), pair(2)))

    done = bring(
        lines(
            pair(1, labels=[judged("ben", "b")]),
            pair(1, labels=[judged("ben", "a")]),
            pair(2, labels=[judged("ana", "tie")]),
            pair(3, labels=[judged("ana")]),
            pair(3, labels=[judged("ben"), judged("ana", "b")]),
        )
    )

    assert (accounted(done), done.labels) == ((1, 4, 0), 4)
    assert said() == [
        ("p1", "ana", "a"),
        ("p1", "ben", "b"),
        ("p2", "ana", "tie"),
        ("p3", "ana", "a"),
        ("p3", "ben", "a"),
    ]


def test_what_an_annotator_said_stands_and_the_same_file_twice_changes_nothing(bring: Bring) -> None:
    bring(lines(pair(1, labels=[judged("ana", "a"), judged("ben", "b")])))

    again = bring(lines(pair(1, labels=[judged("ana", "b"), judged("ben", "b")])))

    assert (accounted(again), again.labels) == ((0, 1, 0), 0)
    assert said() == [("p1", "ana", "a"), ("p1", "ben", "b")]


def test_labels_that_were_left_out_come_in_once_the_form_asks_for_them(
    bring: Bring, place: Callable[..., Place]
) -> None:
    file = lines(pair(1, labels=[{"annotator": "ana", "kind": "rating", "answer": {"values": [3, 4]}}]))
    first = bring(file)
    rating = {"key": "quality", "kind": "rating", "title": "Quality", "target": "response"}
    forms.save_form(place("Olga", Role.OWNER), [rating])

    second = bring(file)
    third = bring(file)

    assert [(one.duplicate, one.labels, one.labels_left_out) for one in (first, second, third)] == [
        (0, 0, 1),
        (1, 1, 0),
        (1, 0, 0),
    ]
    assert Annotation.objects.get().answers == {"quality": [3, 4]}


def test_a_log_of_what_users_did_gathers_at_one_item(bring: Bring, place: Callable[..., Place]) -> None:
    forms.save_form(place("Olga", Role.OWNER), LAYOUT_FORMS["feedback"].questions)
    acts = [{"user": user, "value": value} for user, value in (("u1", "up"), ("u2", "down"), ("u1", "down"))]

    done = bring(lines(*({"prompt": "?", "response": "x", "signal": "thumb", **act} for act in acts)))

    assert (accounted(done), done.labels) == ((1, 2, 0), 2)
    found = {one.imported_name: one.answers["thumb"] for one in Annotation.objects.all()}
    assert found == {"u1:thumb": [["up"]], "u2:thumb": [["down"]]}


STEPS = {"key": "steps", "kind": "steps", "title": "Right so far?", "target": "response"}
RUBRIC = {"key": "own", "kind": "rubric", "title": "Its criteria", "target": "response", "settings": {"source": "item"}}


def stepped(annotator: str, *ends: int, **more: Any) -> dict[str, Any]:
    """A row of the response "One. Two." that is cut at these ends."""
    steps = [{"start": start, "end": end} for start, end in zip([0, *ends], ends, strict=False)]
    answer = {"responses": [{"labels": [1] * len(ends)}]}
    label = {"annotator": annotator, "kind": "steps", "answer": answer}
    return {"key": "s", "prompt": "?", "responses": [{"text": "One. Two.", "steps": steps}], "labels": [label], **more}


def test_labels_of_other_steps_than_the_items_are_refused(bring: Bring, place: Callable[..., Place]) -> None:
    forms.save_form(place("Olga", Role.OWNER), [STEPS])
    bring(lines(stepped("ana", 5, 9)))

    done = bring(lines(stepped("ben", 9), stepped("ben", 5, 9), stepped("ana", 9)))

    assert (accounted(done), done.labels) == ((0, 2, 1), 1)
    assert RefusedRow.objects.get().reason.startswith("The labels speak of other steps or criteria")
    assert Annotation.objects.get(imported_name="ben").answers["steps"][0]["labels"] == [1, 1]


def test_steps_that_a_person_cut_anew_take_no_more_labels_of_the_old_ones(
    bring: Bring, place: Callable[..., Place]
) -> None:
    olga = place("Olga", Role.OWNER)
    forms.save_form(olga, [STEPS])
    bring(lines(stepped("ana", 5, 9, labels=[])))
    segmentations.join(olga, item_id=Item.objects.get().pk, response=0, cut_by="import", at=5)

    done = bring(lines(stepped("ana", 5, 9)))

    assert (accounted(done), done.labels) == ((0, 0, 1), 0)


def test_labels_of_other_criteria_than_the_items_are_refused(bring: Bring, place: Callable[..., Place]) -> None:
    forms.save_form(place("Olga", Role.OWNER), [RUBRIC])
    verdicts = {"verdicts": {"clear": [{"value": "yes"}, {"value": "no"}]}}
    label = {"kind": "rubric", "answer": verdicts}
    bring(lines(pair(1, rubric=["clear: Clear"], labels=[label | {"annotator": "ana"}])))

    done = bring(
        lines(
            pair(1, rubric=["clear: Clear as day"], labels=[label | {"annotator": "ben"}]),
            pair(1, rubric=["clear: Clear"], labels=[label | {"annotator": "max"}]),
        )
    )

    assert (accounted(done), done.labels) == ((0, 1, 1), 1)


def test_overlap_gives_each_item_its_slots(bring: Bring, place: Callable[..., Place]) -> None:
    project = place("Olga", Role.OWNER).project
    project.overlap = 3
    project.save()

    bring(lines(pair(1), pair(2)))

    assert Slot.objects.count() == 6


@pytest.mark.parametrize("batch", [1, 3, 7, 1000])
def test_an_import_killed_at_any_batch_resumes_to_the_same_end(
    bring: Bring, place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    shuffle = random.Random(batch)
    rows = [pair(n) if shuffle.random() > 0.2 else b'{"broken\n' for n in range(40)] + [pair(1), pair(2)]
    monkeypatch.setattr(imports, "ROWS_AT_ONCE", batch)
    started = imports.start(
        place("Olga", Role.OWNER), upload=io.BytesIO(lines(*rows)), file_name="x.jsonl", adapter="goldpan"
    )
    written, kill_after = imports.write, shuffle.randrange(0, max(1, 42 // batch))
    seen = 0

    def killed(*arguments: Any) -> Any:
        nonlocal seen
        seen += 1
        outcome = written(*arguments)
        if seen == kill_after + 1:
            raise KeyboardInterrupt
        return outcome

    monkeypatch.setattr(imports, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        runner.execute(str(started.job_id))
    Job.objects.update(state=State.QUEUED, lease_until=None)
    runner.execute(str(started.job_id))

    done = Import.objects.select_related("job").get(pk=started.pk)
    broken = sum(isinstance(row, bytes) for row in rows)
    duplicates = sum(1 for row in rows[-2:] if row in rows[:-2])
    assert accounted(done) == (42 - broken - duplicates, duplicates, broken)
    assert RefusedRow.objects.count() == broken


def test_packed_and_tabular_files_are_found_out(bring: Bring) -> None:
    csv = b"id,instruction,response_a,response_b\n1,Why?,Because.,No idea.\n"

    assert accounted(bring(gzip.compress(lines(pair(1))), "pairs.jsonl.gz")) == (1, 0, 0)
    assert accounted(bring(csv, "pairs.csv")) == (1, 0, 0)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"<html>", b"just words"])
def test_what_is_no_data_is_refused_before_a_job_starts_and_leaves_no_file(
    place: Callable[..., Place], tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(Exception, match=r"\.$"):
        imports.start(place("Olga", Role.OWNER), upload=io.BytesIO(content), file_name="x.jsonl")

    assert not Job.objects.exists()
    assert not any((tmp_path / "uploads").iterdir())


def test_the_trail_says_who_imported_what(bring: Bring) -> None:
    bring(lines(pair(1)))

    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == ["import.started", "import.finished"]


@pytest.mark.skipif(not (REAL / "pairs_pandalm").is_dir(), reason="GOLDPAN_REAL_DATA has no pairs_pandalm here")
def test_pandalm_comes_in_with_every_empty_response_named(bring: Bring) -> None:
    options = {
        "prompt": "instruction",
        "context": "input",
        "responses": ["response_a", "response_b"],
        "key": "id",
        "group": "prompt_id",
    }
    content = (REAL / "pairs_pandalm" / "pairs.jsonl").read_bytes()

    ok, duplicate, refused = accounted(bring(content, adapter="mapping", options=options))
    kept = accounted(bring(content, adapter="mapping", options={**options, "allow_empty": True}))

    assert (ok + duplicate + refused, refused > 0) == (content.count(b"\n"), True)
    assert all("empty" in row.reason for row in RefusedRow.objects.all())
    assert kept == (refused, ok, 0)


def test_an_item_brings_its_own_criteria_as_lines_or_objects(bring: Bring) -> None:
    criteria = ["[hard] Cites a source (weight 2)", {"title": "Clear", "scale": 2, "anchors": ["a\tb", "c\\d\n"]}]

    assert accounted(bring(lines(pair(1, rubric=criteria), pair(2)))) == (2, 0, 0)

    first, second = Item.objects.order_by("key")
    assert [one["key"] for one in first.rubric] == ["cites_a_source", "clear"]
    assert (first.rubric[0]["kind"], first.rubric[0]["weight"]) == ("hard_rule", 2)
    assert first.rubric[1]["anchors"] == ["a\tb", "c\\d\n"]
    assert second.rubric == []


def test_criteria_that_are_none_refuse_their_row_in_a_sentence(bring: Bring) -> None:
    done = bring(lines(pair(1, rubric=["[soft] Kind"]), pair(2, rubric=[{"weight": 1}]), pair(3, rubric="Kind")))

    assert accounted(done) == (0, 0, 3)
    reasons = RefusedRow.objects.order_by("number").values_list("reason", flat=True)
    assert [reason.partition(".")[0] for reason in reasons] == [
        "The rubric cannot be used",
        "The rubric cannot be used",
        "The field rubric is text, not a list",
    ]
