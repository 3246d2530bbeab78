"""A reward head in a browser: asked for, watched, believed or not, and asked about what nobody has labeled."""

from typing import Any

from django.db.models.functions import Now
from playwright.sync_api import expect

from annotation.models import Annotation, Item
from jobs.models import Job, State
from jobs.services import enqueue
from modelhooks.models import Checkpoint, Evaluation, FrozenPair, Head
from projects.models import Project
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look
from tests.journeys.test_runs import press, work
from tests.modelhooks.product import planted_labels as planted

BETTER = "better"
PROMOTED = "Promoted: it is right about 81 % of the frozen pairs, 25 points (17 to 33) above length alone."
REFUSED = (
    "Not promoted: it does not clearly beat length alone: 9 % right against 97 %, a gain of −88 points (−93 to −82); "
    "and its log-loss of 9.8765 is not below the 0.5000 of the current head on the same pairs."
)


def labeled(house: House, count: int) -> list[Item]:
    """Pairs on which Ana prefers gold, nearly always; which prompts are kept back is no matter of chance."""
    Project.objects.filter(pk=house.project.pk).update(salt="planted")
    items = planted.pairs(house.place("Olga"), count)
    planted.label(house.place("Ana"), items, planted.names_gold, wrong=0.05, question=BETTER)
    return items


def test_a_head_is_trained_watched_believed_and_asked(page_for: OpenPage, house: House) -> None:
    labeled(house, 200)
    unlabeled = planted.pairs(house.place("Olga"), 20, seed=1)
    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/runs/")
    page.get_by_role("link", name="Reward head").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no reward head yet")
    page.get_by_label("Embedder").select_option("fake")
    page.get_by_label("Right at least so often").fill("80")
    press(page, "Train it")
    expect(page.get_by_role("heading", level=1)).to_have_text("The first reward head is being trained")
    expect(page.locator("#head")).to_contain_text("Head 1 waits for its turn")

    work("head")
    expect(page.get_by_role("heading", level=1)).to_contain_text("The reward head is right about")
    expect(page.locator("#head")).to_contain_text("Promoted: it is right about")
    table = page.locator("details", has_text="As a table").first
    table.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(table.get_by_role("columnheader", name="Prompts")).to_be_visible()

    page.get_by_role("link", name="Ask it about items").click()
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    press(page, "Start the run")
    expect(page.get_by_role("heading", level=1)).to_have_text("This run waits for its turn")
    work("run")
    expect(page.get_by_role("heading", level=1)).to_have_text("All 220 are answered")
    said = Annotation.objects.filter(item__in=unlabeled, run__checkpoint__backend="head")
    assert said.count() == len(unlabeled)
    spoken = [one for one in said.select_related("item") if one.answers]
    right = [planted.names_gold(one.item.text_of(0), one.item.text_of(1)) for one in spoken]
    assert [one.answers[BETTER]["winner"] for one in spoken].count("a") > 0
    assert (
        sum(one.answers[BETTER]["winner"] == truth for one, truth in zip(spoken, right, strict=True)) > len(spoken) / 2
    )


