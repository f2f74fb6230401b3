"""Copies of figures into the database: into the temporary table `staged`, or into a permanent table."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.ingest.pipeline.prefetch import prefetch
from service.ingest.staging.canonical_csv import COPY_FROM_STDIN


def stage_figures(session: Session, csv_chunks: Iterable[bytes]) -> None:
    """Create the temporary table `staged` in this transaction, and copy the canonical CSV of figures into it."""
    session.execute(
        text("""
            CREATE TEMPORARY TABLE staged (
                flow smallint, partner_id smallint, commodity_id integer, period smallint,
                value bigint, quantity numeric, quantity_unit text, net_weight_kg numeric, obs_status text
            ) ON COMMIT DROP""")
    )
    copy_figures(session, "staged", csv_chunks)
    session.execute(text("ANALYZE staged"))


def stage_source_cells(session: Session, csv_chunks: Iterable[bytes]) -> None:
    """Create the temporary table `staged_source_cells`, and copy the CSV that `source_cells_csv` returns into it."""
    session.execute(
        text("""
            CREATE TEMPORARY TABLE staged_source_cells (
                period smallint, flow smallint, partner_id smallint, commodity_id integer, source_cells text
            ) ON COMMIT DROP""")
    )
    connection: Any = session.connection().connection.dbapi_connection
    with connection.cursor() as cursor, cursor.copy("COPY staged_source_cells FROM STDIN (FORMAT csv)") as copy:
        for chunk in csv_chunks:
            copy.write(chunk)
    session.execute(text("ANALYZE staged_source_cells"))


def drop_staged_figures(session: Session) -> None:
    """Drop the temporary table `staged`, so that the same transaction can stage the figures of another release."""
    session.execute(text("DROP TABLE staged"))


def copy_figures(session: Session, table: str, csv_chunks: Iterable[bytes], *, options: str = "") -> None:
    """Copy the canonical CSV of figures into `table`; `options` are further options of COPY.

    Other columns of the table must have defaults.
    """
    connection: Any = session.connection().connection.dbapi_connection
    with connection.cursor() as cursor, cursor.copy(COPY_FROM_STDIN % (table, options)) as copy:
        for chunk in prefetch(iter(csv_chunks)):
            copy.write(chunk)
