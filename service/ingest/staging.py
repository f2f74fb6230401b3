"""Records on their way into the database: copied into a table of their own, and checked there."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.errors import BadFile, Defect
from service.ingest.records import Record

MOST_DEFECTS = 100
_COLUMNS = ", ".join(Record._fields)


def stage(session: Session, records: Iterable[Record]) -> int:
    """Copy records into the table `staged` of this transaction; return how many they are."""
    session.execute(
        text("""
            CREATE TEMPORARY TABLE staged (
                flow smallint, partner_id smallint, commodity_id integer, period smallint,
                value bigint, quantity numeric, quantity_unit text, net_weight_kg numeric,
                obs_status text, line integer
            ) ON COMMIT DROP""")
    )
    rows = 0
    connection: Any = session.connection().connection.dbapi_connection
    with connection.cursor() as cursor, cursor.copy(f"COPY staged ({_COLUMNS}) FROM STDIN") as copy:
        for record in records:
            copy.write_row(record)
            rows += 1
    session.execute(text("ANALYZE staged"))
    return rows


def unstage(session: Session) -> None:
    """Drop the staged records, so that another release can follow in the same transaction."""
    session.execute(text("DROP TABLE staged"))


def refuse_duplicates(session: Session, *, file_name: str) -> None:
    """Check that no two staged records speak of the same cell.

    :raises BadFile: some do; it names their lines.
    """
    found = session.execute(
        text("""
            SELECT array_agg(line ORDER BY line) AS lines, count(*) OVER () AS cells
            FROM staged
            GROUP BY flow, partner_id, commodity_id, period
            HAVING count(*) > 1
            ORDER BY min(line)
            LIMIT :most"""),
        {"most": MOST_DEFECTS},
    ).all()
    if found:
        defects = [
            Defect(f"speaks of the same cell as line {', '.join(map(str, row.lines[:-1]))}", line=row.lines[-1])
            for row in found
        ]
        raise BadFile(file_name, defects, total=found[0].cells)
