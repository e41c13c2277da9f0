"""The encoded columns as an Arrow table: nulls for the unknown, Booleans for flags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from benchmarks.form import Fact, Firms, Load


def table(load: Load, firms: Firms) -> pa.Table:
    """Narrow integer columns; ranked ones too when the load has them."""
    return encoded(load.facts, firms)


def encoded(facts: Iterable[Fact], firms: Firms) -> pa.Table:
    arrays = {}
    for fact in facts:
        column = firms.columns[fact.key]
        values = column.values.astype(np.bool_) if fact.kind == "flag" else column.values
        arrays[fact.key] = pa.array(values, mask=~column.valid)
    return pa.table(arrays)
