"""What stands beside a rubric that people label by: agreement, findings about its criteria, and the page of quality."""

from annotation.models import Annotation, RubricVersion
from annotation.services import rubric_publishing, rubrics
from curation.models import Analysis
from curation.services import analyses, rubric_runs
from jobs import runner
from jobs.models import Job
from modelhooks.models import Checkpoint
from projects.access import Place
from projects.models import Role
from tests.journeys.house import PREFERENCE, House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look
from tests.journeys.test_rubrics_from_labels import labelled

CRITERIA = (
    {"key": "reason", "title": "The response gives a reason."},
    {"key": "digit", "title": "The response has a digit in it.", "weight": 2},
    {"key": "lines", "title": "The response has more than one line, each of which says something of its own."},
    {"key": "stop", "title": "The response ends with a full stop."},
)


def asked_about(place: Place, version: RubricVersion) -> None:
    judge = Checkpoint.objects.get_or_create(name="Max", contract="rubric", backend="fake")[0]
    run = rubric_runs.grade(place, version=version, checkpoint=judge, question="better")
    runner.execute(str(run.job_id))


def in_use(house: House) -> Place:
    """Two versions that a judge was asked about, of which people answered the newer one, and a look at all labels."""
    place = Place(house.people["Olga"], house.project, Role.OWNER)
    items = labelled(house)
    first = rubrics.create(house.project, by=place.user, name="What is better", criteria=list(CRITERIA[1:]))
    asked_about(place, first)
    second = rubrics.new_version(first.rubric, by=place.user, criteria=list(CRITERIA))
    form = rubric_publishing.publish(place, second)
    for number, item in enumerate(items):
        for who in ("Ana", "Ben"):
            says = {
                "reason": ["yes" if "because" in item.text_of(n) else "no" for n in (0, 1)],
                "stop": ["yes" if (number + n) % 2 == (who == "Ben") else "no" for n in (0, 1)],
                **({"digit": ["yes", "no"]} if number < 4 else {}),
            }
            own = Annotation.objects.filter(item=item, author=house.people[who]).first()
            Annotation.objects.create(
                project=house.project,
                item=item,
                form=form,
                author=house.people[who],
                supersedes=own,
                answers={
                    **(own.answers if own else {}),
                    "rubric": {"verdicts": {key: [{"value": one} for one in row] for key, row in says.items()}},
                },
                shown=[0, 1],
            )
    asked_about(place, second)
    looked = analyses.start(place)
    runner.execute(str(looked.job_id))
    assert Analysis.objects.get(pk=looked.pk).finished_at, Job.objects.get(pk=looked.job_id).message
    return place


@every_size
def test_screens_of_rubrics_in_use(page_for: OpenPage, theme: str, width: int) -> None:
    house = House.build(questions=(PREFERENCE,))
    place = in_use(house)
    here = f"/projects/{house.project.slug}"
    page = page_for(
        place.user, f"{here}/rubrics/1/versions/2/evidence/", theme=theme, width=width, height=WIDTHS[width]
    )
    page.get_by_text("People agree").first.wait_for()
    look(page, "rubric-and-people", theme, width, whole=True)
    page.goto(page.url.replace("/rubrics/1/versions/2/evidence/", "/quality/"))
    page.get_by_text("Half is what lots would give.").wait_for()
    look(page, "quality-with-rubrics", theme, width, whole=True)
    page.goto(page.url.replace("/quality/", "/quality/findings/?detector=weak_criteria"))
    page.get_by_role("button", name="Dismiss").first.wait_for()
    look(page, "findings-of-criteria", theme, width, whole=True)
