"""croissant.json: the same files in the vocabulary of MLCommons Croissant 1.0, for programs that look for data."""

from typing import Any

import pyarrow as pa

from curation.describe.manifest import Manifest, files_of, preferred_format
from curation.origins import NONE, OTHERS
from curation.recipes import RECIPES
from curation.recipes.columns import MESSAGES

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
ENCODINGS = {
    "parquet": "application/x-parquet",
    "jsonl": "application/jsonlines",
    "jsonl.gz": "application/gzip",
    "jsonl.zst": "application/zstd",
}
READABLE = ("parquet", "jsonl")
TYPES = {pa.string(): "sc:Text", pa.int64(): "sc:Integer", pa.float64(): "sc:Float"}


def croissant(manifest: Manifest) -> dict[str, Any]:
    """JSON-LD; addresses are relative to the folder. A record set per file, of the columns with a plain shape."""
    suffix = preferred_format(manifest)
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": f"{manifest['project']}-{manifest['number']}",
        "description": manifest["note"] or f"{manifest['project_name']}, release {manifest['number']}.",
        "version": f"{manifest['number']}.0.0",
        "datePublished": manifest["created_at"],
        **_licenses(manifest),
        "citeAs": f"Goldpan release {manifest['release']}",
        "distribution": [_file(file) for file in manifest["files"] if "format" in file],
        "recordSet": [
            _record_set(recipe, file)
            for recipe in manifest["recipes"]
            for split in recipe["splits"]
            for file in files_of(manifest, recipe["name"], split, suffix)
            if suffix in READABLE
        ],
    }


def _licenses(manifest: Manifest) -> dict[str, list[str]]:
    """What the sources named, if they named any."""
    named = [name for name in manifest["snapshot"]["licenses"] if name not in {NONE, OTHERS}]
    return {"license": named} if named else {}


def _file(file: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file["path"],
        "name": file["path"],
        "contentUrl": file["path"],
        "contentSize": f"{file['bytes']} B",
        "encodingFormat": ENCODINGS[file["format"]],
        "sha256": file["sha256"],
    }


def _record_set(recipe: dict[str, Any], file: dict[str, Any]) -> dict[str, Any]:
    name = file["path"].split(".")[0]
    schema = RECIPES[recipe["name"]].schema(recipe["parameters"])
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "field": [field for column in schema if (field := _field(name, file["path"], column))],
    }


def _field(record_set: str, path: str, column: pa.Field) -> dict[str, Any] | None:
    """A column as a field; None for the nested columns that Croissant has no plain words for."""
    name = f"{record_set}/{column.name}"
    source = {"fileObject": {"@id": path}, "extract": {"column": column.name}}
    field = {"@type": "cr:Field", "@id": name, "name": name}
    if column.type == MESSAGES:
        parts = [_part(name, part, source) for part in ("role", "content")]
        return {**field, "repeated": True, "subField": parts}
    is_list = pa.types.is_list(column.type)
    kind = TYPES.get(column.type.value_type if is_list else column.type)
    return {**field, "dataType": kind, "source": source, **({"repeated": True} if is_list else {})} if kind else None


def _part(parent: str, part: str, source: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{parent}/{part}",
        "name": f"{parent}/{part}",
        "dataType": "sc:Text",
        "source": {**source, "transform": {"jsonPath": f"$[*].{part}"}},
    }
