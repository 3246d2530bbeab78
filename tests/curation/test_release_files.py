"""Files of a release on plain rows: shards, groups, errors from the thread behind."""

import hashlib
import json
import threading

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from curation import splits
from curation.building import Chosen, build, count
from curation.files.behind import Behind
from curation.files.columnar import table_of
from curation.files.dates import DateWatch
from curation.files.lengths import Lengths
from curation.files.split_files import Limits
from curation.recipes import RECIPES, AnnotationRecord, Drop, ItemRecord, QuestionRecord

QUESTIONS = [QuestionRecord("better", "preference")]
ALL = splits.chooser("salt", {"train": 100})


def chosen(*names):
    return [Chosen(RECIPES[name], RECIPES[name].settle({}, QUESTIONS)) for name in names]


def labeled(rows, words=20):
    for number in range(1, rows + 1):
        said = [[{"role": "assistant", "content": f"{side} {number} " * words}] for side in ("good", "bad")]
        item = ItemRecord(
            number, f"k{number}", f"g{number}", [{"role": "user", "content": "Q?"}], [{"messages": one} for one in said]
        )
        answers = {"better": {"winner": "tie" if number % 10 == 0 else "a", "strength": None}}
        yield item, [AnnotationRecord(number, "person-1", "people", answers, kinds={"better": "preference"})]


def test_shards_have_the_same_borders_in_every_format_and_all_rows_in_order(tmp_path):
    limits = Limits(group_bytes=4_000, shard_bytes=20_000)

    built = build(
        tmp_path, chosen("rm_pairs"), labeled(200), suffixes=["parquet", "jsonl"], split_of=ALL, limits=limits
    )

    parquet = [file for file in built.files if file.suffix == "parquet"]
    lines = [file for file in built.files if file.suffix == "jsonl"]
    assert len(parquet) > 3
    assert [file.rows for file in parquet] == [file.rows for file in lines]
    assert [file.path for file in parquet] == [
        f"rm_pairs/train-{n:05d}-of-{len(parquet):05d}.parquet" for n in range(len(parquet))
    ]
    tables = [pq.read_table(tmp_path / file.path).to_pylist() for file in parquet]
    read = [[json.loads(line) for line in (tmp_path / file.path).read_text().splitlines()] for file in lines]
    assert tables == read
    assert [row["annotation_ids"] for shard in read for row in shard] == [[n] for n in range(1, 201) if n % 10]
    assert sorted(path.name for path in (tmp_path / "rm_pairs").iterdir()) == sorted(
        file.path.split("/")[1] for file in built.files
    )


def test_a_preview_counts_what_a_release_holds(tmp_path):
    split_of = splits.chooser("salt", {"train": 60, "test": 40})

    seen = count(chosen("rm_pairs", "raw"), labeled(100), split_of)
    built = build(tmp_path, chosen("rm_pairs", "raw"), labeled(100), suffixes=["jsonl"], split_of=split_of)

    for one, other in zip(seen.tallies, built.tallies, strict=True):
        assert (one.rows, one.dropped, one.split_rows) == (other.rows, other.dropped, other.split_rows)
        assert one.lengths.summary() == other.lengths.summary()
    assert seen.tallies[0].dropped == {Drop.TIE: 10}
    assert seen.seen == built.seen


def test_an_error_behind_reaches_the_one_in_front_and_nothing_runs_after_it():
    ran = []

    def fail():
        raise OSError(28, "No space left on device")

    def run_all():
        with Behind() as behind:
            behind.run(fail)
            for number in range(50):
                behind.run(lambda number=number: ran.append(number))

    with pytest.raises(OSError, match="No space"):
        run_all()

    assert ran == []
    assert not [thread for thread in threading.enumerate() if thread.name == "release-files"]


def test_an_error_in_front_ends_the_thread_behind(tmp_path):
    def breaking():
        yield from labeled(50)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        build(tmp_path, chosen("rm_pairs"), breaking(), suffixes=["parquet", "jsonl.gz"], split_of=ALL)

    assert not [thread for thread in threading.enumerate() if thread.name == "release-files"]


TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5))
def test_any_text_comes_out_of_parquet_as_it_went_into_the_line(texts):
    rows = [
        {
            "chosen": [{"role": "user", "content": one}, {"role": "assistant", "content": two}],
            "rejected": [{"role": "assistant", "content": three}],
            "pair_id": one,
            "prompt_id": two,
            "strength": 1 / 3,
            "p_chosen": 1e-7,
            "n_votes": 2**40,
            "agreement": 1.0,
            "label_source": "people",
            "annotation_ids": [2**60, 1],
        }
        for one, two, three in texts
    ]
    lines = b"\n".join([*(to_json(row) for row in rows), b""])

    assert table_of(lines, RECIPES["rm_pairs"].schema({})).to_pylist() == rows
    assert [json.loads(line) for line in lines.split(b"\n")[:-1]] == rows


def test_splits_keep_their_shares_and_never_move():
    split_of = splits.chooser("salt", {"train": 70, "validation": 20, "test": 10})
    groups = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(5_000)]

    found = [split_of(group) for group in groups]

    assert abs(found.count("train") / 5_000 - 0.7) < 0.03
    assert abs(found.count("test") / 5_000 - 0.1) < 0.02
    wider = splits.chooser("salt", {"train": 60, "validation": 20, "test": 20})
    assert all(wider(group) == "test" for group, split in zip(groups, found, strict=True) if split == "test")
    assert [split_of(group) for group in groups] == found


def test_a_release_without_training_rows_is_possible():
    assert set(map(splits.chooser("salt", {"test": 100}), "abcdef")) == {"test"}
    assert set(map(splits.chooser("salt", {"validation": 50, "test": 50}), "abcdefghijklmnop")) == {
        "validation",
        "test",
    }


def test_the_salt_of_splits_does_not_give_the_salt_of_the_project_away():
    assert splits.salt_of("secret") != "secret"
    assert "secret" not in splits.salt_of("secret")
    assert splits.salt_of("secret") == splits.salt_of("secret") != splits.salt_of("other")


def test_percentiles_are_those_of_the_lengths_rounded_up():
    lengths = Lengths()
    for number in range(1, 101):
        lengths.add(number * 100)

    assert (lengths.percentile(50), lengths.percentile(100)) == (5_008, 10_000)
    assert lengths.above(1_024) == 100 - 40
    assert Lengths().percentile(50) == 0


@pytest.mark.parametrize(
    ("text", "is_date"),
    [
        ("2026-11-20", True),
        ("2026-11-20T23:08:00Z", True),
        ("2026-11-20 23:08", True),
        ("2026-11-20T23:08:00+01", True),
        ("2026-11-20 23:08:00.123456 UTC", False),
        ("on 2026-11-20", False),
        ("2026", False),
    ],
)
def test_what_a_reader_of_json_lines_takes_for_a_date_is_suspected(text, is_date):
    watch = DateWatch(RECIPES["rm_pairs"].schema({}))
    plain = [{"role": "user", "content": "text"}]

    watch.see({"chosen": plain, "rejected": plain, "pair_id": text, "prompt_id": "x", "label_source": "people"})

    assert watch.suspects == ({"pair_id"} if is_date else set())
