"""The unified social credit code 统一社会信用代码 (GB 32100-2015).

18 characters of an alphabet without I, O, Z, S and V; the last one is a check digit, the
weighted sum of the others modulo 31. The first two name the registration department and kind of
body; they may be letters (A: agriculture, N: rural collectives, Y: others).
"""

from __future__ import annotations

import re
from operator import mul

import numpy as np
import numpy.typing as npt
import polars as pl

from huiqi.tables.normal import FORMULA_ERRORS, compact
from huiqi.tables.problems import Note, formula_error

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = [pow(3, position, 31) for position in range(LENGTH - 1)]
_PATTERN = f"^[{ALPHABET}]{{18}}$"
_LOOKALIKE = str.maketrans({"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"})
_AS_NUMBER = re.compile(r"[+-]?\d(\.\d*)?E\+?\d+|\d{16,}\.0*", re.IGNORECASE)
_OLD_NUMBERS = {15: "15位的工商注册号", 9: "9位的组织机构代码"}

_CHARACTERS = np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)
_TABLE = np.full(256, -1, dtype=np.int16)
_TABLE[_CHARACTERS] = range(len(ALPHABET))


def normal(text: str) -> str:
    """Upper case, half width, without blanks, hyphens and the ' that makes a cell a text."""
    return compact(text).upper().lstrip("'").replace("-", "")


def check_digit(first: str) -> str:
    """The 18th character that belongs to the first 17. Raises ValueError for other characters."""
    if len(first) != LENGTH - 1 or not all(character in _VALUES for character in first):
        raise ValueError(f"不是信用代码的前17位：{first}")
    total = sum(map(mul, map(_VALUES.__getitem__, first), _WEIGHTS))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    """Whether a normalised code is right in every character."""
    return fault(code) is None


def fault(code: str) -> Note | None:
    """What is wrong with a normalised code, or None."""
    if code in FORMULA_ERRORS:
        return formula_error(code)
    if _AS_NUMBER.fullmatch(code):
        return Note.error(
            "code_as_number",
            "代码被 Excel 当作数字，后几位已经丢失",
            "把这一列设为“文本”格式，重新填写18位代码",
        )
    foreign = sorted({character for character in code if character not in _VALUES})
    if foreign and len(code) == LENGTH:
        guess = code.translate(_LOOKALIKE)
        likely = set(guess) <= set(ALPHABET) and check_digit(guess[:-1]) == guess[-1]
        hint = f"，是否应为 {guess}" if likely else ""
        return Note.error(
            "code_characters",
            f"代码中有不会出现的字符 {' '.join(foreign)}",
            f"代码不含字母 I、O、Z、S、V，常与数字 1、0、2、5 混淆，请核对{hint}",
        )
    if len(code) != LENGTH:
        old = f"，像是{_OLD_NUMBERS[len(code)]}" if len(code) in _OLD_NUMBERS else ""
        return Note.error(
            "code_length",
            f"代码应为18位，这里有{len(code)}位{old}",
            "填写营业执照上的18位统一社会信用代码",
        )
    right = check_digit(code[:-1])
    if right != code[-1]:
        return Note.error(
            "code_check_digit",
            f"校验码不对：前17位对应的第18位应为 {right}，这里是 {code[-1]}",
            "对照营业执照逐位核对，可能有一位填错",
        )
    return None


def valid_mask(codes: pl.Series) -> pl.Series:
    """`is_valid` for a column of normalised codes."""
    formed = codes.str.contains(_PATTERN).fill_null(value=False)
    chosen = codes.filter(formed)
    right = np.zeros(len(codes), dtype=bool)
    if len(chosen):
        characters = as_bytes(chosen).view(np.uint8).reshape(-1, LENGTH)
        right[formed.to_numpy()] = check_digits(characters[:, :-1]) == characters[:, -1]
    return pl.Series(right)


def check_digits(first: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """`check_digit` for many codes: rows of 17 characters → the 18th of each."""
    total = _TABLE[first].astype(np.int64) @ np.array(_WEIGHTS, dtype=np.int64)
    return _CHARACTERS[-total % 31]


def as_bytes(codes: pl.Series) -> npt.NDArray[np.bytes_]:
    """Well-formed codes as fixed-width bytes."""
    return np.frombuffer("".join(codes.to_list()).encode("ascii"), dtype=f"S{LENGTH}")


class SeenCodes:
    """The codes read so far with their rows: 26 bytes a code, sorted, so millions fit."""

    def __init__(self) -> None:
        self._codes = np.empty(0, dtype=f"S{LENGTH}")
        self._rows = np.empty(0, dtype=np.int64)

    def first_rows(self, codes: pl.Series, rows: pl.Series) -> npt.NDArray[np.int64]:
        """For each code the row where it was first seen, −1 where this is the first."""
        keys = as_bytes(codes)
        numbers = rows.to_numpy()
        first = np.full(len(keys), -1, dtype=np.int64)
        unique, where, inverse = np.unique(keys, return_index=True, return_inverse=True)
        earlier = numbers[where[inverse]]
        first[earlier != numbers] = earlier[earlier != numbers]
        place = np.searchsorted(self._codes, unique)
        known = np.zeros(len(unique), dtype=bool)
        inside = place < len(self._codes)
        known[inside] = self._codes[place[inside]] == unique[inside]
        before = known[inverse]
        first[before] = self._rows[place[inverse[before]]]
        fresh = ~known
        self._codes = np.insert(self._codes, place[fresh], unique[fresh])
        self._rows = np.insert(self._rows, place[fresh], numbers[where[fresh]])
        return first
