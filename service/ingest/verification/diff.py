"""Figures as they should be beside those that stood, compared by the database: what differs, figure by figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS
from service.domain.periods import period_text
from service.ingest.release.vintages import CELL, FIGURE
from service.models import Dataset, Release

MOST_NAMED = 20

VERSIONS = f"""
    version AS (
        SELECT {CELL}, {FIGURE}, release_id, known_from, CAST(NULL AS date) AS known_until
        FROM observation
        WHERE dataset_id = :dataset
        UNION ALL
        SELECT {CELL}, {FIGURE}, release_id, known_from, known_until
        FROM observation_history
        WHERE dataset_id = :dataset
    )"""
"""All figures of a dataset, current and superseded."""

_STOOD = """
    SELECT version.*
    FROM version
    JOIN release_period AS covered USING (flow, period)
    WHERE covered.dataset_id = :dataset AND covered.release_id = :release
      AND known_from <= :day AND (known_until IS NULL OR known_until > :day)"""

STOOD = f"WITH {VERSIONS} {_STOOD}"
"""What stood on the day of a release in the periods that it speaks of."""

_OF_A_RELEASE = f"WITH {VERSIONS}, stood AS ({_STOOD}), expected AS (SELECT * FROM staged)"

_AFTER_A_WITHDRAWAL = f"""
    WITH {VERSIONS}, covered AS (
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

_COLUMNS = FIGURE.split(", ")


def _of(table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in _COLUMNS)


_DIFFERENT = f"""
    , different AS (
        SELECT {CELL},
               {", ".join(f"expected.{column} AS expected_{column}" for column in _COLUMNS)},
               {", ".join(f"stood.{column} AS stood_{column}" for column in _COLUMNS)}
        FROM expected FULL JOIN stood USING ({CELL})
        WHERE ({_of("expected")}) IS DISTINCT FROM ({_of("stood")})
    )
    SELECT different.*, area.code AS partner, commodity.code AS commodity, count(*) OVER () AS found
    FROM different
    LEFT JOIN area ON area.id = partner_id
    LEFT JOIN commodity ON commodity.id = commodity_id
    ORDER BY flow, period, partner_id, commodity_id
    LIMIT :most"""


@dataclass(frozen=True)
class Cell:
    """How cells of a dataset are named."""

    months: int

    def named(self, row: Any) -> str:
        """Return `X CHN TOTAL 2024-01`."""
        when = period_text(row.period, months=self.months)
        return f"{FLOW_CODES.get(row.flow, row.flow)} {row.partner} {row.commodity} {when}"


def differences_from_files(session: Session, release: Release) -> Iterator[str]:
    """Yield in words where the staged figures differ from what stood on the day of the release; the first ones."""
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    yield from _told(session, _OF_A_RELEASE, keys, expected_in="its files")


def differences_after_withdrawal(session: Session, release: Release, *, on: date) -> Iterator[str]:
    """Yield in words where what stood once the release was withdrawn differs from what had been printed before."""
    keys = {"dataset": release.dataset_id, "release": release.id, "day": on}
    yield from _told(session, _AFTER_A_WITHDRAWAL, keys, expected_in="the release before it")


def _told(session: Session, relations: str, keys: dict[str, Any], *, expected_in: str) -> Iterator[str]:
    dataset = session.get_one(Dataset, keys["dataset"])
    cell = Cell(MONTHS[dataset.frequency])
    found = session.execute(text(relations + _DIFFERENT), keys | {"most": MOST_NAMED}).all()
    for row in found:
        yield f"{cell.named(row)}: {_difference(row, expected_in)}"
    if found and found[0].found > len(found):
        yield f"{found[0].found - len(found)} more figures differ"


def _difference(row: Any, expected_in: str) -> str:
    figures = row._mapping
    if row.stood_obs_status is None:
        return f"value {_shown(row.expected_value)} in {expected_in}, nothing in the database"
    if row.expected_obs_status is None:
        return f"nothing in {expected_in}, value {_shown(row.stood_value)} in the database"
    pairs = {column: (figures[f"expected_{column}"], figures[f"stood_{column}"]) for column in _COLUMNS}
    return ", ".join(
        f"{column} {_shown(expected)} in {expected_in}, {_shown(stood)} in the database"
        for column, (expected, stood) in pairs.items()
        if expected != stood
    )


def _shown(figure: Any) -> str:
    return "none" if figure is None else str(figure)
