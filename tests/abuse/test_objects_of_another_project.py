"""AB-07: the id of one project's object in the address of another."""

import pytest
from django.db import transaction

from tests.access.doors import METHODS, Door, doors
from tests.access.house import House
from tests.digest import changed, digest

pytestmark = pytest.mark.django_db

INSIDE = [door for door in doors() if "slug" in door.arguments and len(door.arguments) > 1]


@pytest.mark.parametrize("person", ["oscar", "sam"])
@pytest.mark.parametrize("door", INSIDE, ids=lambda door: door.route)
def test_ab_07_an_object_of_one_project_is_not_in_another(door: Door, person: str, house: House) -> None:
    """Sam and Oscar belong to the project in the address; the object is Olga's."""
    before, theirs = digest(), house.values | {"slug": "others", "version": 2, "number": 1}
    if "columns" in door.route:
        theirs["token"] = house.staged
    if "versions" in door.route and "checkpoint_id" in door.arguments:
        theirs["checkpoint_id"] = house.own_judge

    with transaction.atomic():
        statuses = {house.client(door, person).generic(method, door.address(theirs)).status_code for method in METHODS}
        transaction.set_rollback(True)

    assert statuses <= {404, 405}
    assert changed(before, digest()) == []
