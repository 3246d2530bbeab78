"""Resolves pyproject.toml into the lock files, with hashes, for every platform."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")
BUILD = ROOT / "build"
# Whatever asks for torch gets it from the environment, where it was installed first.
WITHOUT_TORCH = "torch==2.13.0 ; python_version < '3'\n"


def resolve(target: str, *words: str) -> None:
    """Write one lock file. No header and no notes: they would name the machine that made it."""
    subprocess.run(  # noqa: S603
        [
            *(UV, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
            *("--no-header", "--no-annotate", "--no-emit-index-url", "--output-file", target, *words),
        ],
        cwd=ROOT,
        check=True,
    )
    print(f"{target} is up to date.")


def trainers() -> tuple[str, str]:
    """The trainers' requirements without torch, and the override that keeps it out."""
    BUILD.mkdir(exist_ok=True)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["trainers"]
    (BUILD / "trainers.in").write_text("".join(f"{line}\n" for line in wanted if not line.startswith("torch")))
    (BUILD / "without-torch.txt").write_text(WITHOUT_TORCH)
    return "build/trainers.in", "build/without-torch.txt"


def main() -> None:
    resolve("requirements.lock", "pyproject.toml")
    resolve("requirements-dev.lock", "pyproject.toml", "--extra", "dev")
    wanted, override = trainers()
    resolve("requirements-trainers.lock", wanted, "--override", override)


if __name__ == "__main__":
    main()
