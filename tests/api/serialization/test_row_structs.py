"""Rows as structs equal the rows that marshmallow serializes, field by field."""

import json
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from service.api.contract.fields import DecimalField
from service.api.responses.rendering import json_response
from service.api.serialization.row_structs import struct_factory
from service.resources.balances.schemas import BalanceRow
from service.resources.commodities.schemas import CommodityRow
from service.resources.flows.schemas import FlowRow
from service.resources.partners.schemas import PartnerRow
from service.resources.revisions.schemas import RevisionRow
from service.resources.series.schemas import SeriesRow

FIELD_VALUES = {
    fields.String: st.text(),
    fields.Integer: st.integers(-(2**63), 2**63 - 1),
    fields.Float: st.floats(allow_nan=False, allow_infinity=False) | st.decimals(-(10**9), 10**9, places=4),
    DecimalField: st.decimals(-(10**9), 10**9, places=4),
    fields.Boolean: st.booleans(),
    fields.List: st.lists(st.text(max_size=3), max_size=3),
}


@pytest.mark.parametrize("schema", [FlowRow, SeriesRow, PartnerRow, CommodityRow, BalanceRow, RevisionRow])
@given(data=st.data())
def test_a_struct_is_serialized_as_by_marshmallow(schema, data):
    declared = schema._declared_fields
    names = data.draw(st.lists(st.sampled_from(list(declared)), min_size=1, unique=True))
    row = {name: data.draw(st.none() | FIELD_VALUES[type(declared[name])]) for name in names}

    struct = struct_factory(schema, tuple(names))(*row.values())

    assert isinstance(struct, msgspec.Struct)
    assert json.loads(json_response({"row": struct}).data) == {"row": json.loads(json.dumps(schema().dump(row)))}


def test_unsupported_field_types_are_serialized_by_marshmallow():
    class WithDay(Schema):
        day = fields.Date()
        number = fields.Integer()

    row = struct_factory(WithDay, ("number", "day"))(1, date(2024, 1, 31))

    assert row == {"number": 1, "day": "2024-01-31"}


def test_a_decimal_preserves_all_digits():
    struct = struct_factory(FlowRow, ("quantity",))(Decimal("12345678901234567890.123456789"))

    assert json_response({"row": struct}).data == b'{"row":{"quantity":12345678901234567890.123456789}}'
