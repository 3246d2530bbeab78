"""The endpoints of releases against what a generator can think of, pointed at a release that is there."""

from typing import Any

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from accounts.models import Scope
from accounts.services import tokens
from curation.models import Release
from tests.in_process import InProcess

document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
schema = schemathesis.openapi.from_dict(document).include(path_regex="releases")
schema.app = InProcess()
HEADERS = ("Range", "If-None-Match")


@pytest.fixture
def frozen(add_item, answer, release):
    for number in range(3):
        answer(add_item(f"good {number}", f"bad {number}"), "a")
    return release("rm_pairs", "raw", splits={"train": 100})


@pytest.fixture
def token(olga):
    return tokens.create(olga.user, name="a test", scopes=list(Scope.values), days=1).secret


@schema.parametrize()
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_surprises_an_endpoint_of_releases(case: Any, frozen: Release, token: str) -> None:
    seed = len(repr((case.path_parameters, case.query, case.headers)))
    paths = [*frozen.files.values_list("path", flat=True)]
    real = {"slug": frozen.project.slug, "release_id": str(frozen.pk), "path": paths[seed % len(paths)]}
    if seed % 4:
        case.path_parameters |= {name: real.get(name, value) for name, value in case.path_parameters.items()}
    if seed % 3 == 0 and "Range" in case.headers:
        case.headers["Range"] = f"bytes={seed % 97}-{seed % 1009}"

    checks = [not_a_server_error, status_code_conformance, content_type_conformance]
    case.call_and_validate(headers={"Authorization": f"Token {token}"}, checks=checks)
