"""The layouts of UN Comtrade's files: names of columns, codes of flows and units, breakdowns."""

from collections.abc import Mapping

Layout = Mapping[str, str]
CURRENT_COLUMNS = {
    "reporter": "reporterCode",
    "frequency": "freqCode",
    "edition": "classificationCode",
    "period": "period",
    "flow": "flowCode",
    "partner": "partnerCode",
    "partner_name": "partnerDesc",
    "commodity": "cmdCode",
    "name": "cmdDesc",
    "value": "primaryValue",
    "quantity": "qty",
    "quantity_unit": "qtyUnitAbbr",
    "quantity_unit_code": "qtyUnitCode",
    "net_weight_kg": "netWgt",
}
LEGACY_COLUMNS = {
    "reporter": "Reporter Code",
    "edition": "Classification",
    "period": "Period",
    "flow": "Trade Flow Code",
    "partner": "Partner Code",
    "partner_name": "Partner",
    "commodity": "Commodity Code",
    "name": "Commodity",
    "value": "Trade Value (US$)",
    "quantity": "Qty",
    "quantity_unit": "Qty Unit",
    "net_weight_kg": "Netweight (kg)",
}
OPTIONAL_FIELDS = {"partner_name", "name", "quantity_unit", "quantity_unit_code"}
"""Fields whose columns can be missing, as in files without descriptions."""

COLUMN_ALIASES = {"prtner2code": "partner2Code", "prtner2iso": "partner2ISO", "prtner2desc": "partner2Desc"} | {
    name.lower(): name for name in (*CURRENT_COLUMNS.values(), "motCode", "customsCode", "partner2Code", "mosCode")
}
"""Column names of the current layout, by lower-case spelling; early files of this layout spell some differently."""

BREAKDOWN_TOTALS = {
    "motCode": {"0"},
    "customsCode": {"C00"},
    "partner2Code": {"0"},
    "mosCode": {"0"},
    "2nd Partner Code": {"", "0"},
    "Customs Proc. Code": {"", "C00"},
    "Mode of Transport Code": {"", "0"},
}
"""Columns of breakdowns, with the values that they have in the rows of totals."""

LEGACY_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}
OTHER_FLOWS = {"FM", "MIP", "MOP", "XIP", "XOP"}
"""Flows that are parts of imports or exports: foreign imports, and trade for processing."""

MISSING_UNITS = {"", "N/A", "No Quantity"}
QUANTITY_UNITS = {
    "-1": "N/A",
    "2": "m²",
    "3": "1000 kWh",
    "4": "m",
    "5": "u",
    "6": "2u",
    "7": "l",
    "8": "kg",
    "9": "1000u",
    "10": "U (jeu/pack)",
    "11": "12u",
    "12": "m³",
    "13": "carat",
}
"""Abbreviations of quantity units by their code, for files without descriptions."""


def required_columns(layout: Layout) -> list[str]:
    """Return the columns that every file of a layout has."""
    return [column for field, column in layout.items() if field not in OPTIONAL_FIELDS]
