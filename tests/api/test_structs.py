"""Rows as structs are what marshmallow makes of the same values, field by field."""

import json
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from service.api.contract.fields import Exact
from service.api.serialization.formats import json_response
from service.api.serialization.row_structs import row_maker
from service.resources.balances.schemas import BalanceRow
from service.resources.commodities.schemas import CommodityRow
from service.resources.flows.schemas import FlowRow
from service.resources.partners.schemas import PartnerRow
from service.resources.revisions.schemas import RevisionRow
from service.resources.series.schemas import SeriesRow

VALUES = {
    fields.String: st.text(),
    fields.Integer: st.integers(-(2**63), 2**63 - 1),
    fields.Float: st.floats(allow_nan=False, allow_infinity=False) | st.decimals(-(10**9), 10**9, places=4),
    Exact: st.decimals(-(10**9), 10**9, places=4),
    fields.Boolean: st.booleans(),
    fields.List: st.lists(st.text(max_size=3), max_size=3),
}


@pytest.mark.parametrize("schema", [FlowRow, SeriesRow, PartnerRow, CommodityRow, BalanceRow, RevisionRow])
@given(data=st.data())
def test_a_struct_is_written_as_marshmallow_writes_the_same_values(schema, data):
    declared = schema._declared_fields
    names = data.draw(st.lists(st.sampled_from(list(declared)), min_size=1, unique=True))
    row = {name: data.draw(st.none() | VALUES[type(declared[name])]) for name in names}

    struct = row_maker(schema, tuple(names))(*row.values())

    assert isinstance(struct, msgspec.Struct)
    assert json.loads(json_response({"row": struct}).data) == {"row": json.loads(json.dumps(schema().dump(row)))}


def test_a_kind_of_field_without_a_struct_is_left_to_marshmallow():
    class WithDay(Schema):
        day = fields.Date()
        number = fields.Integer()

    row = row_maker(WithDay, ("number", "day"))(1, date(2024, 1, 31))

    assert row == {"number": 1, "day": "2024-01-31"}


def test_a_decimal_keeps_all_its_digits():
    struct = row_maker(FlowRow, ("quantity",))(Decimal("12345678901234567890.123456789"))

    assert json_response({"row": struct}).data == b'{"row":{"quantity":12345678901234567890.123456789}}'
