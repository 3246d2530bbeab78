"""What releases leave out where the curator wishes it: what detectors found."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from annotation.models import Annotation, Item
from audit.models import Event
from curation import store
from curation.detectors import DETECTORS
from curation.models import Analysis, Decision, Detection, Finding, Measure, Omission, Release
from curation.queries import releases as queries
from curation.recipes import RECIPES, BadParameters
from curation.services import analyses, contents, guards, releases
from curation.services.wishes import ReleaseRefused, settle
from jobs import runner
from jobs.models import Job, State
from modelhooks.models import Head
from projects.access import Place
from tests.curation.recipes.questions import QUESTIONS
from tests.curation.reviewing import analysis_of, find

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Made = Callable[..., Release]
WHOLE = {"formats": ["jsonl"], "splits": {"train": 100}}
DETECTOR = "disputed_labels"
OTHERS = [name for name in DETECTORS if name != DETECTOR][:2]


def leaving(*detectors: str, findings: str = "confirmed", **more: Any) -> dict[str, Any]:
    named = list(detectors or (DETECTOR,))
    return {"name": "rm_pairs", "parameters": {"leave_out": named, "findings": findings, **more}}


@pytest.fixture
def items(olga: Place, add_item: AddItem, answer: Answer) -> list[Item]:
    """Four pairs, each labeled by two people who agree."""
    found = [add_item("x", str(number)) for number in range(4)]
    for item in found:
        answer(item, "a", "Ana"), answer(item, "a", "Ben")
    looked(analysis_of(olga.project))
    return found


def looked(analysis: Analysis) -> Analysis:
    """Every detector did, and whether it may leave out labels by itself was settled."""
    for name in DETECTORS:
        told = {"version": "1", "found": 0, "gone": 0, "unsaid": 0, "seconds": 0}
        Detection.objects.create(analysis=analysis, detector=name, **told)
    guards.store(analysis, Silent())  # type: ignore[arg-type]
    return analysis


class Silent:
    """The progress of a job that nobody watches."""

    def report(self, *_: Any) -> None: ...

    def confirm(self) -> None: ...


def confirmed(item: Item, decision: str = Decision.OVERTURNED, **said: Any) -> Finding:
    return find(item, **{"detector": DETECTOR, "question": "better", "decision": decision, **said})


def told(made: Release) -> list[tuple[str, int]]:
    """The key of each row's item, and how many votes stand behind it."""
    file = made.files.get(path__endswith="train-00000-of-00001.jsonl")
    rows = [json.loads(line) for line in store.path_of(file).read_text().splitlines()]
    return [(row["pair_id"], row["n_votes"]) for row in rows]


def dropped(made: Release) -> dict[str, int]:
    assert made.manifest is not None, made.job.message
    found: dict[str, int] = made.manifest["recipes"][0]["items_dropped"]
    return found


def test_items_and_labels_that_reviewers_confirmed_are_left_out_each_with_its_reason(
    items: list[Item], release: Made
) -> None:
    label = items[1].annotations.order_by("pk")[0]
    both = items[2].annotations.order_by("pk")
    confirmed(items[0])
    confirmed(items[1], annotation=label)
    confirmed(items[2], annotation=both[0], detector=OTHERS[0])
    confirmed(items[2], annotation=both[1], detector=OTHERS[1])

    plain = release(recipes=[{"name": "rm_pairs"}], **WHOLE)
    made = release(recipes=[leaving(DETECTOR, *OTHERS)], **WHOLE)
    one = release(recipes=[leaving()], **WHOLE)

    assert told(plain) == [(item.key, 2) for item in items]
    assert told(one) == [(items[1].key, 1), (items[2].key, 2), (items[3].key, 2)]
    assert dropped(one) == {f"finding:{DETECTOR}": 1}
    assert told(made) == [(items[1].key, 1), (items[3].key, 2)]
    assert dropped(made) == {f"finding:{DETECTOR}": 1, f"finding:{min(OTHERS)}": 1}
    card = store.path_of(one.files.get(path="README.md")).read_text()
    assert "| found by a detector: labels that the rest contradicts | 1 |" in card
    assert f"`{DETECTOR}` (2)" in card
    assert one.manifest["omitted"] == {DETECTOR: 2}  # type: ignore[index]


