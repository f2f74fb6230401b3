"""Figures as they should be beside those that stood, compared by the database: what differs, figure by figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.ingest.release.vintages import CELL_COLUMNS, VALUE_COLUMNS
from service.models import Dataset, Release

MAX_LISTED_DIFFERENCES = 20

VERSIONS_CTE = f"""
    version AS (
        SELECT {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, CAST(NULL AS date) AS known_until
        FROM observation
        WHERE dataset_id = :dataset
        UNION ALL
        SELECT {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, known_until
        FROM observation_history
        WHERE dataset_id = :dataset
    )"""
"""All figures of a dataset, current and superseded."""

_AS_OF_RELEASE_SELECT = """
    SELECT version.*
    FROM version
    JOIN release_period AS covered USING (flow, period)
    WHERE covered.dataset_id = :dataset AND covered.release_id = :release
      AND known_from <= :day AND (known_until IS NULL OR known_until > :day)"""

AS_OF_RELEASE = f"WITH {VERSIONS_CTE} {_AS_OF_RELEASE_SELECT}"
"""What stood on the day of a release in the periods that it speaks of."""

_RELEASE_CTES = f"WITH {VERSIONS_CTE}, stood AS ({_AS_OF_RELEASE_SELECT}), expected AS (SELECT * FROM staged)"

_WITHDRAWAL_CTES = f"""
    WITH {VERSIONS_CTE}, covered AS (
        SELECT flow, period, (
            SELECT max(before.published_on)
            FROM release_period AS covers
            JOIN release AS before ON before.dataset_id = covers.dataset_id AND before.id = covers.release_id
            WHERE covers.dataset_id = :dataset AND covers.flow = own.flow AND covers.period = own.period
              AND before.published_on <= :day AND (before.withdrawn_on IS NULL OR before.withdrawn_on > :day)
        ) AS printed_on
        FROM release_period AS own
        WHERE own.dataset_id = :dataset AND own.release_id = :release
    ), stood AS (
        SELECT version.*
        FROM version JOIN covered USING (flow, period)
        WHERE known_from <= :day AND (known_until IS NULL OR known_until > :day)
    ), expected AS (
        SELECT version.*
        FROM version JOIN covered USING (flow, period)
        WHERE known_from <= printed_on AND (known_until IS NULL OR known_until > printed_on)
    )"""

_VALUE_COLUMN_NAMES = VALUE_COLUMNS.split(", ")


def _qualified_columns(table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in _VALUE_COLUMN_NAMES)


_SELECT_DIFFERENCES = f"""
    , different AS (
        SELECT {CELL_COLUMNS},
               {", ".join(f"expected.{column} AS expected_{column}" for column in _VALUE_COLUMN_NAMES)},
               {", ".join(f"stood.{column} AS stood_{column}" for column in _VALUE_COLUMN_NAMES)}
        FROM expected FULL JOIN stood USING ({CELL_COLUMNS})
        WHERE ({_qualified_columns("expected")}) IS DISTINCT FROM ({_qualified_columns("stood")})
    )
    SELECT different.*, area.code AS partner, commodity.code AS commodity, count(*) OVER () AS found
    FROM different
    LEFT JOIN area ON area.id = partner_id
    LEFT JOIN commodity ON commodity.id = commodity_id
    ORDER BY flow, period, partner_id, commodity_id
    LIMIT :most"""


@dataclass(frozen=True)
class CellFormatter:
    """How cells of a dataset are named."""

    months: int

    def label(self, row: Any) -> str:
        """Return `X CHN TOTAL 2024-01`."""
        when = period_text(row.period, months=self.months)
        return f"{FLOW_CODES.get(row.flow, row.flow)} {row.partner} {row.commodity} {when}"


def differences_from_files(session: Session, release: Release) -> Iterator[str]:
    """Yield in words where the staged figures differ from what stood on the day of the release; the first ones."""
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    yield from _describe_differences(session, _RELEASE_CTES, keys, expected_source="its files")


def differences_after_withdrawal(session: Session, release: Release, *, withdrawal_date: date) -> Iterator[str]:
    """Yield in words where what stood once the release was withdrawn differs from what had been printed before."""
    keys = {"dataset": release.dataset_id, "release": release.id, "day": withdrawal_date}
    yield from _describe_differences(session, _WITHDRAWAL_CTES, keys, expected_source="the release before it")


def _describe_differences(session: Session, ctes: str, keys: dict[str, Any], *, expected_source: str) -> Iterator[str]:
    dataset = session.get_one(Dataset, keys["dataset"])
    cell = CellFormatter(MONTHS_PER_PERIOD[dataset.frequency])
    found = session.execute(text(ctes + _SELECT_DIFFERENCES), keys | {"most": MAX_LISTED_DIFFERENCES}).all()
    for row in found:
        yield f"{cell.label(row)}: {_describe_difference(row, expected_source)}"
    if found and found[0].found > len(found):
        yield f"{found[0].found - len(found)} more figures differ"


def _describe_difference(row: Any, expected_source: str) -> str:
    figures = row._mapping
    if row.stood_obs_status is None:
        return f"value {_format_figure(row.expected_value)} in {expected_source}, nothing in the database"
    if row.expected_obs_status is None:
        return f"nothing in {expected_source}, value {_format_figure(row.stood_value)} in the database"
    pairs = {column: (figures[f"expected_{column}"], figures[f"stood_{column}"]) for column in _VALUE_COLUMN_NAMES}
    return ", ".join(
        f"{column} {_format_figure(expected)} in {expected_source}, {_format_figure(stood)} in the database"
        for column, (expected, stood) in pairs.items()
        if expected != stood
    )


def _format_figure(figure: Any) -> str:
    return "none" if figure is None else str(figure)
