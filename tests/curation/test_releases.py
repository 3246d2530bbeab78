"""From annotations to files: what a release holds, and what makes it the same."""

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard

from annotation.models import Form, Question
from audit.models import Block, Event
from audit.services import verify
from curation import store
from curation.files.formats import FORMATS
from curation.models import Release, ReleaseFile
from curation.recipes import RECIPES
from curation.services import releases
from curation.services.releases import NothingLabeled
from curation.services.wishes import ReleaseRefused
from jobs import runner
from jobs.models import State
from projects.models import Project

ALL_TRAIN = {"train": 100}
PAIRS = "rm_pairs/train-00000-of-00001"


def lines(release, path):
    found = ReleaseFile.objects.get(release=release, path=path)
    return [json.loads(line) for line in store.path_of(found).read_text().splitlines()]


def all_bytes(release):
    """Every data file by path; the papers tell times and ids, and may differ."""
    files = ReleaseFile.objects.filter(release=release).exclude(rows=None)
    return {file.path: store.path_of(file).read_bytes() for file in files}


@pytest.fixture
def labeled(add_item, answer):
    """Twenty items whose first response was chosen."""
    items = [add_item(f"good {number}", f"bad {number}") for number in range(20)]
    for item in items:
        answer(item, "a")
    return items


def test_a_planted_annotator_who_prefers_the_longer_is_exported_as_such(add_item, answer, release):
    for number in range(12):
        texts = ("short", "much, much longer") if number % 2 else ("much, much longer", "short")
        shown_swapped = number % 3 == 0
        answer(add_item(*texts), "b" if number % 2 else "a", shown=[1, 0] if shown_swapped else [0, 1])

    made = release("rm_pairs", "dpo_pairs", splits=ALL_TRAIN)

    assert made.job.state == State.DONE, made.job.message
    rows = lines(made, f"{PAIRS}.jsonl") + lines(made, "dpo_pairs/train-00000-of-00001.jsonl")
    assert len(rows) == 24
    assert {row["chosen"][-1]["content"] for row in rows} == {"much, much longer"}
    assert {row["rejected"][-1]["content"] for row in rows} == {"short"}


def test_rows_and_dropped_items_add_up_to_the_labeled_items(add_item, answer, release, labeled):
    answer(add_item("a", "b"), "tie")
    answer(add_item("a", "b"), "unsure")
    answer(add_item("a", "b", "c"), "a")
    add_item("nobody", "asked")

    made = release("rm_pairs", "raw", splits=ALL_TRAIN)

    pairs, raw = made.manifest["recipes"]
    assert pairs["items_dropped"] == {"tie": 1, "unsure": 1, "not_a_pair": 1}
    assert (pairs["rows"], raw["rows"], made.manifest["snapshot"]["labeled_items"]) == (20, 23, 23)
    for recipe in (pairs, raw):
        assert recipe["items_with_rows"] + sum(recipe["items_dropped"].values()) == 23


def test_every_row_names_the_annotations_behind_it(add_item, answer, release):
    item = add_item("good", "bad")
    first = answer(item, "b")
    changed = answer(item, "a", supersedes=first, reason="A slip.")
    second = answer(item, "a", who="Ben")

    made = release(splits=ALL_TRAIN)

    (row,) = lines(made, f"{PAIRS}.jsonl")
    assert row["annotation_ids"] == [changed.pk, second.pk]
    assert (row["pair_id"], row["prompt_id"]) == (item.key, item.group)


def test_what_was_labeled_later_is_not_in_the_release(olga, add_item, answer, labeled):
    asked, _ = releases.freeze(olga, recipes=[{"name": "rm_pairs"}], splits=ALL_TRAIN)
    answer(labeled[0], "b", who="Ben")
    answer(labeled[1], "b", supersedes=labeled[1].annotations.get(), reason="Second thoughts.")
    answer(add_item("later", "still later"), "a")

    runner.execute(str(asked.job_id))

    rows = lines(asked, f"{PAIRS}.jsonl")
    assert len(rows) == 20
    assert {row["chosen"][-1]["content"][:4] for row in rows} == {"good"}
    assert {row["n_votes"] for row in rows} == {1}


