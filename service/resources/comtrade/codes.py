"""UN Comtrade's codes of areas, flows and quantity units."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from service.api.resolution.reference_data import Reference
from service.errors import InvalidRequest, ParameterError
from service.models import Area

REFERENCE_FOLDER = Path(__file__).parent / "reference"
SCHEME = "comtrade"
FLOW_DESCRIPTIONS = {"X": "Export", "M": "Import", "RX": "Re-export", "RM": "Re-import", "DX": "Domestic Export"}
QUANTITY_UNIT_NAMES = {
    -1: ("N/A", "Not available or not specified or no quantity."),
    2: ("m²", "Area in square metres"),
    3: ("1000 kWh", "Electrical energy in thousands of kilowatt-hours"),
    4: ("m", "Length in metres"),
    5: ("u", "Number of items"),
    6: ("2u", "Number of pairs"),
    7: ("l", "Volume in litres"),
    8: ("kg", "Weight in kilograms"),
    9: ("1000u", "Thousand of items"),
    10: ("U (jeu/pack)", "Number of packages"),
    11: ("12u", "Dozen of items"),
    12: ("m³", "Volume in cubic metres"),
    13: ("carat", "Weight in carats"),
}
"""Abbreviation and name of each quantity unit, by its code."""
NO_UNIT_CODE = -1
_UNIT_CODES = {text.lower(): code for code, names in QUANTITY_UNIT_NAMES.items() for text in names}


@dataclass(frozen=True)
class ComtradeArea:
    """An entry of UN Comtrade's lists of reporters and partners; the last validity date is null for a current one."""

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
    """Return the areas of a list, `reporters` or `partners`, by code."""
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


def comtrade_areas(reference: Reference) -> dict[int, ComtradeArea]:
    """Return UN Comtrade's entry of each area by the key of the area.

    Of several entries, such as 840 and 842 for the United States, it is the one under which the area reports.
    """
    if SCHEME not in reference.column_cache:
        partners, reporters = area_list("partners"), area_list("reporters")
        entries = [entry for entry in reference.area_codes if entry.scheme == SCHEME and int(entry.code) in partners]
        entries.sort(key=lambda entry: int(entry.code) in reporters)
        reference.column_cache[SCHEME] = {entry.area_id: partners[int(entry.code)] for entry in entries}
    areas: dict[int, ComtradeArea] = reference.column_cache[SCHEME]
    return areas


def find_comtrade_area(reference: Reference, parameter: str, code: str) -> Area:
    """Return the area with a code of UN Comtrade; other codes of areas are understood.

    :raises InvalidRequest: the code is unknown.
    """
    number = code.lstrip("0") or "0"
    area = reference.area_lookup.find(f"{SCHEME}:{number}") or reference.area_lookup.find(code)
    if area is None:
        reason = "it is not the code of an area in UN Comtrade; see /comtrade/files/v1/app/reference/partnerAreas.json"
        raise InvalidRequest(ParameterError(parameter, code, reason))
    return area


def quantity_unit_code(unit: str | None) -> int | None:
    """Return the code of a quantity unit by its abbreviation or name; -1 for null, null for an unknown unit."""
    return NO_UNIT_CODE if unit is None else _UNIT_CODES.get(unit.lower())
