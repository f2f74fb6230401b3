"""Figures kept apart by flow and period on their way, and the canonical text that they become."""

import os

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service.ingest.staging.arrow_columns import DECIMAL, batch_of, plain_text
from service.ingest.staging.canonical_csv import COPY_OUT, printed
from service.ingest.staging.spill_file import Slice, spool
from service.ingest.staging.temporary_table import stage
from service.ingest.validation.record import Record


def record(flow, partner, good, period, *, line=1, **more):
    quantity, unit, weight = (more.get(name) for name in ("quantity", "unit", "weight"))
    return Record(flow, partner, good, period, 5, quantity, unit, weight, "A", line)


def test_figures_come_back_by_period_and_flow_in_the_order_of_their_cells():
    with spool() as staged:
        staged.add(batch_of([record(2, 7, 1, 24289), record(1, 9, 1, 24288), record(1, 7, 2, 24289)]))
        staged.add(batch_of([record(1, 7, 1, 24289), record(1, 8, 1, 24288)]))

        assert staged.rows == 5
        assert staged.slices() == [Slice(24288, 1), Slice(24289, 1), Slice(24289, 2)]
        cells = [staged.read(key).select(["partner_id", "commodity_id"]).to_pylist() for key in staged.slices()]
    assert [[tuple(cell.values()) for cell in part] for part in cells] == [[(8, 1), (9, 1)], [(7, 1), (7, 2)], [(7, 1)]]


def test_a_spool_has_no_name_by_which_it_could_be_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with spool() as staged:
        staged.add(batch_of([record(1, 7, 1, 24288)]))

        assert os.listdir(tmp_path) == []  # noqa: PTH208 - as the system sees it


decimals = st.decimals(-(10**17), 10**17, allow_nan=False, allow_infinity=False, places=18) | st.decimals(
    -1, 1, allow_nan=False, allow_infinity=False, places=9
)


@given(st.lists(decimals | st.none(), min_size=1))
def test_decimals_are_written_out_without_exponent_and_without_trailing_zeros(numbers):
    def plain(number):
        written = f"{number:f}"
        written = written.rstrip("0").rstrip(".") if "." in written else written
        return "0" if written == "-0" else written

    found = plain_text(pa.array(numbers, DECIMAL)).to_pylist()

    assert found == [None if number is None else plain(number) for number in numbers]


units = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1) | st.none()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(decimals | st.none(), units, decimals | st.none()), min_size=1, max_size=5))
def test_the_text_of_figures_is_the_same_from_the_files_and_from_the_database(engine, rows):
    figures = [
        record(1, place, 1, 24288, quantity=quantity, unit=unit, weight=weight)
        for place, (quantity, unit, weight) in enumerate(rows)
    ]
    table = pa.Table.from_batches([batch_of(figures)])
    with engine.connect() as connection:
        stage(Session(connection), [printed(table)])
        with connection.connection.cursor() as cursor, cursor.copy(COPY_OUT % "SELECT * FROM staged") as copy:
            back = b"".join(copy)

    assert back == printed(table)
