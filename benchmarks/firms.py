"""Seeded synthetic firms: plausible distributions, a few per cent unknown in every column.

Firms are made in blocks with their own seeds, so the first N firms are the same whatever the
total, and millions of them can be written one block at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.form import Array, Column, Fact, Firms, Mask

BLOCK = 50_000
YUAN = 100
TODAY = 20_605  # 2026-06-01 in days since 1970-01-01

OWNERS = ("民营", "国有", "集体", "外资", "港澳台", "混合", "个人独资", "合伙")
GRADES = ("甲", "乙", "丙", "丁", "未评")
SECTIONS, DIVISIONS, GROUPS, CLASSES = 20, 5, 5, 3  # the size and shape of GB/T 4754
COUNTIES, TOWNSHIPS = 7, 6

# key: (median in yuan, spread, how strongly it follows the size of the firm)
MONEY = {
    "revenue": (6e6, 1.4, 1.0),
    "assets": (8e6, 1.5, 0.9),
    "profit": (4e5, 1.5, 0.7),
    "taxes": (2e5, 1.4, 0.9),
    "rd_expense": (2.5e5, 1.6, 0.5),
    "loans": (2e6, 1.5, 0.6),
    "interest": (9e4, 1.5, 0.6),
    "exports": (5e5, 1.8, 0.4),
    "investment": (1e6, 1.7, 0.5),
    "payroll": (1.2e6, 1.2, 0.9),
    "equipment": (6e5, 1.7, 0.5),
    "debt": (4e6, 1.5, 0.8),
}
# key: (mean, how strongly it follows the size of the firm, dtype)
COUNTS = {
    "employees": (45.0, 1.0, "int32"),
    "hires": (6.0, 0.8, "int16"),
    "graduates": (3.0, 0.5, "int16"),
    "researchers": (5.0, 0.6, "int16"),
    "patents": (4.0, 0.5, "int16"),
    "overdue_days": (12.0, 0.0, "int16"),
}
SHARES = {"foreign_share": (0.6, 4.0), "green_power": (1.5, 2.5)}
DATES = {"founded": 5_500, "certified": 1_800, "inspected": 700}
FLAGS = {"dishonest": 0.03, "abnormal": 0.05, "tax_arrears": 0.06, "insured": 0.9}
SETS = {"qualifications": (12, 0.12, "int16"), "programmes": (7, 0.15, "int16")}


def industry_labels() -> tuple[str, ...]:
    """Codes of an industry tree in preorder: section, division, group, class."""
    labels = []
    for section in range(SECTIONS):
        letter = chr(ord("A") + section)
        labels.append(letter)
        for division in range(DIVISIONS):
            number = f"{letter}{section * DIVISIONS + division:02d}"
            labels.append(number)
            for group in range(GROUPS):
                labels.append(f"{number}{group}")
                labels.extend(f"{number}{group}{leaf}" for leaf in range(CLASSES))
    return tuple(labels)


def area_labels() -> tuple[str, ...]:
    """Codes of an area tree in preorder: prefecture, counties, townships."""
    labels = ["9001"]
    for county in range(1, COUNTIES + 1):
        labels.append(f"9001{county:02d}")
        labels.extend(f"9001{county:02d}{town:03d}" for town in range(1, TOWNSHIPS + 1))
    return tuple(labels)


def subtree(labels: tuple[str, ...], position: int) -> tuple[int, int]:
    """The inclusive preorder range of the node at a position from 1."""
    prefix = labels[position - 1]
    last = position
    while last < len(labels) and labels[last].startswith(prefix):
        last += 1
    return position, last


def facts(seed: int) -> tuple[Fact, ...]:
    """The columns of the load, each with its share of unknown values (3 to 10 %)."""
    rng = np.random.default_rng([seed, 1])
    made = [Fact(key, "money", "int64", 0.0) for key in MONEY]
    made += [Fact(key, "count", dtype, 0.0) for key, (_, _, dtype) in COUNTS.items()]
    made += [Fact(key, "share", "int32", 0.0) for key in SHARES]
    made += [Fact(key, "date", "int16", 0.0) for key in DATES]
    made += [Fact(key, "flag", "int8", 0.0) for key in FLAGS]
    made += [Fact("owner", "code", "int8", 0.0, OWNERS), Fact("grade", "code", "int8", 0.0, GRADES)]
    made += [Fact("industry", "tree", "int16", 0.0, industry_labels())]
    made += [Fact("area", "tree", "int8", 0.0, area_labels())]
    made += [Fact(key, "set", dtype, 0.0) for key, (_, _, dtype) in SETS.items()]
    nulls = rng.uniform(0.03, 0.10, len(made))
    return tuple(
        Fact(f.key, f.kind, f.dtype, round(float(n), 4), f.labels)
        for f, n in zip(made, nulls, strict=True)
    )


def _money(rng: np.random.Generator, key: str, size: Array, rows: int) -> Array:
    median, spread, follows = MONEY[key]
    own = rng.normal(size=rows)
    score = spread * (follows * size + np.sqrt(1 - follows**2 + 0.05) * own)
    yuan = np.minimum(median * np.exp(score), 5e10)
    fen: Array = np.rint(yuan * YUAN).astype(np.int64)
    if key == "profit":
        return np.asarray(np.where(rng.random(rows) < 0.25, -fen // 3, fen))
    return fen


def _values(rng: np.random.Generator, fact: Fact, size: Array, rows: int) -> Array:
    key = fact.key
    if fact.kind == "money":
        return _money(rng, key, size, rows)
    if fact.kind == "count":
        mean, follows, _ = COUNTS[key]
        score = follows * size + 0.7 * rng.normal(size=rows)
        return np.minimum(rng.poisson(mean * np.exp(score - 0.3)), 30_000)
    if fact.kind == "share":
        return np.rint(rng.beta(*SHARES[key], size=rows) * 1_000_000)
    if fact.kind == "date":
        return TODAY - np.minimum(rng.exponential(DATES[key], rows), TODAY - 1)
    if fact.kind == "flag":
        return rng.random(rows) < FLAGS[key]
    if fact.kind == "set":
        bits, share, _ = SETS[key]
        drawn = rng.random((rows, bits)) < share * (1 + 0.5 * (size > 0))[:, None]
        return drawn @ (1 << np.arange(bits))
    return _codes(rng, fact, rows)


def _codes(rng: np.random.Generator, fact: Fact, rows: int) -> Array:
    """Codes with a long tail; in a tree only the leaves occur."""
    labels = fact.labels
    positions = np.array(
        [
            at
            for at in range(1, len(labels) + 1)
            if fact.kind == "code" or subtree(labels, at)[1] == at
        ]
    )
    # The weights belong to the column, not to the block: every block has the same mix.
    weights = np.random.default_rng([len(labels), 7]).pareto(1.2, len(positions)) + 0.2
    return rng.choice(positions, rows, p=weights / weights.sum())


def block(seed: int, number: int, columns: tuple[Fact, ...]) -> Firms:
    """One block of firms."""
    rng = np.random.default_rng([seed, 2, number])
    size = rng.normal(size=BLOCK)
    made: dict[str, Column] = {}
    for fact in columns:
        valid: Mask = rng.random(BLOCK) >= fact.nulls
        values = np.asarray(_values(rng, fact, size, BLOCK)).astype(fact.dtype)
        values[~valid] = 0
        made[fact.key] = Column(values, valid)
    return Firms(made, BLOCK)


def blocks(seed: int, rows: int) -> Iterator[Firms]:
    """All firms, a block at a time."""
    columns = facts(seed)
    for number, start in enumerate(range(0, rows, BLOCK)):
        made = block(seed, number, columns)
        yield made if start + BLOCK <= rows else made.slice(0, rows - start)


def firms(seed: int, rows: int) -> Firms:
    """All firms in memory."""
    parts = list(blocks(seed, rows))
    keys = parts[0].columns.keys()
    return Firms(
        {
            key: Column(
                np.concatenate([part.columns[key].values for part in parts]),
                np.concatenate([part.columns[key].valid for part in parts]),
            )
            for key in keys
        },
        rows,
    )
