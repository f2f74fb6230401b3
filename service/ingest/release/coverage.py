"""The coverage of releases: the time series in a selection, and the releases that can have the same date."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.errors import FileError, InvalidFile
from service.ingest.release.vintages import CELL_COLUMNS, VALUE_COLUMNS
from service.ingest.staging.temporary_table import stage_source_cells
from service.models import Dataset, Release

Coverage = Literal["complete", "selection"]
COMPLETE: Coverage = "complete"
SELECTION: Coverage = "selection"
MAX_REPORTED_CONFLICTS = 100

# The figures are a query of their own: on Citus, no statement joins a stored and a temporary table.
_INSERT_SERIES = """
    INSERT INTO release_series (dataset_id, release_id, flow, partner_id, commodity_id, periods, source_cells)
    WITH figure AS MATERIALIZED (SELECT {columns} FROM {figures})
    SELECT :dataset, :release, flow, partner_id, commodity_id, array_agg(period ORDER BY period),
        CASE WHEN count(source_cells) > 0 THEN array_agg(source_cells ORDER BY period) END
    FROM figure
    LEFT JOIN staged_source_cells USING ({columns})
    GROUP BY flow, partner_id, commodity_id"""
_INSERT_STAGED_SERIES = _INSERT_SERIES.format(columns=CELL_COLUMNS, figures="staged")
_INSERT_STORED_SERIES = _INSERT_SERIES.format(
    columns=CELL_COLUMNS, figures="observation WHERE dataset_id = :dataset AND release_id = :release"
)

_SELECT_CONFLICTS = f"""
    WITH printed_figure AS MATERIALIZED (
        SELECT {", ".join(f"validity.{name}" for name in f"{CELL_COLUMNS}, {VALUE_COLUMNS}".split(", "))},
            release.code AS release
        FROM release
        JOIN release_series AS series ON series.dataset_id = release.dataset_id AND series.release_id = release.id
        JOIN (
            SELECT {CELL_COLUMNS}, {VALUE_COLUMNS}
            FROM observation
            WHERE dataset_id = :dataset AND known_from <= :day
            UNION ALL
            SELECT {CELL_COLUMNS}, {VALUE_COLUMNS}
            FROM observation_history
            WHERE dataset_id = :dataset AND known_from <= :day AND known_until > :day
        ) AS validity
            ON validity.flow = series.flow AND validity.partner_id = series.partner_id
            AND validity.commodity_id = series.commodity_id AND validity.period = ANY(series.periods)
        WHERE release.dataset_id = :dataset AND release.id <> :release AND release.published_on = :day
          AND release.withdrawn_on IS NULL
    )
    SELECT DISTINCT ON (staged.flow, staged.period, partner_id, commodity_id)
        staged.flow, staged.period, area.code AS partner, commodity.code AS commodity,
        printed_figure.release, printed_figure.value AS stored_value, staged.value AS staged_value
    FROM staged
    JOIN printed_figure USING ({CELL_COLUMNS})
    JOIN area ON area.id = partner_id
    JOIN commodity ON commodity.id = commodity_id
    WHERE ({", ".join(f"staged.{name}" for name in VALUE_COLUMNS.split(", "))})
        IS DISTINCT FROM ({", ".join(f"printed_figure.{name}" for name in VALUE_COLUMNS.split(", "))})
    ORDER BY staged.flow, staged.period, partner_id, commodity_id
    LIMIT :max_rows"""


def check_date_is_free(
    session: Session, dataset: Dataset, *, published_on: date, covers: Coverage, file_name: str
) -> None:
    """Check that a new release can have the date `published_on`.

    It can if the dataset has no release of that date, or if that release and the new one are both selections. `covers`
    is the coverage of the new release; errors name the file `file_name`.

    :raises InvalidFile: another release prevents it.
    """
    same_date = select(Release).where(Release.dataset_id == dataset.id, Release.published_on == published_on)
    other = session.scalars(same_date.order_by(Release.id)).first()
    if other is None or {other.covers, covers} == {SELECTION}:
        return
    rule = (
        f"dataset {dataset.code} has release {other.code} of {published_on} already, from {other.file_name}; "
        "load all files of one date in one command, or add --published with the date of this one"
    )
    raise InvalidFile(file_name, [FileError(rule)])


def next_release_code(session: Session, dataset: Dataset, published_on: date) -> str:
    """Return the code of a new release: dataset and date, and a number if the dataset has a release of that date."""
    code = f"{dataset.code}-{published_on}"
    same_date = select(Release.code).where(Release.dataset_id == dataset.id, Release.published_on == published_on)
    count = len(session.scalars(same_date).all())
    return f"{code}-{count + 1}" if count else code


def store_series(session: Session, release: Release, source_cells: Iterable[bytes], *, staged: bool) -> None:
    """Store the list of time series of a release that is a selection; nothing happens for a complete release.

    The series are read from the temporary table `staged` if `staged` is set, else from the stored figures.
    `source_cells` yields the CSV that `source_cells_csv` returns.
    """
    if release.covers == SELECTION:
        stage_source_cells(session, source_cells)
        statement = _INSERT_STAGED_SERIES if staged else _INSERT_STORED_SERIES
        session.execute(text(statement), {"dataset": release.dataset_id, "release": release.id})
        session.execute(text("DROP TABLE staged_source_cells"))


def check_no_conflict(session: Session, release: Release) -> None:
    """Check that the staged figures of a selection agree with those of other selections of the same date.

    :raises InvalidFile: two figures differ; the errors name the cells, the releases and the figures.
    """
    if release.covers != SELECTION:
        return
    keys = {"dataset": release.dataset_id, "release": release.id, "day": release.published_on}
    rows = session.execute(text(_SELECT_CONFLICTS), keys | {"max_rows": MAX_REPORTED_CONFLICTS}).all()
    if rows:
        dataset = session.get_one(Dataset, release.dataset_id)
        months = MONTHS_PER_PERIOD[dataset.frequency]
        raise InvalidFile(release.file_name, [_conflict_error(row, months) for row in rows])


def _conflict_error(row: Any, months: int) -> FileError:
    cell = (
        f"{FLOW_CODES.get(row.flow, row.flow)} {row.partner} {row.commodity} {period_text(row.period, months=months)}"
    )
    return FileError(
        f"{cell} has value {_value_text(row.staged_value)}, but {_value_text(row.stored_value)} in release "
        f"{row.release} of the same date; add --published with the date of this file"
    )


def _value_text(value: int | None) -> str:
    return "none" if value is None else str(value)
