"""Tables as files to download: whole, never alive, gone from the disk when they are sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.http import FileResponse

from huiqi.kernel.errors import Invalid
from huiqi.tables import open_writer
from huiqi.tables.output_columns import Column

FORMATS = {"xlsx": "Excel", "csv": "CSV"}


def table_file(
    title: str, columns: Sequence[Column], batches: Iterable[list[list[Any]]], suffix: str
) -> FileResponse:
    """Rows in stored form (money: fen), some at a time. Raises Invalid for an unknown format."""
    if suffix not in FORMATS:
        raise Invalid(f"不能导出为“{suffix}”。", f"可以导出为：{'、'.join(FORMATS)}")
    # Removed when the response has been sent: the open file keeps it alive until then.
    with tempfile.TemporaryDirectory(prefix="huiqi-export-") as folder:
        path = Path(folder) / f"export.{suffix}"
        with open_writer(path) as writer:
            sheet = writer.sheet(title, columns)
            for rows in batches:
                sheet.write(rows)
        file = path.open("rb")
    return FileResponse(file, as_attachment=True, filename=f"{title}.{suffix}")
