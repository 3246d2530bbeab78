"""The product's own source, parsed: what the rules of this folder walk."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("annotation", "curation", "goldpan", "modelhooks", "platform")


@dataclass(frozen=True)
class Source:
    """One file, by its path below the root."""

    path: str
    tree: ast.Module


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the product but migrations."""
    files = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
    return tuple(
        Source(str(path.relative_to(ROOT)), ast.parse(path.read_text(), filename=str(path)))
        for path in files
        if "migrations" not in path.parts
    )


def templates() -> Iterator[Path]:
    """Every template of the product."""
    yield from sorted((ROOT / "templates").rglob("*.html"))
    for floor in FLOORS:
        yield from sorted(path for path in (ROOT / floor).rglob("*.html") if "static" not in path.parts)


def found(breaks: Callable[[ast.AST], bool], *, doors: tuple[str, ...] = ()) -> list[str]:
    """Where a rule is broken, as `file:line`, outside the files and folders that are the door."""
    return [
        f"{source.path}:{getattr(node, 'lineno', 0)}"
        for source in sources()
        if not source.path.startswith(doors)
        for node in ast.walk(source.tree)
        if breaks(node)
    ]


def imports(*modules: str) -> Callable[[ast.AST], bool]:
    """A rule broken by importing one of these modules or anything below it."""

    def breaks(node: ast.AST) -> bool:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        return any(name == module or name.startswith(f"{module}.") for name in names for module in modules)

    return breaks


def called(node: ast.AST) -> str:
    """The dotted name of what is called, as far as it is written down: `filter`, `os.system`; else empty."""
    if not isinstance(node, ast.Call):
        return ""
    parts: list[str] = []
    target: ast.AST = node.func
    while isinstance(target, ast.Attribute):
        parts.insert(0, target.attr)
        target = target.value
    if isinstance(target, ast.Name):
        parts.insert(0, target.id)
    return ".".join(parts)
