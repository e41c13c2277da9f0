"""The repository as these tests see it."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {".venv", ".git", "build", "dist", "__pycache__", "node_modules"}


def _listed_by_git() -> list[Path] | None:
    """Files that are or could be committed; None where there is no git or no repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return [ROOT / name for name in listing.decode().split("\0") if name]


def _listed_by_walk() -> list[Path]:
    return [path for path in ROOT.rglob("*") if not GENERATED & set(path.relative_to(ROOT).parts)]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file of the repository, without what is generated."""
    listed = _listed_by_git()
    return sorted(
        path for path in (_listed_by_walk() if listed is None else listed) if path.is_file()
    )


@pytest.fixture(scope="session")
def texts(files: list[Path]) -> dict[str, str]:
    """The text files, by path in the repository."""
    found = {}
    for path in files:
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a workbook, or a table in another encoding
    return found
