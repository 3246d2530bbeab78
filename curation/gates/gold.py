"""How right people are where the answer is known. For workers: it counts votes."""

from collections.abc import Sequence

from annotation.models import Question
from curation.gates import GOLD, Result
from curation.queries.gold import accuracy
from projects.models import Project

FEWEST_ANSWERS = 20


def result(project: Project, asked: Sequence[str], limit: float, last: int) -> Result:
    """Of the question that people got right least often, of those that are asked; answers up to annotation `last`."""
    questions = Question.objects.filter(form__project=project, key__in=asked).order_by("key", "-form__version")
    told = [(one, *_right(project, one, last)) for one in questions.distinct("key")]
    known = [(one, right, answers) for one, right, answers in told if answers >= FEWEST_ANSWERS]
    if not known:
        says = f"Fewer than {FEWEST_ANSWERS} answers were given to items whose answer is known."
        return Result(GOLD.name, limit, None, True, says)
    question, right, answers = min(known, key=lambda one: one[1] / one[2])
    share = right / answers
    says = (
        f"Of {answers:,} answers to {question.key} whose truth is known, people got {share:.0%} right; "
        f"{limit:.0%} are wanted."
    )
    return Result(GOLD.name, limit, round(share, 4), share >= limit, says)


def _right(project: Project, question: Question, last: int) -> tuple[int, int]:
    """Answers of people that were right, and all of them."""
    of_people = [count for who, count in accuracy(project, question, last).items() if who.kind != "model"]
    return sum(right for right, _ in of_people), sum(answers for _, answers in of_people)
