"""Totals that are not printed: what is added up, what is not, and what becomes of quantities and gaps."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from service.ingest.release.aggregates import NONE, Mismatch, Totals, TotalTooLargeError
from service.ingest.staging.arrow_columns import STATUSES, batch_of
from service.ingest.validation.record import Record

TOTAL, FRUIT, APPLES, PEARS = range(1, 5)
WORLD, CHINA, USA, UNION = range(1, 5)
JANUARY = 2024 * 12
KG, PIECES = "KG", "NO"

totals = Totals(
    parents=np.array([NONE, NONE, TOTAL, FRUIT, FRUIT], np.int32),
    levels=np.array([0, 0, 1, 2, 2], np.int32),
    makes_world=np.array([False, False, True, True, False]),
    world_id=WORLD,
)


def figure(partner, good, value, *, quantity=None, unit=None, weight=None, status="A", line=1):
    decimals = [None if number is None else Decimal(number) for number in (quantity, weight)]
    return Record(1, partner, good, JANUARY, value, decimals[0], unit, decimals[1], status, line)


def in_order(*records):
    return pa.Table.from_batches([batch_of(sorted(records, key=lambda r: (r.partner_id, r.commodity_id)))])


def added(*records):
    """Return all figures by partner and good, totals among them: value, quantity, unit, weight, status."""
    rows = totals.added_to(in_order(*records)).to_pylist()
    columns = ("value", "quantity", "quantity_unit", "net_weight_kg")
    return {
        (row["partner_id"], row["commodity_id"]): (*(row[name] for name in columns), STATUSES[row["obs_status"]])
        for row in rows
    }


def test_headings_all_goods_and_the_world_are_added_up():
    found = added(figure(CHINA, APPLES, 5), figure(CHINA, PEARS, 7), figure(USA, APPLES, 11))

    assert {cell: value for cell, (value, *_) in found.items()} == {
        (WORLD, TOTAL): 23,
        (WORLD, FRUIT): 23,
        (WORLD, APPLES): 16,
        (WORLD, PEARS): 7,
        (CHINA, TOTAL): 12,
        (CHINA, FRUIT): 12,
        (CHINA, APPLES): 5,
        (CHINA, PEARS): 7,
        (USA, TOTAL): 11,
        (USA, FRUIT): 11,
        (USA, APPLES): 11,
    }


def test_what_is_printed_is_kept_and_added_up_itself():
    found = added(figure(CHINA, FRUIT, 6), figure(CHINA, APPLES, 5), figure(WORLD, APPLES, 50))

    values = {cell: found[cell][0] for cell in ((CHINA, FRUIT), (CHINA, TOTAL), (WORLD, APPLES), (WORLD, FRUIT))}
    assert values == {(CHINA, FRUIT): 6, (CHINA, TOTAL): 6, (WORLD, APPLES): 50, (WORLD, FRUIT): 50}


def test_a_good_that_hangs_right_below_all_goods_is_added_to_them_beside_the_headings():
    loose = Totals(np.array([NONE, NONE, TOTAL, FRUIT, TOTAL], np.int32), totals.levels, totals.makes_world, WORLD)

    rows = loose.added_to(in_order(figure(CHINA, APPLES, 5), figure(CHINA, PEARS, 7))).to_pylist()

    assert [row["value"] for row in rows if row["commodity_id"] == TOTAL] == [12, 12]


def test_groups_of_countries_get_totals_of_goods_but_are_no_part_of_the_world():
    found = added(figure(CHINA, APPLES, 5), figure(UNION, APPLES, 7))

    assert (found[UNION, TOTAL][0], found[WORLD, TOTAL][0]) == (7, 5)


def test_quantities_are_added_up_where_all_have_one_unit_and_weights_where_all_have_one():
    found = added(
        figure(CHINA, APPLES, 5, quantity="1.5", unit=KG, weight="1.5"),
        figure(CHINA, PEARS, 7, quantity="2", unit=KG, weight=None),
        figure(USA, APPLES, 1, quantity="3", unit=PIECES, weight="0.000000000000000001"),
    )

    assert found[CHINA, FRUIT] == (12, Decimal("3.5"), KG, None, "A")
    assert found[WORLD, APPLES] == (6, None, None, Decimal("1.500000000000000001"), "A")


def test_a_total_of_which_a_part_is_suppressed_is_suppressed_and_the_weakest_status_counts():
    found = added(figure(CHINA, APPLES, None, status="Q"), figure(CHINA, PEARS, 7), figure(USA, PEARS, 9, status="E"))

    assert (found[CHINA, FRUIT][0], found[CHINA, FRUIT][-1]) == (None, "Q")
    assert (found[WORLD, PEARS][0], found[WORLD, PEARS][-1]) == (16, "E")


@pytest.mark.parametrize("values", [(2**62, 2**62), (2**62, -(2**62))])
def test_totals_that_may_not_be_exact_are_refused(values):
    with pytest.raises(TotalTooLargeError):
        added(figure(CHINA, APPLES, values[0]), figure(USA, APPLES, values[1]))


def test_printed_totals_that_differ_from_their_parts_are_found():
    printed = in_order(figure(CHINA, FRUIT, 6), figure(CHINA, APPLES, 5), figure(USA, FRUIT, 4), figure(USA, PEARS, 4))

    assert list(totals.mismatches(printed, totals.added_to(printed))) == [Mismatch(CHINA, FRUIT, 1, JANUARY, 6, 5)]
