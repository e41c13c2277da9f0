"""Tests on codes: positions of the integer form back to the codes people read.

A whole branch of a tree becomes a test on the beginning of the code, when exactly the branch's
codes begin that way: industry division 13 is ``LIKE '13%'``, an area 632800 is ``LIKE '6328%'``.
A section letter 门类 has no digits in common with its divisions and is spelled out by them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlglot import exp

from huiqi.rules import ir
from huiqi.rules.codes import CodeTree
from huiqi.rules.sql.dialects import any_of, is_known
from huiqi.rules.vocabulary import FactDefinition

_PADDED = 6  # area codes of provinces and prefectures are filled up with zeros to this length
_SHORTEST_RUN = 3


class CodeTests:
    """Writes ``InCodes``; remembers what it found out about each tree."""

    def __init__(self) -> None:
        self._beginnings: dict[str, Counter[str]] = {}

    def test(self, node: ir.InCodes, fact: FactDefinition, column: exp.Expr) -> exp.Expr:
        """True in ``yes``, NULL in ``maybe`` and for NULL, else false."""
        inside = self._inside(node, fact, column)
        if not node.maybe:
            return inside
        open_codes = _one_of(column, [fact.decode(position) for position in node.maybe])
        return exp.case().when(open_codes, exp.null()).else_(inside)

    def _inside(self, node: ir.InCodes, fact: FactDefinition, column: exp.Expr) -> exp.Expr:
        low, high = fact.bounds
        if node.yes == ((low, high),):
            return exp.case().when(is_known(column.copy()), exp.true())
        if not node.yes:
            return exp.case().when(is_known(column.copy()), exp.false())
        if fact.code_tree is None:
            positions = [p for first, last in node.yes for p in range(first, last + 1)]
            return _one_of(column, [fact.decode(position) for position in positions])
        return self._in_tree(fact.code_tree, node.yes, column)

    def _in_tree(self, tree: CodeTree, ranges: Iterable[ir.Bounds], column: exp.Expr) -> exp.Expr:
        codes: list[str] = []
        beginnings: dict[int, list[str]] = defaultdict(list)
        for low, high in ranges:
            for code, whole in _branches(tree, low, high):
                self._collect(tree, code, whole, codes, beginnings)
        tests = [_begins(column, beginnings[length]) for length in sorted(beginnings)]
        if codes:
            tests.insert(0, _one_of(column, codes))
        return any_of(tests)

    def _collect(
        self,
        tree: CodeTree,
        code: str,
        whole: bool,
        codes: list[str],
        beginnings: dict[int, list[str]],
    ) -> None:
        """Add the tests for one node, with everything below it when ``whole``."""
        beginning = self._beginning(tree, code) if whole else code
        if beginning is None:
            codes.append(code)
            for child in tree.children(code):
                self._collect(tree, child, True, codes, beginnings)
        elif beginning == code and (not whole or not tree.children(code)):
            codes.append(code)
        else:
            beginnings[len(beginning)].append(beginning)

    def _beginning(self, tree: CodeTree, code: str) -> str | None:
        """The shortest text that the codes of a branch, and no others of the tree, begin with."""
        counts = self._beginnings.get(tree.key)
        if counts is None:
            counts = Counter(known[:end] for known in tree for end in range(1, len(known) + 1))
            self._beginnings[tree.key] = counts
        branch = tree.subtree(code)
        for candidate in _stems(code):
            if counts[candidate] == len(branch) and all(c.startswith(candidate) for c in branch):
                return candidate
        return None


def _stems(code: str) -> Iterator[str]:
    """The code without the zeros that fill it up, shortest first, then the code itself."""
    if len(code) == _PADDED and code.isdecimal():
        for length in (2, 4):
            if not code[length:].strip("0"):
                yield code[:length]
    yield code


def _branches(tree: CodeTree, low: int, high: int) -> Iterator[tuple[str, bool]]:
    """A range of positions as whole branches, and single nodes where a branch sticks out."""
    position = low
    while position <= high:
        code = tree.code(position)
        last = tree.span(code)[1]
        whole = last <= high
        yield code, whole
        position = (last if whole else position) + 1


def _one_of(column: exp.Expr, codes: Sequence[str]) -> exp.Expr:
    if len(codes) == 1:
        return exp.EQ(this=column.copy(), expression=exp.Literal.string(codes[0]))
    return exp.In(this=column.copy(), expressions=[exp.Literal.string(code) for code in codes])


def _begins(column: exp.Expr, beginnings: Sequence[str]) -> exp.Expr:
    first = exp.Left(this=column.copy(), expression=exp.convert(len(beginnings[0])))
    single: list[str] = []
    tests: list[exp.Expr] = []
    for run in _runs(sorted(set(beginnings))):
        if len(run) < _SHORTEST_RUN:
            single += run
        else:
            low, high = (exp.Literal.string(end) for end in (run[0], run[-1]))
            tests.append(exp.Between(this=first.copy(), low=low, high=high))
    if len(single) == 1:
        tests.append(exp.Like(this=column.copy(), expression=exp.Literal.string(single[0] + "%")))
    elif single:
        tests.append(_one_of(first, single))
    return any_of(tests)


def _runs(beginnings: Sequence[str]) -> Iterator[list[str]]:
    """Neighbouring numbers together: 13, 14, 15 are one run."""
    run: list[str] = []
    for text in beginnings:
        numeric = text.isdecimal() and bool(run) and run[-1].isdecimal()
        if numeric and int(text) == int(run[-1]) + 1:
            run.append(text)
            continue
        if run:
            yield run
        run = [text]
    if run:
        yield run
