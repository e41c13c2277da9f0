"""Codes in cells: industries (国民经济行业分类) and areas (行政区划), as codes or as names.

Industries. A cell may hold a code (1311, C1311), a name, or both (C1311 稻谷加工). Spreadsheets
drop the zeros in front of 0111. Such a number is taken for the shortened code only when nothing
else can be meant:

========  ====================================  ===========================================
written   codes that exist                      read as
========  ====================================  ===========================================
``1``     01                                    01, with a warning
``541``   541 and 0541                          unknown: both named, “write the letter too”
``A111``  0111 (111 is not in section A)        0111, with a warning
``13``    13 (013 too)                          unknown: as 541
========  ====================================  ===========================================

Areas. 6, 9 or 12 digits (zeros at the end do not matter), a name, a short name or a path of names,
when only one area fits. A code below the areas known here is read as the nearest one above it,
with a warning.
"""

from __future__ import annotations

import re

from huiqi.rules.codes import CodeTree
from huiqi.rules.vocabulary import FactDefinition
from huiqi.tables.normal import compact
from huiqi.tables.problems import Note

Reading = tuple[int | None, Note | None]

_DECIMAL_ZEROS = re.compile(r"(\d+)\.0+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_CODE_AND_NAME = re.compile(r"([A-Za-z]?\d{1,4})[-_|:、.()\[\]]*([^\dA-Za-z].*?)[)\]]?")
_NAME_AND_CODE = re.compile(r"(.*?[^\dA-Za-z(\[])[(\[]([A-Za-z]?\d{1,4})[)\]]")
_INDUSTRY_CODE = re.compile(r"(?P<letter>[A-Za-z]?)(?P<digits>\d{1,4})")
_SHOWN = 4
_WRITE_CODE = "填写《国民经济行业分类》（GB/T 4754-2017）的代码，如 C1311"


def read_tree_code(text: str, fact: FactDefinition, tree: CodeTree) -> Reading:
    """Position in the tree, or None and why."""
    written = compact(text)
    decimal = _DECIMAL_ZEROS.fullmatch(written)
    if decimal:
        written = decimal[1]
    if _SCIENTIFIC.fullmatch(written):
        return None, Note.error(
            "code_as_number",
            f"{fact.name}代码被当作数字，后几位已经丢失",
            "把这一列设为“文本”格式后重新填写",
        )
    return _industry(written, tree) if tree.lettered else _area(written, tree)


# --- industries ------------------------------------------------------------------------------


def _industry(written: str, tree: CodeTree) -> Reading:
    both = _CODE_AND_NAME.fullmatch(written)
    if both:
        return _industry_with_name(both[1], both[2], tree)
    reverse = _NAME_AND_CODE.fullmatch(written)
    if reverse:
        return _industry_with_name(reverse[2], reverse[1], tree)
    if _INDUSTRY_CODE.fullmatch(written):
        return _industry_code(written.upper(), tree)
    return _by_name(written, tree, _WRITE_CODE)


def _industry_with_name(code: str, name: str, tree: CodeTree) -> Reading:
    """Code and name in one cell must agree; the name also settles which zeros were lost."""
    for candidate in (code.upper(), _with_zero(code.upper())):
        if _exists(candidate, tree) and compact(tree.name(tree.parse(candidate))) == name:
            return tree.index(tree.parse(candidate)), None
    position, note = _industry_code(code.upper(), tree)
    if position is None:
        return None, note
    found = tree.code(position)
    return None, Note.error(
        "code_and_name",
        f"代码与名称不一致：{tree.display(found)} 是“{tree.name(found)}”，这里写的是“{name}”",
        "核对后只保留正确的代码",
    )


def _industry_code(written: str, tree: CodeTree) -> Reading:
    restored = _with_zero(written)
    as_is, zero = _exists(written, tree), _exists(restored, tree)
    if as_is and zero:
        options = [tree.display(tree.parse(code)) for code in (written, restored)]
        names = [tree.name(tree.parse(code)) for code in (written, restored)]
        pairs = "或 ".join(f"{code}（{name}）" for code, name in zip(options, names, strict=True))
        return None, Note.error(
            "industry_ambiguous",
            f"“{written}”可能是 {pairs}",
            f"如果是后者，是 Excel 去掉了前面的 0；请带上门类字母，写 {options[0]} 或 {options[1]}",
        )
    if as_is:
        return tree.index(tree.parse(written)), None
    if zero:
        code = tree.parse(restored)
        return tree.index(code), Note.warning(
            "industry_zero",
            f"“{written}”少了前面的 0，按 {tree.display(code)}（{tree.name(code)}）处理",
            "把这一列设为“文本”格式，写全四位代码",
        )
    return None, _wrong_industry(written, tree)


def _wrong_industry(written: str, tree: CodeTree) -> Note:
    try:
        tree.parse(written)
    except ValueError as error:
        return Note.error("industry_code", str(error), _WRITE_CODE)
    raise AssertionError(f"{written} is a code after all")


def _with_zero(written: str) -> str:
    """The code before a spreadsheet dropped its first zero."""
    match = _INDUSTRY_CODE.fullmatch(written)
    return f"{match['letter']}0{match['digits']}" if match else written


def _exists(written: str, tree: CodeTree) -> bool:
    try:
        tree.parse(written)
    except ValueError:
        return False
    return True


# --- areas -----------------------------------------------------------------------------------


def _area(written: str, tree: CodeTree) -> Reading:
    if not written.isdecimal() or tree.matches(written):
        return _by_name(written, tree, "填写行政区划代码（6位、9位或12位），或者完整的地名")
    above = tree.closest(written)
    if above is None or tree.parent(above) is None:
        return None, Note.error(
            "area_code",
            f"没有行政区划代码 {written}",
            "填写6位（县级）、9位（乡级）或12位行政区划代码",
        )
    return tree.index(above), Note.warning(
        "area_above",
        f"代码 {written} 不在区划表中，按它所在的{tree.name(above)}（{above}）处理",
        "核对代码；如果没有写错，不必修改",
    )


# --- names -----------------------------------------------------------------------------------


def _by_name(written: str, tree: CodeTree, advice: str) -> Reading:
    found = tree.matches(written)
    if len(found) == 1:
        return tree.index(found[0]), None
    if found:
        shown = "、".join(_path(code, tree) for code in found[:_SHOWN])
        more = f" 等 {len(found)} 个" if len(found) > _SHOWN else ""
        return None, Note.error("ambiguous_name", f"“{written}”可能是：{shown}{more}", advice)
    close = [f"{tree.name(code)}（{tree.display(code)}）" for code in tree.suggest(written)]
    hint = f"，是否应为{'、'.join(close)}？" if close else ""
    return None, Note.error("unknown_name", f"没有“{written}”这个名称或代码{hint}", advice)


def _path(code: str, tree: CodeTree) -> str:
    above = tree.parent(code)
    upper = f"{tree.name(above)}" if above and not tree.lettered else ""
    return f"{upper}{tree.name(code)}（{tree.display(code)}）"
