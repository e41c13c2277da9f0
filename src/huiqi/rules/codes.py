"""Trees of codes: the industry classification (国民经济行业分类) and the areas (行政区划代码).

A tree numbers its nodes in preorder, from 1, siblings in code order, so that "this node or
anything below it" is one comparison with an inclusive range of positions (`span`). Positions
depend on the rows given and are never stored; what is stored is the code.
"""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# What the official name of an area ends in, longest first; people often leave it out.
_AREA_ENDINGS = (
    "特别行政区",
    "行政委员会",
    "自治区",
    "自治州",
    "自治县",
    "街道",
    "地区",
    "省",
    "市",
    "州",
    "县",
    "区",
    "盟",
    "旗",
    "镇",
    "乡",
)
_SHORTEST_STEM = 2
_LONGEST_TEXT = 100  # no name or path of names is longer; cells of workbooks may be
# Area codes grow by these steps: province and prefecture padded to 6, township 9, village 12.
_FULL_AREA_LENGTHS = (6, 9, 12)


@dataclass(frozen=True, slots=True)
class Node:
    """One row of a code table."""

    code: str
    name: str
    parent: str | None
    level: str
    kind: str = ""
    note: str = ""
    short: tuple[str, ...] = ()

    @classmethod
    def from_row(cls, row: Mapping[str, str | None]) -> Node:
        """Build a node from a CSV row: code, name, parent, level and optionally kind, note, short.

        `short` holds other names in use, separated by `|`.
        """

        def cell(key: str) -> str:
            return (row.get(key) or "").strip()

        if not cell("code") or not cell("name"):
            raise ValueError(f"代码表中有一行缺少代码或名称：{dict(row)}")
        short = tuple(part.strip() for part in cell("short").split("|") if part.strip())
        return cls(
            code=cell("code"),
            name=cell("name"),
            parent=cell("parent") or None,
            level=cell("level"),
            kind=cell("kind"),
            note=cell("note"),
            short=short,
        )


