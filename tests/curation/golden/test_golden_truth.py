"""The golden rows say what was planted: everything here is worked out from the truth, nothing from a recipe."""

import json
from collections import Counter

import pytest

from tests.curation.golden.people import PEOPLE, digest_of
from tests.curation.golden.planted import AGENT, BY_KEY, ITEMS, LETTERS, SKY
from tests.curation.golden.rows import golden

PICTURED = {"map", "sketch"}
SEVERAL_TURNS = {"ferry", "agent"}
CALLED = [
    AGENT[0],
    {"role": "assistant", "content": 'look_up({"lake": "north"})'},
    {"role": "tool", "content": '{"meters": 41}'},
]


def texts(key):
    return [response.get("text", "") for response in BY_KEY[key].row["responses"]]


def turns(key):
    prompt = BY_KEY[key].row["prompt"]
    return CALLED if key == "agent" else prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]


def votes(key):
    """What each person ends up saying, as +1 or -1 for the first or the second response, 0 for neither, by strength."""
    said = {name: answers["better"] for name, answers in BY_KEY[key].said.items() if "better" in answers}
    if key == "ferry":
        said["Ana"] = {"better": 1, "strength": 3}  # on second thoughts
    if key == "came":
        said["older tool"] = {"better": 1, "strength": 2}
    said = {name: one for name, one in said.items() if one.get("outcome") != "unsure"}
    return {name: ((1 - 2 * one["better"]) * one["strength"] if "better" in one else 0) for name, one in said.items()}


def content(row, side):
    return row[side][-1]["content"]


def judged(row):
    one, two = row["response_A"], row["response_B"]
    return (one, two) if row["label"] == "A>B" else (two, one)


def ranked(row):
    by_rank = {one["rank"]: one["completion"][-1]["content"] for one in row["completions"]}
    return by_rank[0], by_rank[1]


SIDES = {
    "rm_pairs": lambda row: (content(row, "chosen"), content(row, "rejected")),
    "rm_pairs_margin": lambda row: (content(row, "chosen"), content(row, "rejected")),
    "dpo_pairs": lambda row: (content(row, "chosen"), content(row, "rejected")),
    "dpo_pairs.folded": lambda row: (content(row, "chosen"), content(row, "rejected")),
    "text_pairs": lambda row: (row["chosen"], row["rejected"]),
    "text_pairs.chatml": lambda row: (row["chosen"], row["rejected"]),
    "llamafactory": lambda row: (row["chosen"]["value"], row["rejected"]["value"]),
    "axolotl_bt": lambda row: (row["chosen"], row["rejected"]),
    "nemo_rl": ranked,
    "judge_pairs": judged,
}
"""How each recipe of pairs says which text is the better one."""
LEFT_OUT = {"axolotl_bt": SEVERAL_TURNS, "llamafactory": {"agent"}}
BETTER = {key for key, item in BY_KEY.items() if item.better is not None and key not in PICTURED}


@pytest.mark.parametrize("wish", SIDES)
def test_the_chosen_text_is_the_one_that_was_planted_as_the_better(wish):
    rows = {row.get("pair_id"): row for row in golden(wish)}

    assert rows.keys() == BETTER - LEFT_OUT.get(wish, set())
    for key, row in rows.items():
        better = BY_KEY[key].better
        chosen, rejected = (text.removesuffix("<|im_end|>\n") for text in SIDES[wish](row))
        assert [chosen, rejected] == [texts(key)[better], texts(key)[1 - better]]
        said = [(1 - 2 * better) * one for one in votes(key).values()]
        assert row["n_votes"] == len(said)
        assert row["strength"] == pytest.approx(sum(said) / len(said))
        assert row["p_chosen"] == row["agreement"] == pytest.approx(sum(one > 0 for one in said) / len(said))
        assert row["label_source"] == ("imported" if key == "came" else "people")


def test_judges_see_the_two_in_the_items_own_order():
    for row in golden("judge_pairs"):
        assert [row["response_A"], row["response_B"]] == texts(row["pair_id"])
        assert row["label"] == ("B>A" if BY_KEY[row["pair_id"]].better else "A>B")


@pytest.mark.parametrize(
    ("wish", "prompt"),
    [
        ("rm_pairs", lambda row: row["chosen"][:-1]),
        ("rm_pairs", lambda row: row["rejected"][:-1]),
        ("dpo_pairs", lambda row: row["prompt"]),
        ("nemo_rl", lambda row: row["context"]),
        ("kto", lambda row: row["prompt"]),
        ("prompts", lambda row: row["prompt"]),
        ("verl_prompts", lambda row: row["prompt"]),
    ],
)
def test_the_prompt_is_the_one_that_was_imported(wish, prompt):
    for row in golden(wish):
        assert prompt(row) == turns(row["pair_id"])


