"""Staged figures, separated by flow and period, and their canonical CSV."""

import os

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service.ingest.staging.arrow_columns import QUANTITY_TYPE, decimal_text, record_batch
from service.ingest.staging.canonical_csv import COPY_TO_STDOUT, canonical_csv
from service.ingest.staging.spill_file import PeriodFlow, open_spill_file
from service.ingest.staging.temporary_table import stage_figures
from service.ingest.validation.record import Record


def build_record(flow, partner, commodity, period, *, line=1, **measures):
    quantity, unit, weight = (measures.get(name) for name in ("quantity", "unit", "weight"))
    return Record(flow, partner, commodity, period, 5, quantity, unit, weight, "A", line)


def test_figures_are_returned_sorted_by_period_and_flow():
    with open_spill_file() as staged:
        staged.add(
            record_batch([build_record(2, 7, 1, 24289), build_record(1, 9, 1, 24288), build_record(1, 7, 2, 24289)])
        )
        staged.add(record_batch([build_record(1, 7, 1, 24289), build_record(1, 8, 1, 24288)]))

        assert staged.row_count == 5
        assert staged.period_flows() == [PeriodFlow(24288, 1), PeriodFlow(24289, 1), PeriodFlow(24289, 2)]
        cells = [staged.read(key).select(["partner_id", "commodity_id"]).to_pylist() for key in staged.period_flows()]
    assert [[tuple(cell.values()) for cell in part] for part in cells] == [[(8, 1), (9, 1)], [(7, 1), (7, 2)], [(7, 1)]]


def test_a_spill_file_leaves_no_directory_entry(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_spill_file() as staged:
        staged.add(record_batch([build_record(1, 7, 1, 24288)]))

        assert os.listdir(tmp_path) == []  # noqa: PTH208 - as the system sees it


decimal_values = st.decimals(-(10**17), 10**17, allow_nan=False, allow_infinity=False, places=18) | st.decimals(
    -1, 1, allow_nan=False, allow_infinity=False, places=9
)


@given(st.lists(decimal_values | st.none(), min_size=1))
def test_decimals_have_no_exponent_and_no_trailing_zeros(numbers):
    def plain(number):
        written = f"{number:f}"
        written = written.rstrip("0").rstrip(".") if "." in written else written
        return "0" if written == "-0" else written

    found = decimal_text(pa.array(numbers, QUANTITY_TYPE)).to_pylist()

    assert found == [None if number is None else plain(number) for number in numbers]


unit_names = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1) | st.none()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(decimal_values | st.none(), unit_names, decimal_values | st.none()), min_size=1, max_size=5))
def test_the_canonical_csv_of_files_and_database_is_equal(engine, rows):
    figures = [
        build_record(1, place, 1, 24288, quantity=quantity, unit=unit, weight=weight)
        for place, (quantity, unit, weight) in enumerate(rows)
    ]
    table = pa.Table.from_batches([record_batch(figures)])
    with engine.connect() as connection:
        stage_figures(Session(connection), [canonical_csv(table)])
        with connection.connection.cursor() as cursor, cursor.copy(COPY_TO_STDOUT % "SELECT * FROM staged") as copy:
            back = b"".join(copy)

    assert back == canonical_csv(table)