@pytest.mark.parametrize("decision", [Decision.UPHELD, Decision.ANOTHER, ""])
def test_what_nobody_confirmed_stays_where_that_is_asked(items: list[Item], release: Made, decision: str) -> None:
    confirmed(items[0], decision)

    assert len(told(release(recipes=[leaving()], **WHOLE))) == 4


def test_a_finding_of_another_question_or_that_is_gone_leaves_out_nothing(
    olga: Place, items: list[Item], release: Made
) -> None:
    confirmed(items[0], question="why")
    confirmed(items[1], gone=analysis_of(olga.project))

    assert len(told(release(recipes=[leaving()], **WHOLE))) == 4


def test_a_label_that_was_changed_since_is_no_reason_any_more(items: list[Item], answer: Answer, release: Made) -> None:
    old = items[0].annotations.order_by("pk")[0]
    confirmed(items[0], annotation=old)
    answer(items[0], "a", author=old.author, supersedes=old)

    assert told(release(recipes=[leaving()], **WHOLE))[0] == (items[0].key, 2)


def test_a_consensus_with_such_a_label_behind_it_is_left_out_as_a_whole(
    olga: Place, items: list[Item], release: Made
) -> None:
    Job.objects.filter(kind="analysis").update(state=State.DONE, finished_at=Now())
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    confirmed(items[0], annotation=items[0].annotations.order_by("pk")[0])

    made = release(recipes=[leaving(aggregator="consensus")], **WHOLE)

    assert dropped(made) == {f"finding:{DETECTOR}": 1}
    assert len(told(made)) == 3


def test_a_detector_with_unreviewed_findings_is_refused_with_the_sentences_of_the_guard(
    olga: Place, items: list[Item]
) -> None:
    confirmed(items[0], "")

    with pytest.raises(ReleaseRefused) as refused:
        releases.freeze(olga, recipes=[leaving(findings="all")], **WHOLE)

    assert f"Nobody has reviewed 1 findings of {DETECTOR}" in str(refused.value)
    assert "The test with planted flips has not been run on this project's labels." in str(refused.value)
    assert "leave out those alone that a reviewer confirmed" in str(refused.value)
    assert not Release.objects.exists()


def test_a_person_may_overrule_the_guard_with_a_reason_that_stands_wherever_the_release_is_told_of(
    items: list[Item], release: Made
) -> None:
    confirmed(items[0], "")

    made = release(recipes=[leaving(findings="all")], overrule=" I have seen them. ", **WHOLE)

    assert dropped(made) == {f"finding:{DETECTOR}": 1}
    assert made.manifest is not None
    told_of = made.manifest["overruled"]
    assert told_of["reason"] == "I have seen them."
    assert told_of["against"][0].startswith(f"Nobody has reviewed 1 findings of {DETECTOR}")
    assert "Overruled by a person: I have seen them." in store.path_of(made.files.get(path="README.md")).read_text()
    (asked,) = Event.objects.filter(verb="release.asked")
    assert asked.detail["overruled"] == "I have seen them."


def test_a_blank_reason_overrules_nothing_and_one_that_nobody_needs_is_not_kept(
    olga: Place, items: list[Item], release: Made
) -> None:
    plain = release(recipes=[leaving(findings="all")], overrule="Just in case.", **WHOLE)
    assert plain.overruled == {"reason": "Just in case.", "against": []}
    assert plain.manifest is not None
    assert "overruled" not in plain.manifest

    confirmed(items[0], "")
    with pytest.raises(ReleaseRefused, match="overrule the guard with a reason"):
        releases.freeze(olga, recipes=[leaving(findings="all")], overrule="  ", **WHOLE)


