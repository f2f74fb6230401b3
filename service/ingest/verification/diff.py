"""The comparison of expected with stored figures, by SQL in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.ingest.release.vintages import CELL_COLUMNS, VALUE_COLUMNS, covers_series
from service.models import Dataset, Release

MAX_LISTED_DIFFERENCES = 20

VALIDITY_CTE = f"""
    validity AS (
        SELECT {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, CAST(NULL AS date) AS known_until
        FROM observation
        WHERE dataset_id = :dataset
        UNION ALL
        SELECT {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, known_until
        FROM observation_history
        WHERE dataset_id = :dataset
    )"""
"""A common table expression of all figures of a dataset, current and superseded, with their validity."""

_AS_OF_RELEASE_SELECT = f"""
    SELECT validity.*
    FROM validity
    JOIN release_period AS covered_period USING (flow, period)
    JOIN release ON release.dataset_id = covered_period.dataset_id AND release.id = covered_period.release_id
    WHERE covered_period.dataset_id = :dataset AND covered_period.release_id = :release
      AND known_from <= :day AND (known_until IS NULL OR known_until > :day)
      AND (covers = 'complete' OR {covers_series("validity", release_id="release.id", includes_period=True)})"""

AS_OF_RELEASE = f"WITH {VALIDITY_CTE} {_AS_OF_RELEASE_SELECT}"
"""The SQL query for the figures of a release: those that were valid on its date in the periods that it covers.

For a selection these are only the figures of its own series.
"""

_RELEASE_CTES = f"WITH {VALIDITY_CTE}, stored AS ({_AS_OF_RELEASE_SELECT}), expected AS (SELECT * FROM staged)"

_WITHDRAWAL_CTES = f"""
    WITH {VALIDITY_CTE}, covered_period AS (
        SELECT flow, period, (
            SELECT max(previous_release.published_on)
            FROM release_period AS other_period
            JOIN release AS previous_release
                ON previous_release.dataset_id = other_period.dataset_id
                AND previous_release.id = other_period.release_id
            WHERE other_period.dataset_id = :dataset
              AND other_period.flow = own_period.flow AND other_period.period = own_period.period
              AND previous_release.published_on <= :day
              AND (previous_release.withdrawn_on IS NULL OR previous_release.withdrawn_on > :day)
        ) AS printed_on
        FROM release_period AS own_period
        WHERE own_period.dataset_id = :dataset AND own_period.release_id = :release
    ), stored AS (
        SELECT validity.*
        FROM validity JOIN covered_period USING (flow, period)
        WHERE known_from <= :day AND (known_until IS NULL OR known_until > :day)
    ), expected AS (
        SELECT validity.*
        FROM validity JOIN covered_period USING (flow, period)
        WHERE known_from <= printed_on AND (known_until IS NULL OR known_until > printed_on)
    )"""

# Where a dataset has selections, the previous release is another one for each cell.
_WITHDRAWAL_CTES_BY_CELL = f"""
    WITH {VALIDITY_CTE}, withdrawn_cell AS (
        SELECT flow, partner_id, commodity_id, validity.period
        FROM validity
        JOIN release_period AS own_period USING (flow, period)
        JOIN release ON release.dataset_id = own_period.dataset_id AND release.id = own_period.release_id
        WHERE own_period.dataset_id = :dataset AND own_period.release_id = :release
          AND known_from <= published_on AND (known_until IS NULL OR known_until > published_on)
          AND (covers = 'complete' OR {covers_series("validity", release_id=":release")})
    ), previous_date AS (
        SELECT flow, partner_id, commodity_id, period, max(published_on) AS printed_on
        FROM withdrawn_cell
        JOIN release_period AS other_period USING (flow, period)
        JOIN release ON release.dataset_id = other_period.dataset_id AND release.id = other_period.release_id
        WHERE other_period.dataset_id = :dataset AND published_on <= :day
          AND (withdrawn_on IS NULL OR withdrawn_on > :day)
          AND (covers = 'complete' OR {covers_series("withdrawn_cell", release_id="release.id")})
        GROUP BY flow, partner_id, commodity_id, period
    ), stored AS (
        SELECT validity.*
        FROM validity JOIN withdrawn_cell USING ({CELL_COLUMNS})
        WHERE known_from <= :day AND (known_until IS NULL OR known_until > :day)
    ), expected AS (
        SELECT validity.*
        FROM validity JOIN previous_date USING ({CELL_COLUMNS})
        WHERE known_from <= printed_on AND (known_until IS NULL OR known_until > printed_on)
    )"""

_VALUE_COLUMN_NAMES = VALUE_COLUMNS.split(", ")


def _qualified_columns(table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in _VALUE_COLUMN_NAMES)


_SELECT_DIFFERENCES = f"""
    , difference AS (
        SELECT {CELL_COLUMNS},
               {", ".join(f"expected.{column} AS expected_{column}" for column in _VALUE_COLUMN_NAMES)},
               {", ".join(f"stored.{column} AS stored_{column}" for column in _VALUE_COLUMN_NAMES)}
        FROM expected FULL JOIN stored USING ({CELL_COLUMNS})
        WHERE ({_qualified_columns("expected")}) IS DISTINCT FROM ({_qualified_columns("stored")})
    )
    SELECT difference.*, area.code AS partner, commodity.code AS commodity, count(*) OVER () AS difference_count
    FROM difference
    LEFT JOIN area ON area.id = partner_id
    LEFT JOIN commodity ON commodity.id = commodity_id
    ORDER BY flow, period, partner_id, commodity_id
    LIMIT :max_rows"""


@dataclass(frozen=True)
class CellFormatter:
    """The formatter of labels for the cells of a dataset whose periods have `months` months."""

    months: int

    def label(self, row: Any) -> str:
        """Return the label of the cell of a row: flow, partner, commodity and period, such as `X CHN TOTAL 2024-01`."""
        when = period_text(row.period, months=self.months)
        return f"{FLOW_CODES.get(row.flow, row.flow)} {row.partner} {row.commodity} {when}"


def differences_from_files(session: Session, release: Release) -> Iterator[str]:
    """Yield, as text, the first differences between the staged figures and the stored figures of a release.

    The staged figures are those in its files; the stored figures are those that were valid on its date.
    """
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    yield from _describe_differences(session, _RELEASE_CTES, keys, expected_source="its files")


def differences_after_withdrawal(session: Session, release: Release, *, withdrawal_date: date) -> Iterator[str]:
    """Yield, as text, the first differences between the figures after a withdrawal and those expected then.

    After `release` is withdrawn on `withdrawal_date`, the figures of the previous release must be valid again.
    """
    keys = {"dataset": release.dataset_id, "release": release.id, "day": withdrawal_date}
    ctes = _WITHDRAWAL_CTES_BY_CELL if has_selections(session, release.dataset_id) else _WITHDRAWAL_CTES
    yield from _describe_differences(session, ctes, keys, expected_source="the release before it")


def has_selections(session: Session, dataset_id: int) -> bool:
    """Return whether a dataset has a release that is a selection."""
    query = select(Release.id).where(Release.dataset_id == dataset_id, Release.covers == "selection")
    return session.scalars(query.limit(1)).first() is not None


def _describe_differences(session: Session, ctes: str, keys: dict[str, Any], *, expected_source: str) -> Iterator[str]:
    dataset = session.get_one(Dataset, keys["dataset"])
    cell = CellFormatter(MONTHS_PER_PERIOD[dataset.frequency])
    rows = session.execute(text(ctes + _SELECT_DIFFERENCES), keys | {"max_rows": MAX_LISTED_DIFFERENCES}).all()
    for row in rows:
        yield f"{cell.label(row)}: {_describe_difference(row, expected_source)}"
    if rows and rows[0].difference_count > len(rows):
        yield f"{rows[0].difference_count - len(rows)} more figures differ"


def _describe_difference(row: Any, expected_source: str) -> str:
    figures = row._mapping
    if row.stored_obs_status is None:
        return f"value {_format_figure(row.expected_value)} in {expected_source}, nothing in the database"
    if row.expected_obs_status is None:
        return f"nothing in {expected_source}, value {_format_figure(row.stored_value)} in the database"
    pairs = {column: (figures[f"expected_{column}"], figures[f"stored_{column}"]) for column in _VALUE_COLUMN_NAMES}
    return ", ".join(
        f"{column} {_format_figure(expected)} in {expected_source}, {_format_figure(stored)} in the database"
        for column, (expected, stored) in pairs.items()
        if expected != stored
    )


def _format_figure(figure: Any) -> str:
    return "none" if figure is None else str(figure)
