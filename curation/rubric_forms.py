"""What the browser says about rubrics: who writes them from which pairs, who judges by one, and what becomes of each
criterion."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from annotation.models import Question
from annotation.models.rubrics import LONGEST_NAME, LONGEST_NOTE
from annotation.queries.items import Filters
from curation.rubrics import CHECKLIST, CONSTRAINTS, PRINCIPLES
from curation.rubrics.editing import Edit
from curation.services.line_runs import LineWishes
from curation.services.prompt_clusters import FEWEST, MOST
from curation.services.rubric_hypotheses import MOST_PAIRS, MOST_PERCENT, USUAL_PAIRS
from curation.services.rubric_runs import ContrastWishes, Wishes
from curation.services.run_wishes import STAY_UNSEEN, WRITTEN
from modelhooks import option_fields
from modelhooks.embedders import DEFAULT, EMBEDDERS
from modelhooks.judging.rubrics import MOST_CRITERIA
from modelhooks.labels import Asked
from modelhooks.models import Checkpoint

LONGEST_TITLES = 5_000


class RunForm(forms.Form):
    """Which checkpoint is asked about the labels of which question."""

    checkpoint = forms.ModelChoiceField(Checkpoint.objects.none(), label="Who is asked", empty_label=None)
    question = forms.ChoiceField(label="Whose labels say what is better")

    wishes_type: type[Wishes] = Wishes
    first: tuple[str, ...] = ("limit",)

    def __init__(self, *given: Any, checkpoints: QuerySet[Checkpoint], questions: Sequence[Asked], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["checkpoint"].queryset = checkpoints  # type: ignore[attr-defined]
        self.fields["question"].choices = [(one.key, one.title) for one in questions]  # type: ignore[attr-defined]
        for name, field in option_fields.fields(self.wishes_type).items():
            self.fields[name.removeprefix(option_fields.PREFIX)] = field

    def main(self) -> list[forms.BoundField]:
        """What everybody chooses."""
        return [self[name] for name in ("checkpoint", "question", *self.first)]

    def rest(self) -> list[forms.BoundField]:
        """What may stay as it is."""
        return [self[name] for name in self.wishes_type.model_fields if name not in self.first]

    def wishes(self) -> dict[str, Any]:
        """What `rubric_runs` takes. The form must be valid."""
        said = {name: self.cleaned_data.get(name) for name in self.wishes_type.model_fields}
        return {name: value for name, value in said.items() if value not in (None, "")}


class ContrastForm(RunForm):
    """The same, and how many rubrics are written for each pair."""

    wishes_type = ContrastWishes
    first = ("limit", "percent")


class LinesForm(forms.Form):
    """What lines of rubrics are written from, and by whom."""

    SOURCES = (
        (PRINCIPLES, "What people wrote to justify their answers"),
        (CONSTRAINTS, "What the prompts of items demand"),
        (CHECKLIST, "What was done in several turns or with tools"),
    )
    prefix = "lines"  # it stands beside another form
    source = forms.ChoiceField(choices=SOURCES, label="Written from")
    question = forms.ChoiceField(
        required=False, label="Which words of people", help_text="Read only where their justifications are."
    )
    checkpoint = forms.ModelChoiceField(Checkpoint.objects.none(), label="Who writes", empty_label=None)
    tag = forms.CharField(max_length=200, required=False, label="Only of items with this tag")
    key = forms.CharField(max_length=200, required=False, label="Only of items whose key begins so")

    def __init__(
        self, *given: Any, checkpoints: QuerySet[Checkpoint], questions: Sequence[Question], **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.fields["checkpoint"].queryset = checkpoints  # type: ignore[attr-defined]
        self.fields["question"].choices = [(one.key, one.title) for one in questions]  # type: ignore[attr-defined]
        for name, field in option_fields.fields(LineWishes).items():
            self.fields[name.removeprefix(option_fields.PREFIX)] = field
        self.fields["percent"].initial = None
        self.fields["percent"].help_text = f"Left open: {WRITTEN} for justifications, else all. {STAY_UNSEEN}"

    def filters(self) -> Filters:
        """Which items are read. The form must be valid."""
        return Filters(tag=self.cleaned_data["tag"], key=self.cleaned_data["key"])

    def wishes(self) -> dict[str, Any]:
        """What `line_runs` takes. The form must be valid."""
        said = {name: self.cleaned_data.get(name) for name in LineWishes.model_fields}
        return {name: value for name, value in said.items() if value not in (None, "")}


class SharedForm(forms.Form):
    """What the rubric is called that shared principles become, and how long it is."""

    name = forms.CharField(max_length=LONGEST_NAME, label="What it is called")
    most = forms.IntegerField(min_value=1, max_value=MOST_CRITERIA, initial=12, label="Criteria at most")


class GatherForm(forms.Form):
    """What the rubric is called that many pairs' rubrics become, and how long it is."""

    name = forms.CharField(max_length=LONGEST_NAME, label="What it is called")
    most = forms.IntegerField(min_value=1, max_value=MOST_CRITERIA, initial=12, label="Criteria at most")
    writer = forms.ModelChoiceField(
        Checkpoint.objects.none(),
        required=False,
        label="Who words it",
        empty_label="Nobody: the commonest wordings stay",
    )

    def __init__(self, *given: Any, writers: QuerySet[Checkpoint], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["writer"].queryset = writers  # type: ignore[attr-defined]


class ClustersForm(forms.Form):
    """By what prompts are grouped."""

    embedder = forms.ChoiceField(
        choices=[(name, kind.title) for name, kind in EMBEDDERS.items()],
        initial=DEFAULT,
        label="What makes points of them",
    )
    most = forms.IntegerField(
        min_value=FEWEST, max_value=MOST, initial=12, label="Clusters at most", help_text="How many, the prompts say."
    )


class ClusterForm(GatherForm):
    """Which cluster gets a rubric."""

    cluster = forms.ChoiceField(label="Which cluster")
    field_order = ("cluster", "name", "most", "writer")

    def __init__(self, *given: Any, found: Sequence[Mapping[str, Any]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["cluster"].choices = [  # type: ignore[attr-defined]
            (one["number"], f"Cluster {one['number']}, {one['prompts']:,} prompts") for one in found
        ]


class ReviseForm(forms.Form):
    """Who revises a version, by pairs of which prompts."""

    writer = forms.ModelChoiceField(Checkpoint.objects.none(), label="Who revises it", empty_label=None)
    percent = forms.IntegerField(
        min_value=1,
        max_value=100,
        initial=WRITTEN,
        label="Share of prompts that it may be shown pairs of, in percent",
        help_text="The others stay unseen, so that the revision can be measured by them.",
    )

    def __init__(self, *given: Any, writers: QuerySet[Checkpoint], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["writer"].queryset = writers  # type: ignore[attr-defined]


class GuessForm(forms.Form):
    """Who guesses what a version does not name, from how many pairs of which prompts."""

    prefix = "guess"  # it stands beside the form for a revision
    writer = forms.ModelChoiceField(Checkpoint.objects.none(), label="Who guesses", empty_label=None)
    percent = forms.IntegerField(
        min_value=1,
        max_value=MOST_PERCENT,
        initial=WRITTEN,
        label="Share of prompts that it may be shown pairs of, in percent",
        help_text="What it guesses is tested on the others.",
    )
    pairs = forms.IntegerField(
        min_value=1,
        max_value=MOST_PAIRS,
        initial=USUAL_PAIRS,
        label="Pairs that it is shown at most",
        help_text="Eight at once; those that this version gets wrong come first.",
    )

    def __init__(self, *given: Any, writers: QuerySet[Checkpoint], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["writer"].queryset = writers  # type: ignore[attr-defined]


class EditForm(forms.Form):
    """A line of fields for each criterion: `keep.KEY`, `title.KEY`, `weight.KEY`, `into.KEY`."""

    note = forms.CharField(max_length=LONGEST_NOTE, required=False, label="What changed, and why")

    def __init__(self, *given: Any, criteria: Sequence[Mapping[str, Any]], **more: Any) -> None:
        super().__init__(*given, **more)
        self._criteria = criteria
        others = [("", "stands by itself"), *((one["key"], one["title"]) for one in criteria)]
        for one in criteria:
            key = one["key"]
            self.fields[f"keep.{key}"] = forms.BooleanField(required=False, initial=True)
            self.fields[f"title.{key}"] = forms.CharField(
                required=False, initial=one["title"], max_length=LONGEST_TITLES, widget=forms.Textarea
            )
            self.fields[f"weight.{key}"] = forms.FloatField(
                required=False, initial=f"{one['weight']:g}", min_value=-1_000, max_value=1_000
            )
            self.fields[f"into.{key}"] = forms.ChoiceField(
                required=False, choices=[other for other in others if other[0] != key]
            )

    def edits(self) -> dict[str, Edit]:
        """What becomes of each. The form must be valid."""
        said = self.cleaned_data
        return {
            key: Edit(said[f"keep.{key}"], said[f"title.{key}"], said[f"weight.{key}"], said[f"into.{key}"])
            for key in (one["key"] for one in self._criteria)
        }
