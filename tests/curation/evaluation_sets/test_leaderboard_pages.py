"""Leaderboards as people and programs see them: planted figures, the same on both, and what cannot be told apart."""

import io
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Scope, User
from accounts.services import tokens
from annotation.models import Annotation, Item
from curation.models import EvaluationResult, EvaluationSet, Release
from curation.queries import leaderboards as queries
from modelhooks.models import Checkpoint, Run
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.evaluation_sets import planted_rows as rows
from tests.curation.evaluation_sets.conftest import Ask
from tests.curation.evaluation_sets.planted_models import Planted, Siding

pytestmark = pytest.mark.django_db
MakeSet = Callable[..., EvaluationSet]
MOST_QUERIES = 12
PAIRS = [
    rows.pair(n, 2, 1, "hard" if n % 4 == 0 else "easy", prompt=f"{'Odd' if n % 3 == 0 else 'Even'} prompt {n:02}")
    for n in range(60)
]


@pytest.fixture
def browser(olga: Place) -> Client:
    client = Client()
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def program(olga: Place) -> Callable[..., Any]:
    """Asks the API as Olga."""
    secret = tokens.create(olga.user, name="boards", scopes=(Scope.READ, Scope.WRITE), days=1).secret
    headers = {"Authorization": f"Token {secret}"}

    def call(method: str, path: str, **more: Any) -> Any:
        return getattr(Client(), method)(f"/api/v1/projects/answers/{path}", headers=headers, **more)

    return call


@pytest.fixture
def board(make_set: MakeSet, ask: Ask) -> EvaluationSet:
    """One that is right throughout, one that misses four, and one that misses a third."""
    made = make_set(PAIRS)
    ask(made, Planted("perfect"))
    ask(made, Planted("near", turned="Odd prompt 0"))
    ask(made, Planted("far", turned="Odd"))
    return made


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"curation:{name}", args=["answers", *args]))
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_without_a_set_the_page_says_what_will_be_here(browser: Client, olga: Place) -> None:
    shown = words(page(browser, "leaderboards"))

    assert "Which model is right most often?" in shown
    assert "There is no set yet" in shown
    assert "goldpan evaluation put answers NAME FILE" in shown
    assert "Make a release" in shown


def test_a_set_that_nobody_was_asked_about_says_so(browser: Client, make_set: MakeSet) -> None:
    make_set([*PAIRS, {**PAIRS[0], "chosen": None}])

    shown = words(page(browser, "leaderboard", 1))

    assert "Nobody has a score yet" in shown
    assert "No checkpoint here can be asked about rows of RewardBench" in shown
    assert "Row 61: Text 1 is null, not text." in shown
    Checkpoint.objects.create(name="Max", contract="reward", backend="fake")
    assert "Ask a checkpoint below" in words(page(browser, "leaderboard", 1))


def test_the_board_ranks_by_planted_scores_and_says_who_cannot_be_told_apart(
    browser: Client, board: EvaluationSet
) -> None:
    shown = page(browser, "leaderboard", board.number)

    assert "<h1>perfect reward and near reward cannot be told apart at the top</h1>" in shown
    lines = [words(line) for line in re.findall(r"<tr>.*?</tr>", shown, re.DOTALL)[1:4]]
    assert [re.findall(r"(\w+) reward", line)[0] for line in lines] == ["perfect", "near", "far"]
    assert " 100.0 % 94.0 % 100.0 % the best 0 0 " in lines[0]
    assert "66.7 %" in lines[2]
    assert "behind by" in lines[2]
    assert re.search(r"behind by [0-9.]+ to [0-9.]+ points 20 0 ", lines[2])
    assert "cannot be told apart" in lines[1]


def test_one_clear_winner_is_named(browser: Client, make_set: MakeSet, ask: Ask) -> None:
    made = make_set(PAIRS)
    ask(made, Planted("far", turned="Odd"))
    assert "<h1>far reward scores 66.7 %</h1>" in page(browser, "leaderboard", made.number)

    ask(made, Planted("perfect"))

    assert "<h1>perfect reward is the best of 2, with 100.0 %</h1>" in page(browser, "leaderboard", made.number)


