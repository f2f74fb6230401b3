"""UN Comtrade's lists of reporters and partners."""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REFERENCE_FOLDER = Path(__file__).parent / "reference"


@dataclass(frozen=True)
class ComtradeArea:
    """An entry of UN Comtrade's lists of reporters and partners; `valid_to` is null for an area that still exists."""

    code: int
    name: str
    note: str
    iso2: str
    iso3: str
    valid_from: str
    valid_to: str | None
    is_group: bool


@cache
def area_list(list_name: str) -> dict[int, ComtradeArea]:
    """Return the areas in a list of UN Comtrade, by code; `list_name` is `reporters` or `partners`."""
    with (REFERENCE_FOLDER / f"{list_name}.csv").open(encoding="utf-8", newline="") as file:
        areas = [
            ComtradeArea(
                code=int(row["code"]),
                name=row["name"],
                note=row["note"],
                iso2=row["iso2"],
                iso3=row["iso3"],
                valid_from=row["valid_from"],
                valid_to=row["valid_to"] or None,
                is_group=row["is_group"] == "true",
            )
            for row in csv.DictReader(file, strict=True)
        ]
    return {area.code: area for area in areas}


@cache
def unique_partners() -> dict[str, ComtradeArea]:
    """Return the partners by their code as text, without partners whose ISO code another partner shares.

    An example is the United States, which has the codes 840 and 842.
    """
    counts = Counter(area.iso3 for area in area_list("partners").values())
    return {str(code): area for code, area in area_list("partners").items() if counts[area.iso3] == 1}
