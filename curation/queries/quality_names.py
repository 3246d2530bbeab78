"""What the parts of a form are called, for pages that tell of figures by question and facet."""

from dataclasses import dataclass

from annotation.kinds import KINDS
from annotation.queries.forms import current_form, questions_of
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Names:
    """Titles of a project's newest form. What it asks no more is called by its key."""

    questions: dict[str, str]
    """In the form's order."""
    facets: dict[tuple[str, str], str]

    def of(self, question: str, facet: str = "") -> str:
        """Such as “Which is better?” or “Checklist: Correct”."""
        title = self.questions.get(question, question)
        return f"{title}: {self.facets.get((question, facet), facet)}" if facet else title

    def place(self, question: str, facet: str) -> tuple[int, int]:
        """To sort by: where the form asks it; what it asks no more comes last."""
        questions, facets = list(self.questions), list(self.facets)
        return (
            questions.index(question) if question in self.questions else len(questions),
            facets.index((question, facet)) if (question, facet) in self.facets else len(facets),
        )


def names(project: Project) -> Names:
    """In one query, and one more where the process has not met this form yet."""
    form = current_form(project.pk)
    asked = questions_of(form.pk) if form else ()
    told = {(one.key, facet.key): facet.title for one in asked for facet in KINDS[one.kind].facets(one)}
    return Names({one.key: one.title for one in asked}, told)
