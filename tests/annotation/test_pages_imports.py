"""Bringing a file in by hand: choosing it, naming its columns, reading what became of it."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from annotation import columns
from annotation.imports import uploads
from annotation.models import Import, Item
from annotation.queries import imports as queries
from annotation.refused_rows import as_csv, as_jsonl
from annotation.services import staging
from audit.models import Event
from jobs import runner
from jobs.models import Job, State
from jobs.services import claim, finish
from projects.access import Place
from projects.models import Role
from ui.spreadsheets import FORMULA, escaped

ADDRESS = "/projects/answers/imports/"
PAIR = {"prompt": "Name a fruit.", "chosen": "An apple.", "rejected": "A stone."}
TABLE = "ask,one,two,verdict\nName a fruit.,An apple.,A stone.,left\nName a stone.,An apple.,Flint.,right\n"
MAPPED = {"prompt": "ask", "response.0": "one", "response.1": "two", "winner": "verdict"}


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", Role.OWNER)


@pytest.fixture
def owner(olga: Place) -> Client:
    client = Client()
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(owner: Client, text: str, name: str = "pairs.jsonl", **fields: str) -> str:
    """Upload a file; where the browser is sent to."""
    file = SimpleUploadedFile(name, text.encode())
    response = owner.post(ADDRESS, {"file": file, "adapter": "", "keep_labels": "on", **fields})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def work() -> None:
    """Do what waits, as a worker would."""
    for job in Job.objects.filter(state=State.QUEUED):
        runner.execute(str(job.pk))


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def test_a_known_layout_is_found_out_and_read(owner: Client) -> None:
    report = send(owner, lines(PAIR, {**PAIR, "prompt": "Another."}))

    work()

    html = owner.get(report).content.decode()
    assert "All 2 rows became items" in html
    assert "TRL preference, explicit prompt" in html
    assert Item.objects.count() == 2


def test_the_report_opens_with_what_was_refused_and_lists_it(owner: Client) -> None:
    report = send(owner, lines(PAIR, {"prompt": "No answers."}) + '{"prompt": "cut sho\n' + lines(PAIR))

    work()

    html = owner.get(report).content.decode()
    run = Import.objects.get()
    assert "2 of 4 rows were refused" in html
    assert "The field chosen is missing." in html
    assert run.ok + run.duplicate + run.refused == run.rows_read == 4


def test_the_same_file_twice_says_that_it_was_there(owner: Client) -> None:
    send(owner, lines(PAIR))
    work()
    again = send(owner, lines(PAIR))

    work()

    assert "1 of 1 row was there already" in owner.get(again).content.decode()
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file has no bytes."),
        ("\x00\x01\x02\x03", "This is neither lines of JSON"),
        ("[1, 2, 3]", "No row of this file can be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    owner: Client, home: Path, text: str, sentence: str
) -> None:
    file = SimpleUploadedFile("pairs.json", text.encode())

    response = owner.post(ADDRESS, {"file": file, "adapter": ""})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Import.objects.exists()
    assert not list((home / "uploads").glob("*"))


def test_no_file_and_an_unknown_layout_are_refused(owner: Client) -> None:
    nothing = owner.post(ADDRESS, {"adapter": ""})
    unknown = owner.post(ADDRESS, {"file": SimpleUploadedFile("x.jsonl", b"{}"), "adapter": "../../etc"})

    assert "Choose a file." in nothing.content.decode()
    assert "Choose a layout from the list." in unknown.content.decode()
    assert {nothing.status_code, unknown.status_code} == {422}


RECORD = {
    "id": "r1",
    "fields": {"ask": "Name a fruit.", "one": "An apple.", "two": "A stone."},
    "suggestions": {},
    "responses": {"preference": [{"value": "left", "user_id": "u1"}]},
}
MEANING = {
    "prompt": "ask",
    "responses": ["one", "two"],
    "questions": {"preference": {"kind": "preference", "values": {"left": "a", "right": "b"}}},
}


def test_options_say_what_a_layout_cannot_know(owner: Client) -> None:
    report = send(owner, lines(RECORD), adapter="argilla", options=json.dumps(MEANING))
    work()

    run = Import.objects.get()
    assert str(run.pk) in report
    assert (run.adapter, run.ok, run.refused) == ("argilla", 1, 0)
    assert run.options["questions"] == MEANING["questions"]


def test_a_mapping_may_be_given_as_options(owner: Client) -> None:
    options = {"prompt": "ask", "responses": ["one", "two"]}

    send(owner, TABLE, "table.csv", adapter="mapping", options=json.dumps(options))
    work()

    run = Import.objects.get()
    assert (run.adapter, run.ok, run.options["responses"]) == ("mapping", 2, ["one", "two"])


def test_a_mapping_of_a_column_that_no_row_has_is_refused(owner: Client) -> None:
    """Its labels would be missing, and nobody would know."""
    winner = {"column": "beter", "values": {"1": "a"}}
    options = {"prompt": "ask", "responses": ["one", "two"], "winner": winner}

    refused = owner.post(
        ADDRESS,
        {
            "file": SimpleUploadedFile("table.csv", TABLE.encode()),
            "adapter": "mapping",
            "options": json.dumps(options),
        },
    )

    assert refused.status_code == 422
    assert "The file has no column &#x27;beter&#x27;; it has" in refused.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("adapter", "options", "sentence"),
    [
        ("", '{"annotator": "x"}', "Choose the layout that the options are for."),
        ("argilla", '{"colour": "blue"}', "There is no option &#x27;colour&#x27;"),
        ("argilla", "[1]", "This is valid JSON, but not an object with named fields."),
        ("argilla", '{"prompt": ', "The JSON is cut short."),
        ("argilla", "{}" + " " * 20_000 + "{}", "Options take at most 20000 characters."),
        ("hh_rlhf", '{"annotator": "\\ud800"}', "surrogate"),
    ],
)
def test_options_that_mean_nothing_are_refused_before_anything_is_stored(
    owner: Client, home: Path, adapter: str, options: str, sentence: str
) -> None:
    file = SimpleUploadedFile("pairs.jsonl", lines(RECORD).encode())

    response = owner.post(ADDRESS, {"file": file, "adapter": adapter, "options": options})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Import.objects.exists()
    assert not list((home / "uploads").glob("*"))


def test_columns_of_ones_own_are_named_before_anything_is_imported(owner: Client) -> None:
    step = send(owner, TABLE, "table.csv")

    html = owner.get(step).content.decode()

    assert "Say what the columns mean" in html
    for cell in ("ask", "verdict", "Name a fruit.", "Flint."):
        assert cell in html
    assert not Import.objects.exists()


def test_the_preview_shows_the_first_rows_as_items_and_imports_nothing(owner: Client) -> None:
    step = send(owner, TABLE, "table.csv")

    sent = {**MAPPED, "act": "preview", "outcome.0": "a", "outcome.1": "b"}
    html = owner.post(step, sent, headers={"HX-Request": "true"}).content.decode()

    assert html.strip().startswith('<form class="stack" id="mapped"')
    assert "imported: a" in html
    assert "left</bdi> means" in html
    assert not Import.objects.exists()


def test_named_columns_become_items_with_their_labels(owner: Client) -> None:
    step = send(owner, TABLE, "table.csv")

    sent = {**MAPPED, "act": "import", "outcome.0": "a", "outcome.1": "b", "keep_labels": "on"}
    report = owner.post(step, sent)["Location"]
    work()

    assert "All 2 rows became items" in owner.get(report).content.decode()
    said = [item.annotations.get().answers["better"]["winner"] for item in Item.objects.order_by("pk")]
    assert said == ["a", "b"]


def test_labels_can_be_left_out(owner: Client) -> None:
    step = send(owner, TABLE, "table.csv")

    owner.post(step, {**MAPPED, "act": "import", "outcome.0": "a", "outcome.1": "b"})
    work()

    assert Item.objects.count() == 2
    assert not Item.objects.filter(annotations__isnull=False).exists()


STEPS = {
    "id": "1",
    "generator": "m1",
    "problem": "What is 2 + 3?",
    "steps": ["It is 5."],
    "final_answer_correct": True,
    "label": -1,
}


def test_labels_that_nobody_asks_for_lead_to_a_form_that_does(owner: Client) -> None:
    report = send(owner, lines(STEPS))
    work()

    html = owner.get(report).content.decode()

    assert "1 answers no question of the form and was left out" in html
    assert 'href="/projects/answers/form/?preset=processbench"' in html
    assert "processbench" not in owner.get(send(owner, lines(PAIR))).content.decode()


def test_labels_that_were_not_wanted_lead_to_no_form(owner: Client) -> None:
    report = send(owner, lines(STEPS), keep_labels="")
    work()

    html = owner.get(report).content.decode()

    assert "1 was left out as you asked" in html
    assert "?preset=" not in html


def test_a_mapping_that_does_not_hold_together_keeps_the_file(owner: Client) -> None:
    step = send(owner, TABLE, "table.csv")

    refused = owner.post(step, {"prompt": "ask", "act": "import"})

    assert refused.status_code == 422
    assert "Nothing was imported; the file is kept for a day." in refused.content.decode()
    assert owner.get(step).status_code == 200


def test_a_column_that_is_not_in_the_file_counts_as_none(owner: Client) -> None:
    step = send(owner, TABLE, "table.csv")

    refused = owner.post(step, {**MAPPED, "response.0": "\x00", "response.1": "' OR 1", "act": "import"})

    assert refused.status_code == 422


def test_a_step_is_open_to_the_person_and_the_project_it_was_made_for(
    owner: Client, olga: Place, place: Callable[..., Place], settings: LazySettings
) -> None:
    step = send(owner, TABLE, "table.csv")
    other = Client()
    other.force_login(place("Oscar", Role.OWNER).user, backend="django.contrib.auth.backends.ModelBackend")

    assert other.get(step).status_code == 404
    assert owner.get(step[:-2] + "x/").status_code == 404
    assert owner.get(f"{ADDRESS}columns/nonsense/").status_code == 404


def test_a_file_that_was_imported_is_not_imported_from_its_step_again(owner: Client) -> None:
    step = send(owner, TABLE, "table.csv")
    owner.post(step, {**MAPPED, "act": "import"})

    assert owner.post(step, {**MAPPED, "act": "import"}).status_code == 404
    assert Import.objects.count() == 1


def test_files_that_nobody_came_back_for_are_swept(owner: Client, home: Path) -> None:
    send(owner, TABLE, "table.csv")
    report = send(owner, lines(PAIR))
    now = datetime.now(UTC)

    young = staging.sweep(now)
    old = staging.sweep(now + timedelta(days=3))

    assert (young, old) == (0, 1)
    assert uploads.path_of(Import.objects.get().pk).is_file()  # still to be read
    assert owner.get(report).status_code == 200


def test_a_running_import_shows_a_bar_that_asks_again(owner: Client) -> None:
    report = send(owner, lines(*[{**PAIR, "prompt": f"Question {n}?"} for n in range(20)]))
    run = Import.objects.get()
    claim(str(run.job_id))
    Import.objects.update(rows_read=10, ok=10, byte_offset=run.file_size // 2)

    html = owner.get(report).content.decode()

    assert "10 rows read so far" in html
    assert 'hx-trigger="every 2s"' in html
    assert '<meta http-equiv="refresh"' in html
    assert "49 %" in html or "50 %" in html


def test_an_import_is_cancelled_and_tried_again(owner: Client) -> None:
    report = send(owner, lines(PAIR))

    owner.post(f"{report}cancel/")
    cancelled = owner.get(report).content.decode()
    owner.post(f"{report}retry/")
    work()

    assert "This import was cancelled after 0 rows" in cancelled
    assert "The one row became an item" in owner.get(report).content.decode()
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"import.cancel", "import.retry"} <= verbs


def test_a_stopped_import_says_why_and_offers_another_try(owner: Client) -> None:
    report = send(owner, lines(PAIR))
    held = claim(str(Import.objects.get().job_id))
    assert held is not None
    finish(held, State.DEAD, "The worker was killed three times.")

    html = owner.get(report).content.decode()

    assert "This import stopped after 0 rows" in html
    assert "The worker was killed three times." in html
    assert "Try again" in html


def test_the_rest_of_the_refused_rows_comes_on_demand(owner: Client) -> None:
    report = send(owner, lines(PAIR, *[{"prompt": f"No answer {n}."} for n in range(120)]))
    work()

    page = owner.get(report).content.decode()
    more = owner.get(f"{report}?after=101", headers={"HX-Request": "true"}).content.decode()

    assert "?after=101" in page
    assert more.strip().startswith("<tr")
    assert more.count("<tr") == 20


def test_refused_rows_come_as_files(owner: Client) -> None:
    report = send(owner, lines(PAIR, {"prompt": "=HYPERLINK(1)"}))
    work()

    sheet = owner.get(f"{report}refused.csv")
    exact = owner.get(f"{report}refused.jsonl")

    assert sheet["Content-Disposition"].startswith("attachment;")
    rows = list(csv.DictReader(io.StringIO(sheet.getvalue().decode())))
    assert [row["number"] for row in rows] == ["2"]
    assert json.loads(exact.getvalue())["reason"] == rows[0]["reason"]


class Row:
    number = 1

    def __init__(self, text: str) -> None:
        self.reason = self.excerpt = text


@given(some.sampled_from(FORMULA), some.text(some.characters(exclude_categories=["Cs"]), max_size=20))
def test_ab_17_no_cell_begins_as_a_formula(start: str, rest: str) -> None:
    written = "".join(as_csv([Row(start + rest)]))

    cells = list(csv.reader(io.StringIO(written, newline="")))[1]
    assert all(not cell.startswith(FORMULA) for cell in cells)
    assert cells[1] == f"'{start}{rest}"


@given(some.text(some.characters(exclude_categories=["Cs"]), max_size=40))
def test_ab_17_json_lines_hold_every_text_exactly(text: str) -> None:
    (line,) = as_jsonl([Row(text)])

    assert json.loads(line) == {"number": 1, "reason": text, "excerpt": text}
    assert line.count("\n") == 1


def test_an_innocent_cell_is_left_alone() -> None:
    assert escaped("The row has no prompt.") == "The row has no prompt."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("march.jsonl", "march.jsonl"),
        ("a\u202egpj.lnosj", "agpj.lnosj"),
        ("..\\..\\etc\x00\r\npasswd", "..\\..\\etcpasswd"),
        ("\u200b", "upload"),
        ("n" * 300, "n" * 200),
    ],
)
def test_a_file_name_hides_nothing(name: str, shown: str) -> None:
    assert uploads.shown_name(name) == shown


@given(
    some.dictionaries(
        some.sampled_from(["prompt", "response.0", "response.1", "model.0", "winner", "outcome.0", "tags", "votes"]),
        some.sampled_from(["ask", "one", "two", "verdict", "", "a", "BANANA", "\x00"]),
    )
)
def test_whatever_is_posted_the_step_is_drawn(post: dict[str, str]) -> None:
    rows = [{"ask": "Why?", "one": "So.", "two": ["a", {"b": 1}], "verdict": True}]

    options = columns.read(post, rows, {})
    step = columns.step(rows, ["ask", "one", "two", "verdict"], options, {})

    assert len(step.responses) == columns.RESPONSES
    assert "\x00" not in json.dumps(options)


def test_only_an_owner_reaches_an_import(owner: Client, place: Callable[..., Place]) -> None:
    report = send(owner, lines(PAIR))
    for role in (Role.CURATOR, Role.ANNOTATOR, Role.VIEWER):
        client = Client()
        client.force_login(place(f"Any-{role}", role).user, backend="django.contrib.auth.backends.ModelBackend")
        answers = {client.get(f"{report}{page}").status_code for page in ("", "refused.csv", "refused.jsonl")}
        answers |= {client.post(f"{report}{verb}/").status_code for verb in ("cancel", "retry")}
        assert answers == {404}


@pytest.mark.parametrize("state", [*State])
def test_every_state_of_a_job_has_a_headline(state: str) -> None:
    run = Import(rows_read=3, ok=2, refused=1, job=Job(state=state, run_after=timezone.now()))

    assert queries.headline(run, timezone.now())


def test_an_import_that_is_delayed_says_why_and_until_when(owner: Client) -> None:
    report = send(owner, lines(PAIR))
    later = timezone.now() + timedelta(minutes=9)
    Job.objects.update(attempts=1, run_after=later, message="There is no room to keep it.")

    shown = " ".join(owner.get(report).content.decode().split())

    assert "<h1>This file is delayed</h1>" in shown
    assert re.search(r"There is no room to keep it\. It is tried again in (9 min|8 min \d+ s)\.", shown)
    assert '<span class="badge warn">delayed</span>' in owner.get(ADDRESS).content.decode()