class CodeTree:
    """A code table as a tree (`key` is its name in the vocabulary: industry or area)."""

    def __init__(self, name: str, rows: Iterable[Mapping[str, str | None]]) -> None:
        self.key = name
        self._nodes = _unique(Node.from_row(row) for row in rows)
        self._children = _children_by_parent(self._nodes)
        self._order: list[str] = []
        self._index: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._number_nodes()
        # A tree whose top nodes are letters (行业门类) shows the letter before the digits.
        self.lettered = any(code.isascii() and code.isalpha() for code in self.roots)
        self._letters = self._section_letters() if self.lettered else {}
        self._by_name, self._by_short = self._name_indexes()
        self._longest = max(map(len, (*self._by_name, *self._by_short)), default=0)

    @classmethod
    def from_csv(cls, name: str, paths: Iterable[Path]) -> CodeTree:
        """Merge the rows of several CSV files into one tree."""
        return cls(name, (row for path in paths for row in read_rows(path)))

    # --- positions -----------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, code: object) -> bool:
        return code in self._index

    def __iter__(self) -> Iterator[str]:
        """Codes in preorder."""
        return iter(self._order)

    def index(self, code: str) -> int:
        """Position of a code in preorder, from 1."""
        try:
            return self._index[code]
        except KeyError:
            raise self._unknown(code) from None

    def code(self, index: int) -> str:
        """Code at a position (from 1)."""
        if not 1 <= index <= len(self._order):
            raise ValueError(f"{self._title}没有第 {index} 个代码，共 {len(self._order)} 个")
        return self._order[index - 1]

    def span(self, code: str) -> tuple[int, int]:
        """First and last position of the node and everything below it, both included."""
        return self.index(code), self._last[code]

    def subtree(self, code: str) -> Sequence[str]:
        """The node and everything below it, in preorder."""
        low, high = self.span(code)
        return self._order[low - 1 : high]

    def covers(self, upper: str, code: str) -> bool:
        """Whether `code` is `upper` itself or below it."""
        low, high = self.span(upper)
        return low <= self.index(code) <= high

    # --- nodes ---------------------------------------------------------------------------

    @property
    def roots(self) -> Sequence[str]:
        return self._children.get(None, ())

    def node(self, code: str) -> Node:
        try:
            return self._nodes[code]
        except KeyError:
            raise self._unknown(code) from None

    def name(self, code: str) -> str:
        return self.node(code).name

    def level(self, code: str) -> str:
        """Level as the code table writes it (1 to 4 for industries, province … township)."""
        return self.node(code).level

    def depth(self, code: str) -> int:
        """Number of nodes from the root down to this one; a root has depth 1."""
        return len(self.ancestors(code)) + 1

    def parent(self, code: str) -> str | None:
        return self.node(code).parent

    def children(self, code: str) -> Sequence[str]:
        self.node(code)
        return self._children.get(code, ())

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The nodes above, nearest first, without the node itself."""
        found: list[str] = []
        above = self.node(code).parent
        while above is not None:
            found.append(above)
            above = self._nodes[above].parent
        return tuple(found)

    # --- text ----------------------------------------------------------------------------

    def display(self, code: str) -> str:
        """How people write the code: C1311 for 1311; an area code as it is."""
        self.node(code)
        letter = self._letters.get(code, "")
        return code if letter == code else letter + code

    def parse(self, text: str) -> str:
        """Read a code as people write it: 1311, C1311, full-width digits, zeros at the end."""
        written = _normal(text).upper()
        if written in self._index:
            return written
        if self.lettered:
            return self._parse_lettered(written)
        return self._parse_padded(written)

    def find(self, text: str) -> str | None:
        """The one node meant by a code, an official name, a short name or a path of names.

        None when nothing or more than one node fits; `matches` gives the candidates.
        """
        found = self.matches(text)
        return found[0] if len(found) == 1 else None

    def matches(self, text: str) -> tuple[str, ...]:
        """All nodes a text may mean, in preorder, narrowed by the strongest reading that fits."""
        wanted = _normal(text)
        if not wanted or len(wanted) > _LONGEST_TEXT:
            return ()
        try:
            return (self.parse(wanted),)
        except ValueError:
            pass
        exact = self._by_name.get(wanted)
        if exact:
            return self._widest(exact) if self._same_leaves(exact) else exact
        short = self._by_short.get(wanted)
        if short:
            return self._widest(short)
        return self._by_path(wanted)

    def suggest(self, text: str, count: int = 3) -> tuple[str, ...]:
        """Codes whose names look most like the text, best first; for messages about mistakes."""
        wanted = _normal(text)[:_LONGEST_TEXT]
        close = difflib.get_close_matches(wanted, self._by_name, n=count, cutoff=0.5)
        return tuple(self._by_name[name][0] for name in close)

    def closest(self, text: str) -> str | None:
        """The deepest known area a full area code lies in, known itself or not.

        A table may stop at prefectures; the prefecture of a county code is then the answer.
        """
        digits = _normal(text)
        if self.lettered or not digits.isdecimal() or len(digits) not in _FULL_AREA_LENGTHS:
            return None
        for candidate in (digits, digits[:9], digits[:6], digits[:4] + "00", digits[:2] + "0000"):
            if candidate in self._index:
                return candidate
        return None

    # --- building ------------------------------------------------------------------------

    @property
    def _title(self) -> str:
        return "行业分类" if self.lettered else "区划代码"

    def _unknown(self, code: str) -> ValueError:
        return ValueError(f"{self._title}中没有代码 {code}")

    def _number_nodes(self) -> None:
        waiting = list(reversed(self._children.get(None, ())))
        while waiting:
            code = waiting.pop()
            self._order.append(code)
            self._index[code] = len(self._order)
            waiting.extend(reversed(self._children.get(code, ())))
        if len(self._order) != len(self._nodes):
            circular = sorted(set(self._nodes) - set(self._order))
            raise ValueError(f"代码表中上级关系成环：{'、'.join(circular[:5])}")
        for code in reversed(self._order):
            below = self._children.get(code)
            self._last[code] = self._last[below[-1]] if below else self._index[code]

    def _section_letters(self) -> dict[str, str]:
        return {code: root for root in self.roots for code in self.subtree(root)}

    def _name_indexes(self) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        names: dict[str, tuple[str, ...]] = {}
        shorts: dict[str, tuple[str, ...]] = {}
        for code in self._order:
            node = self._nodes[code]
            name = _normal(node.name)
            names[name] = (*names.get(name, ()), code)
            for short in dict.fromkeys((*map(_normal, node.short), *self._stems(name))):
                shorts[short] = (*shorts.get(short, ()), code)
        return names, shorts

    def _stems(self, name: str) -> tuple[str, ...]:
        if self.lettered:
            return ()
        for ending in _AREA_ENDINGS:
            stem = name.removesuffix(ending)
            if stem != name and len(stem) >= _SHORTEST_STEM:
                return (stem,)
        return ()

    # --- reading text --------------------------------------------------------------------

    def _parse_lettered(self, written: str) -> str:
        letter, digits = written[:1], written[1:]
        if digits not in self._index or not digits.isdecimal() or not letter.isalpha():
            raise self._unknown(written)
        right = self._letters[digits]
        if letter != right:
            raise ValueError(
                f"行业代码 {written} 的门类字母不对：{digits}（{self.name(digits)}）"
                f"属于门类 {right}，应写作 {right}{digits}"
            )
        return digits

    def _parse_padded(self, written: str) -> str:
        if len(written) in _FULL_AREA_LENGTHS:
            for length in _FULL_AREA_LENGTHS:
                kept, padding = written[:length], written[length:]
                if kept in self._index and not padding.strip("0"):
                    return kept
        raise self._unknown(written)

    def _by_path(self, text: str) -> tuple[str, ...]:
        """Read names written one after the other, each an area within the one before it."""
        if self.lettered:
            return ()
        found: set[int] = set()
        for end in range(_SHORTEST_STEM, min(len(text), self._longest + 1)):
            uppers = self._named(text[:end])
            if uppers:
                rest = text[end:]
                for code in {*self.matches(rest), *self._named(rest)}:
                    if any(upper != code and self.covers(upper, code) for upper in uppers):
                        found.add(self._index[code])
        return self._widest(tuple(self.code(position) for position in sorted(found)))

    def _named(self, text: str) -> tuple[str, ...]:
        return self._by_name.get(text, ()) or self._by_short.get(text, ())

    def _widest(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Drop the nodes that lie below another one of them (codes are in preorder)."""
        kept: list[str] = []
        for code in codes:
            if not kept or not self.covers(kept[-1], code):
                kept.append(code)
        return tuple(kept)

    def _same_leaves(self, codes: tuple[str, ...]) -> bool:
        """Whether the codes are one chain of only children, so that all mean the same firms."""
        upper, *lower = codes
        return all(
            self.covers(upper, code)
            and all(len(self.children(above)) == 1 for above in self._between(upper, code))
            for code in lower
        )

    def _between(self, upper: str, code: str) -> tuple[str, ...]:
        above = self.ancestors(code)
        return above[: above.index(upper) + 1]


def read_rows(path: Path) -> list[dict[str, str | None]]:
    """Rows of a UTF-8 CSV file with a header line (a byte-order mark is allowed)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def _normal(text: str) -> str:
    """Half-width characters, no spaces: what people type and paste differs in these only."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _unique(nodes: Iterable[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in nodes:
        if node.code in found:
            raise ValueError(f"代码 {node.code} 重复：{found[node.code].name}、{node.name}")
        found[node.code] = node
    return found


def _children_by_parent(nodes: Mapping[str, Node]) -> dict[str | None, tuple[str, ...]]:
    below: dict[str | None, list[str]] = {}
    for code in sorted(nodes):
        parent = nodes[code].parent
        if parent is not None and parent not in nodes:
            raise ValueError(f"代码 {code}（{nodes[code].name}）的上级 {parent} 不在代码表中")
        below.setdefault(parent, []).append(code)
    return {parent: tuple(codes) for parent, codes in below.items()}
