"""Releases that follow a consensus: which one, that it is fixed for good, and what they say about it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Annotation, Item
from curation import store
from curation.models import Analysis, Consensus, Release
from curation.queries import releases as queries
from curation.services import analyses, contents, releases
from curation.services.wishes import ReleaseRefused, settle
from jobs import runner
from jobs.models import Job, State
from projects.access import Place
from tests.curation.labeled import FROM_MODELS, answer_everything, ask_everything
from tests.curation.recipes.test_following_a_consensus import FOLLOWING

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Made = Callable[..., Release]
WHOLE = {"formats": ["jsonl"], "splits": {"train": 100}}


def following(**parameters: Any) -> dict[str, Any]:
    return {"name": "rm_pairs", "parameters": {"aggregator": "consensus", **parameters}}


@pytest.fixture
def analyzed(olga: Place) -> Callable[[], Analysis]:
    def look() -> Analysis:
        asked = analyses.start(olga)
        runner.execute(str(asked.job_id))
        return Analysis.objects.get(pk=asked.pk)

    return look


@pytest.fixture
def labeled(add_item: AddItem, answer: Answer) -> list[Item]:
    """Twenty pairs that three people agree on, and one on which they do not."""
    items = [add_item("x", str(number)) for number in range(20)]
    for number, item in enumerate(items):
        for who in ("Ana", "Ben", "Cid"):
            answer(item, "ab"[number % 2], who)
    even = add_item("split", "evenly")
    answer(even, "a", "Ana"), answer(even, "b", "Ben")
    return [*items, even]


def lines(made: Release) -> list[dict[str, Any]]:
    file = made.files.get(path__endswith="train-00000-of-00001.jsonl")
    return [json.loads(line) for line in store.path_of(file).read_text().splitlines()]


def digests(made: Release) -> dict[str, str]:
    """Of the files with rows."""
    return dict(made.files.filter(rows__isnull=False).values_list("path", "digest"))


def test_a_release_follows_the_newest_analysis_and_says_which(
    olga: Place, labeled: list[Item], analyzed: Callable[[], Analysis], release: Made
) -> None:
    analyzed()
    newest = analyzed()

    made = release(recipes=[following(min_confidence=0.9)], **WHOLE)

    assert made.manifest is not None
    (recipe,) = made.manifest["recipes"]
    assert (newest.number, recipe["parameters"]["analysis"]) == (2, 2)
    assert recipe["items_dropped"] == {"not_sure": 1}
    assert all(row["confidence"] >= 0.9 and row["n_votes"] == 3 for row in lines(made))
    assert made.manifest["analysis"]["number"] == 2
    assert made.manifest["analysis"]["last_annotation"] == newest.last_annotation
    assert made.manifest["analysis"]["methods"] == {"better": "dawid-skene-symmetric-2"}
    card = store.path_of(made.files.get(path="README.md")).read_text()
    assert "Consensus: analysis 2" in card
    assert "| consensus not sure enough | 1 |" in card
    assert "| `confidence` |" in card


def test_the_same_wish_gives_the_same_rows_after_later_labels_and_analyses(
    labeled: list[Item], analyzed: Callable[[], Analysis], add_item: AddItem, answer: Answer, release: Made
) -> None:
    analyzed()
    first = release(recipes=[following()], **WHOLE)
    changed = Annotation.objects.filter(item=labeled[0]).first()
    answer(labeled[0], "b", author=changed.author, supersedes=changed)  # type: ignore[union-attr]
    for who in ("Dora", "Emil"):
        answer(labeled[0], "b", who), answer(labeled[1], "a", who), answer(labeled[-1], "a", who)
    answer(add_item("new", "one"), "a")
    analyzed()

    again = release(recipes=[following(analysis=1)], **WHOLE)
    newer = release(recipes=[following()], **WHOLE)

    assert again.pk != first.pk
    assert digests(again) == digests(first)
    assert again.manifest["recipes"][0]["items_dropped"] == {"not_sure": 1, "no_consensus": 1}  # type: ignore[index]
    assert newer.recipes[0]["parameters"]["analysis"] == 2
    assert digests(newer) != digests(first)


def test_a_release_that_is_written_again_after_a_later_analysis_is_the_same(
    olga: Place, labeled: list[Item], analyzed: Callable[[], Analysis], answer: Answer, release: Made, tmp_path: Any
) -> None:
    analyzed()
    made = release(recipes=[following()], **WHOLE)
    for who in ("Dora", "Emil"):
        answer(labeled[0], "b", who), answer(labeled[-1], "a", who)
    analyzed()
    assert Consensus.objects.filter(until__isnull=False).exists()

    class Silent:
        def report(self, *_: Any) -> None: ...

    (tmp_path / "again").mkdir()
    manifest = contents.write(made, tmp_path / "again", Silent())  # type: ignore[arg-type]

    told = {file["path"]: file["sha256"] for file in manifest["files"] if "rows" in file}
    assert told == digests(made)


def test_asking_twice_is_one_release_until_there_is_another_analysis(
    olga: Place, labeled: list[Item], analyzed: Callable[[], Analysis]
) -> None:
    analyzed()
    first = releases.freeze(olga, recipes=[following()], **WHOLE)
    second = releases.freeze(olga, recipes=[following()], **WHOLE)
    analyzed()
    third = releases.freeze(olga, recipes=[following()], **WHOLE)

    assert (second.release.pk, second.is_repeat) == (first.release.pk, True)
    assert not third.is_repeat


def test_a_preview_counts_as_the_release_does(
    olga: Place, labeled: list[Item], analyzed: Callable[[], Analysis], add_item: AddItem, answer: Answer, release: Made
) -> None:
    analyzed()
    answer(add_item("new", "one"), "a")
    wish = settle(olga.project, recipes=[following(min_labels=3)], shares={"train": 100})

    preview = queries.preview(olga.project, wish.recipes, wish.splits)
    made = release(recipes=[following(min_labels=3)], **WHOLE)

    assert preview is not None
    told = {step.label: step.items for step in preview.funnels[0].steps}
    assert told == {
        "labeled items": 22,
        "too few votes": 1,
        "no consensus yet": 1,
        "items with rows": 20,
    }
    assert made.manifest["recipes"][0]["items_dropped"] == {"too_few_votes": 1, "no_consensus": 1}  # type: ignore[index]


def test_without_an_analysis_that_is_done_there_is_nothing_to_follow(
    olga: Place, labeled: list[Item], analyzed: Callable[[], Analysis]
) -> None:
    waiting = analyses.start(olga)
    with pytest.raises(ReleaseRefused, match="There is no analysis that is done"):
        settle(olga.project, recipes=[following()])
    Job.objects.filter(pk=waiting.job_id).update(state=State.CANCELLED, finished_at=waiting.created_at)
    analyzed()
    with pytest.raises(ReleaseRefused, match="There is no analysis 7 that is done"):
        settle(olga.project, recipes=[following(analysis=7)])


def test_a_release_follows_one_analysis(olga: Place, labeled: list[Item], analyzed: Callable[[], Analysis]) -> None:
    analyzed(), analyzed()

    with pytest.raises(ReleaseRefused, match="A release follows one analysis, not 1 and 2"):
        settle(olga.project, recipes=[following(analysis=1), {**following(), "name": "kto"}])


def test_every_recipe_that_follows_a_consensus_gives_rows(
    olga: Place, person: Callable[[str], Any], add_item: AddItem, analyzed: Callable[[], Analysis], release: Made
) -> None:
    form = ask_everything(olga.project, olga.user)
    for number in range(8):
        item = add_item(responses=FROM_MODELS)
        for who in ("Ana", "Ben", "Cid"):
            answer_everything(form, item, person(who), number)
    analyzed()
    names = [name for name in FOLLOWING if name != "vision_pairs"]

    alone = {"stepwise": {"separator": "|"}, "bestofn_eval": {"question": "better"}}
    asked = [{**following(**alone.get(name, {})), "name": name} for name in names]
    made = release(recipes=asked, **WHOLE)

    assert made.is_frozen, made.job.message
    assert made.manifest is not None
    for recipe in made.manifest["recipes"]:
        assert recipe["items_with_rows"] == 8, recipe
        assert "confidence" in [column["name"] for column in recipe["schema"]]
    file = made.files.get(path="ratings/train-00000-of-00001.jsonl")
    rated = [json.loads(line) for line in store.path_of(file).read_text().splitlines()]
    assert {(row["helpful"], *row["ratings_raw"]["helpful"]) for row in rated} == {(2, 2, 2, 2), (4, 4, 4, 4)}


def test_the_command_follows_a_consensus(labeled: list[Item], analyzed: Callable[[], Analysis], tmp_path: Any) -> None:
    with pytest.raises(CommandError, match="There is no analysis that is done"):
        call_command("export", "answers", "--set", "aggregator=consensus", "--to", str(tmp_path / "none"))
    analyzed()

    call_command(
        "export", "answers", "--set", "aggregator=consensus", "--set", "min_labels=3", "--to", str(tmp_path / "out")
    )

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["recipes"][0]["parameters"]["analysis"] == 1
    assert manifest["recipes"][0]["items_with_rows"] == 20