def test_page_and_program_tell_the_same_numbers(
    browser: Client, program: Callable[..., Any], board: EvaluationSet
) -> None:
    told = program("get", f"evaluation-sets/{board.number}/").json()
    shown = page(browser, "leaderboard", board.number)

    assert f"<h1>{told['headline']}</h1>" in shown
    lines = [words(line) for line in re.findall(r"<tr>.*?</tr>", shown, re.DOTALL)]
    assert len(told["results"]) == 3
    for one, line in zip(told["results"], lines[1:4], strict=True):
        score = one["figures"]["score"]
        bounds = " ".join(f"{100 * score[name]:.1f} %" for name in ("value", "low", "high"))
        assert f" {one['place']} {one['checkpoint_name']} {bounds} " in line
    by_subset = {line.split()[0]: line for line in lines[4:]}
    for place, subset in enumerate(told["results"][0]["figures"]["subsets"]):
        values = [one["figures"]["subsets"][place]["value"] for one in told["results"]]
        cells = " ".join(f"{100 * value:.1f} %" for value in values)
        assert f"{subset['name']} {subset['rows']} {cells}" in by_subset[subset["name"]]
    far = told["results"][2]
    one = words(page(browser, "leaderboard-result", board.number, far["id"]))
    assert f"scores {100 * far['figures']['score']['value']:.1f} %" in one
    assert far["behind"]["is_told"] is True


def test_the_rows_that_a_checkpoint_gets_wrong_can_be_read(
    browser: Client, program: Callable[..., Any], board: EvaluationSet
) -> None:
    far = EvaluationResult.objects.get(checkpoint__name="far reward")
    address = reverse("curation:leaderboard-result", args=["answers", board.number, far.pk])

    first = browser.get(address).content.decode()
    more = re.findall(r'class="more" href="([^"]+)"', first)
    hard = browser.get(f"{address}?subset=hard").content.decode()
    told = program("get", f"evaluation-sets/{board.number}/results/{far.pk}/wrong/?page_size=200").json()["results"]

    numbers = [int(number) for number in re.findall(r"/rows/(\d+)/", first)]
    assert numbers == [one["row"] for one in told] == [n + 1 for n in range(60) if n % 3 == 0]
    assert more == []
    assert [int(number) for number in re.findall(r"/rows/(\d+)/", hard)] == [n + 1 for n in range(60) if n % 12 == 0]
    assert told[0] == {
        "row": 1,
        "key": "0",
        "subset": "hard",
        "points": 0.0,
        "is_abstained": False,
        "said": {"scores": [-2.0, -1.0]},
    }
    perfect = EvaluationResult.objects.get(checkpoint__name="perfect reward")
    assert "Every answered row is right" in words(page(browser, "leaderboard-result", board.number, perfect.pk))


def test_wrong_rows_come_a_page_at_a_time(browser: Client, make_set: MakeSet, ask: Ask) -> None:
    made = make_set(PAIRS)
    none = ask(made, Planted("none", turned="prompt"))
    seen: list[str] = []
    address = reverse("curation:leaderboard-result", args=["answers", made.number, none.pk])
    while address:
        shown = browser.get(address, headers={"HX-Request": "true"} if seen else {}).content.decode()
        seen += re.findall(r"/rows/(\d+)/", shown)
        found = re.findall(r'class="more" href="([^"]+)"', shown)
        address = found[0].replace("&amp;", "&") if found else ""

    assert [int(number) for number in seen] == list(range(1, 61))


def test_a_row_shows_what_everybody_said_and_texts_of_strangers_as_text(
    browser: Client, make_set: MakeSet, ask: Ask
) -> None:
    hostile = "<script>alert(1)</script> score"
    made = make_set([{**rows.judged(1, 2, 1, "A>B"), "question": hostile}])
    ask(made, Planted("judge"), "preference")
    ask(made, Planted("scores"))

    shown = page(browser, "leaderboard-row", made.number, 1)

    assert "<script>alert" not in shown
    assert "alert(1)" in shown
    assert "chosen in 2 of 2 orders" in words(shown)
    assert re.search(r"scores reward.*? 2 .*right.*|right.*scores reward 2", words(shown))


