"""How clusters of prompts look, before, while and after they are grouped."""

from curation.services import prompt_clusters, rubric_runs
from jobs import runner
from modelhooks.models import Checkpoint
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look
from tests.journeys.test_rubrics_from_labels import here, labelled, work


@every_size
def test_screens_of_clusters(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    pen = Checkpoint.objects.create(name="Pen", contract="writing", backend="fake", is_healthy=True, health="It works.")
    labelled(house, 18)
    olga = house.place("Olga")
    run = rubric_runs.contrast(olga, checkpoint=pen, question="better", wishes={"percent": 100})
    work()
    address = here(house, f"written/{run.pk}/clusters/")
    page = page_for(house.people["Olga"], address, theme=theme, width=width, height=WIDTHS[width])
    look(page, "rubric-clusters-none", theme, width, whole=True)
    grouping = prompt_clusters.start(olga, run, embedder="fake", most=3)
    page.reload()
    look(page, "rubric-clusters-queued", theme, width)

    runner.execute(str(grouping.job_id))

    page.get_by_role("heading", name="Make a rubric of one cluster").wait_for()  # the page finds out by itself
    look(page, "rubric-clusters", theme, width, whole=True)
