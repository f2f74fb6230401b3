"""The consistency of validity intervals: each begins and ends with a release or withdrawal, and none overlap."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.domain.frequencies import MONTHS_PER_PERIOD
from service.ingest.verification.diff import MAX_LISTED_DIFFERENCES, VALIDITY_CTE, CellFormatter, has_selections
from service.models import Dataset

_INCONSISTENT_INTERVALS = f"""
    WITH {VALIDITY_CTE}, covering_release AS (
        SELECT flow, period, release.id AS release_id, published_on, withdrawn_on
        FROM release_period
        JOIN release ON release.dataset_id = release_period.dataset_id AND release.id = release_period.release_id
        WHERE release.dataset_id = :dataset
    ), change_day AS (
        SELECT flow, period, published_on AS day FROM covering_release
        UNION
        SELECT flow, period, withdrawn_on FROM covering_release WHERE withdrawn_on IS NOT NULL
    ), governing_release AS (
        SELECT DISTINCT ON (flow, period, day) flow, period, day, release_id
        FROM change_day JOIN covering_release USING (flow, period)
        WHERE published_on <= day AND (withdrawn_on IS NULL OR withdrawn_on > day)
        ORDER BY flow, period, day, published_on DESC
    ), inconsistent_interval AS (
        SELECT validity.*
        FROM validity
        LEFT JOIN governing_release
            ON governing_release.flow = validity.flow AND governing_release.period = validity.period
            AND governing_release.day = known_from
        LEFT JOIN change_day AS end_day
            ON end_day.flow = validity.flow AND end_day.period = validity.period AND end_day.day = known_until
        WHERE (NOT :by_cell AND governing_release.release_id IS DISTINCT FROM validity.release_id)
           OR governing_release.release_id IS NULL
           OR (known_until IS NOT NULL AND (end_day.day IS NULL OR known_until <= known_from))
        UNION
        SELECT earlier.*
        FROM validity AS earlier
        JOIN validity AS later USING (flow, partner_id, commodity_id, period)
        WHERE earlier.known_until > later.known_from AND earlier.known_from <= later.known_from
          AND (earlier.known_from, earlier.known_until) IS DISTINCT FROM (later.known_from, later.known_until)
    )
    SELECT inconsistent_interval.*, area.code AS partner, commodity.code AS commodity,
           count(*) OVER () AS interval_count
    FROM inconsistent_interval
    LEFT JOIN area ON area.id = partner_id
    LEFT JOIN commodity ON commodity.id = commodity_id
    ORDER BY flow, period, partner_id, commodity_id, known_from
    LIMIT :max_rows"""


def inconsistent_intervals(session: Session, dataset: Dataset) -> Iterator[str]:
    """Yield, as text, the first figures of a dataset whose validity interval is inconsistent.

    Such an interval does not begin or end with a release or withdrawal, or overlaps another one of the same cell.
    """
    cell = CellFormatter(MONTHS_PER_PERIOD[dataset.frequency])
    rows = session.execute(
        text(_INCONSISTENT_INTERVALS),
        {"dataset": dataset.id, "by_cell": has_selections(session, dataset.id), "max_rows": MAX_LISTED_DIFFERENCES},
    ).all()
    for row in rows:
        end = f" until {row.known_until}" if row.known_until else ""
        yield (
            f"{cell.label(row)}: value {row.value} was valid from {row.known_from}{end}, "
            "without a release or withdrawal on these dates"
        )
    if rows and rows[0].interval_count > len(rows):
        yield f"{rows[0].interval_count - len(rows)} more figures have such dates"