def test_prompts_as_text_and_in_other_layouts_hold_the_same_words():
    pairs = {row["pair_id"]: row for row in golden("llamafactory")}
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    for key, row in pairs.items():
        assert row["conversations"] == [{"from": names[turn["role"]], "value": turn["content"]} for turn in turns(key)]
    assert {row["pair_id"]: row["input"] for row in golden("axolotl_bt")}["letters"] == LETTERS
    assert {row["pair_id"]: row["question"] for row in golden("judge_pairs")}["sky"] == SKY
    folded = {row["pair_id"]: row["prompt"] for row in golden("dpo_pairs.folded")}["ferry"]
    assert [turn["role"] for turn in folded] == ["user", "assistant", "user"]
    assert folded[0]["content"].startswith("You are a harbor guide. Be brief.")
    assert folded[0]["content"].endswith("When does the ferry leave?")
    for row in golden("text_pairs.chatml"):
        for turn in turns(row["pair_id"]):
            assert f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n" in row["prompt"]


def test_margins_follow_from_strengths():
    assert {row["pair_id"]: row["margin"] for row in golden("rm_pairs_margin")} == {
        row["pair_id"]: row["strength"] for row in golden("rm_pairs")
    }


def test_soft_labels_count_ties_half():
    chances = {key: sum((one > 0) + (one == 0) / 2 for one in votes(key).values()) for key in BY_KEY if votes(key)}
    shares = {key: chances[key] / len(votes(key)) for key in chances}
    decided = {key: max(share, 1 - share) for key, share in shares.items() if share != 0.5 and key not in PICTURED}

    rows = {row["pair_id"]: row for row in golden("rm_pairs.soft")}

    assert {key: row["p_chosen"] for key, row in rows.items()} == pytest.approx(decided)
    assert {key: row["margin"] for key, row in rows.items()} == pytest.approx(
        {k: 2 * p - 1 for k, p in decided.items()}
    )
    for key, row in rows.items():
        assert content(row, "chosen") == texts(key)[0 if shares[key] > 0.5 else 1]


def test_each_vote_is_a_row_and_a_tie_one_each_way():
    sided, both = Counter(), Counter()
    for key in BY_KEY.keys() - PICTURED:
        one, two = (texts(key) * 2)[:2]
        for vote in votes(key).values():
            if vote:
                sided[key, (one, two) if vote > 0 else (two, one)] += 1
            both[key, (one, two)] += 1 if vote == 0 else 2 * (vote > 0)
            both[key, (two, one)] += 1 if vote == 0 else 2 * (vote < 0)

    assert Counter(_sided("rm_pairs_votes")) == sided
    assert Counter(_sided("rm_pairs_votes.ties")) == +both


def _sided(wish):
    return [(row["pair_id"], (content(row, "chosen"), content(row, "rejected"))) for row in golden(wish)]


def test_a_dimension_has_a_truth_of_its_own():
    (row,) = golden("dpo_pairs.style")

    assert content(row, "chosen") == texts("sky")[BY_KEY["sky"].more["style"]] != texts("sky")[BY_KEY["sky"].better]


def test_a_ranking_gives_pairs_that_follow_its_places_and_none_of_those_who_share_one():
    ranks = BY_KEY["fruits"].more["ranks"]
    words = texts("fruits")
    wanted = {(words[one], words[two]) for one in range(4) for two in range(4) if ranks[one] < ranks[two]}

    assert {pair for _, pair in _sided("rm_pairs.ranking")} == wanted
    (row,) = golden("ranking")
    assert {answer["answer"]: answer["rank"] for answer in row["answers"]} == dict(zip(words, ranks, strict=True))
    assert [answer["rank"] for answer in row["answers"]] == sorted(ranks)
    assert {answer["answer"]: answer["model"] for answer in row["answers"]} == {
        text: f"model-{place}" for place, text in enumerate(words)
    }


def test_single_responses_are_good_or_bad_as_planted():
    truth = {
        (key, text): good
        for key, item in BY_KEY.items()
        if "good" in item.more
        for text, good in zip(texts(key), item.more["good"], strict=True)
    }
    rows = golden("kto.single")

    assert {(row["pair_id"].partition("/")[0], content(row, "completion")): row["label"] for row in rows} == truth
    good = {(key, text) for (key, text), is_good in truth.items() if is_good}
    for row in golden("rm_pairs.single"):
        one, _, two = row["pair_id"].partition("+")
        keys = [one.partition("/")[0], (two or one).partition("/")[0]]
        assert (keys[0], content(row, "chosen")) in good
        assert (keys[1], content(row, "rejected")) in truth.keys() - good