def test_another_reason_is_another_release(items: list[Item], release: Made) -> None:
    confirmed(items[0], "")
    asked = {"recipes": [leaving(findings="all")], **WHOLE}

    one, same, other = (release(**asked, overrule=why) for why in ("I have seen them.", "I have seen them.", "Hm."))

    assert one == same != other


def test_once_everything_is_reviewed_nothing_is_refused(items: list[Item], release: Made) -> None:
    confirmed(items[0])
    confirmed(items[1], Decision.UPHELD)

    made = release(recipes=[leaving(findings="all")], **WHOLE)

    assert dropped(made) == {f"finding:{DETECTOR}": 1}


@pytest.fixture
def passed(olga: Place, items: list[Item], add_item: AddItem) -> Finding:
    """The one finding that nobody has reviewed, of a detector that passed this project's own test."""
    unreviewed = confirmed(items[0], "")
    for number in range(60):
        confirmed(add_item("p", str(number)))
    good = {"share": 0.9, "low": 0.88, "high": 0.92, "pairs": 3_000, "prompts": 900}
    length = {**good, "share": 0.6, "low": 0.58, "high": 0.62}
    Head.objects.create(
        project=olga.project,
        number=1,
        question="better",
        parameters={},
        last_annotation=1,
        job=Job.objects.create(kind="head"),
        report={"crossfit": {"head": good, "length_only": length}},
    )
    planted = {
        "share": 0.2,
        "planted": 500,
        "flagged": 480,
        "precision": 0.9,
        "precision_at_least": 0.87,
        "recall": 0.8,
        "untouched": 0.9,
        "flipped": 0.85,
        "dropped": 0.89,
        "gain": {**good, "share": 0.04, "low": 0.03},
    }
    first = analysis_of(olga.project)
    Measure.objects.create(analysis=first, topic=Measure.Topic.PLANTED, slice=DETECTOR, figures=planted)
    looked(analysis_of(olga.project))
    return unreviewed


def refuses(analysis: Analysis) -> None:
    """What an analysis leaves whose guard does not let the detector stand alone."""
    figures = {"stands_alone": False, "reasons": ["The head's accuracy may be as low as 60%."]}
    Measure.objects.create(analysis=analysis, topic=Measure.Topic.GUARD, slice=DETECTOR, figures=figures)


@pytest.mark.usefixtures("passed")
def test_a_detector_that_passed_this_projects_own_test_leaves_out_what_nobody_reviewed(release: Made) -> None:
    made = release(recipes=[leaving(findings="all")], **WHOLE)

    assert dropped(made) == {f"finding:{DETECTOR}": 1}


