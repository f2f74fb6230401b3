"""Reads an answer in any form into rows of Python values, by what the schema of its rows promises."""

import csv
import io
import json
from decimal import Decimal

from marshmallow import fields
from pyarrow import parquet

from service.api.contract.fields import Exact


def rows_of(answer, form, schema):
    """Return the rows of an answer; numbers of the kind that their column promises, null as None."""
    return [_typed(row, schema) for row in READERS[form](answer)]


def _json(answer):
    return json.loads(answer.data, parse_float=Decimal)["data"]


def _ndjson(answer):
    assert answer.data == b"" or answer.data.endswith(b"\n")
    return [json.loads(line, parse_float=Decimal) for line in answer.data.splitlines()]


def without_empty_lists(rows):
    """Return rows as CSV can hold them: an empty list is written as null is."""
    return [{name: None if value == [] else value for name, value in row.items()} for row in rows]


def _csv(answer):
    rows = csv.DictReader(io.StringIO(answer.data.decode("utf-8"), newline=""))
    return [{name: None if text == "" else text for name, text in row.items()} for row in rows]


def _parquet(answer):
    return parquet.read_table(io.BytesIO(answer.data)).to_pylist()


READERS = {"json": _json, "ndjson": _ndjson, "csv": _csv, "parquet": _parquet}


def _typed(row, schema):
    declared = schema._declared_fields
    return {name: None if value is None else _value(value, declared[name]) for name, value in row.items()}


def _value(value, field):
    if isinstance(field, Exact):
        return Decimal(value)
    if isinstance(field, fields.Float):
        return float(value)
    if isinstance(field, fields.Integer):
        return int(value)
    if isinstance(field, fields.Boolean):
        return value if isinstance(value, bool) else {"true": True, "false": False}[value]
    if isinstance(field, fields.List):
        return value if isinstance(value, list) else value.split(";")
    return value