@every_size
def test_screens_of_the_reward_head(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    address = f"/projects/{house.project.slug}/heads/"
    page = page_for(house.people["Olga"], address, theme=theme, width=width, height=WIDTHS[width])
    look(page, "head-empty", theme, width, whole=True)

    evaluation = frozen(house)
    version(house, evaluation, 1, report(0.81, 0.56), verdict=PROMOTED, is_promoted=True)
    page.goto(address)
    look(page, "head-usual", theme, width, whole=True)

    for number in range(2, 14):
        version(house, evaluation, number, extreme(), verdict=REFUSED, is_promoted=False)
    version(house, evaluation, 14, None, verdict="", is_promoted=None)
    page.goto(address)
    look(page, "head-extreme", theme, width, whole=True)
    page.goto(f"{address}13/")
    look(page, "head-version", theme, width, whole=True)


def frozen(house: House) -> Evaluation:
    made = Evaluation.objects.create(
        project=house.project, question=BETTER, number=1, with_imported=False, last_annotation=0
    )
    FrozenPair.objects.create(evaluation=made, subject=1, group="one", p=1.0, annotations=[1])
    return made


def version(
    house: House,
    evaluation: Evaluation,
    number: int,
    told: dict[str, Any] | None,
    *,
    verdict: str,
    is_promoted: bool | None,
) -> None:
    """A version as its training would have left it; without a report one that is at work."""
    job = enqueue(kind="head", args={}, actor_id=house.people["Olga"].pk)
    common: dict[str, Any] = {
        "project": house.project,
        "number": number,
        "question": BETTER,
        "parameters": {"embedder": "fake", "target": 0.9, "seed": 0, "with_imported": number > 1},
        "last_annotation": 0,
        "job": job,
        "created_by": house.people["Olga"],
    }
    if told is None:
        Job.objects.filter(pk=job.pk).update(done=1_234_567, total=9_876_543, message="Embedding responses.")
        Head.objects.create(**common)
        return
    Job.objects.filter(pk=job.pk).update(state=State.DONE, finished_at=Now())
    asked = [
        Checkpoint.objects.create(
            name=f"answers better head {number}{end}", contract=contract, backend="head", project=house.project,
            options={"head": number, "embedder": "fake"}, is_healthy=True,
        )
        for end, contract in (("", "preference"), (" scores", "reward"))
    ]  # fmt: skip
    Head.objects.create(
        **common, evaluation=evaluation, finished_at=Now(), is_promoted=is_promoted, verdict=verdict, report=told,
        pairs=12_345_678 if number > 1 else 812, prompts=640, votes=1_204, annotators=9, weights=b"", rest={},
        code={"goldpan": "0.1.0", "numpy": "2.4.6", "scikit-learn": "1.9.1"}, fingerprint="f" * 64, embedder="e" * 64,
        checkpoint=asked[0], scorer=asked[1],
    )  # fmt: skip


def share(at: float, pairs: int = 160) -> dict[str, Any]:
    return {"share": at, "low": max(0.0, at - 0.06), "high": min(1.0, at + 0.05), "pairs": pairs, "prompts": pairs - 12}


def report(right: float, by_length: float) -> dict[str, Any]:
    """What `modelhooks.services.reports` writes, with round numbers."""
    bins = [{"confidence": 0.5 + one / 22, "accuracy": 0.5 + one / 24, "count": 81} for one in range(1, 11)]
    told = {"head": share(right), "length_only": share(by_length), "gain": share(right - by_length), "log_loss": 0.51}
    return {
        "frozen": {
            **told, "calibration_error": 0.04, "bins": bins, "ties": 0.12, "ties_expected": 0.1, "rival": None,
            "spoken": {"share": 0.43, "pairs": 69, "accuracy": share(0.93, 69)},
        },
        "crossfit": {**told, "calibration_error": 0.03, "bins": bins},
        "curve": [[64, 0.62], [128, 0.69], [256, 0.75], [512, 0.79]],
        "ties": 98, "penalty": 10.0, "factor": 1.2,
        "cutoff": {"confidence": 0.84, "items": 351, "accuracy": 0.93, "at_least": 0.91},
    }  # fmt: skip


def extreme() -> dict[str, Any]:
    """Wrong nearly always, sure all the time, and nothing to say."""
    found = report(0.09, 0.97)
    found["frozen"]["rival"] = {"head": share(0.81), "log_loss": 0.5, "saved": share(-9.3765)}
    found["frozen"]["spoken"] = {"share": 0.0, "pairs": 0, "accuracy": None}
    found["crossfit"]["bins"] = [{"confidence": 1.0, "accuracy": 0.0, "count": 12_345_678}] * 2
    return {**found, "curve": [[1, 0.02], [2, 0.01]], "cutoff": None}
