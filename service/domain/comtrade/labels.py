"""UN Comtrade's labels of flows, quantity units and totals."""

from service.domain.comtrade.cells import ComtradeCell

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
BREAKDOWN_TOTALS: dict[str, ComtradeCell] = {
    "partner2Code": 0,
    "partner2ISO": "W00",
    "partner2Desc": "World",
    "customsCode": "C00",
    "customsDesc": "TOTAL CPC",
    "mosCode": "0",
    "motCode": 0,
    "motDesc": "TOTAL MOT",
}
"""Cells that identify a row as a total, in the columns of the breakdowns."""
TOTAL_NAME = "All Commodities"
LEAF_DIGITS = 6
_UNIT_CODES = {text.lower(): code for code, names in QUANTITY_UNIT_NAMES.items() for text in names}


def quantity_unit_code(unit: str | None) -> int | None:
    """Return the code of a quantity unit, given its abbreviation or name.

    The code is -1 if `unit` is null; the result is null for an unknown unit.
    """
    return NO_UNIT_CODE if unit is None else _UNIT_CODES.get(unit.lower())


def quantity_unit_cells(unit: str | None) -> dict[str, ComtradeCell]:
    """Return the cells with the code and abbreviation of a quantity unit; the code is null for an unknown unit."""
    code = quantity_unit_code(unit)
    return {"qtyUnitCode": code, "qtyUnitAbbr": unit if code is None else QUANTITY_UNIT_NAMES[code][0]}
