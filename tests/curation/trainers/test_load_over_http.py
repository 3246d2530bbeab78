"""The lines of code on a release's page, run as they stand there, against a server that speaks HTTP."""

import json
import random

import pytest

from accounts.models import Scope
from accounts.services import tokens
from curation.queries import releases as queries

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(olga):
    return tokens.create(olga.user, name="a test", scopes=[Scope.READ], days=1).secret


@pytest.fixture
def snippet(live_server, token, settings):
    """The page's lines for a release, with a token in place."""
    settings.ALLOWED_HOSTS = ["*"]

    def get(made):
        base = f"{live_server.url}/api/v1/releases/{made.pk}/files/"
        return queries.snippet(made, base, "http").replace("YOUR_TOKEN", token)

    return get


@pytest.mark.parametrize("suffix", ["parquet", "jsonl", "jsonl.gz"])
def test_the_lines_on_the_page_load_the_release(add_item, answer, release, snippet, run_there, suffix):
    for number in range(40):
        answer(add_item(f"good {number}", f"bad {number}"), "a")
    made = release(formats=[suffix], splits={"train": 50, "test": 50})

    printed = run_there(
        "-c",
        snippet(made) + "\nimport json\nprint(json.dumps({name: len(rows) for name, rows in rm_pairs.items()}))",
        is_offline=False,
    )

    assert json.loads(printed.splitlines()[-1]) == made.manifest["recipes"][0]["splits"]


def test_a_file_above_twenty_megabytes_is_loaded_whole_and_streamed_by_ranges(
    add_item, answer, release, snippet, run_there
):
    chance = random.Random(3)
    for _ in range(120):
        noise = "".join(chance.choices("".join(map(chr, range(48, 123))), k=120_000))
        answer(add_item(noise, noise[::-1]), "a")
    made = release(formats=["parquet"], splits={"train": 100})
    assert made.files.get(path__endswith=".parquet").size > 20_000_000

    streamed = snippet(made).replace("load_dataset(\n", 'load_dataset(\n    streaming=True, split="train", path=', 1)
    printed = run_there("-c", streamed + "\nprint(sum(1 for _ in rm_pairs))", is_offline=False)

    assert printed.splitlines()[-1] == "120"
    printed = run_there("-c", snippet(made) + "\nprint(len(rm_pairs['train']))", is_offline=False)
    assert printed.splitlines()[-1] == "120"


def test_without_a_token_nothing_is_loaded(add_item, answer, release, snippet, token, run_there):
    answer(add_item("good", "bad"), "a")
    made = release(splits={"train": 100})
    refused = snippet(made).replace(token, "gp_wrong")
    tried = f"try:\n    exec({refused!r})\nexcept FileNotFoundError:\n    print('refused')"

    assert run_there("-c", tried, is_offline=False).splitlines()[-1] == "refused"