def test_steps_say_where_the_first_error_is(browser: Client, make_set: MakeSet, ask: Ask) -> None:
    made = make_set([rows.solved("x-1", [0.9, 0.8, 0.7], 1), rows.solved("x-2", [0.9], -1)])
    ask(made, Planted("steps"), "steps")

    shown = words(page(browser, "leaderboard-row", made.number, 1))

    assert re.search(r"Step 1 right .* Step 2 the first error .* Step 3 after the first error", shown)
    assert "First errors found 0.0 %" in words(
        page(browser, "leaderboard-result", made.number, EvaluationResult.objects.get().pk)
    )


def test_a_judge_that_turns_with_the_sides_is_told(browser: Client, make_set: MakeSet, ask: Ask) -> None:
    made = make_set([rows.judged(n, 2, 1, "A>B") for n in range(3)])
    found = ask(made, Siding("siding"), "preference")

    shown = words(page(browser, "leaderboard-result", made.number, found.pk))

    assert "Of 3 comparisons 3 came out otherwise when the sides were swapped." in shown


def test_three_styles_are_shown_as_a_table(browser: Client, make_set: MakeSet, ask: Ask) -> None:
    made = make_set([rows.styled(1, [2, 4, 6], [1, 3, 5])])
    found = ask(made, Planted())

    shown = words(page(browser, "leaderboard-result", made.number, found.pk))

    assert "concise 100.0 % 0.0 % 0.0 %" in shown
    assert "with Markdown 100.0 % 100.0 % 100.0 %" in shown


def test_a_checkpoint_is_asked_from_the_page(browser: Client, make_set: MakeSet, person: Callable[[str], User]) -> None:
    made = make_set(PAIRS)
    checkpoint = Checkpoint.objects.create(name="Max", contract="reward", backend="fake")
    stepped = Checkpoint.objects.create(name="Stepped", contract="steps", backend="fake")
    address = reverse("curation:leaderboard-ask", args=["answers", made.number])

    refused = browser.post(address, {"checkpoint": stepped.pk})
    asked = browser.post(address, {"checkpoint": checkpoint.pk})

    assert (refused.status_code, asked.status_code) == (422, 302)
    run = Run.objects.get()
    assert (run.hook, run.checkpoint, run.parameters["threshold"]) == ("evaluation", checkpoint, 0.5)
    assert "is being asked: 0 of 60 rows" in words(page(browser, "leaderboard", made.number))
    of_the_run = browser.get(reverse("modelhooks:run", args=["answers", run.pk])).content.decode()
    assert reverse("curation:leaderboard", args=["answers", made.number]) in of_the_run


def test_a_viewer_looks_and_asks_nothing(board: EvaluationSet, olga: Place, person: Callable[[str], User]) -> None:
    Membership.objects.create(project=olga.project, user=person("Vera"), role=Role.VIEWER)
    vera = Client()
    vera.force_login(person("Vera"), backend="django.contrib.auth.backends.ModelBackend")

    shown = page(vera, "leaderboard", board.number)

    assert "Ask about" not in shown
    address = reverse("curation:leaderboard-ask", args=["answers", board.number])
    assert vera.post(address, {"checkpoint": 1}).status_code == 404


