"""A new place is a folder under jurisdictions/: the source knows none by name."""

import csv
import re

# What a full name ends in and people leave out.
ENDING = re.compile("(?:省|市|州|县|区|行政委员会)$")
SHORTEST = 2


def place_names(texts: dict[str, str]) -> set[str]:
    """Names in the area tables, whole and short; the country is none of them."""
    names = set()
    for path, text in texts.items():
        if not re.fullmatch(r"jurisdictions/[^/]+/codes/areas/[^/]+\.csv", path):
            continue
        for row in csv.DictReader(text.splitlines()):
            if set(row["code"]) != {"0"}:
                names |= {row["name"], ENDING.sub("", row["name"]), *row["short"].split("|")}
    return {name for name in names if len(name) >= SHORTEST}


def test_area_tables_are_there(texts):
    assert len(place_names(texts)) > 50


def test_source_names_no_place(texts):
    names = place_names(texts)
    found = [
        f"{path}:{number}: {name}"
        for path, text in texts.items()
        if path.startswith("src/") and "/vendor/" not in path
        for number, line in enumerate(text.splitlines(), 1)
        for name in names
        if name in line
    ]
    assert found == []
