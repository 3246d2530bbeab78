"""Ratings of real people through the product: which question they answer alike, and which they do not."""

from collections import defaultdict
from typing import Any

from django.test import Client

from curation.models import Measure
from projects.access import Place
from tests.curation.real_labels import ask, bring_in, findings, lines, looked_at, only_with_real_labels, page, table

pytestmark = only_with_real_labels


def rated() -> list[dict[str, Any]]:
    """Summaries with what three people each say of them."""
    said = defaultdict(list)
    for row in table("ratings_halie_summaries", "ratings.csv"):
        own = {"annotator": row["worker"], "seconds": float(row["seconds"])}
        for question in ("coherence", "relevance"):
            answer = {"values": [int(row[question])]}
            said[row["item_id"]].append({**own, "kind": "rating", "dimension": question, "answer": answer})
        consistent = {"kind": "choice", "dimension": "consistent", "answer": {"values": [row["consistent"]]}}
        said[row["item_id"]].append({**own, **consistent})
    return [
        {"key": one["id"], "prompt": one["source"], "responses": [one["summary"] or "-"], "labels": said[one["id"]]}
        for one in lines("ratings_halie_summaries", "items.jsonl")
    ]


def test_the_one_question_that_people_do_not_answer_alike_is_named(
    olga: Place, client: Client, transactional_db: None
) -> None:
    asked = [(key, "rating", "response", {}) for key in ("coherence", "relevance")]
    ask(olga, *asked, ("consistent", "choice", "item", {}))
    bring_in(olga, rated())

    done = looked_at(olga)

    (found,) = findings(done, ["unreliable_question"])
    assert (found.question, found.evidence["units"]) == ("coherence", 466)
    measured = Measure.objects.filter(analysis=done, topic=Measure.Topic.AGREEMENT, slice="")
    told = {one.question: one.figures for one in measured}
    print({question: figures["alpha"] for question, figures in told.items()})
    assert told["coherence"]["alpha"]["high"] < told["relevance"]["alpha"]["low"]
    assert told["coherence"]["plain"]["value"] > told["relevance"]["plain"]["value"]  # which alone would say otherwise
    assert "Questions that people do not answer alike" in page(client, olga)