def test_other_projects_stay_out(olga, person, add_item, answer, release, labeled):
    other = Project.objects.create(slug="others", name="Others", created_by=person("Olga"))
    form = Form.objects.create(project=other, version=1, created_by=person("Olga"))
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="?")
    answer(add_item("theirs", "not ours", project=other), "a")

    made = release(splits=ALL_TRAIN)

    assert made.manifest["recipes"][0]["rows"] == 20
    assert "theirs" not in json.dumps(lines(made, f"{PAIRS}.jsonl"))


def test_all_formats_hold_the_same_rows(release, labeled):
    release("rm_pairs", "raw", formats=list(FORMATS), splits=ALL_TRAIN)

    for recipe in ("rm_pairs", "raw"):
        stem = f"{recipe}/train-00000-of-00001"
        paths = {f"{stem}.{suffix}": suffix for suffix in FORMATS}
        contents = {suffix: store.path_of(ReleaseFile.objects.get(path=path)) for path, suffix in paths.items()}
        plain = contents["jsonl"].read_bytes()
        assert gzip.decompress(contents["jsonl.gz"].read_bytes()) == plain
        assert zstandard.ZstdDecompressor().decompressobj().decompress(contents["jsonl.zst"].read_bytes()) == plain
        table = pq.read_table(contents["parquet"])
        assert table.schema.equals(RECIPES[recipe].schema({}))
        assert table.to_pylist() == [json.loads(line) for line in plain.splitlines()]


def test_the_same_snapshot_and_wish_give_the_same_bytes(olga, labeled, release):
    wish = {"formats": list(FORMATS), "splits": {"train": 50, "test": 50}}
    first = release("rm_pairs", "dpo_pairs", "raw", **wish)
    before = all_bytes(first)
    Release.objects.filter(pk=first.pk).update(digest="forgotten")  # else the first would be returned

    second = release("rm_pairs", "dpo_pairs", "raw", **wish)

    assert second.pk != first.pk
    assert len(before) == 3 * 2 * 4
    assert all_bytes(second) == before


def test_checksums_and_sizes_are_those_of_the_files(release, labeled):
    made = release("rm_pairs", "raw")

    for file in made.files.all():
        assert store.measure(store.path_of(file)) == (file.size, file.digest)
    on_disk = {str(p.relative_to(store._final(made.pk))) for p in store._final(made.pk).rglob("*") if p.is_file()}
    assert on_disk == set(made.files.values_list("path", flat=True))
    assert {"README.md", "croissant.json", "manifest.json"} <= on_disk
    assert json.loads(store.path_of(made.files.get(path="manifest.json")).read_text()) == made.manifest


def test_splits_go_by_prompt_group_and_are_the_same_in_every_recipe(add_item, answer, release):
    for number in range(60):
        answer(add_item(f"good {number}", f"bad {number}", group=f"prompt {number // 3}"), "a")

    made = release("rm_pairs", "raw", splits={"train": 50, "validation": 25, "test": 25})

    groups = {}
    for name in ("train", "validation", "test"):
        in_pairs = {row["prompt_id"] for row in lines(made, f"rm_pairs/{name}-00000-of-00001.jsonl")}
        in_raw = {row["group"] for row in lines(made, f"raw/{name}-00000-of-00001.jsonl")}
        assert in_pairs == in_raw
        groups[name] = in_pairs
    assert not groups["train"] & groups["test"]
    assert not groups["train"] & groups["validation"]
    assert sum(len(found) for found in groups.values()) == 20


def test_a_split_without_rows_has_no_file_and_is_not_in_the_card(add_item, answer, release):
    answer(add_item("good", "bad"), "a")

    made = release(splits={"train": 50, "test": 50})

    (only,) = made.manifest["recipes"][0]["splits"]
    paths = [file.path for file in made.files.exclude(rows=None)]
    assert {path.split("/")[1].split("-")[0] for path in paths} == {only}
    card = store.path_of(made.files.get(path="README.md")).read_text()
    assert card.count("  - split:") == 1


