"""Whether figures stood from and until days on which something was published or withdrawn, and one at a time."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.domain.frequencies import MONTHS_PER_PERIOD
from service.ingest.verification.diff import MAX_LISTED_DIFFERENCES, VERSIONS_CTE, CellFormatter
from service.models import Dataset

_INCONSISTENT_INTERVALS = f"""
    WITH {VERSIONS_CTE}, covering AS (
        SELECT flow, period, release.id AS release_id, published_on, withdrawn_on
        FROM release_period
        JOIN release ON release.dataset_id = release_period.dataset_id AND release.id = release_period.release_id
        WHERE release.dataset_id = :dataset
    ), turn AS (
        SELECT flow, period, published_on AS day FROM covering
        UNION
        SELECT flow, period, withdrawn_on FROM covering WHERE withdrawn_on IS NOT NULL
    ), governed AS (
        SELECT DISTINCT ON (flow, period, day) flow, period, day, release_id
        FROM turn JOIN covering USING (flow, period)
        WHERE published_on <= day AND (withdrawn_on IS NULL OR withdrawn_on > day)
        ORDER BY flow, period, day, published_on DESC
    ), astray AS (
        SELECT version.*
        FROM version
        LEFT JOIN governed
            ON governed.flow = version.flow AND governed.period = version.period AND governed.day = known_from
        LEFT JOIN turn AS ended
            ON ended.flow = version.flow AND ended.period = version.period AND ended.day = known_until
        WHERE governed.release_id IS DISTINCT FROM version.release_id
           OR (known_until IS NOT NULL AND (ended.day IS NULL OR known_until <= known_from))
        UNION
        SELECT past.*
        FROM version AS past
        JOIN version AS other USING (flow, partner_id, commodity_id, period)
        WHERE past.known_until > other.known_from AND past.known_from <= other.known_from
          AND (past.known_from, past.known_until) IS DISTINCT FROM (other.known_from, other.known_until)
    )
    SELECT astray.*, area.code AS partner, commodity.code AS commodity, count(*) OVER () AS found
    FROM astray
    LEFT JOIN area ON area.id = partner_id
    LEFT JOIN commodity ON commodity.id = commodity_id
    ORDER BY flow, period, partner_id, commodity_id, known_from
    LIMIT :most"""


def inconsistent_intervals(session: Session, dataset: Dataset) -> Iterator[str]:
    """Yield in words which figures stood at times that no release or withdrawal accounts for; the first ones."""
    cell = CellFormatter(MONTHS_PER_PERIOD[dataset.frequency])
    found = session.execute(
        text(_INCONSISTENT_INTERVALS), {"dataset": dataset.id, "most": MAX_LISTED_DIFFERENCES}
    ).all()
    for row in found:
        until = f" until {row.known_until}" if row.known_until else ""
        yield (
            f"{cell.label(row)}: value {row.value} stood from {row.known_from}{until}, "
            "which no release and no withdrawal accounts for"
        )
    if found and found[0].found > len(found):
        yield f"{found[0].found - len(found)} more figures stood so"
