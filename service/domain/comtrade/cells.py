"""The cells of a row of UN Comtrade that the service cannot compute, encoded as a compact text.

The text has the cells of TEXT_COLUMNS in this order, separated by tabs. `=` stands for a cell that equals the cell that
the service computes; at the end of the text such cells are left out.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

COMTRADE_SOURCE = "UN Comtrade"
"""The value of `Dataset.source` for datasets of UN Comtrade."""

ComtradeCell = str | int | Decimal | bool | None

FLAG_COLUMNS = (
    "isReported",
    "isAggregate",
    "isQtyEstimated",
    "isNetWgtEstimated",
    "isAltQtyEstimated",
    "isGrossWgtEstimated",
    "isLeaf",
    "isOriginalClassification",
)
AMOUNT_COLUMNS = ("qty", "netWgt", "altQty", "grossWgt", "cifvalue", "fobvalue", "primaryValue")
CODE_COLUMNS = (
    "legacyEstimationFlag",
    "altQtyUnitCode",
    "qtyUnitCode",
    "reporterCode",
    "partnerCode",
    "partner2Code",
    "motCode",
    "aggrLevel",
)
LABEL_COLUMNS = (
    "altQtyUnitAbbr",
    "qtyUnitAbbr",
    "reporterDesc",
    "partnerDesc",
    "cmdDesc",
    "flowDesc",
    "reporterISO",
    "partnerISO",
    "partner2ISO",
    "partner2Desc",
    "customsDesc",
    "motDesc",
)
TEXT_COLUMNS = (
    *FLAG_COLUMNS[:6],
    *CODE_COLUMNS[:2],
    "altQtyUnitAbbr",
    *AMOUNT_COLUMNS,
    *CODE_COLUMNS[2:],
    *LABEL_COLUMNS[1:],
    *FLAG_COLUMNS[6:],
    *("classificationSearchCode", "customsCode", "mosCode"),
)
"""The columns of the text, those first that most rows have; the order is that of stored texts and cannot change."""

_BOOLEANS = {"true": True, "false": False}
_SAME, _SEPARATOR = "=", "\t"
_SPACES = str.maketrans("\t\r\n", "   ")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)


def encode_cells(cells: Mapping[str, str], computed: Mapping[str, ComtradeCell]) -> str:
    """Return a text with those cells of a UN Comtrade row that the service cannot compute from a stored figure.

    `cells` has the texts of the row by column, `computed` the cells that the service computes. Only cells that differ
    are in the text. Missing columns and empty labels count as equal.
    """
    texts = [_cell_text(column, cells, computed) for column in TEXT_COLUMNS]
    while texts and texts[-1] == _SAME:
        texts.pop()
    return _SEPARATOR.join(texts)


def _cell_text(column: str, cells: Mapping[str, str], computed: Mapping[str, ComtradeCell]) -> str:
    text = cells.get(column)
    if text is None or (text == "" and column in LABEL_COLUMNS):
        return _SAME
    if column in computed and typed_cell(column, text) == _stripped(computed[column]):
        return _SAME
    return text.translate(_SPACES)


def _stripped(cell: ComtradeCell) -> ComtradeCell:
    """Return a cell as files are read, without blanks at its ends: the list of areas has the ISO code `_X `."""
    return cell.strip() if isinstance(cell, str) else cell


def decode_cells(text: str | None) -> dict[str, ComtradeCell]:
    """Return the typed cells in a text of `encode_cells`, by column; null means that there are none."""
    if not text:
        return {}
    cells = zip(TEXT_COLUMNS, text.split(_SEPARATOR), strict=False)
    return {column: typed_cell(column, cell) for column, cell in cells if cell != _SAME}


def typed_cell(column: str, text: str) -> ComtradeCell:
    """Return the text of a cell as a value of the type that UN Comtrade's API has for the column.

    It is a number, a boolean or a text; null for an empty cell.
    """
    if column in FLAG_COLUMNS:
        return _BOOLEANS.get(text.lower())
    is_numeric = column in AMOUNT_COLUMNS or column in CODE_COLUMNS
    if not text or not is_numeric or not _NUMBER.fullmatch(text):
        return text or None
    number = Decimal(text)
    return int(number) if number == int(number) else number
