"""The folders a jurisdiction 法域 is made of, and its files: read strictly, the nearest first.

A folder extends the one that its profile names. Of files at the same relative path the nearest
folder's counts, whole. The problems of all files are collected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field

from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.policy_model import Strict
from huiqi.rules.strict_yaml import Document, load
from huiqi.rules.validation import validate

_T = TypeVar("_T")


class ProfileModel(Strict):
    """``profile.yaml``: what the jurisdiction is and what it builds on."""

    code: str
    name: str
    short_name: str
    extends: str | None
    home: str | None
    aliases: dict[str, str] = Field(default_factory=dict)
    timezone: str = "Asia/Shanghai"
    status: Literal["production", "demonstration"]
    note: str | None = None


def shown_path(root: Path, path: Path) -> str:
    """How messages name a file: relative to the folder that holds ``root``, else as given."""
    try:
        return str(path.relative_to(root.parent))
    except ValueError:
        return str(path)


class JurisdictionFiles:
    """The files of one jurisdiction, and the problems found in them so far."""

    def __init__(self, root: Path, code: str) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.chain, self.profile = self._chain(code)

    def _chain(self, code: str) -> tuple[tuple[Path, ...], ProfileModel]:
        chain: list[Path] = []
        profiles: list[ProfileModel] = []
        following: str | None = code
        while following is not None:
            folder = self.root / following
            if not (folder / "profile.yaml").is_file():
                known = sorted(p.parent.name for p in self.root.glob("*/profile.yaml"))
                message = f"没有法域“{following}”，可选：{'、'.join(known)}"
                raise DefinitionError(Problem(shown_path(self.root, folder), 1, message))
            if folder in chain:
                raise DefinitionError(Problem(shown_path(self.root, folder), 1, "extends 成了循环"))
            document = self.read(folder / "profile.yaml")
            chain.append(folder)
            profiles.append(validate(document, ProfileModel))
            following = profiles[-1].extends
        return tuple(chain), profiles[0]

    def read(self, path: Path) -> Document:
        return load(path, shown_path(self.root, path))

    def files(self, pattern: str) -> list[Path]:
        """Files by relative path; of the same path the nearest folder's."""
        found: dict[str, Path] = {}
        for folder in reversed(self.chain):
            for path in folder.glob(pattern):
                found[str(path.relative_to(folder))] = path
        return [found[name] for name in sorted(found)]

    def attempt(self, build: Callable[[], _T]) -> _T | None:
        try:
            return build()
        except DefinitionError as error:
            self.problems.extend(error.problems)
            return None

    def documents(self, pattern: str) -> Iterator[Document]:
        for path in self.files(pattern):
            document = self.attempt(partial(self.read, path))
            if document is not None:
                yield document

    def table(self, pattern: str, build: Callable[[list[Path]], _T]) -> _T:
        """What CSV files hold. Raises DefinitionError for one that is absent or wrong."""
        paths = self.files(pattern)
        if not paths:
            raise DefinitionError(Problem(pattern, 1, "没有这个文件"))
        try:
            return build(paths)
        except (ValueError, KeyError) as error:
            where = "、".join(shown_path(self.root, path) for path in paths)
            raise DefinitionError(Problem(where, 1, f"表的内容有误：{_said(error)}")) from error

    def stop_if_wrong(self) -> None:
        if self.problems:
            raise DefinitionError(self.problems)


def _said(error: ValueError | KeyError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 编码，请另存为 UTF-8"
    return f"没有“{error.args[0]}”这一列" if isinstance(error, KeyError) else str(error)
