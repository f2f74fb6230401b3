"""Decoding of responses in every format into rows of Python values, by the schema of the rows."""

import csv
import io
import json
from decimal import Decimal

from marshmallow import fields
from openpyxl import load_workbook
from pyarrow import parquet

from service.api.contract.fields import DecimalField


def decode_rows(response, format_name, schema):
    """Return the rows of a response, with numbers of the type of their column and None for null."""
    return [_convert_row(row, schema) for row in DECODERS[format_name](response)]


def _decode_json(response):
    return json.loads(response.data, parse_float=Decimal)["data"]


def _decode_ndjson(response):
    assert response.data == b"" or response.data.endswith(b"\n")
    return [json.loads(line, parse_float=Decimal) for line in response.data.splitlines()]


def replace_empty_lists(rows):
    """Return rows as CSV represents them: an empty list is written like null."""
    return [{name: None if value == [] else value for name, value in row.items()} for row in rows]


def _decode_csv(response):
    rows = csv.DictReader(io.StringIO(response.data.decode("utf-8"), newline=""))
    return [{name: None if text == "" else text for name, text in row.items()} for row in rows]


def _decode_parquet(response):
    return parquet.read_table(io.BytesIO(response.data)).to_pylist()


def _decode_xlsx(response):
    header, *rows = load_workbook(io.BytesIO(response.data), read_only=True).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


DECODERS = {
    "json": _decode_json,
    "ndjson": _decode_ndjson,
    "csv": _decode_csv,
    "parquet": _decode_parquet,
    "xlsx": _decode_xlsx,
}


def _convert_row(row, schema):
    declared = schema._declared_fields
    return {name: None if value is None else _convert_value(value, declared[name]) for name, value in row.items()}


def _convert_value(value, field):
    if isinstance(field, DecimalField):
        return Decimal(repr(value) if isinstance(value, float) else value)
    if isinstance(field, fields.Float):
        return float(value)
    if isinstance(field, fields.Integer):
        return int(value)
    if isinstance(field, fields.Boolean):
        return value if isinstance(value, bool) else {"true": True, "false": False}[value]
    if isinstance(field, fields.List):
        return value if isinstance(value, list) else [text for text in value.split(";") if text]
    return value
