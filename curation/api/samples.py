"""Samples for programs: drawing items by chance, and what labeling them anew says. Labeling them is for people."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from curation import access
from curation.models import Sample
from curation.queries import samples as queries
from curation.queries.quality_names import names
from curation.services import samples
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.strict import StrictSerializer
from projects.api.views import TokenView


class SampleBody(StrictSerializer):
    size = serializers.ChoiceField([(size, str(size)) for size in samples.SIZES])


class SampleShape(serializers.Serializer[Any]):
    """Items drawn by chance from those whose labels an analysis had settled."""

    number = serializers.IntegerField()
    analysis = serializers.IntegerField(help_text="Whose consensus is checked.")
    population = serializers.IntegerField(help_text="How many items there were to draw from.")
    size = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ErrorShape(serializers.Serializer[Any]):
    """How often a new label says something else than the consensus; on levels, something more than one level off."""

    question = serializers.CharField()
    facet = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    places = serializers.IntegerField()
    items = serializers.IntegerField()
    wrong = serializers.IntegerField()
    turned = serializers.IntegerField(allow_null=True, help_text="Of two responses: where the other one won.")
    share = serializers.FloatField()
    low = serializers.FloatField(help_text="Of the 95 % interval.")
    high = serializers.FloatField()


class SampleStandingShape(SampleShape):
    checked = serializers.IntegerField()
    gone = serializers.IntegerField(help_text="Discarded before anybody labeled them anew.")
    left = serializers.IntegerField()
    found = ErrorShape(many=True, help_text="By question.")


class Samples(TokenView):
    access_rule = {"GET": Right.CURATE, "POST": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="Samples of items to label anew",
        name="samples_list",
        query=PageQuery,
        answers={200: page_shape(SampleShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The newest first."""
        return page_of(request, self.query, queries.all_of(self.place(slug)), _sample, order=("-number",))

    @operation(
        summary="Draw a sample",
        name="samples_draw",
        body=SampleBody,
        answers={201: SampleStandingShape},
        problems=(404, 409, 413, 415, 422),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Items drawn by chance; the newest sample once more where the same was drawn and nobody has begun with it."""
        place = self.place(slug)
        return Response(_standing(place, samples.draw(place, size=self.body()["size"])), status=201)


class OneSample(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="What labeling a sample anew says", name="sample", answers={200: SampleStandingShape}, problems=(404,)
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """As far as it has come: how many labels are wrong, by question."""
        place = self.place(slug)
        return Response(_standing(place, access.sample(place, number)))


def _sample(one: Sample) -> dict[str, Any]:
    return {
        "number": one.number,
        "analysis": one.analysis.number,
        "population": one.population,
        "size": one.size,
        "created_at": one.created_at,
    }


def _standing(place: Place, one: Sample) -> dict[str, Any]:
    told = queries.standing(one, names(place.project))
    return {
        **_sample(one),
        "checked": told.checked,
        "gone": told.gone,
        "left": told.left,
        "found": [{**asdict(error), "share": error.share} for error in told.errors],
    }