@pytest.mark.usefixtures("passed")
def test_a_guard_that_refuses_after_the_release_was_asked_for_stops_it_with_its_reason(
    olga: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, _ = releases.freeze(olga, recipes=[leaving(findings="all")], **WHOLE)
    refuses(analysis_of(olga.project))
    monkeypatch.delattr(contents, "write")  # for nothing has to be written to know

    runner.execute(str(asked.job_id))

    asked.refresh_from_db()
    assert (asked.job.state, asked.manifest) == (State.FAILED, None)
    assert f"nobody had reviewed 1 findings of {DETECTOR}" in asked.job.message
    assert "The head's accuracy may be as low as 60%." in asked.job.message
    assert not asked.files.exists()


@pytest.mark.usefixtures("passed")
def test_a_guard_that_refuses_while_a_release_is_written_stops_it_too(
    olga: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, _ = releases.freeze(olga, recipes=[leaving(findings="all")], **WHOLE)
    write = contents.write

    def write_slowly(*about: Any) -> Any:
        written = write(*about)
        refuses(analysis_of(olga.project))
        return written

    monkeypatch.setattr(contents, "write", write_slowly)
    runner.execute(str(asked.job_id))

    asked.refresh_from_db()
    assert (asked.job.state, asked.manifest) == (State.FAILED, None)
    assert "Nothing of this release was kept." in asked.job.message
    assert list(store._root().iterdir()) == []


def test_a_guard_that_refuses_stops_no_release_of_what_reviewers_confirmed(olga: Place, passed: Finding) -> None:
    asked, _ = releases.freeze(olga, recipes=[leaving(findings="confirmed")], **WHOLE)
    refuses(analysis_of(olga.project))

    runner.execute(str(asked.job_id))

    asked.refresh_from_db()
    assert (asked.job.state, passed.item_id in asked.omissions.values_list("item", flat=True)) == (State.DONE, True)


def test_what_is_left_out_is_fixed_when_the_release_is_asked_for(
    olga: Place, items: list[Item], release: Made, tmp_path: Any
) -> None:
    finding = confirmed(items[0])
    made = release(recipes=[leaving()], **WHOLE)
    again = releases.freeze(olga, recipes=[leaving()], **WHOLE)
    Finding.objects.filter(pk=finding.pk).update(decision=Decision.UPHELD)
    confirmed(items[1])

    (tmp_path / "again").mkdir()
    manifest = contents.write(made, tmp_path / "again", Silent())  # type: ignore[arg-type]
    later = releases.freeze(olga, recipes=[leaving()], **WHOLE)

    digests = {file["path"]: file["sha256"] for file in manifest["files"] if "rows" in file}
    assert digests == dict(made.files.filter(rows__isnull=False).values_list("path", "digest"))
    assert manifest["recipes"][0]["items_dropped"] == dropped(made) == {f"finding:{DETECTOR}": 1}
    assert (again.release.pk, again.is_repeat) == (made.pk, True)
    assert not later.is_repeat
    assert Omission.objects.filter(release=made).count() == 1


def test_a_preview_leaves_out_the_same(olga: Place, items: list[Item]) -> None:
    confirmed(items[0])
    wish = settle(olga.project, recipes=[leaving()], shares={"train": 100})

    preview = queries.preview(olga.project, wish.recipes, wish.splits)

    assert preview is not None
    steps = {step.label: step.items for step in preview.funnels[0].steps}
    assert steps == {
        "labeled items": 4,
        "found by a detector: labels that the rest contradicts": 1,
        "items with rows": 3,
    }


def test_the_page_offers_detectors_and_says_why_one_may_not(olga: Place, items: list[Item], client: Client) -> None:
    confirmed(items[0], "")
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("curation:release-new", args=["answers"])
    wish = {
        "recipes": ["rm_pairs"],
        "formats": ["jsonl"],
        "train": "100",
        "validation": "0",
        "test": "0",
        "note": "",
        "min_votes": "1",
        "min_agreement": "0",
        "sources": ["people", "imported"],
        "accepted": False,
        "system": "keep",
        "rm_pairs.question": "better",
        "leave_out": [DETECTOR],
        "findings": "all",
    }

    shown = client.get(address).content.decode()
    refused = client.post(address, wish)
    client.post(address, {**wish, "findings": "confirmed"})

    assert f'name="leave_out" value="{DETECTOR}"' in shown
    assert refused.status_code == 422
    assert "may not leave out labels by itself" in refused.content.decode()
    assert Release.objects.get().recipes[0]["parameters"]["leave_out"] == [DETECTOR]


def test_a_detector_that_there_is_not_is_refused(olga: Place, items: list[Item]) -> None:
    with pytest.raises(ReleaseRefused, match="There is no detector 'nonsense'"):
        settle(olga.project, recipes=[leaving("nonsense")])
    with pytest.raises(BadParameters, match="findings is for the leave_out that is named"):
        RECIPES["rm_pairs"].settle({"findings": "confirmed"}, QUESTIONS)
