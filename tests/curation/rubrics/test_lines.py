"""Lines of rubrics out of justifications, instructions and trajectories: each subject ends once, and every quote is
somebody's own words."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from annotation.hooks import chosen_items
from annotation.models import Annotation, Item, RubricVersion
from annotation.services.rubrics import RubricRefused
from curation.hooks import Principles
from curation.hooks.principles import CHANGED
from curation.models import RubricLine
from curation.rubrics.labelled import written_part
from curation.rubrics.reports import written_from
from curation.services import line_drafts, line_runs, reviews, rubric_drafts, rubric_runs
from modelhooks import catalog, endpoints
from modelhooks.judging.constraints import EMPTY
from modelhooks.judging.rubrics import MOST_CRITERIA
from modelhooks.models import Checkpoint, Chunk, Failure, Run
from modelhooks.services import loading
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.curation.rubrics.conftest import checkpoint, finished
from tests.modelhooks.remote.server import Handler, completion, serving

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
LIMITS = {"attempt_seconds": 30.0, "request_seconds": 60.0, "call_seconds": 300.0, "retries": 0}
ALL = {"percent": 100}
CALL = {"role": "assistant", "content": "", "tool_calls": [{"id": "1", "name": "look", "arguments": '{"at": "sky"}'}]}
RESULT = {"role": "tool", "content": "It is blue.", "name": "look", "tool_call_id": "1"}
WORK = [{"messages": [CALL, RESULT, {"role": "assistant", "content": "The sky is blue."}]}]


def justify(answer: Answer, item: Item, words: str, who: str = "Ana", **fields: Any) -> Annotation:
    """Somebody prefers the first response, and says why."""
    given = {"better": {"winner": "a", "strength": 1}, "why": words}
    return answer(item, "a", who, **{"answers": given, **fields})


def read(place: Place, writer: Checkpoint | None = None, **wishes: Any) -> Run:
    asked = writer or checkpoint("writing")
    return finished(line_runs.principles(place, checkpoint=asked, question="why", wishes={**ALL, **wishes}))


def outcomes(run: Run) -> Counter[str]:
    found: Counter[str] = Counter()
    for outcome in Chunk.objects.filter(run=run).values_list("outcome", flat=True):
        found.update(outcome)
    return found


def whose(run: Run) -> set[int | None]:
    return set(RubricLine.objects.filter(run=run).values_list("annotation", flat=True))


def test_what_people_wrote_becomes_principles_with_their_words(olga: Place, add_item: AddItem, answer: Answer) -> None:
    items = [add_item("One.", "Two.") for _ in range(5)]
    praise = justify(answer, items[0], "It is right. It is not short.")
    imported = justify(answer, items[1], "Clear.", author=None, imported_name="rater 7")
    justify(answer, items[2], "  \n", "Ben")
    answer(items[3], "b", "Ben")
    mute = justify(answer, items[4], "7!", "Ben")

    done = read(olga)

    assert whose(done) == {praise.pk, imported.pk}
    found = list(RubricLine.objects.filter(run=done).select_related("annotation"))
    for line in found:
        assert line.annotation
        assert line.quote in line.annotation.answers["why"]
        assert line.holds is ("not" not in line.quote)
        assert line.details == {"evidence": [{"snippet": line.quote}]}
    assert outcomes(done) == {"lines found": len(found), "subjects in which nothing was found": 1}
    assert mute.pk not in whose(done)
    assert not Failure.objects.filter(run=done).exists()
    assert whose(read(olga, with_imported=False)) == {praise.pk}


def test_words_that_were_changed_while_the_run_waited_are_given_up(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    item = add_item("One.", "Two.")
    first = justify(answer, item, "It is right.")
    waiting = line_runs.principles(olga, checkpoint=checkpoint("writing"), question="why", wishes=ALL)
    justify(answer, item, "It is wrong.", supersedes=first)

    done = finished(waiting)

    assert whose(done) == set()
    assert [(one.subject, one.reason) for one in Failure.objects.filter(run=done)] == [(first.pk, CHANGED)]


def test_words_beside_a_label_that_a_reviewer_overturned_justify_nothing(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    items = [add_item("One.", "Two.") for _ in range(2)]
    wrong, right = (justify(answer, item, "It is right.") for item in items)
    waiting = line_runs.principles(olga, checkpoint=checkpoint("writing"), question="why", wishes=ALL)
    asked = reviews.Asked(item=items[0], request_key=uuid.uuid4())
    reviews.overturn(olga, asked, answers={"better": {"winner": "b", "strength": 1}})

    done = finished(waiting)

    assert whose(done) == whose(read(olga)) == {right.pk}
    assert not Failure.objects.exclude(run=done).exists()
    assert wrong.pk not in whose(done)


def test_the_writer_is_told_which_response_the_words_are_about(olga: Place, add_item: AddItem, answer: Answer) -> None:
    two, alone, level = add_item("One.", "Two."), add_item("Three."), add_item("Four.", "Five.")
    said = [
        justify(answer, two, "Better.", answers={"better": {"winner": "b", "strength": 1}, "why": "Better."}),
        justify(answer, alone, "Fine.", answers={"why": "Fine."}),
        justify(answer, level, "Same.", answers={"better": {"winner": "tie", "strength": None}, "why": "Same."}),
    ]
    run = line_runs.principles(olga, checkpoint=checkpoint("writing"), question="why", wishes=ALL)

    asked = Principles().collect(run, [one.pk for one in said])

    assert [one.inputs[0].response for one in asked] == ["Two.", "Three.", ""]
    assert [one.inputs[0].text for one in asked] == ["Better.", "Fine.", "Same."]


def test_a_persons_line_without_their_words_is_refused_by_the_database(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    said = justify(answer, add_item("One.", "Two."), "It is right.")
    line = RubricLine.objects.filter(run=read(olga)).latest("pk")

    for change in ({"quote": ""}, {"holds": None}, {"annotation": None}):
        with pytest.raises(IntegrityError, match="has_their_words"), transaction.atomic():
            RubricLine.objects.filter(pk=line.pk).update(**change)
    again = RubricLine(run=line.run, item=line.item, annotation=said, number=line.number, holds=True, quote="It is")
    with pytest.raises(IntegrityError, match="rubric_line_once"), transaction.atomic():
        again.save()


def test_a_principle_stays_only_where_two_annotators_name_it(olga: Place, add_item: AddItem, answer: Answer) -> None:
    items = [add_item("One.", "Two.") for _ in range(3)]
    for item in items:  # Ana alone, three times
        justify(answer, item, "Alone.")
    alone = read(olga)
    (said,) = set(RubricLine.objects.filter(run=alone).values_list("text", flat=True))

    with pytest.raises(RubricRefused, match="by two annotators"):
        line_drafts.of_justifications(olga, run=alone, name="Shared", most=5)

    justify(answer, items[0], "Alone.", "Ben")
    both = read(olga)
    made = line_drafts.of_justifications(olga, run=both, name="Shared", most=5)
    assert [(one["title"], one["origin"]) for one in made.criteria] == [(said, "principle")]
    assert [one["snippet"] for one in made.criteria[0]["evidence"]] == ["Alone."]
    assert (made.source, made.status, made.provenance["support"]) == (
        "principles",
        "draft",
        [{"annotators": 2, "wordings": 1}],
    )
    assert written_from(made) == {one.group for one in items}


def test_the_demands_of_a_prompt_become_a_draft_of_its_item(olga: Place, add_item: AddItem) -> None:
    asks = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Name three rivers. Write in  capitals."},
    ]
    item, mute = add_item("Rhine.", messages=asks), add_item("Yes.", messages=[{"role": "user", "content": "7?"}])

    done = finished(line_runs.constraints(olga, checkpoint=checkpoint("writing")))

    found = list(RubricLine.objects.filter(run=done).order_by("number"))
    assert {one.item_id for one in found} == {item.pk}
    assert [(one.kind, one.quote, one.holds) for one in found] == [
        ("hard_rule", "Be brief.", None),
        ("hard_rule", "Name three rivers.", None),
        ("hard_rule", "Write in  capitals.", None),
        ("principle", "", None),
    ]
    assert [(one.subject, one.reason) for one in Failure.objects.filter(run=done)] == [(mute.pk, EMPTY)]
    made = line_drafts.of_item(olga, run=done, item_id=item.pk)
    assert (made.source, made.rubric.scope, made.rubric.item_id) == ("constraints", "item", item.pk)
    assert [[each["turn"] for each in one["evidence"]] for one in made.criteria] == [[0], [1], [1], []]
    assert {one["origin"] for one in made.criteria} == {"constraint"}
    assert line_drafts.of_item(olga, run=done, item_id=item.pk) == made
    with pytest.raises(RubricRefused, match="found nothing in this item"):
        line_drafts.of_item(olga, run=done, item_id=mute.pk)


def test_work_with_tools_or_in_several_turns_gets_a_checklist_and_a_single_answer_none(
    olga: Place, add_item: AddItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chosen_items, "IDS_AT_ONCE", 1)  # the limit counts what is asked about, not what is looked at
    single = add_item("One.", "Two.")
    tools = add_item(responses=WORK)
    several = add_item(
        "Four.",
        messages=[
            {"role": "user", "content": "Two and one?"},
            {"role": "assistant", "content": "Three."},
            {"role": "user", "content": "And one?"},
        ],
    )

    done = finished(line_runs.checklists(olga, checkpoint=checkpoint("writing"), wishes={"limit": 2}))

    found = RubricLine.objects.filter(run=done)
    assert set(found.values_list("item", flat=True)) == {tools.pk, several.pk}
    assert single.pk not in set(found.values_list("item", flat=True))
    assert not Failure.objects.filter(run=done).exists()
    made = line_drafts.of_item(olga, run=done, item_id=tools.pk)
    assert (made.source, {one["origin"] for one in made.criteria}) == ("checklist", {"checklist"})
    assert sum(one["weight"] for one in made.criteria) == pytest.approx(1)
    assert [one["focus_on"] for one in made.criteria] == ["tool_calls", "tool_results"]
    (call,) = made.criteria[0]["evidence"]
    assert (call["response"], call["turn"], call["field"]) == (0, 0, "tool_calls")
    assert call["snippet"] in 'look({"at": "sky"})'
    assert all(one["pass_condition"] and one["failure_examples"] for one in made.criteria)


@pytest.fixture
def liar(db: None) -> Iterator[Checkpoint]:
    """A writer behind a server that quotes once what is there and once what is not."""

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        form = body.get("response_format", {}).get("json_schema", {})
        if form.get("name") not in {"Finding", "Demanding"}:
            said: dict[str, Any] = {}
            if form:
                said = {"capital": form["schema"]["properties"]["capital"].get("const")}
            return handler.say(completion(body, json.dumps(said)))
        text = body["messages"][-1]["content"]
        answer: dict[str, Any] = {"case": re.findall(r"<<<([0-9a-f]{8}) ", text)[0], "reasoning": ""}
        if form["name"] == "Finding":
            answer["principles"] = [
                {"quote": "It is right", "text": "The response is right.", "holds": "yes"},
                {"quote": "It sings", "text": "The response sings.", "holds": "yes"},
            ]
        else:
            answer["constraints"] = [
                {"quote": "Question", "kind": "explicit", "text": "The response answers a question."},
                {"quote": "In verse", "kind": "explicit", "text": "The response is in verse."},
            ]
        return handler.say(completion(body, json.dumps(answer)))

    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as server:
        server.behave = behave
        known = {"kind": "openai_chat", "url": server.url, "model": "liar", "limits": LIMITS}
        with override_settings(MODEL_ENDPOINTS={"liar": known}):
            options = catalog.checked("writer", "writing", {"endpoint": "liar"})
            yield Checkpoint.objects.create(name="Liar", contract="writing", backend="writer", options=options)
    loading.forget()


def test_an_invented_quote_is_never_stored(olga: Place, add_item: AddItem, answer: Answer, liar: Checkpoint) -> None:
    justify(answer, add_item("One.", "Two."), "It is right.")

    for done in (read(olga, liar), finished(line_runs.constraints(olga, checkpoint=liar))):
        (line,) = RubricLine.objects.filter(run=done)
        assert line.quote in {"It is right", "Question"}
        assert outcomes(done) == {"lines found": 1, "lines left out": 1}


def test_a_share_of_prompts_is_read_and_the_others_stay_unseen(olga: Place, add_item: AddItem, answer: Answer) -> None:
    items = [add_item(responses=WORK) for _ in range(40)]
    said = [justify(answer, item, "It is right.") for item in items]
    is_read, pen = written_part(olga.project, 50), checkpoint("writing")
    half = {item.pk for item in items if is_read(item.group)}

    words = finished(line_runs.principles(olga, checkpoint=pen, question="why"))
    asks = finished(line_runs.constraints(olga, checkpoint=pen, wishes={"percent": 50}))
    work = finished(line_runs.checklists(olga, checkpoint=pen, wishes={"percent": 50, "limit": 5}))
    whole = finished(line_runs.constraints(olga, checkpoint=pen))

    def read_of(run: Run) -> set[int]:
        return set(RubricLine.objects.filter(run=run).values_list("item", flat=True))

    assert 10 < len(half) < 30
    assert whose(words) == {one.pk for one in said if one.item_id in half}
    assert read_of(asks) == half
    assert read_of(work) == set(sorted(half)[:5])  # the limit counts what is read
    assert read_of(whole) == {item.pk for item in items}


def test_the_form_reads_items_of_a_tag_and_the_share_that_the_source_wants(olga: Place, add_item: AddItem) -> None:
    items = [add_item("Rhine.", tags=["maps"] if number % 2 else []) for number in range(8)]
    pen = checkpoint("writing")
    client = Client()
    client.force_login(olga.user)
    fields = {"lines-source": "constraints", "lines-checkpoint": pen.pk, "lines-limit": "10", "lines-percent": ""}

    client.post(f"/projects/{olga.project.slug}/rubrics/written/lines/start/", {**fields, "lines-tag": "maps"})
    justified = {**fields, "lines-source": "principles", "lines-question": "why", "lines-key": "pair-"}
    client.post(f"/projects/{olga.project.slug}/rubrics/written/lines/start/", justified)

    run, words = Run.objects.get(hook="constraints"), Run.objects.get(hook="principles")
    finished(run)
    found = set(RubricLine.objects.filter(run=run).values_list("item", flat=True))
    assert found == {item.pk for item in items if item.tags}
    assert (run.parameters["percent"], words.parameters["percent"]) == (100, 50)
    assert words.parameters["filters"]["key"] == "pair-"


@pytest.mark.parametrize("most", [0, MOST_CRITERIA + 1])
def test_a_rubric_that_no_judge_can_be_asked_is_refused_in_the_same_words(olga: Place, most: int) -> None:
    pen = checkpoint("writing")
    run = line_runs.principles(olga, checkpoint=pen, question="why")
    said = []

    for refused in (
        lambda: rubric_runs.merge(olga, written=run, checkpoint=pen, name="Long", most=most),
        lambda: rubric_drafts.gather(olga, runs=[run], name="Long", most=most),
        lambda: line_drafts.of_justifications(olga, run=run, name="Long", most=most),
    ):
        with pytest.raises((RunRefused, RubricRefused), match=f"has 1 to {MOST_CRITERIA} criteria") as refusal:
            refused()
        said.append(str(refusal.value))

    assert len(set(said)) == 1


def test_what_cannot_write_and_what_asks_for_no_words_is_refused(olga: Place) -> None:
    writer = checkpoint("writing")
    with pytest.raises(RunRefused, match="cannot do this"):
        line_runs.constraints(olga, checkpoint=checkpoint("rubric"))
    with pytest.raises(RunRefused, match="asks for no words in “better”"):
        line_runs.principles(olga, checkpoint=writer, question="better")
    with pytest.raises(RunRefused, match="limit"):
        line_runs.checklists(olga, checkpoint=writer, wishes={"limit": 0})


def test_a_curator_starts_a_run_reads_its_lines_and_takes_a_draft(olga: Place, add_item: AddItem) -> None:
    item, pen = add_item("Rhine."), checkpoint("writing")
    client = Client()
    client.force_login(olga.user)
    written = f"/projects/{olga.project.slug}/rubrics/written/"
    assert client.get(written).status_code == 200
    fields = {"lines-source": "constraints", "lines-checkpoint": pen.pk, "lines-limit": "10"}

    refused = client.post(f"{written}lines/start/", {**fields, "lines-source": "principles"})
    started = client.post(f"{written}lines/start/", fields)

    assert refused.status_code == 422
    run = finished(Run.objects.get(hook="constraints"))
    assert started.headers["Location"] == f"{written}lines/{run.pk}/"
    page = client.get(started.headers["Location"]).content.decode()
    assert '<q dir="auto">Question 1?</q>' in page
    taken = client.post(f"{written}lines/{run.pk}/take/", {"item": item.pk})
    made = RubricVersion.objects.get(run=run)
    assert taken.headers["Location"].endswith(f"/rubrics/{made.rubric.number}/versions/1/evidence/")
    shared = client.post(f"{written}lines/{run.pk}/gather/", {"name": "All", "most": 3})
    assert (shared.status_code, "read no justifications" in shared.content.decode()) == (422, True)
    assert "trajectories" not in client.get(f"{written}?").content.decode().split("<tbody>")[1].split("</tbody>")[0]
