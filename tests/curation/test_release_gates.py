"""What a release must pass: each fault is planted, caught by its gate alone, and gone once mended or overruled."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Scope
from accounts.services import tokens
from annotation.kinds import KINDS
from annotation.models import Annotation, Form, Item, Question
from annotation.services import gold
from audit.models import Event
from curation import gates, recipes, splits, store
from curation.gates.columns import FEWEST_ROWS
from curation.gates.sketchbook import asked
from curation.models import Measure, Release
from curation.queries import releases as queries
from curation.recipes import RECIPES
from curation.services import benchmarks, evaluation_sets, releases
from curation.services.wishes import ReleaseRefused, settle
from jobs.models import State
from projects.access import Place
from tests.curation.reviewing import analysis_of

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Made = Callable[..., Release]
PROMPT = (
    "A farmer keeps hens that lay three eggs each on every day but Sunday. How many eggs are laid by eleven hens in "
    "four weeks, and how many boxes of six does she fill with them, if two of every hundred eggs break on the way?"
)
WORDS = ["tin", "moon", "river", "paper", "garden", "winter", "stone", "bridge", "letter", "music", "silver", "harbor"]


def asking(words: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": words}]}


def different(number: int) -> str:
    """A prompt like no other."""
    return " ".join(f"{word}{number * 7 + at}" for at, word in enumerate(WORDS))


@pytest.fixture
def many(add_item: AddItem, answer: Answer) -> list[Item]:
    """Forty pairs with prompts of their own, of which some fall into each split."""
    found = [add_item("x", str(number), **asking(different(number))) for number in range(40)]
    for number, item in enumerate(found):
        answer(item, "ab"[number % 2])
    return found


@pytest.fixture
def add_labeled(add_item: AddItem, answer: Answer) -> Callable[..., Item]:
    def add(words: str, group: str) -> Item:
        item = add_item("x", "y", group=group, **asking(words))
        answer(item, "a")
        return item

    return add


def group_in(project: Any, split: str, start: int = 0) -> str:
    """A prompt group that falls into this split."""
    split_of = splits.chooser(splits.salt_of(project.salt), splits.DEFAULT)
    return next(name for n in range(start, 10_000) if split_of(name := f"planted-{n}") == split)


def failing(release: Release) -> list[str]:
    assert release.stopped_by is not None, release.job.message
    return [one["gate"] for one in release.stopped_by if not one["passed"]]


def of(release: Release, gate: str) -> dict[str, Any]:
    found = queries.gates_of(release)
    assert found is not None
    return next(one for one in found if one["gate"] == gate)


def test_a_release_that_nothing_speaks_against_says_what_it_passed(many: list[Item], release: Made) -> None:
    made = release()

    assert made.manifest is not None
    assert [one["gate"] for one in made.manifest["gates"]] == [gates.NULLS, *gates.DEFAULT]
    assert all(one["passed"] for one in made.manifest["gates"])
    assert made.stopped_by is None
    assert "overruled" not in made.manifest
    card = store.path_of(made.files.get(path="README.md")).read_text()
    assert "## What it had to pass" in card
    assert "Not passed" not in card


def test_a_leaked_benchmark_prompt_is_caught(many: list[Item], release: Made, add_labeled: Callable[..., Item]) -> None:
    benchmarks.put("Eggs", [PROMPT, different(9_999)])
    leaking = add_labeled(f"Please think. {PROMPT} Thank you.", "leaking")

    stopped = release()

    assert failing(stopped) == ["max_leaked"]
    assert stopped.job.state == State.FAILED
    assert stopped.manifest is None
    assert not stopped.files.exists()
    found = of(stopped, "max_leaked")
    assert found["found"] == 1
    assert found["examples"][0].startswith(f"{leaking.key} holds words of Eggs: “a farmer keeps hens")
    assert "1 item holds words of a benchmark’s prompt" in stopped.job.message
    assert release(gates={"max_leaked": 1}).manifest is not None


def test_a_benchmark_that_is_in_no_row_stops_nothing(
    many: list[Item], release: Made, add_item: AddItem, answer: Answer
) -> None:
    benchmarks.put("Eggs", [PROMPT])
    answer(add_item("x", "y", **asking(PROMPT)), "tie")

    made = release()

    assert made.manifest is not None
    assert of(made, "max_leaked")["found"] == 0


def test_the_record_itself_is_held_against_nothing(
    many: list[Item], release: Made, add_labeled: Callable[..., Item]
) -> None:
    benchmarks.put("Eggs", [PROMPT])
    add_labeled(PROMPT, "leaking")

    assert release("raw").manifest is not None
    assert failing(release("raw", "rm_pairs")) == ["max_leaked"]


def test_a_prompt_in_two_splits_is_caught(
    olga: Place, many: list[Item], release: Made, add_labeled: Callable[..., Item]
) -> None:
    one = add_labeled(PROMPT, group_in(olga.project, "train"))
    other = add_labeled(f"  {PROMPT.upper()}", group_in(olga.project, "test"))

    stopped = release()

    assert failing(stopped) == ["max_shared_prompts"]
    assert of(stopped, "max_shared_prompts")["examples"] == [f"{one.key} (train) and {other.key} (test) ask the same."]
    assert release(splits={"train": 100}).manifest is not None


def test_a_prompt_twice_in_one_split_is_no_fault(
    olga: Place, many: list[Item], release: Made, add_labeled: Callable[..., Item]
) -> None:
    add_labeled(PROMPT, group_in(olga.project, "train"))
    add_labeled(PROMPT, group_in(olga.project, "train", start=500))

    assert release().manifest is not None


def test_a_system_turn_that_all_share_makes_no_prompts_alike(
    olga: Place, release: Made, add_item: AddItem, answer: Answer
) -> None:
    for number in range(40):
        asked = [{"role": "system", "content": PROMPT * 3}, {"role": "user", "content": different(number)}]
        answer(add_item("x", str(number), messages=asked), "ab"[number % 2])

    assert release().manifest is not None


def test_a_held_out_prompt_that_nearly_repeats_another_split_is_caught(
    olga: Place, many: list[Item], release: Made, add_labeled: Callable[..., Item]
) -> None:
    one = add_labeled(PROMPT, group_in(olga.project, "train"))
    other = add_labeled(PROMPT.replace("eleven", "twelve"), group_in(olga.project, "validation"))

    stopped = release()

    assert failing(stopped) == ["max_near_duplicates"]
    (example,) = of(stopped, "max_near_duplicates")["examples"]
    assert example.startswith(f"{one.key} (train) and {other.key} (validation): ")
    assert release(gates={"max_near_duplicates": 1.0}).manifest is not None
    share = of(stopped, "max_near_duplicates")["found"]
    assert release(gates={"max_near_duplicates": share + 1e-6}).manifest is not None


@pytest.fixture
def a_null_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipe of margins, with a fault: it makes one row without."""
    whole = RECIPES["rm_pairs_margin"]

    def builder(parameters: Any) -> Any:
        build = whole.builder(parameters)

        def planted(item: Any, annotations: Any) -> Any:
            rows = build(item, annotations)
            return [{**row, "margin": None} for row in rows] if item.key == "pair-7" else rows

        return planted

    monkeypatch.setitem(recipes.RECIPES, "rm_pairs_margin", replace(whole, builder=builder))