@pytest.fixture
def frozen(
    release: Callable[..., Release], add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> Release:
    for number in range(30):
        answer(add_item("first", "second"), "ab"[number % 2])
    return release("judge_pairs", splits={"train": 50, "test": 50})


def test_a_set_is_made_of_a_release_on_the_page(browser: Client, frozen: Release) -> None:
    shown = page(browser, "leaderboards")
    offered = re.findall(r'<option value="([^"]+)"', shown)

    made = browser.post(reverse("curation:leaderboard-new", args=["answers"]), {"name": "Own", "rows": offered[0]})

    assert offered == ["1/judge_pairs/test", "1/judge_pairs/train"]  # what is not trained on first
    assert made.status_code == 302
    found = EvaluationSet.objects.get()
    assert (found.name, found.release, found.split) == ("Own", frozen, "test")
    again = browser.post(reverse("curation:leaderboard-new", args=["answers"]), {"name": "Own", "rows": offered[1]})
    assert again.status_code == 422
    assert "a set never changes" in words(again.content.decode())
    assert "release 1" in words(page(browser, "leaderboards"))


def test_rows_of_the_newest_release_that_are_held_out_are_offered_first(
    olga: Place, frozen: Release, release: Callable[..., Release]
) -> None:
    release("judge_pairs", splits={"train": 100})
    release("judge_pairs", splits={"train": 60, "test": 40})

    assert [one.value for one in queries.sources(olga.project)] == [
        "3/judge_pairs/test",
        "1/judge_pairs/test",
        "3/judge_pairs/train",
        "2/judge_pairs/train",
        "1/judge_pairs/train",
    ]


@pytest.mark.parametrize(
    ("behind", "place", "said"),
    [
        ({}, 1, "the best"),
        ({}, 2, "not compared"),
        ({"value": -0.04, "low": -0.068, "high": -0.012, "is_told": True}, 2, "behind by 1.2 to 6.8 points"),
        (
            {"value": -0.01, "low": -0.03, "high": 0.01, "is_told": False},
            2,
            "cannot be told apart (−1.0 to 3.0 points behind)",
        ),
        ({"value": -0.5, "low": None, "high": None, "is_told": False}, 2, "too few prompts to compare"),
    ],
)
def test_how_far_behind_is_told_in_points(behind: dict[str, Any], place: int, said: str) -> None:
    assert queries.behind_words(EvaluationResult(score=0.8, behind=behind), place) == said


def test_programs_make_sets_ask_and_read(program: Callable[..., Any], frozen: Release) -> None:
    checkpoint = Checkpoint.objects.create(name="Max", contract="reward", backend="fake")
    lines = '{"broken\n' + '{"question": "Q?", "response_A": "a", "response_B": "b", "label": "A>B"}\n' * 2

    built = program(
        "post",
        "evaluation-sets/",
        data={"name": "own", "release": 1, "recipe": "judge_pairs"},
        content_type="application/json",
    )
    put = program("post", "evaluation-sets/files/?name=file", data=lines, content_type="application/x-ndjson")
    asked = program(
        "post", "evaluation-sets/2/runs/", data={"checkpoint": checkpoint.pk}, content_type="application/json"
    )
    listed = program("get", "evaluation-sets/").json()["results"]

    assert (built.status_code, built.json()["split"], built.json()["layout"]) == (201, "test", "judgebench")
    assert (put.status_code, put.json()["rows"], put.json()["refused"]) == (201, 2, 1)
    assert put.json()["refusals"][0]["number"] == 1
    assert (asked.status_code, asked.json()["hook"]) == (202, "evaluation")
    assert [one["name"] for one in listed] == ["file", "own"]
    refused = program("post", "evaluation-sets/files/?name=own", data=lines, content_type="application/x-ndjson")
    assert refused.status_code == 422
    assert "a set never changes" in refused.json()["detail"]
    unknown = program("post", "evaluation-sets/files/?name=x&layout=y", data=lines, content_type="application/x-ndjson")
    assert unknown.status_code == 400


@pytest.mark.parametrize("threshold", ["nan", "inf", 1e300, "x"])
def test_a_threshold_is_a_number(program: Callable[..., Any], make_set: MakeSet, threshold: object) -> None:
    make_set([rows.solved("x-1", [0.9], -1)])
    checkpoint = Checkpoint.objects.create(name="Max", contract="steps", backend="fake")

    asked = program(
        "post",
        "evaluation-sets/1/runs/",
        data={"checkpoint": checkpoint.pk, "threshold": threshold},
        content_type="application/json",
    )

    assert asked.status_code == 400
    assert not Run.objects.exists()


def test_a_program_sends_parquet_in_a_form(program: Callable[..., Any], olga: Place) -> None:
    table = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(PAIRS * 200), table)
    table.seek(0)
    table.name = "pairs.parquet"

    put = program("post", "evaluation-sets/files/?name=file", data={"file": table})

    assert (put.status_code, put.json()["rows"], put.json()["file_name"]) == (201, 12_000, "pairs.parquet")


def test_no_page_asks_more_than_a_dozen_times(browser: Client, board: EvaluationSet, frozen: Release) -> None:
    far = EvaluationResult.objects.get(checkpoint__name="far reward")
    pages = {
        "leaderboards": [],
        "leaderboard": [board.number],
        "leaderboard-result": [board.number, far.pk],
        "leaderboard-row": [board.number, 1],
    }

    counts = {}
    for name, args in pages.items():
        page(browser, name, *args)
        with CaptureQueriesContext(connection) as captured:
            page(browser, name, *args)
        counts[name] = len(captured)

    assert {name: count for name, count in counts.items() if count > MOST_QUERIES} == {}, counts
