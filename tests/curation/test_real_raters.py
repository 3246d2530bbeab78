"""Real raters through the product: marks of professional translators, and attention checks that some of them missed."""

from collections import Counter, defaultdict
from typing import Any

from django.test import Client

from annotation.models import Item
from annotation.services import gold
from curation.models import Measure, Standing
from projects.access import Place
from tests.curation.real_labels import ask, bring_in, findings, lines, looked_at, only_with_real_labels, page, table

pytestmark = only_with_real_labels

Translation = tuple[str, str]
"""Segment and condition, which name a translation."""


def kind_of(row: dict[str, str]) -> str:
    """What is wrong, in the first of its two words: `accuracy`."""
    return row["category"].split("/")[0].lower().replace(" ", "_").replace("-", "_")


def checked(row: dict[str, str]) -> bool:
    """Whether it says that a planted error was found or missed, and not what is wrong with a translation."""
    return row["severity"] == "HOTW-test"


def marked(rows: list[dict[str, str]]) -> dict[Translation, list[dict[str, Any]]]:
    """What each rater marked in a translation; nothing, where they read it and found nothing."""
    found: dict[Translation, dict[str, dict[tuple[int, int, str], str]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        marks = found[row["segment"], row["condition"]][row["rater"]]
        if row["side"] == "target":
            marks[int(row["start"]), int(row["end"]), kind_of(row)] = row["severity"].lower()
    return {
        name: [{"annotator": rater, "kind": "spans", "answer": _spans(marks)} for rater, marks in raters.items()]
        for name, raters in found.items()
    }


def _spans(marks: dict[tuple[int, int, str], str]) -> dict[str, Any]:
    spans = [
        {"response": 0, "start": start, "end": end, "type": kind, "severity": severity}
        for (start, end, kind), severity in marks.items()
    ]
    return {"spans": spans}


def checks(rows: list[dict[str, str]]) -> dict[tuple[Translation, int], list[dict[str, Any]]]:
    """Each check of a translation, and who found what was planted in it; a rater who had two has two."""
    had: Counter[tuple[Translation, str]] = Counter()
    found = defaultdict(list)
    for row in rows:
        name = row["segment"], row["condition"]
        answer = {"values": [row["category"].lower()]}
        found[name, had[name, row["rater"]]].append({"annotator": row["rater"], "kind": "choice", "answer": answer})
        had[name, row["rater"]] += 1
    return found


def translated() -> tuple[list[dict[str, Any]], set[str]]:
    """Translations with marks and, as items of their own, the checks; and the kinds of error."""
    rows = table("spans_wmt_mqm_sxs", "spans.csv")
    texts = {(one["segment"], one["condition"]): one for one in lines("spans_wmt_mqm_sxs", "translations.jsonl")}
    by_name = marked([row for row in rows if not checked(row)])
    items = [
        {"key": "|".join(name), "prompt": one["source"], "responses": [one["target"]], "labels": by_name[name]}
        for name, one in texts.items()
    ]
    for (name, number), labels in checks([row for row in rows if checked(row)]).items():
        one, key = texts[name], "|".join(("check", *name, str(number)))
        items.append({"key": key, "prompt": one["source"], "responses": [one["target"]], "labels": labels})
    return items, {kind_of(row) for row in rows if row["side"] == "target"}


def test_who_missed_attention_checks_is_found_and_nobody_else(
    olga: Place, client: Client, transactional_db: None
) -> None:
    items, kinds = translated()
    types = [{"key": kind, "title": kind} for kind in sorted(kinds)]
    severities = [{"key": one, "title": one} for one in ("minor", "major")]
    options = [{"key": one, "title": one} for one in ("found", "missed")]
    ask(
        olga,
        ("errors", "spans", "response", {"types": types, "severities": severities}),
        ("planted", "choice", "item", {"options": options}),
    )
    bring_in(olga, items, refused=1)  # whose mark ends behind the text
    for item in Item.objects.filter(project=olga.project, key__startswith="check|").order_by("pk"):
        gold.mark(olga, item_id=item.pk, answers={"planted": {"accepted": ["found"]}})

    done = looked_at(olga)

    known = {one.annotator: one.figures for one in Standing.objects.filter(analysis=done, question="planted")}
    print({name: (figures["gold"]["hits"], figures["gold"]["of"]) for name, figures in sorted(known.items())})
    assert len(known) == 10
    assert sum(figures["gold"]["of"] for figures in known.values()) == 146
    assert {name for name, figures in known.items() if "gold" in figures["unusual"]} == {"rater4", "rater9"}
    shown = page(client, olga, "people/?question=planted")
    assert shown.count("wrong on known items") == 2
    own = Standing.objects.get(analysis=done, question="planted", imported_name="rater4").annotator_key
    assert "is right about 73" in page(client, olga, f"people/{own}/?question=planted")
    lots = findings(done, ["draws_lots"])
    print([(one.facet, one.imported_name) for one in lots])
    assert "terminology" not in {one.facet for one in lots}  # of which nobody's marks tell anything
    assert len(lots) < 6
    agreed = Measure.objects.filter(analysis=done, topic=Measure.Topic.AGREEMENT, question="errors", slice="")
    assert {(one.figures["units"], one.figures["annotators"]) for one in agreed} == {(529, 10)}
