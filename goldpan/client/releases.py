"""Releases: freezing one, and having its files here."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from goldpan.client import endpoints, loading
from goldpan.client.connection import Connection
from goldpan.client.downloads import download
from goldpan.client.paging import rows
from goldpan.client.shapes import Release, ReleaseWithFiles
from goldpan.client.waiting import until_done

WAIT = 3600.0  # seconds
MANIFEST = "manifest.json"


class Releases:
    """Frozen results of a project."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, project: str) -> Iterator[Release]:
        """Each release, the newest first."""
        return cast(Iterator[Release], rows(self._connection, endpoints.RELEASES, slug=project))

    def freeze(
        self,
        project: str,
        recipes: Sequence[Mapping[str, Any]] | None = None,
        *,
        formats: Sequence[str] | None = None,
        splits: Mapping[str, int] | None = None,
        hold_out: Mapping[str, Any] | None = None,
        gates: Mapping[str, Any] | None = None,
        note: str | None = None,
        overrule: str | None = None,
    ) -> ReleaseWithFiles:
        """Fix what a release holds; a job writes its files (`wait`). The same wish again, while nobody has labeled
        anything since, is the same release. `recipes` are `{"name": …, "parameters": {…}}`, `gates` the limits at which
        it is not frozen unless `overrule` says why it is (docs/exports.md)."""
        body = {
            "recipes": recipes,
            "formats": formats,
            "splits": splits,
            "hold_out": hold_out,
            "gates": gates,
            "note": note,
            "overrule": overrule,
        }
        return cast(ReleaseWithFiles, self._connection.call(endpoints.FREEZE, body=body, slug=project))

    def get(self, release_id: str) -> ReleaseWithFiles:
        """How far it is, and its files once it is done."""
        return cast(ReleaseWithFiles, self._connection.call(endpoints.RELEASE, release_id=release_id))

    def wait(self, release_id: str, *, seconds: float = WAIT) -> ReleaseWithFiles:
        """The release once its files are there. Raises Stopped and StillOpen."""
        return until_done("The release", lambda: self.get(release_id), seconds)

    def manifest(self, release_id: str) -> dict[str, Any]:
        """Recipes with their parameters, rows and drops, checksums, splits, versions and the audit head."""
        return cast(dict[str, Any], self._connection.call(endpoints.MANIFEST, release_id=release_id))

    def download(
        self, release_id: str, folder: str | Path, *, recipe: str | None = None, split: str | None = None
    ) -> list[Path]:
        """Its files below the folder, or those of one recipe and split, each checked by its SHA-256.

        What is there already is not fetched again, and what was cut off goes on where it broke. What rows show lies
        where the rows name it: in the folder of their recipe.
        """
        wanted = [
            file
            for file in self.manifest(release_id)["files"]
            if recipe in (None, file.get("recipe")) and (split is None or file.get("split") in (None, split))
        ]
        if recipe is None:
            wanted.append(self._manifest_file(release_id))
        return [download(self._connection, release_id, file, Path(folder)) for file in wanted]

    def _manifest_file(self, release_id: str) -> dict[str, Any]:
        """Itself as an entry, since a manifest cannot name its own checksum."""
        found = next(file for file in self.get(release_id)["files"] if file["path"] == MANIFEST)
        return {"path": MANIFEST, "bytes": found["size"], "sha256": found["sha256"]}

    def load(
        self,
        release_id: str,
        recipe: str,
        *,
        split: str = "train",
        into: loading.Into = "datasets",
        folder: str | Path | None = None,
    ) -> Any:
        """The rows of a recipe and split as a `datasets.Dataset`, a Polars or a pandas frame.

        The files are kept below `folder`, by default `~/.cache/goldpan`; the second time nothing is fetched but the
        manifest. Raises LibraryMissing.
        """
        loading.require(into)
        kept = Path(folder) if folder else Path.home() / ".cache" / "goldpan" / release_id
        files = self.download(release_id, kept, recipe=recipe, split=split)
        return loading.load(into, files, f"{recipe}, split {split}")
