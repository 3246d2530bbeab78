"""Rows of a release in the libraries that training jobs use. None of them is needed for anything else."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from goldpan.client.errors import GoldpanError, LibraryMissing

Into = Literal["datasets", "polars", "pandas"]
NEEDED = {"datasets": ("datasets",), "polars": ("polars",), "pandas": ("pandas", "pyarrow")}


def require(into: str) -> None:
    """Raise LibraryMissing where what loads the rows is not installed; before anything is fetched."""
    if into not in NEEDED:
        raise GoldpanError(f"Rows are loaded into {', '.join(NEEDED)}, not into {into!r}.")
    absent = [name for name in NEEDED[into] if find_spec(name) is None]
    if absent:
        raise LibraryMissing(f"Loading into {into} needs {' and '.join(absent)}: pip install {' '.join(absent)}")


def load(into: str, files: Sequence[Path], what: str) -> Any:
    """The rows of these Parquet files, in their order."""
    parquet = sorted(str(path) for path in files if path.suffix == ".parquet")
    if not parquet:
        raise GoldpanError(
            f"The release has no Parquet files of {what}. `manifest` says what it has; freeze it with the format "
            "parquet to load it."
        )
    library: Any = import_module(into)
    if into == "datasets":
        return library.Dataset.from_parquet(parquet)
    if into == "polars":
        return library.read_parquet(parquet)
    return library.concat([library.read_parquet(path) for path in parquet], ignore_index=True)
