"""The functions with which OpenRLHF, RewardBench, LLaMA-Factory, Axolotl and verl read rows, on planted releases.

What each makes of a row is held against what was planted. Their trainers are not run: they want GPUs and much else.
"""

import json
from pathlib import Path

import pytest

from tests.curation.golden.planted import BY_KEY
from tests.curation.golden.test_golden_truth import BETTER, texts, turns, votes

SCRIPT = Path(__file__).parent / "row_functions.py"


@pytest.fixture
def rows_there(run_there, trainers_python):
    """What a tool makes of files, by its own function."""
    tools = Path(trainers_python).parents[1] / "tools"
    if not tools.is_dir():
        pytest.skip(f"There is no {tools}; `make test` installs the tools whose functions read rows.")

    def read(tool, *paths):
        printed = run_there(SCRIPT, tools, tool, *paths).splitlines()
        return [json.loads(line.removeprefix("ROWS ")) for line in printed if line.startswith("ROWS ")]

    return read


def both(folder):
    return [folder / f"train-00000-of-00001.{suffix}" for suffix in ("jsonl", "parquet")]


def chat(key, response):
    """The conversation with one of its responses, in the template of train_on.py."""
    said = [*turns(key), {"role": "assistant", "content": texts(key)[response]}]
    return "".join(f"[{turn['role']}]{turn['content']}</s>" for turn in said)


def sides(key):
    better = BY_KEY[key].better
    return better, 1 - better


def wanted(keys):
    """The whole conversations that a reward model should see, the better one first."""
    return sorted(tuple(chat(key, side) for side in sides(key)) for key in keys)


def pairs(rows):
    return sorted((row["chosen"], row["rejected"]) for row in rows)


@pytest.mark.parametrize("recipe", ["rm_pairs", "rm_pairs_margin"])
def test_openrlhf_trains_reward_models_on_the_planted_sides(rows_there, released, recipe):
    for rows in rows_there("openrlhf", *both(released(recipe))):
        assert pairs(rows) == wanted(BETTER)
        margins = {key: abs(sum(votes(key).values())) / len(votes(key)) for key in BETTER}
        by_text = {chat(key, BY_KEY[key].better): margin for key, margin in margins.items()}
        for row in rows:
            assert row["extra"] == (pytest.approx(by_text[row["chosen"]]) if recipe == "rm_pairs_margin" else 0)


def test_openrlhf_trains_policies_on_both_layouts_of_pairs(rows_there, released):
    implicit = rows_there("openrlhf-dpo", *both(released("rm_pairs")))
    explicit = rows_there("openrlhf-prompt", *both(released("dpo_pairs")))

    for rows in (*implicit, *explicit):
        assert pairs(rows) == wanted(BETTER)
        assert all(row["prompt"].endswith("[assistant]") for row in rows)


def test_openrlhf_reads_texts_without_a_template_of_its_own(rows_there, released):
    for rows in rows_there("openrlhf-texts", *both(released("text_pairs"))):
        assert len(rows) == len(BETTER)
        ends = sorted((row["chosen"], row["rejected"]) for row in rows)
        for key in BETTER:
            better, worse = sides(key)
            assert any(
                one.removesuffix("</s>").rstrip().endswith(texts(key)[better])
                and two.removesuffix("</s>").rstrip().endswith(texts(key)[worse])
                for one, two in ends
            )


def test_rewardbench_scores_the_planted_sides_of_chats_without_system_turns(rows_there, released):
    folder = released("rm_pairs", system="drop", turns="alternating")

    (rows,) = rows_there("rewardbench", both(folder)[0])

    assert pairs(rows) == wanted(BETTER - {"ferry", "agent"})