@pytest.mark.usefixtures("a_null_margin")
@pytest.mark.parametrize("formats", [["jsonl"], ["parquet"]])
@pytest.mark.parametrize("reason", ["", "I want it."])
def test_a_null_margin_is_caught_and_overruled_by_nobody(
    many: list[Item], release: Made, formats: list[str], reason: str
) -> None:
    stopped = release("rm_pairs_margin", formats=formats, overrule=reason)

    assert stopped.job.state == State.FAILED
    assert stopped.job.message.startswith("rm_pairs_margin.margin of item pair-7 is null")
    assert not stopped.files.exists()


@pytest.mark.usefixtures("a_null_margin")
def test_a_preview_tells_of_a_null_margin(olga: Place, many: list[Item]) -> None:
    wish = settle(olga.project, recipes=[{"name": "rm_pairs_margin"}])

    preview = queries.preview(olga.project, wish.recipes, wish.splits)

    assert preview is not None
    assert preview.stopping == ["rm_pairs_margin.margin is null in 1 row, where a trainer wants a value."]


@pytest.mark.parametrize("rows", [FEWEST_ROWS - 1, FEWEST_ROWS])
def test_a_constant_column_is_caught_once_there_are_enough_rows(
    olga: Place, add_item: AddItem, answer: Answer, release: Made, rows: int
) -> None:
    for number in range(rows):
        answer(add_item("x", str(number), **asking(different(number))), "a")
    wish = settle(olga.project, recipes=[{"name": "rm_pairs_margin"}])
    preview = queries.preview(olga.project, wish.recipes, wish.splits)
    assert preview is not None

    made = release("rm_pairs_margin")

    if rows < FEWEST_ROWS:
        assert made.manifest is not None
        assert preview.stopping == []
        return
    assert failing(made) == ["allow_constant"]
    assert of(made, "allow_constant")["examples"] == ["rm_pairs_margin.margin."]
    assert preview.stopping == [of(made, "allow_constant")["says"]]
    assert "rm_pairs_margin.margin" in preview.stopping[0]
    assert release("rm_pairs_margin", gates={"allow_constant": True}).manifest is not None


