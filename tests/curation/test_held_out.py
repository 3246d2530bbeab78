"""What is held out on purpose: sources, tags and annotators, and prompts that are nearly the same kept together."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from annotation.models import Annotation, Item
from curation import holding_out, store
from curation.annotator_names import pseudonym
from curation.differences import Compared, differences, recipes_of_both
from curation.fixed import fixed_by
from curation.gates.joining import joined
from curation.models import Release
from curation.queries import releases as queries
from curation.services import analyses, releases
from curation.services.wishes import ReleaseRefused, settle
from jobs import runner
from projects.access import Place
from tests.curation.test_release_gates import PROMPT, asking, different, group_in
from tests.curation.test_release_pages import WISH

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Made = Callable[..., Release]
JSONL = {"formats": ["jsonl"]}


@pytest.fixture
def many(add_item: AddItem, answer: Answer) -> list[Item]:
    """Sixty pairs out of two datasets, every tenth tagged, each labeled by Ana and Ben, who differ on every third."""
    found = []
    for number in range(60):
        tags = ["hard"] if number % 10 == 0 else []
        source = {"dataset": "left" if number % 4 else "right"}
        item = add_item("x", str(number), tags=tags, source=source, **asking(different(number)))
        answer(item, "a", "Ana"), answer(item, "b" if number % 3 == 0 else "a", "Ben")
        found.append(item)
    return found


def rows(made: Release, recipe: str = "rm_pairs") -> dict[str, dict[str, Any]]:
    """By the keys of items: each row with its split."""
    assert made.manifest is not None, made.job.message
    found = {}
    for file in made.files.filter(path__startswith=f"{recipe}/", path__endswith=".jsonl"):
        for line in store.path_of(file).read_text().splitlines():
            row = json.loads(line)
            found[row.get("pair_id") or row["key"]] = {**row, "split": file.path.split("/")[1].split("-")[0]}
    return found


def test_items_of_a_tag_and_of_a_source_are_test_and_nothing_else_moves(many: list[Item], release: Made) -> None:
    plain = rows(release(recipes=[{"name": "rm_pairs", "parameters": {"min_votes": 1}}], **JSONL))
    made = release(hold_out={"tags": ["hard"], "sources": ["right"]}, **JSONL)

    found = rows(made)

    meant = {item.key for item in many if "hard" in item.tags or item.source["dataset"] == "right"}
    assert {key for key, row in found.items() if key in meant} == meant & set(plain)
    assert all(found[key]["split"] == ("test" if key in meant else row["split"]) for key, row in plain.items())
    assert any(row["split"] == "train" for row in found.values())
    told = made.manifest["splits"]["held_out"]  # type: ignore[index]
    assert told == {"sources": ["right"], "tags": ["hard"]}
    card = store.path_of(made.files.get(path="README.md")).read_text()
    assert "Held out as test: items of the source right, with all else of their prompt groups" in card


def test_all_else_of_a_held_out_prompt_group_is_held_out_with_it(
    olga: Place, many: list[Item], add_item: AddItem, answer: Answer, release: Made
) -> None:
    group = group_in(olga.project, "train")
    tagged = add_item("x", "y", group=group, tags=["rare"], **asking(PROMPT))
    beside = add_item("x", "z", group=group, **asking(PROMPT))
    answer(tagged, "a"), answer(beside, "a")

    found = rows(release(hold_out={"tags": ["rare"]}, **JSONL))

    assert (found[tagged.key]["split"], found[beside.key]["split"]) == ("test", "test")


def test_labels_of_held_out_annotators_count_in_the_test_split_alone(
    olga: Place, many: list[Item], release: Made
) -> None:
    shares = {"train": 50, "test": 50}
    made = release("rm_pairs", "raw", hold_out={"annotators": ["BEN@example.org"]}, splits=shares, **JSONL)

    found = rows(made)

    by_key = {item.key: number for number, item in enumerate(many)}
    assert {row["split"] for row in found.values()} == {"train", "test"}
    for key, row in found.items():
        chosen = row["chosen"][-1]["content"]
        ben_prefers_b = by_key[key] % 3 == 0
        assert row["n_votes"] == 1
        assert chosen == (str(by_key[key]) if row["split"] == "test" and ben_prefers_b else "x")
    assert all(len(row["annotations"]) == 2 for row in rows(made, "raw").values())
    told = made.manifest["splits"]["held_out"]  # type: ignore[index]
    ben = Annotation.objects.filter(author__email="ben@example.org").values_list("author", flat=True)[0]
    assert told == {"annotators": [pseudonym(olga.project.salt, "people", ben)]}
    assert "ben@example.org" not in json.dumps(made.manifest)


def test_items_that_nobody_who_counts_has_labeled_are_counted_as_held_out(
    olga: Place, add_item: AddItem, answer: Answer, release: Made
) -> None:
    for number in range(40):
        answer(
            add_item("x", str(number), **asking(different(number))), "ab"[number % 2], "Ben" if number % 2 else "Ana"
        )

    made = release(hold_out={"annotators": ["ben@example.org"]}, splits={"train": 50, "test": 50}, **JSONL)

    assert made.manifest is not None
    recipe = made.manifest["recipes"][0]
    assert recipe["items_dropped"].keys() == {"held_out"}
    assert recipe["rows"] + recipe["items_dropped"]["held_out"] == 40
    assert all(int(key.split("-")[1]) % 2 == (row["split"] == "train") for key, row in rows(made).items())


def test_an_imported_annotator_can_be_held_out(olga: Place, many: list[Item], answer: Answer, release: Made) -> None:
    for item in many:
        answer(item, "b", author=None, imported_name="crowd-7")

    made = release(hold_out={"annotators": ["crowd-7"]}, splits={"test": 100}, **JSONL)

    assert all(row["label_source"] == "imported" for row in rows(made).values())


def test_what_a_release_holds_out_stays_what_it_was(
    olga: Place, many: list[Item], add_item: AddItem, answer: Answer, release: Made
) -> None:
    made = release(hold_out={"tags": ["hard"]}, **JSONL)
    found = rows(made)
    trained = next(item for item in many if found.get(item.key, {}).get("split") == "train")
    add_item("x", "y", group=trained.group, tags=["hard"], **asking(trained.messages[0]["content"]))

    assert fixed_by(made).split_of(trained.group) == "train"
    again = release(hold_out={"tags": ["hard"]}, **JSONL)
    assert again.pk == made.pk


@pytest.fixture
def alike(olga: Place, many: list[Item], add_item: AddItem, answer: Answer) -> list[Item]:
    """Three prompts: one, nearly the same in another split, and the same in a third; each in a group of its own."""
    said = (("train", PROMPT), ("test", PROMPT.replace("eleven", "twelve")), ("validation", PROMPT.upper()))
    found = [add_item("x", "y", group=group_in(olga.project, split), **asking(words)) for split, words in said]
    for item in found:
        answer(item, "a")
    return found


def test_prompts_that_are_nearly_the_same_share_the_split_of_the_oldest(
    olga: Place, alike: list[Item], release: Made
) -> None:
    stopped = release(**JSONL)
    assert stopped.stopped_by is not None

    made = release(hold_out={"nearly_same": True}, **JSONL)

    assert {rows(made)[item.key]["split"] for item in alike} == {"train"}
    assert made.manifest["splits"]["held_out"] == {"nearly_same": True}  # type: ignore[index]
    first, *others = alike
    assert joined(olga.project, alike[-1].pk) == {other.group: first.group for other in others}
    assert joined(olga.project, first.pk) == {}


def test_a_prompt_that_is_nearly_a_held_out_one_is_held_out_with_it(
    olga: Place, alike: list[Item], release: Made
) -> None:
    Item.objects.filter(pk=alike[2].pk).update(tags=["rare"])

    found = rows(release(hold_out={"nearly_same": True, "tags": ["rare"]}, **JSONL))

    assert {found[item.key]["split"] for item in alike} == {"test"}


def test_two_releases_are_compared_with_what_each_holds_out(olga: Place, many: list[Item], release: Made) -> None:
    one, other = release(**JSONL), release(hold_out={"tags": ["hard"]}, **JSONL)

    before, after = fixed_by(one), fixed_by(other)
    counted = {name: Compared(name) for name in recipes_of_both(before, after)}
    kinds = {change.kind for change in differences(before, after, counted)}

    assert {str(kind) for kind in kinds} == {"moved"}


def test_a_preview_counts_what_is_held_out(olga: Place, many: list[Item]) -> None:
    wish = settle(olga.project, recipes=[{"name": "rm_pairs"}], hold_out={"sources": ["left", "right"]})

    preview = queries.preview(olga.project, wish.recipes, wish.splits, hold_out=wish.hold_out)

    assert preview is not None
    assert preview.funnels[0].splits == {"test": preview.funnels[0].rows}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"tags": ["none"]}, "No item here has the tag none."),
        ({"sources": ["none"]}, "No item here has the source none."),
        ({"annotators": ["cyd@example.org"]}, "Nobody of the name cyd@example.org has labeled anything here."),
        ({"annotator": []}, "hold_out knows sources, tags, annotators, nearly_same, and not annotator."),
        ({"tags": "hard"}, "tags is a list of up to 50 names."),
        ({"tags": [""]}, "tags is a list of up to 50 names."),
        ({"tags": ["a"] * 51}, "tags is a list of up to 50 names."),
        ({"nearly_same": 1}, "nearly_same is true or false."),
    ],
)
def test_what_cannot_be_held_out_is_refused(
    olga: Place, many: list[Item], person: Callable[[str], User], given: dict[str, Any], sentence: str
) -> None:
    person("Cyd")

    with pytest.raises(ReleaseRefused, match=f"^{sentence}$"):
        releases.freeze(olga, recipes=[{"name": "rm_pairs"}], hold_out=given)


def test_nobody_is_held_out_of_a_consensus(olga: Place, many: list[Item]) -> None:
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    recipes = [{"name": "rm_pairs", "parameters": {"aggregator": "consensus"}}]

    with pytest.raises(ReleaseRefused, match="A consensus counts whoever labeled"):
        releases.freeze(olga, recipes=recipes, hold_out={"annotators": ["ana@example.org"]})


def test_what_was_fixed_can_be_asked_for_again(olga: Place, many: list[Item]) -> None:
    given = {"tags": ["hard"], "sources": ["left"], "annotators": ["ana@example.org"], "nearly_same": True}
    settled = holding_out.settle(olga.project, given, ())

    asked = holding_out.asked(holding_out.fix(olga.project, settled))

    assert holding_out.settle(olga.project, asked, ()) == settled
    assert "ana@example.org" not in json.dumps(settled)


def test_the_page_and_the_command_hold_out_the_same(
    client: Client, olga: Place, many: list[Item], tmp_path: Any
) -> None:
    client.force_login(olga.user)
    shares = {"train": "90", "validation": "5", "test": "5"}
    said = {"hold_out_tags": "hard", "hold_out_annotators": "ben@example.org"}

    answer = client.post("/projects/answers/releases/new/", {**WISH, **shares, **said, "formats": ["jsonl"]})

    assert answer.status_code == 302, answer.content.decode()[-3000:]
    by_page = Release.objects.get()
    words = ["--hold-out", "tags=hard", "--hold-out", "annotators=ben@example.org", "--format", "jsonl"]
    call_command("export", "answers", *words, "--to", str(tmp_path / "out"))
    assert Release.objects.get().pk == by_page.pk