def test_the_second_rewardbench_finds_the_right_response_first(rows_there, released):
    (rows,) = rows_there("rewardbench-2", both(released("bestofn_eval"))[0])

    *scored, told = rows
    first = {}
    for row in scored:
        first.setdefault(row["id"], row["text"])
    assert first == {
        "sky": chat("sky", 0),
        "fruits/0": chat("fruits", 0),
        "fruits/2": chat("fruits", 2),
    }
    assert (told["totals"], told["right"]) == ([2, 3, 3], [1, 1, 1])
    assert {row["subset"] for row in scored if row["id"] == "sky"} == {"physics"}


def test_llamafactory_finds_the_files_and_reads_the_planted_sides(rows_there, released):
    folder = released("llamafactory")

    (rows,) = rows_there("llamafactory", folder)

    names = [row["name"] for row in rows]
    assert set(names) == {"train", "train_parquet"}
    assert all(row["ranking"] for row in rows)
    for name in set(names):
        found = {row["_response"][0]["content"]: row for row in rows if row["name"] == name}
        assert found.keys() == {texts(key)[BY_KEY[key].better] for key in BETTER - {"agent"}}
        for key in BETTER - {"agent"}:
            better, worse = sides(key)
            row = found[texts(key)[better]]
            system = [turn["content"] for turn in turns(key) if turn["role"] == "system"]
            assert [one["content"] for one in row["_response"]] == [texts(key)[better], texts(key)[worse]]
            assert row["_prompt"] == [turn for turn in turns(key) if turn["role"] != "system"]
            assert row["_system"] == "".join(system)


def test_axolotl_trains_reward_models_on_the_planted_sides(rows_there, released):
    for rows in rows_there("axolotl-reward", *both(released("axolotl_bt"))):
        assert pairs(rows) == wanted(BETTER - {"ferry", "agent"})


def test_axolotl_trains_policies_on_whole_conversations_of_many_turns(rows_there, released):
    for rows in rows_there("axolotl-preference", *both(released("rm_pairs"))):
        found = {row["prompt"]: (row["chosen"], row["rejected"]) for row in rows}
        assert len(found) == len(BETTER)
        for key in BETTER:
            prompt = "".join(f"[{turn['role']}]{turn['content']}</s>" for turn in turns(key)) + "[assistant]"
            assert found[prompt] == tuple(f"{texts(key)[side]}</s>" for side in sides(key))


def test_axolotl_puts_each_label_behind_its_own_step(rows_there, released):
    more = BY_KEY["sum"].more

    for rows in rows_there("axolotl-steps", *both(released("stepwise"))):
        assert [row["labels"] for row in rows] == [[int(label) for label in labels] for labels in more["right"]]
        for row, steps in zip(rows, more["steps"], strict=True):
            assert [text.removesuffix("\n").endswith(step) for text, step in zip(row["texts"], steps, strict=True)] == [
                True
            ] * len(steps)


def test_verl_trains_reward_models_on_the_planted_sides(rows_there, released):
    (rows,) = rows_there("verl", both(released("text_pairs"))[1])

    assert len(rows) == len(BETTER)
    for key in BETTER:
        better, worse = sides(key)
        assert any(
            row["chosen"].endswith(f"{texts(key)[better]}</s>") and row["rejected"].endswith(f"{texts(key)[worse]}</s>")
            for row in rows
        )


def test_verl_hands_out_every_prompt_with_what_is_known_of_its_answer(rows_there, released):
    for rows in rows_there("verl-prompts", *both(released("verl_prompts"))):
        found = {row["extra_info"]["key"]: row for row in rows}
        asked = {key for key, item in BY_KEY.items() if item.said or key == "came"}
        assert found.keys() == asked - {"map", "sketch", "answer-2"}  # pictures, and a prompt that is there already
        for key, row in found.items():
            assert row["raw_prompt"] == turns(key)
            assert row["index"] == row["extra_info"]["index"]
        known = {key: row["reward_model"] for key, row in found.items() if row["reward_model"]["ground_truth"]}
        assert {key: one["ground_truth"] for key, one in known.items()} == {"came": "An ash.", "sum": "20"}
        assert found["came"]["data_source"] == "orchard"
