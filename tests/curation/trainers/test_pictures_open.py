"""Pairs with pictures, as `datasets` opens them and as a trainer of models that see trains on them."""

import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image

from annotation.media import files as media_files
from curation import store
from tests.annotation.media import samples

SCRIPT = Path(__file__).parent / "train_on.py"
FORM = {"formats": ["parquet", "jsonl"], "splits": {"train": 100}}
TELL = """
import hashlib, json, os, sys, datasets

def told(picture):
    assert type(picture).__module__.startswith("PIL."), type(picture)
    pixels = hashlib.sha256(picture.convert("RGBA").tobytes()).hexdigest()
    return [picture.size[0], picture.size[1], pixels]

def tell(rows):
    columns = [name for name in rows.column_names if name.startswith("images")]
    print(json.dumps([{name: [told(one) for one in row[name]] for name in columns} for row in rows]))
"""
BY_THE_CARD = 'tell(datasets.load_dataset(sys.argv[1], "vision_pairs", split="train"))\n'
FROM_LINES = """
recipe = os.path.join(sys.argv[1], "vision_pairs")
rows = datasets.load_dataset("json", data_files=f"{recipe}/train-00000-of-00001.jsonl", split="train")
for column in [name for name in rows.column_names if name.startswith("images")]:
    rows = rows.map(lambda row: {column: [os.path.join(recipe, name) for name in row[column]]})
    rows = rows.cast_column(column, datasets.List(datasets.Image()))
tell(rows)
"""


@pytest.fixture
def pictures(kept):
    """One of every type, of other sizes and colors; the JPEG lay on its side."""
    return [
        kept(samples.png(samples.drawn(40, 30, "navy"))),
        kept(samples.jpeg(samples.drawn(64, 20, "maroon"), orientation=6)),
        kept(samples.webp(samples.drawn(17, 31, "teal"))),
        kept(samples.gif()),
    ]


def as_kept(project_id, ref):
    """What there is to see in a file that the project keeps."""
    with Image.open(media_files.path_of(project_id, ref["sha256"])) as picture:
        return [*picture.size, hashlib.sha256(picture.convert("RGBA").tobytes()).hexdigest()]


def frozen(release, pictures_of):
    made = release(recipes=[{"name": "vision_pairs", "parameters": {"pictures": pictures_of}}], **FORM)
    return store.path_of(made.files.get(path="README.md")).parent


def told(printed):
    return json.loads(printed.splitlines()[-1])


@pytest.mark.parametrize("script", [BY_THE_CARD, FROM_LINES], ids=["parquet", "json lines"])
def test_the_prompts_pictures_open_as_pictures(run_there, olga, pictures, showing, answer, release, script):
    for count in range(1, len(pictures) + 1):
        answer(showing(pictures[:count]), "a")

    rows = told(run_there("-c", TELL + script, frozen(release, "prompt")))

    seen = [as_kept(olga.project.pk, ref) for ref in pictures]
    assert rows == [{"images": seen[:count]} for count in range(1, len(pictures) + 1)]
    assert seen[1][:2] == [20, 64]  # upright


@pytest.mark.parametrize("script", [BY_THE_CARD, FROM_LINES], ids=["parquet", "json lines"])
def test_pictures_that_were_compared_open_on_their_sides(run_there, olga, pictures, showing, answer, release, script):
    answer(showing([], pictures[:1], pictures[1:2], texts=("", "")), "b")

    rows = told(run_there("-c", TELL + script, frozen(release, "responses")))

    one, two = (as_kept(olga.project.pk, ref) for ref in pictures[:2])
    assert rows == [{"images_chosen": [two], "images_rejected": [one]}]


def test_a_trainer_of_models_that_see_takes_two_steps(run_there, pictures, showing, answer, release):
    for one in pictures:
        answer(showing([one, pictures[0]]), "a")
    parquet = frozen(release, "prompt") / "vision_pairs" / "train-00000-of-00001.parquet"

    (line,) = [line for line in run_there(SCRIPT, "vision", parquet).splitlines() if line.startswith("TRAINED ")]

    trained = json.loads(line.removeprefix("TRAINED "))
    assert (trained["steps"], trained["rows"], trained["trained"], trained["pictures"]) == (2, 4, 4, 2)
    assert trained["chosen"].startswith("[user]" + 8 * "<image>" + "Which?</s>[assistant]good</s>")
    assert "[assistant]bad</s>" in trained["rejected"]