def test_every_pair_is_one_good_and_one_bad_completion():
    wanted = {(key, text, place == BY_KEY[key].better) for key in BETTER for place, text in enumerate(texts(key))}
    bad = {("poor", text, False) for text in texts("poor")}

    assert {(row["pair_id"], content(row, "completion"), row["label"]) for row in golden("kto")} == wanted
    assert {(row["pair_id"], content(row, "completion"), row["label"]) for row in golden("kto.two_bad")} == wanted | bad


def test_best_of_several_puts_the_right_ones_first():
    words, good = texts("fruits"), BY_KEY["fruits"].more["good"]
    right = [text for text, is_good in zip(words, good, strict=True) if is_good]
    wrong = [text for text, is_good in zip(words, good, strict=True) if not is_good]

    each = {row["id"]: row for row in golden("bestofn_eval")}
    ties = {row["id"].partition(":")[0]: row for row in golden("bestofn_eval.ties")}

    assert [(row["chosen"], row["rejected"]) for key, row in each.items() if key.startswith("fruits/")] == [
        ([one], wrong) for one in right
    ]
    assert (each["sky"]["chosen"], each["sky"]["rejected"]) == ([texts("sky")[0]], [texts("sky")[1]])
    assert (ties["tied"]["chosen"], ties["tied"]["rejected"]) == (right, wrong)
    assert (ties["ref"]["chosen"], ties["ref"]["rejected"]) == (right[:1], wrong)
    for row in (*each.values(), *ties.values()):
        assert (row["num_correct"], row["num_incorrect"]) == (len(row["chosen"]), len(row["rejected"]))
        assert row["total_completions"] == len(row["models"]) == len(row["chosen"]) + len(row["rejected"])


def test_battles_name_the_model_that_won_and_keep_ties():
    outcomes = {key: BY_KEY[key].more["outcome"] for key in ("even", "poor")}
    truth = {key: f"model_{'ab'[BY_KEY[key].better]}" for key in BETTER} | {"even": "tie", "poor": "both_bad"}
    assert outcomes == {"even": "tie", "poor": "both_bad"}
    counted = Counter(
        (key, "model_a" if vote > 0 else "model_b" if vote else outcomes[key])
        for key in BY_KEY.keys() - PICTURED
        for vote in votes(key).values()
    )

    assert {row["pair_id"]: row["winner"] for row in golden("arena")} == truth
    assert Counter((row["pair_id"], row["winner"]) for row in golden("arena.votes")) == counted
    for row in golden("arena"):
        assert (row["model_a"], row["model_b"]) == ("aster-1", "birch-2")
        assert [content(row, "conversation_a"), content(row, "conversation_b")] == texts(row["pair_id"])


@pytest.mark.parametrize(("wish", "truth"), [("stepwise", "right"), ("stepwise.neutral", "strict")])
def test_steps_are_right_and_wrong_as_planted(wish, truth):
    more = BY_KEY["sum"].more

    rows = golden(wish)

    assert [row["completions"] for row in rows] == more["steps"]
    assert [row["labels"] for row in rows] == more[truth]
    assert {row["prompt"] for row in rows} == {BY_KEY["sum"].row["prompt"]}


def test_first_errors_are_where_they_were_planted():
    more, rows = BY_KEY["sum"].more, golden("first_error")

    assert [row["steps"] for row in rows] == more["steps"]
    assert [row["label"] for row in rows] == more["first_wrong"]
    assert [row["final_answer_correct"] for row in rows] == more["final"]
    assert [row["generator"] for row in rows] == ["aster-1", "birch-2"]


@pytest.mark.parametrize(("wish", "truth"), [("ratings", "helpful"), ("ratings.mean", "helpful_mean")])
def test_ratings_are_those_of_the_response_beside_them(wish, truth):
    wanted = {
        (key, text): level
        for key, item in BY_KEY.items()
        if truth in item.more
        for text, level in zip(texts(key), item.more[truth], strict=True)
    }

    assert {(row["pair_id"], row["response"]): row["helpful"] for row in golden(wish)} == wanted


def test_verdicts_are_those_of_the_response_beside_them():
    truth, (one, two) = BY_KEY["note"].more, golden("rubrics.responses")
    (pair,) = golden("rubrics")

    found = {(one["criterion"], one["response"]): one["value"] for one in pair["verdicts"]}

    assert (pair["winner"], [pair["response_a"], pair["response_b"]]) == ("AB"[BY_KEY["note"].better], texts("note"))
    for place, row in enumerate((one, two)):
        assert row["response"] == texts("note")[place]
        assert row["passes"] is truth["passes"][place]
        for key, values in truth["verdicts"].items():
            assert found[key, "ab"[place]] == values[place]
        assert {v["criterion"]: v["value"] for v in row["verdicts"]} == {
            k: v[place] for k, v in truth["verdicts"].items()
        }