def test_a_column_that_differs_once_is_not_constant(add_item: AddItem, answer: Answer, release: Made) -> None:
    for number in range(FEWEST_ROWS + 1):
        answer(add_item("x", str(number), **asking(different(number))), "a", "Ana")
    last = Item.objects.get(key=f"pair-{FEWEST_ROWS}")
    answer(last, "a", "Ben"), answer(last, "b", "Cyd")

    assert release("rm_pairs_margin").manifest is not None


def agreement(project: Any, alpha: float, units: int = 50) -> None:
    told = {"units": units, "labels": 100, "alpha": {"value": alpha, "low": alpha - 0.1, "high": alpha + 0.1}}
    Measure.objects.create(
        analysis=analysis_of(project), topic=Measure.Topic.AGREEMENT, question="better", facet="", figures=told
    )


@pytest.mark.parametrize(
    ("alpha", "limit", "passes"), [(-0.1, 0.0, False), (0.0, 0.0, True), (0.39, 0.4, False), (0.4, 0.4, True)]
)
def test_agreement_below_what_is_wanted_stops_a_release(
    olga: Place, many: list[Item], release: Made, alpha: float, limit: float, passes: bool
) -> None:
    agreement(olga.project, alpha)

    made = release(gates={"min_alpha": limit})

    assert (made.manifest is not None) == passes
    assert of(made, "min_alpha")["found"] == alpha
    if not passes:
        assert failing(made) == ["min_alpha"]


def test_agreement_that_nobody_knows_stops_nothing(olga: Place, many: list[Item], release: Made) -> None:
    assert of(release(gates={"min_alpha": 0.9}), "min_alpha")["found"] is None
    agreement(olga.project, -0.5, units=19)
    assert of(release(gates={"min_alpha": 0.9}, note="again"), "min_alpha")["found"] is None


@pytest.mark.parametrize(("right", "answers", "passes"), [(9, 20, False), (10, 20, True), (0, 19, True)])
def test_known_answers_that_people_got_wrong_stop_a_release(
    olga: Place,
    many: list[Item],
    add_item: AddItem,
    answer: Answer,
    release: Made,
    right: int,
    answers: int,
    passes: bool,
) -> None:
    for place in range(answers):
        item = add_item("x", "y", **asking(different(500 + place)))
        gold.mark(olga, item_id=item.pk, answers={"better": {"accepted": [{"winner": "a", "strength": 1}]}})
        answer(item, "a" if place < right else "b")

    made = release()

    assert (made.manifest is not None) == passes, made.job.message
    assert of(made, "min_gold_accuracy")["found"] == (right / answers if answers >= 20 else None)


def test_a_person_overrules_gates_with_a_reason_that_stands_in_the_manifest(
    olga: Place, many: list[Item], release: Made, add_labeled: Callable[..., Item]
) -> None:
    benchmarks.put("Eggs", [PROMPT])
    add_labeled(PROMPT, "leaking")
    stopped = release()

    made = release(overrule="Eggs is not what we measure by.")

    assert made.number == stopped.number + 1
    assert made.manifest is not None
    told = made.manifest["overruled"]
    assert told["reason"] == "Eggs is not what we measure by."
    assert told["against"] == [of(stopped, "max_leaked")["says"]]
    assert not of(made, "max_leaked")["passed"]
    card = store.path_of(made.files.get(path="README.md")).read_text()
    assert "Overruled by a person: Eggs is not what we measure by." in card
    assert "**Not passed:** 1 item holds words" in card
    frozen = Event.objects.get(verb="release.frozen", subject=f"release:{made.pk}")
    assert frozen.detail["overruled"] == told


def test_limits_are_part_of_the_wish_and_usual_ones_are_not(olga: Place, many: list[Item], release: Made) -> None:
    usual, same, other = release(), release(gates=dict(gates.DEFAULT)), release(gates={"max_leaked": 2})

    assert usual.pk == same.pk != other.pk
    assert usual.digest != other.digest


@pytest.mark.parametrize(
    "limits", [{"max_leaks": 1}, {"max_leaked": -1}, {"max_leaked": 0.5}, {"min_alpha": 2}, {"allow_constant": 1}]
)
def test_limits_that_mean_nothing_are_refused(olga: Place, many: list[Item], limits: dict[str, Any]) -> None:
    with pytest.raises(ReleaseRefused):
        releases.freeze(olga, recipes=[{"name": "rm_pairs"}], gates=limits)


