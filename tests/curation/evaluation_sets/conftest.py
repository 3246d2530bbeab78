"""Sets of planted rows in Olga's project."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from curation.models import EvaluationSet
from curation.services import evaluation_sets
from projects.access import Place


@pytest.fixture
def make_set(olga: Place) -> Callable[..., EvaluationSet]:
    """A set of these rows, as a file of lines has them."""

    def make(rows: list[dict[str, Any]], name: str = "exam", layout: str = "") -> EvaluationSet:
        file = io.BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())
        return evaluation_sets.from_file(olga, name=name, file=file, file_name=f"{name}.jsonl", layout=layout)

    return make
