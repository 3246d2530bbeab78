"""How runs that write lines of rubrics look, with long words and words from right to left."""

from curation.services import line_runs
from modelhooks.models import Checkpoint
from tests.journeys.house import House
from tests.journeys.test_look import ARABIC, WIDTHS, OpenPage, every_size, look
from tests.journeys.test_rubrics_from_labels import LONG, here, work


@every_size
def test_screens_of_lines(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    Checkpoint.objects.create(name="Pen", contract="writing", backend="fake", is_healthy=True, health="It works.")
    house.add_item(f"Name three rivers{LONG}. {ARABIC}. Write in capitals.", "Rhine.", "Po.")
    house.add_item("Which one?", "That one.", "This one.")
    run = line_runs.constraints(house.place("Olga"), checkpoint=Checkpoint.objects.get())
    lines = here(house, f"written/lines/{run.pk}/")
    page = page_for(house.people["Olga"], lines, theme=theme, width=width, height=WIDTHS[width])
    look(page, "rubric-lines-queued", theme, width)
    work()
    page.reload()
    look(page, "rubric-lines", theme, width, whole=True)
    page.goto(here(house, "written/"))
    page.get_by_role("heading", name="Write criteria from words or from work").click()
    look(page, "rubric-lines-runs", theme, width, whole=True)
