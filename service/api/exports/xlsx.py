"""XLSX: a sheet with the rows, where codes are text and numbers have number formats, and a sheet with the sources."""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import xlsxwriter

from service.errors import InvalidRequest, ParameterError

MAX_SHEET_ROWS = 1_048_575
"""Rows of a sheet, without its header line."""
MAX_EXACT_INTEGER = 10**15
"""Integers from this on are text: a spreadsheet keeps 15 digits."""
CREATION_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed time, which makes equal files equal bytes
COLUMN_WIDTH = 14
NUMBER_FORMATS = (
    (pa.types.is_integer, "#,##0"),
    (pa.types.is_floating, "0.0000"),
    (pa.types.is_decimal, "#,##0.######"),
)


def encode(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    """Yield an XLSX file of the rows in a single piece.

    :raises InvalidRequest: there are more rows than a sheet can have.
    """
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"created": CREATION_TIME})
        _write_rows(workbook, batches, schema)
        _write_sources(workbook, schema)
    yield buffer.getvalue()


def _write_rows(workbook: Any, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    sheet = workbook.add_worksheet("Data")
    sheet.freeze_panes(1, 0)
    formats = [workbook.add_format({"num_format": _number_format(field.type)}) for field in schema]
    for column, cell_format in enumerate(formats):
        sheet.set_column(column, column, COLUMN_WIDTH, cell_format)
    sheet.write_row(0, 0, schema.names, workbook.add_format({"bold": True}))
    row = 0
    for batch in batches:
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            row += 1
            if row > MAX_SHEET_ROWS:
                reason = f"a sheet has at most {MAX_SHEET_ROWS} rows; request fewer, or another format"
                raise InvalidRequest(ParameterError("format", "xlsx", reason, ["csv", "parquet"]))
            for column, value in enumerate(values):
                _write_cell(sheet, row, column, value, formats[column])


def _write_cell(sheet: Any, row: int, column: int, value: Any, cell_format: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, cell_format)
    elif isinstance(value, str | list) or (isinstance(value, int) and abs(value) >= MAX_EXACT_INTEGER):
        text = ";".join(value) if isinstance(value, list) else str(value)
        sheet.write_string(row, column, text, cell_format)
    else:
        sheet.write_number(row, column, value, cell_format)


def _write_sources(workbook: Any, schema: pa.Schema) -> None:
    sheet = workbook.add_worksheet("Sources")
    sheet.set_column(0, 0, COLUMN_WIDTH)
    for row, (name, value) in enumerate((schema.metadata or {}).items()):
        sheet.write_string(row, 0, name.decode())
        sheet.write_string(row, 1, value.decode())


def _number_format(arrow_type: pa.DataType) -> str:
    return next((text for is_type, text in NUMBER_FORMATS if is_type(arrow_type)), "@")
