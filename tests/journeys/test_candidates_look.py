"""The page on which new items are asked for, looked at."""

from modelhooks.models import Checkpoint
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look


@every_size
def test_screens_of_new_items(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    house.add_items(3)
    address = f"/projects/{house.project.slug}/candidates/new/"
    page = page_for(house.people["Olga"], address, theme=theme, width=width, height=WIDTHS[width])
    look(page, "candidates-empty", theme, width, whole=True)
    Checkpoint.objects.create(name="Writer", contract="generation", backend="fake")
    Checkpoint.objects.create(name="A second writer with a long name", contract="generation", backend="fake")
    page.goto(address)
    look(page, "candidates-new", theme, width, whole=True)
