"""Projects: their settings, guideline and form."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope, User
from annotation.api.labeling import question_of
from annotation.api.shapes import projects as shapes
from annotation.queries.forms import current_form, questions_of
from annotation.services import forms, projects
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TOKEN, TokenView
from projects.models import Guideline, Membership
from projects.services import guidelines
from projects.services.projects import SlugTaken

CHECKS = ("gold_percent", "has_gold_feedback", "screening_items", "screening_percent")
"""Told to those who may curate: whoever is checked is not told how often."""
SETTINGS = (
    "name",
    "description",
    "lease_minutes",
    "overlap",
    "suggestions",
    "suggestions_by",
    "analyze_every",
    *CHECKS,
)


class Projects(TokenView):
    access_rule = {"GET": TOKEN, "POST": TOKEN}

    @operation(
        name="projects_list",
        summary="One's own projects",
        query=PageQuery,
        answers={200: page_shape(shapes.ProjectSummary)},
        problems=(404,),
    )
    def get(self, request: Request) -> Response:
        """The live projects that the token's person belongs to; the token's own one if it is bound."""
        self.require(Scope.READ)
        memberships = Membership.objects.select_related("project").filter(
            user=self.person, project__archived_at__isnull=True
        )
        if self.token.project_id:
            memberships = memberships.filter(project_id=self.token.project_id)
        return page_of(request, self.query, memberships, summary_of)

    @operation(
        summary="Start a project",
        body=shapes.ProjectCreation,
        answers={201: shapes.ProjectShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        """Whoever starts it owns it. It can be labeled as soon as it has items."""
        self.require(Scope.MANAGE, unbound=True)
        with transaction.atomic():
            place = _start(self.person, self.body())
        address = reverse("api-project", kwargs={"slug": place.project.slug})
        return Response(project_of(place), status=201, headers={"Location": address})


class OneProject(TokenView):
    access_rule = {"GET": Right.BELONG, "PATCH": Right.OWN}

    @operation(summary="A project", answers={200: shapes.ProjectShape}, problems=(404,))
    def get(self, request: Request, slug: str) -> Response:
        """Its settings, the guideline and the form in force."""
        return Response(project_of(self.place(slug)))

    @operation(
        summary="Change a project",
        body=shapes.ProjectChange,
        answers={200: shapes.ProjectShape},
        problems=(404, 413, 415, 422),
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Changes what is sent and nothing else; all of it or none. Annotations keep the form that they answered."""
        place = self.place(slug)
        with transaction.atomic():
            _change(place, self.body())
        return Response(project_of(place))


def _start(owner: User, body: dict[str, Any]) -> Place:
    slug = body.get("slug") or slugify(body["name"])[:60].strip("-")
    if not slug:
        raise ValidationError({"slug": ["No address can be made from this name. Give a slug."]})
    try:
        place = projects.start(
            owner=owner,
            name=body["name"],
            slug=slug,
            description=body.get("description", ""),
            overlap=body.get("overlap", 1),
            preset=body["preset"],
        )
    except SlugTaken as error:
        raise ValidationError({"slug": [str(error)]}) from None
    _change(place, body)
    return place


def _change(place: Place, body: Mapping[str, Any]) -> None:
    settings = {name: body.get(name, getattr(place.project, name)) for name in SETTINGS}
    try:
        projects.change(place, **settings)
    except projects.UnknownCheckpoint as unknown:
        raise ValidationError({"suggestions_by": [str(unknown)]}) from None
    if "guideline" in body:
        guidelines.save(place, text=body["guideline"])
    if "form" in body:
        forms.save_form(place, body["form"])


def summary_of(membership: Membership) -> dict[str, Any]:
    """A project as its member sees it in a list."""
    project = membership.project
    return {
        "slug": project.slug,
        "name": project.name,
        "description": project.description,
        "role": membership.role,
        "overlap": project.overlap,
        "lease_minutes": project.lease_minutes,
        "created_at": project.created_at,
    }


def project_of(place: Place) -> dict[str, Any]:
    """A project with its guideline and form, in the shape in which both can be sent back."""
    guideline = Guideline.objects.filter(project=place.project).first()
    form = current_form(place.project.pk)
    return {
        **summary_of(Membership(project=place.project, role=place.role)),
        "suggestions": place.project.suggestions,
        "suggestions_by": place.project.suggestions_by,
        "analyze_every": place.project.analyze_every,
        **({name: getattr(place.project, name) for name in CHECKS} if place.may_curate else {}),
        "guideline": guideline.text if guideline else "",
        "guideline_version": guideline.version if guideline else 0,
        "form": [question_of(question) for question in questions_of(form.pk)] if form else [],
        "form_version": form.version if form else 0,
    }
