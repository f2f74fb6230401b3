"""Computed totals: their parts, quantities and gaps."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from service.ingest.release.aggregates import NO_PARENT, Mismatch, TotalsCalculator, TotalTooLargeError
from service.ingest.staging.arrow_columns import STATUSES_WEAKEST_FIRST, record_batch
from service.ingest.validation.record import Record

TOTAL, FRUIT, APPLES, PEARS = range(1, 5)
WORLD, CHINA, USA, UNION = range(1, 5)
JANUARY_2024 = 2024 * 12
KG, PIECES = "KG", "NO"

aggregates = TotalsCalculator(
    parents=np.array([NO_PARENT, NO_PARENT, TOTAL, FRUIT, FRUIT], np.int32),
    levels=np.array([0, 0, 1, 2, 2], np.int32),
    is_world_part=np.array([False, False, True, True, False]),
    world_id=WORLD,
)


def build_record(partner, commodity, value, *, quantity=None, unit=None, weight=None, status="A", line=1):
    decimals = [None if number is None else Decimal(number) for number in (quantity, weight)]
    return Record(1, partner, commodity, JANUARY_2024, value, decimals[0], unit, decimals[1], status, line)


def sorted_table(*records):
    return pa.Table.from_batches([record_batch(sorted(records, key=lambda r: (r.partner_id, r.commodity_id)))])


def compute_aggregates(*records):
    """Return all figures by partner and good, totals among them: value, quantity, unit, weight, status."""
    rows = aggregates.add_totals(sorted_table(*records)).to_pylist()
    columns = ("value", "quantity", "quantity_unit", "net_weight_kg")
    return {
        (row["partner_id"], row["commodity_id"]): (
            *(row[name] for name in columns),
            STATUSES_WEAKEST_FIRST[row["obs_status"]],
        )
        for row in rows
    }


def test_headings_total_and_world_are_aggregated():
    found = compute_aggregates(
        build_record(CHINA, APPLES, 5), build_record(CHINA, PEARS, 7), build_record(USA, APPLES, 11)
    )

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


def test_published_aggregates_are_preserved_and_aggregated():
    found = compute_aggregates(
        build_record(CHINA, FRUIT, 6), build_record(CHINA, APPLES, 5), build_record(WORLD, APPLES, 50)
    )

    values = {cell: found[cell][0] for cell in ((CHINA, FRUIT), (CHINA, TOTAL), (WORLD, APPLES), (WORLD, FRUIT))}
    assert values == {(CHINA, FRUIT): 6, (CHINA, TOTAL): 6, (WORLD, APPLES): 50, (WORLD, FRUIT): 50}


def test_a_commodity_directly_below_total_is_aggregated():
    loose = TotalsCalculator(
        np.array([NO_PARENT, NO_PARENT, TOTAL, FRUIT, TOTAL], np.int32),
        aggregates.levels,
        aggregates.is_world_part,
        WORLD,
    )

    rows = loose.add_totals(sorted_table(build_record(CHINA, APPLES, 5), build_record(CHINA, PEARS, 7))).to_pylist()

    assert [row["value"] for row in rows if row["commodity_id"] == TOTAL] == [12, 12]


def test_country_groups_are_aggregated_but_excluded_from_world():
    found = compute_aggregates(build_record(CHINA, APPLES, 5), build_record(UNION, APPLES, 7))

    assert (found[UNION, TOTAL][0], found[WORLD, TOTAL][0]) == (7, 5)


def test_quantities_require_one_unit_and_weights_no_gap():
    found = compute_aggregates(
        build_record(CHINA, APPLES, 5, quantity="1.5", unit=KG, weight="1.5"),
        build_record(CHINA, PEARS, 7, quantity="2", unit=KG, weight=None),
        build_record(USA, APPLES, 1, quantity="3", unit=PIECES, weight="0.000000000000000001"),
    )

    assert found[CHINA, FRUIT] == (12, Decimal("3.5"), KG, None, "A")
    assert found[WORLD, APPLES] == (6, None, None, Decimal("1.500000000000000001"), "A")


def test_a_total_has_the_weakest_status_of_its_parts():
    found = compute_aggregates(
        build_record(CHINA, APPLES, None, status="Q"),
        build_record(CHINA, PEARS, 7),
        build_record(USA, PEARS, 9, status="E"),
    )

    assert (found[CHINA, FRUIT][0], found[CHINA, FRUIT][-1]) == (7, "Q")
    assert (found[WORLD, PEARS][0], found[WORLD, PEARS][-1]) == (16, "E")


@pytest.mark.parametrize("values", [(2**62, 2**62), (2**62, -(2**62))])
def test_inexact_totals_are_rejected(values):
    with pytest.raises(TotalTooLargeError):
        compute_aggregates(build_record(CHINA, APPLES, values[0]), build_record(USA, APPLES, values[1]))


def test_mismatched_published_totals_are_detected():
    printed = sorted_table(
        build_record(CHINA, FRUIT, 6),
        build_record(CHINA, APPLES, 5),
        build_record(USA, FRUIT, 4),
        build_record(USA, PEARS, 4),
    )

    assert list(aggregates.find_mismatches(printed, aggregates.add_totals(printed))) == [
        Mismatch(CHINA, FRUIT, 1, JANUARY_2024, 6, 5)
    ]


def test_a_total_with_a_suppressed_part_is_the_sum_of_the_known_parts():
    found = compute_aggregates(
        build_record(CHINA, APPLES, None, status="Q"), build_record(CHINA, PEARS, 7), build_record(USA, PEARS, 9)
    )

    assert (found[CHINA, TOTAL][0], found[CHINA, TOTAL][-1]) == (7, "Q")
    assert (found[WORLD, TOTAL][0], found[WORLD, TOTAL][-1]) == (16, "Q")


def test_a_total_without_a_known_part_is_null():
    found = compute_aggregates(build_record(CHINA, APPLES, None, status="Q"))

    assert (found[WORLD, TOTAL][0], found[WORLD, TOTAL][-1]) == (None, "Q")


def test_a_total_with_a_missing_part_is_the_sum_of_the_known_parts():
    found = compute_aggregates(build_record(CHINA, APPLES, None, status="M"), build_record(CHINA, PEARS, 7))

    assert (found[CHINA, TOTAL][0], found[CHINA, TOTAL][-1]) == (7, "M")


def test_a_printed_total_above_a_lower_bound_is_no_mismatch():
    printed = sorted_table(
        build_record(CHINA, FRUIT, 60), build_record(CHINA, APPLES, None, status="Q"), build_record(CHINA, PEARS, 7)
    )

    assert list(aggregates.find_mismatches(printed, aggregates.add_totals(printed))) == []