@pytest.mark.parametrize(("wish", "truth"), [("spans", "marked"), ("spans.any", "anybody")])
def test_marks_stand_at_the_words_that_were_planted(wish, truth):
    rows = golden(wish)

    assert [row["prediction"] for row in rows] == texts("claims")
    for row, wanted in zip(rows, BY_KEY["claims"].more[truth], strict=True):
        said = [
            (row["prediction"][one["start"] : one["end"]], one["error_type"], one["severity"]) for one in row["errors"]
        ]
        assert said == wanted


def test_critiques_end_with_the_side_or_the_level_that_was_meant():
    sides = {row["pair_id"]: row["messages"][1]["content"] for row in golden("critique_sft")}
    (collected,) = golden("critique_sft.collected")
    words, level = BY_KEY["answer"].more["wrote"]

    assert sides == {
        "sky": "It names the cause. [RESULT] A",
        "ferry": "It answers. [RESULT] B",
        "came": "A stone is no tree. [RESULT] B",
    }
    for row in golden("critique_sft"):
        one, two = texts(row["pair_id"])
        assert f"### Response A\n{one}\n\n### Response B\n{two}\n" in row["messages"][0]["content"]
    assert (collected["orig_feedback"], collected["orig_score"]) == (words, level)
    assert collected["orig_response"] == texts("answer")[0]


def test_pictures_are_those_of_the_prompt_or_of_their_side():
    (asked,), (compared,) = golden("vision_pairs"), golden("vision_pairs.responses")

    assert asked["images"] == [_file("map")]
    assert [content(asked, "chosen"), content(asked, "rejected")] == texts("map")
    assert (compared["images_chosen"], compared["images_rejected"]) == ([_file("mill")], [_file("barn")])


def _file(name):
    return f"files/{digest_of(name)}.png"


def test_a_known_answer_goes_along_with_its_prompt():
    found = {row["pair_id"]: row["reward_model"]["ground_truth"] for row in golden("verl_prompts")}

    assert {key: answer for key, answer in found.items() if answer} == {"came": "An ash.", "sum": "20"}
    once = {json.dumps(turns(key)) for key in BY_KEY.keys() - PICTURED - {"unsure"}}
    assert {json.dumps(row["prompt"]) for row in golden("prompts")} >= once
    assert len(golden("prompts")) == len({json.dumps(row["prompt"]) for row in golden("prompts")})


def test_everything_holds_each_answer_in_the_items_own_order_whatever_was_shown():
    rows = {row["key"]: row for row in golden("raw")}
    turned = Counter()

    assert list(rows) == [item.row["key"] for item in ITEMS]
    for key, row in rows.items():
        current = [one for one in row["annotations"] if one["is_current"] and one["label_source"] == "people"]
        said = BY_KEY[key].said
        assert len(current) == len(said)
        by_person = {one["annotation_id"] % 5: json.loads(one["answers"]) for one in current}
        for number, name in enumerate(PEOPLE, 1):
            for question, value in said.get(name, {}).items():
                assert_said(
                    question,
                    value if (key, name) != ("ferry", "Ana") else {"better": 1, "strength": 3},
                    by_person[number],
                )
        for one in current:
            is_turned = json.loads(one["shown"]) != sorted(json.loads(one["shown"]))
            turned.update(dict.fromkeys(json.loads(one["answers"]), is_turned))
    assert all(turned[question] for question in ("better", "order", "helpful", "good", "steps", "list", "marks"))


def assert_said(question, value, answers):
    stored = answers[question]
    match question:
        case "better":
            assert stored["winner"] == (value["outcome"] if "outcome" in value else "ab"[value["better"]])
        case "good":
            assert stored == [[one] for one in value]
        case "steps":
            assert [(part["labels"], part["final"]) for part in stored] == value
        case "list":
            found = {name: [one["value"] for one in both] for name, both in stored["verdicts"].items()}
            assert found == value
        case "marks":
            assert {(one["response"], one["type"]) for one in stored["spans"]} == {(mark[0], mark[2]) for mark in value}
        case _:
            assert stored == value


def test_who_changed_an_answer_left_the_older_one_in_the_history():
    (row,) = [row for row in golden("raw") if row["key"] == "ferry"]
    history = {one["annotation_id"]: one for one in row["annotations"]}

    assert [(one["is_current"], one["supersedes"]) for one in history.values()] == [
        (False, 0),
        (True, 0),
        (True, 0),
        (True, next(iter(history))),
    ]
    assert history[26]["reason"] == "I had not read to the end."
