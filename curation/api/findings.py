"""What detectors found, and what the labels come to, place by place."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from curation.detector_words import title_of
from curation.models import Consensus, Finding
from curation.models.findings import Decision, Suggestion
from curation.queries import quality_findings, quality_items
from curation.queries.quality_filters import WHYS, Filters
from curation.queries.quality_names import names
from projects.access import Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView


class FindingQuery(PageQuery):
    detector = serializers.CharField(max_length=40, required=False)
    decision = serializers.ChoiceField(Decision.choices, required=False)
    open = serializers.ChoiceField(
        list(quality_findings.OPEN),
        required=False,
        help_text="yes: nobody has decided and the last look saw it, the default without a decision; no: the others.",
    )


class FindingShape(serializers.Serializer[Any]):
    """Something that a detector says. It changes no label."""

    id = serializers.IntegerField()
    detector = serializers.CharField()
    title = serializers.CharField(help_text="The detector as people read it.")
    version = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    facet = serializers.CharField(allow_blank=True)
    about = serializers.CharField(help_text="Such as item:5, annotation:9 or person:3.")
    item = serializers.IntegerField(allow_null=True)
    annotation = serializers.IntegerField(allow_null=True)
    annotator = serializers.CharField(allow_blank=True)
    strength = serializers.FloatField(help_text="0 to 1; orders findings of one detector.")
    chance = serializers.FloatField(allow_null=True, help_text="That a reviewer agrees, where that is known.")
    suggestion = serializers.ChoiceField(Suggestion.choices)
    words = serializers.CharField()
    evidence = serializers.DictField()
    decision = serializers.CharField(allow_blank=True, help_text="The last review's; empty: nobody has decided.")
    is_open = serializers.BooleanField()


class ConsensusQuery(PageQuery):
    question = serializers.CharField(max_length=40, required=False, help_text="Default: the form's first.")
    facet = serializers.CharField(max_length=40, required=False)
    slice = serializers.RegexField(r"^(tag|language):.+$", max_length=100, required=False)
    why = serializers.ChoiceField(list(WHYS), required=False)


class ConsensusShape(serializers.Serializer[Any]):
    """What the labels about one place of an item come to. Answers of judges settle nothing, accepted ones included."""

    id = serializers.IntegerField()
    item = serializers.IntegerField()
    question = serializers.CharField()
    facet = serializers.CharField(allow_blank=True)
    place = serializers.CharField(allow_blank=True, help_text="Empty: the item itself; else responses from 0 first.")
    value = serializers.CharField(allow_blank=True, help_text="Empty: the labels settle nothing.")
    confidence = serializers.FloatField(help_text="The chance that the value is right.")
    posterior = serializers.ListField(child=serializers.FloatField())
    labels = serializers.IntegerField()
    by_reviewer = serializers.BooleanField(help_text="Whether a reviewer settled it by an overturn.")


class Findings(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="What detectors found",
        name="findings_list",
        query=FindingQuery,
        answers={200: page_shape(FindingShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The strongest first."""
        asked = quality_findings.asked(self.query)
        found = quality_findings.findings(self.place(slug).project, asked)
        return page_of(request, self.query, found, finding_of, order=quality_findings.ORDER)


class ConsensusList(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="What the labels come to",
        name="consensus_list",
        query=ConsensusQuery,
        answers={200: page_shape(ConsensusShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Of one question and facet, as the newest analysis left it, the least sure first."""
        project = self.place(slug).project
        filters = Filters(**{name: self.query.get(name, "") for name in ("question", "facet", "slice", "why")})
        if not filters.question:
            filters = filters.with_(question=next(iter(names(project).questions), ""))
        found = quality_items.places(project, filters)
        return page_of(request, self.query, found, consensus_of, order=quality_items.ORDER)


def finding_of(one: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {
        "id": one.pk,
        "detector": one.detector,
        "title": title_of(one.detector),
        "version": one.version,
        "question": one.question,
        "facet": one.facet,
        "about": one.about,
        "item": one.item_id,
        "annotation": one.annotation_id,
        "annotator": one.annotator,
        "strength": one.strength,
        "chance": one.chance,
        "suggestion": one.suggestion,
        "words": one.words,
        "evidence": one.evidence,
        "decision": one.decision,
        "is_open": one.gone_id is None and not one.decision,
    }


def consensus_of(one: Consensus) -> dict[str, Any]:
    """What the labels about a place come to, as JSON."""
    return {
        "id": one.pk,
        "item": one.item_id,
        "question": one.question,
        "facet": one.facet,
        "place": one.place,
        "value": one.value,
        "confidence": one.confidence,
        "posterior": one.posterior,
        "labels": one.labels,
        "by_reviewer": one.by_reviewer,
    }
