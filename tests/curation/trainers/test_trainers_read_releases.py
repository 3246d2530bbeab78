"""Real trainers and loaders on real release files."""

import json
from pathlib import Path

import pytest

from curation import store
from curation.recipes import RECIPES
from curation.snapshot import questions_of
from tests.curation.labeled import FROM_MODELS, answer_everything, ask_everything
from tests.curation.trainers.acceptance import accepting

SUFFIXES = ["parquet", "jsonl", "jsonl.gz"]  # for zstd, datasets wants one more package
SCRIPT = Path(__file__).parent / "train_on.py"


@pytest.fixture
def frozen(add_item, answer, release):
    """Pairs of which the longer one was always chosen, whichever side it was on; some chats with a system turn."""
    chat = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Why is the sky blue? 😀"},
    ]
    for number in range(8):
        texts = ("Because.", "Because light scatters off the air, the blue most of all. \u2028ÄÖ")
        more = {"messages": chat} if number % 3 == 0 else {}
        answer(add_item(*(texts if number % 2 else texts[::-1]), **more), "b" if number % 2 else "a")
    return release("rm_pairs", "dpo_pairs", "kto", "raw", formats=SUFFIXES, splits={"train": 100})


@pytest.fixture
def everything(olga, person, add_item, release):
    """A release of every recipe, of items that answer every kind of question."""
    form = ask_everything(olga.project, olga.user)
    for number in range(6):
        answer_everything(form, add_item(responses=FROM_MODELS), person("Ana"), number)
    asked = questions_of(olga.project)
    names = [name for name, recipe in RECIPES.items() if not recipe.missing(asked, shows_files=False)]
    made = release(*names, formats=SUFFIXES, splits={"train": 100})
    return store.path_of(made.files.get(path="README.md")).parent


@pytest.fixture
def folder(frozen):
    return store.path_of(frozen.files.get(path="README.md")).parent


def files(folder, recipe):
    return [folder / recipe / f"train-00000-of-00001.{suffix}" for suffix in SUFFIXES]


def trained(printed):
    return [json.loads(line.removeprefix("TRAINED ")) for line in printed.splitlines() if line.startswith("TRAINED ")]


def test_a_reward_trainer_takes_two_steps_on_every_format(run_there, folder):
    printed = trained(run_there(SCRIPT, "reward", *files(folder, "rm_pairs")))

    assert [(one["steps"], one["rows"], one["trained"]) for one in printed] == [(2, 8, 8)] * len(SUFFIXES)
    for one in printed:
        assert one["chosen"].endswith(
            "[assistant]Because light scatters off the air, the blue most of all. \u2028ÄÖ</s>"
        )
        assert one["rejected"].endswith("[assistant]Because.</s>")
        assert one["chosen"].startswith("[system]Be brief.</s>[user]Hi</s>[assistant]Hello.</s>[user]Why")


def test_a_preference_trainer_takes_two_steps_on_every_format(run_there, folder):
    printed = trained(run_there(SCRIPT, "dpo", *files(folder, "dpo_pairs")))

    assert [(one["steps"], one["rows"], one["trained"]) for one in printed] == [(2, 8, 8)] * len(SUFFIXES)
    for one in printed:
        assert one["prompt"].endswith("😀</s>[assistant]")
        assert one["chosen"].startswith("Because light")
        assert one["rejected"].startswith("Because.")


def test_the_folder_loads_by_the_head_of_its_card(run_there, folder):
    load = (
        "import json, sys, datasets\n"
        "folder = sys.argv[1]\n"
        "names = datasets.get_dataset_config_names(folder)\n"
        "sets = {name: datasets.load_dataset(folder, name) for name in [*names, None]}\n"
        "shapes = {str(name): [{s: len(r) for s, r in d.items()}, d['train'].column_names]\n"
        "          for name, d in sets.items()}\n"
        "print(json.dumps(shapes))"
    )

    loaded = json.loads(run_there("-c", load, folder).splitlines()[-1])

    assert set(loaded) == {"rm_pairs", "dpo_pairs", "kto", "raw", "None"}
    assert {name: splits["train"] for name, (splits, _columns) in loaded.items()} == {
        **dict.fromkeys(loaded, 8),
        "kto": 16,
    }
    assert loaded["None"][1] == loaded["rm_pairs"][1]


COMPARE = (
    "import sys, datasets\n"
    "for recipe in sys.argv[2:]:\n"
    "    stem = f'{sys.argv[1]}/{recipe}/train-00000-of-00001'\n"
    "    one = datasets.load_dataset('json', data_files=f'{stem}.jsonl', split='train')\n"
    "    two = datasets.load_dataset('parquet', data_files=f'{stem}.parquet', split='train')\n"
    "    assert one.to_list() == two.to_list(), recipe\n"
    "    assert one.features == two.features, (recipe, one.features, two.features)\n"
    "print('same')"
)


def test_json_lines_and_parquet_load_as_the_same_table(run_there, folder):
    compared = run_there("-c", COMPARE, folder, "rm_pairs", "dpo_pairs", "kto", "raw")

    assert compared.splitlines()[-1] == "same"


def test_every_recipe_loads_as_the_same_table_from_json_lines_and_parquet(run_there, everything):
    names = sorted(path.name for path in everything.iterdir() if path.is_dir())

    assert set(names) > {"stepwise", "first_error", "ratings", "ranking", "rubrics"}
    assert run_there("-c", COMPARE, everything, *names).splitlines()[-1] == "same"


@pytest.mark.parametrize(
    ("script", "recipe", "rows"),
    [
        ("accept_prm.py", "stepwise", 12),
        ("accept_kto.py", "kto", 12),
        ("accept_rm.py", "rm_pairs_margin", 6),
        ("accept_rm.py", "rm_pairs_votes", 6),
        ("accept_rm.py", "text_pairs", 6),
        ("accept_dpo.py", "text_pairs", 6),
    ],
)
def test_the_acceptance_scripts_take_what_people_said_in_other_ways(run_there, everything, script, recipe, rows):
    printed = run_there(accepting(script), *files(everything, recipe))

    assert printed.count("OK ") == len(SUFFIXES)
    assert f"rows {rows}" in printed


@pytest.mark.parametrize(
    ("script", "recipe"),
    [
        ("accept_rm.py", "rm_pairs"),
        ("accept_rm.py", "dpo_pairs"),
        ("accept_dpo.py", "dpo_pairs"),
        ("accept_dpo.py", "rm_pairs"),
        ("accept_kto.py", "kto"),
        ("accept_kto.py", "dpo_pairs"),
        ("accept_kto.py", "rm_pairs"),
    ],
)
def test_the_acceptance_scripts_take_the_files(run_there, folder, script, recipe):
    printed = run_there(accepting(script), *files(folder, recipe))

    assert printed.count("OK ") == len(SUFFIXES)