def test_a_release_without_rows_is_refused_with_its_reasons(add_item, answer, release):
    answer(add_item("a", "b"), "tie")
    answer(add_item("a", "a"), "a")
    answer(add_item("c", "c"), "a")

    made = release()

    assert made.job.state == State.FAILED
    assert made.job.message == (
        "rm_pairs would be empty, so nothing was released: of 3 labeled items, 3 gave no row "
        "(two identical responses: 2, a tie: 1)."
    )
    assert made.manifest is None
    assert not list(Path(store._root()).iterdir())


def test_nothing_labeled_is_refused_before_a_job_is_made(olga, add_item):
    add_item("a", "b")

    with pytest.raises(NothingLabeled, match="at least one annotation"):
        releases.freeze(olga, recipes=[{"name": "rm_pairs"}])

    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"recipes": []}, "one or more of the recipes"),
        ({"recipes": [{"name": "no_such"}]}, "one or more of the recipes"),
        ({"recipes": [{"name": "raw"}, {"name": "raw"}]}, "each once"),
        ({"recipes": [{"name": ["raw"]}]}, "one or more of the recipes"),
        ({"recipes": [{"name": "rm_pairs", "parameters": {"question": "why"}}]}, "no preference question 'why'"),
        ({"recipes": [{"name": "raw", "parameters": {"min_votes": 1}}]}, "no parameter"),
        ({"formats": []}, "formats is a list"),
        ({"formats": ["csv"]}, "formats is a list"),
        ({"formats": [["jsonl"]]}, "formats is a list"),
        ({"splits": {"train": 90, "test": 5}}, "add up to 95 %"),
        ({"splits": {"dev": 100}}, "no split 'dev'"),
        ({"splits": {"train": 99.5, "test": 0.5}}, "whole number of percent"),
        ({"splits": {}}, "add up to 0 %"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_in_a_sentence(olga, labeled, wish, said):
    with pytest.raises(ReleaseRefused) as refused:
        releases.freeze(olga, **{"recipes": [{"name": "rm_pairs"}], **wish})

    assert said in str(refused.value)
    assert not Release.objects.exists()


def test_the_same_wish_again_is_the_same_release_until_somebody_labels(olga, labeled, answer, release):
    wish = {"recipes": [{"name": "rm_pairs"}]}
    first, _ = releases.freeze(olga, **wish)
    answer(labeled[0], "a", who="Ben")

    while_it_waits, is_repeat = releases.freeze(olga, **wish, note="again")
    runner.execute(str(first.job_id))
    afterwards, _ = releases.freeze(olga, **wish)
    once_more, is_repeat_too = releases.freeze(olga, **wish)

    assert (while_it_waits.pk, is_repeat) == (first.pk, True)
    assert afterwards.pk != first.pk  # Ben's answer came after the first snapshot
    assert (once_more.pk, is_repeat_too) == (afterwards.pk, True)


def test_another_wish_is_another_release(olga, labeled):
    one, _ = releases.freeze(olga, recipes=[{"name": "rm_pairs"}])
    two, is_repeat = releases.freeze(olga, recipes=[{"name": "rm_pairs", "parameters": {"min_votes": 2}}])

    assert (two.number, is_repeat) == (one.number + 1, False)


def test_a_release_that_failed_can_be_asked_for_again(add_item, answer, release):
    answer(add_item("a", "b"), "tie")
    failed = release()

    again = release()

    assert failed.pk != again.pk


def test_the_parameters_count_what_they_say(add_item, answer, release):
    twice, once = add_item("good", "bad"), add_item("good", "bad")
    answer(twice, "a")
    answer(twice, "a", who="Ben")
    answer(once, "a")

    made = release(recipes=[{"name": "rm_pairs", "parameters": {"min_votes": 2}}], splits=ALL_TRAIN)

    assert made.manifest["recipes"][0]["items_dropped"] == {"too_few_votes": 1}
    assert [row["pair_id"] for row in lines(made, f"{PAIRS}.jsonl")] == [twice.key]


def test_imported_labels_say_so_and_can_be_left_out(add_item, answer, release):
    imported = {"author": None, "imported_name": "worker 3"}
    answer(add_item("good", "bad"), "a", **imported)
    answer(add_item("good", "bad"), "a")

    both = release(splits=ALL_TRAIN)
    people = release(recipes=[{"name": "rm_pairs", "parameters": {"sources": ["people"]}}], splits=ALL_TRAIN)

    assert [row["label_source"] for row in lines(both, f"{PAIRS}.jsonl")] == ["imported", "people"]
    assert people.manifest["recipes"][0]["items_dropped"] == {"no_votes": 1}


def test_raw_names_no_annotator(person, add_item, answer, release):
    item = add_item("good", "bad")
    answer(item, "a")
    answer(item, "b", who="Ben")
    answer(item, "b", author=None, imported_name="ana@example.org")

    made = release("raw", splits=ALL_TRAIN)

    text = (store._final(made.pk) / "raw/train-00000-of-00001.jsonl").read_text()
    (row,) = [json.loads(line) for line in text.splitlines()]
    names = [annotation["annotator"] for annotation in row["annotations"]]
    assert len(set(names)) == 3
    assert [name.split("-")[0] for name in names] == ["person", "person", "imported"]
    assert "ana" not in text.lower().replace("annotat", "")
    assert "@" not in text


def test_the_manifest_is_sealed_into_the_audit_trail(labeled, release):
    made = release()

    frozen = Event.objects.get(verb="release.frozen")
    assert frozen.subject == f"release:{made.pk}"
    assert frozen.detail["manifest_sha256"] == made.files.get(path="manifest.json").digest
    assert made.manifest["audit_head"] == Block.objects.latest("id").seal
    assert verify().is_whole


def test_form_and_guideline_versions_are_those_of_the_annotations(olga, person, labeled, add_item, answer, release):
    second = Form.objects.create(project=olga.project, version=2, created_by=person("Olga"))
    Question.objects.create(form=second, position=0, key="better", kind="preference", title="?")
    answer(add_item("good", "bad"), "a", form=second, guideline_version=3)

    snapshot = release().manifest["snapshot"]

    assert (snapshot["form_versions"], snapshot["guideline_versions"]) == ([1, 2], [1, 3])


def test_text_comes_out_as_it_went_in(add_item, answer, release):
    odd = '  tab\tNEL\x85 ls\u2028 é e\u0301 \u202eרtl 😀 \x7f =HYPERLINK(1) \\ " \r\n'
    answer(add_item(odd, "plain"), "a")

    made = release(splits=ALL_TRAIN)

    (row,) = [json.loads(line) for line in (store._final(made.pk) / f"{PAIRS}.jsonl").read_bytes().split(b"\n")[:-1]]
    (stored,) = pq.read_table(store._final(made.pk) / f"{PAIRS}.parquet").to_pylist()
    assert row["chosen"][-1]["content"] == stored["chosen"][-1]["content"] == odd


def test_a_file_name_in_the_data_is_never_opened(add_item, answer, release):
    hostile = {"image": "/etc/passwd", "path": "../../secret", "license": "cc-by-4.0"}
    answer(add_item("good", "bad", key="../../../etc/passwd", source=hostile), "a")

    made = release("rm_pairs", "raw", splits=ALL_TRAIN)

    assert made.job.state == State.DONE
    assert lines(made, f"{PAIRS}.jsonl")[0]["pair_id"] == "../../../etc/passwd"
    assert made.manifest["snapshot"]["licenses"] == {"cc-by-4.0": 1}
    text = (store._final(made.pk) / "raw/train-00000-of-00001.jsonl").read_text()
    assert "root:" not in text


def test_dates_alone_in_a_column_are_warned_about(add_item, answer, release):
    answer(add_item("2026-11-20", "1969-07-20"), "a")

    made = release("dpo_pairs", splits=ALL_TRAIN)
    parquet = release("dpo_pairs", splits=ALL_TRAIN, formats=["parquet"])

    assert [warning.split(" of ")[0] for warning in made.manifest["warnings"]] == [
        "Everything in the column chosen",
        "Everything in the column rejected",
    ]
    assert parquet.manifest["warnings"] == []