def test_every_recipe_that_is_trained_on_is_held_against_gates() -> None:
    assert [name for name, recipe in RECIPES.items() if recipe.is_record] == ["raw"]


def test_the_api_tells_what_stopped_a_release_and_takes_limits(
    client: Client, olga: Place, many: list[Item], add_labeled: Callable[..., Item], release: Made
) -> None:
    benchmarks.put("Eggs", [PROMPT])
    add_labeled(PROMPT, "leaking")
    stopped = release()
    secret = tokens.create(olga.user, name="gates", scopes=(Scope.READ, Scope.WRITE), days=1).secret
    headers = {"Authorization": f"Token {secret}"}

    told = client.get(reverse("api-release", kwargs={"release_id": stopped.pk}), headers=headers).json()

    assert told["state"] == "failed"
    assert told["gates"] == stopped.stopped_by
    answered = client.post(
        reverse("api-releases", kwargs={"slug": olga.project.slug}),
        json.dumps({"gates": {"max_leaked": 1}}),
        content_type="application/json",
        headers=headers,
    )
    assert answered.status_code == 202
    assert Release.objects.get(pk=answered.json()["id"]).gates["max_leaked"] == 1


def test_rows_of_an_evaluation_set_may_be_held_out_again_but_not_trained_on(
    olga: Place, many: list[Item], release: Made, add_labeled: Callable[..., Item]
) -> None:
    held_out = add_labeled(PROMPT, group_in(olga.project, "test"))
    first = release("judge_pairs")
    evaluation_sets.from_release(olga, name="Ours", release=first, recipe="judge_pairs", split="test")

    again = release("dpo_pairs")
    turned = release("dpo_pairs", splits={"train": 100})

    assert again.manifest is not None, again.job.message
    assert of(again, "max_leaked")["found"] == 0
    assert failing(turned) == ["max_leaked"]
    assert any(one.startswith(f"{held_out.key} holds") for one in of(turned, "max_leaked")["examples"])


def test_an_item_that_is_in_a_row_of_a_later_one_is_looked_at_too(
    olga: Place, add_item: AddItem, release: Made, person: Callable[..., Any]
) -> None:
    benchmarks.put("Eggs", [PROMPT])
    form = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    options = [{"key": "good", "title": "Good"}, {"key": "bad", "title": "Bad"}]
    settings = KINDS["choice"].check_settings({"options": options}, "response")
    Question.objects.create(
        form=form, position=0, key="verdict", kind="choice", title="Is it?", target="response", settings=settings
    )
    for number, words in enumerate((PROMPT, different(1))):
        item = add_item("x" * (number + 1), **asking(words))
        Annotation.objects.create(
            project=olga.project,
            item=item,
            form=form,
            author=person("Ana"),
            answers={"verdict": [["good", "bad"][number : number + 1]]},
            shown=[0],
            guideline_version=1,
        )
    parameters = {"question": "verdict", "across": "all", "good": ["good"], "bad": ["bad"]}

    stopped = release(recipes=[{"name": "rm_pairs", "parameters": parameters}], splits={"train": 100})

    assert failing(stopped) == ["max_leaked"]


def test_near_repeats_in_a_crowd_are_counted_however_many_there_are(
    olga: Place, add_labeled: Callable[..., Item], release: Made
) -> None:
    for number in range(150):
        add_labeled(PROMPT.replace("eleven", f"{number + 100}"), f"crowd-{number}")

    stopped = release(splits={"train": 50, "test": 50})

    found = of(stopped, "max_near_duplicates")
    assert found["found"] == 1.0
    assert not found["passed"]


def test_prompts_that_ask_the_same_of_other_pictures_are_not_the_same() -> None:
    def shown(sha256: str) -> list[dict[str, Any]]:
        return [{"role": "user", "content": "What is it?", "media": [{"sha256": sha256 * 64}]}]

    assert asked(shown("a")) != asked(shown("b"))
    assert asked(shown("a")) == asked([{"role": "system", "content": "Be kind."}, *shown("a")])


def test_prompts_that_say_nothing_are_like_none(olga: Place, add_item: AddItem, answer: Answer, release: Made) -> None:
    for split in ("train", "test"):
        silent = [{"role": "system", "content": f"Be kind in {split}."}]
        answer(add_item("x", "y", group=group_in(olga.project, split), messages=silent), "a")

    assert release().manifest is not None
