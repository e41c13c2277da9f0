"""Tables in and out: enterprises from workbooks, CSV and Parquet; results into the same.

=======================================  =========================================================
``enterprises``                          the reader: chunks of stored facts, and problems
``formats`` ``zip_guard``                what a file is; hostile archives are refused
``workbook`` ``workbook_child``          .xlsx and .xls, parsed by a process under limits
``cell_marks`` ``xlsx_`` ``xls_marks``   percent formats, failed formulas: what the parser hides
``csv_text`` ``parquet``                 the other formats
``sources``                              all of them as frames of rows
``headers`` ``header_rows``              which column is which fact, in which unit
``columns``                              a column → stored integers, fast
``cells`` ``code_cells`` ``dates``       a cell → a stored integer, or why not
``measures`` ``normal``                  units; full-width characters, words for “unknown”
``identity`` ``credit_code``             which rows are firms
``problems`` ``errors``                  what is said about cells, and about whole files
``writing`` ``output_columns``           results: whole or not at all, never alive
``workbook_writing`` ``flat_writing``    .xlsx; .csv and .parquet
=======================================  =========================================================

Names are loaded when first used: the process that parses untrusted workbooks is part of this
package, and must stay small enough to be held to its limits.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huiqi.tables.enterprises import EnterpriseTable, read_enterprises
    from huiqi.tables.errors import Unreadable
    from huiqi.tables.problems import Problem
    from huiqi.tables.writing import Column, TableWriter, open_writer, write_table

__all__ = [
    "Column",
    "EnterpriseTable",
    "Problem",
    "TableWriter",
    "Unreadable",
    "open_writer",
    "read_enterprises",
    "write_table",
]

_HOME = {
    "Column": "writing",
    "EnterpriseTable": "enterprises",
    "Problem": "problems",
    "TableWriter": "writing",
    "Unreadable": "errors",
    "open_writer": "writing",
    "read_enterprises": "enterprises",
    "write_table": "writing",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
