"""Every recipe makes, byte for byte, the rows that stand in its golden file. `make golden` writes them anew."""

import json

import pytest

from accounts.models import User
from curation.files.formats import FORMATS
from curation.recipes import RECIPES
from curation.services import releases
from jobs import runner
from tests.curation.golden.people import made
from tests.curation.golden.rows import EXAMPLES, FOLDER, WISHES, WRITES, example_of, golden, path_of, written

WIDTH = 100


@pytest.fixture
def olga(db):
    """The owner of the planted project."""
    return made(User.objects)


def test_every_recipe_makes_its_golden_rows(olga):
    found = written(olga)
    if WRITES:
        write(found)

    differing = [wish for wish in WISHES if path_of(wish).read_bytes() != found[wish]]

    assert not differing, f"{', '.join(differing)}: see what differs with make golden and git diff"


def test_every_recipe_has_a_golden_file_and_no_file_is_left_over():
    there = {path.name for path in FOLDER.iterdir()}

    assert RECIPES.keys() <= WISHES.keys()
    assert there == {path_of(wish).name for wish in WISHES}
    assert {path.name for path in EXAMPLES.iterdir()} == {example_of(name).name for name in RECIPES}


@pytest.mark.parametrize("name", RECIPES)
def test_the_example_that_the_product_shows_is_a_golden_row(name):
    assert json.loads(example_of(name).read_bytes()) == golden(name)[0]


def write(found):
    """The files anew; who runs this looks at what changed."""
    for folder in (FOLDER, EXAMPLES):
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
    for wish, lines in found.items():
        path_of(wish).write_bytes(lines)
    for name in RECIPES:
        example_of(name).write_text(spread(golden(name)[0]) + "\n")


def spread(value, before=""):
    """JSON that people can read: what fits on a line is on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(before) + len(line) <= WIDTH or not isinstance(value, dict | list):
        return line
    names = [f"{json.dumps(name)}: " for name in value] if isinstance(value, dict) else [""] * len(value)
    held = value.values() if isinstance(value, dict) else value
    inner = [f"{before}  {name}{spread(one, before + '  ')}" for name, one in zip(names, held, strict=True)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return ",\n".join([f"{opening}\n{inner[0]}", *inner[1:]]) + f"\n{before}{closing}"


def test_two_releases_of_the_same_labels_are_the_same_bytes_in_every_format(olga):
    first = release(olga, [{"name": name} for name in RECIPES])
    wish = [{"name": name, "parameters": {"with_files": True} if name == "raw" else {}} for name in RECIPES]
    second = release(olga, wish)  # the very same wish would give the same release

    assert first.pk != second.pk
    assert digests(first).items() < digests(second).items()
    assert {path.partition("/")[0] for path in digests(first)} == RECIPES.keys()


def release(olga, wish):
    made, _ = releases.freeze(olga, recipes=wish, formats=list(FORMATS), splits={"train": 60, "test": 40})
    runner.execute(str(made.job_id))
    made.refresh_from_db()
    assert made.is_frozen, made.job.message
    return made


def digests(made):
    """Of every file but those that name the release."""
    return {file.path: file.digest for file in made.files.all() if "/" in file.path}
