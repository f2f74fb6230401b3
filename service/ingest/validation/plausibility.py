"""Plausibility checks, which give warnings about figures but do not refuse them.

The warnings report printed totals that differ from the sum of their parts, current figures that a release lacks, and
totals with large revisions.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.ingest.release.aggregates import Mismatch
from service.models import Area, Commodity

MIN_TOTAL_CHANGE_PCT = 20
"""Revision of a total, in percent, above which a warning is given."""

MAX_WARNINGS_PER_CHECK = 100

_MISSING_FIGURE_COUNT = """
    SELECT count(*)
    FROM current_figure AS stored
    WHERE NOT EXISTS (
        SELECT FROM staged
        WHERE staged.flow = stored.flow AND staged.partner_id = stored.partner_id
          AND staged.commodity_id = stored.commodity_id AND staged.period = stored.period)"""

_CHANGED_TOTALS = """
    SELECT staged.flow, staged.period, stored.value AS value_before, staged.value AS value_now
    FROM staged
    JOIN area ON area.id = staged.partner_id AND area.kind = 'world'
    JOIN commodity ON commodity.id = staged.commodity_id AND commodity.level = 0
    JOIN current_figure AS stored ON stored.flow = staged.flow AND stored.partner_id = staged.partner_id
        AND stored.commodity_id = staged.commodity_id AND stored.period = staged.period
    WHERE 100 * abs(staged.value - stored.value) > :pct * abs(stored.value)
    ORDER BY 1, 2
    LIMIT :max_rows"""


def describe_mismatches(session: Session, mismatches: Sequence[Mismatch], *, frequency: str) -> Iterator[str]:
    """Yield a warning for each printed total that differs from the sum of its parts, in a dataset of this frequency."""
    partners = _codes_by_key(session, Area, {mismatch.partner_id for mismatch in mismatches})
    commodities = _codes_by_key(session, Commodity, {mismatch.commodity_id for mismatch in mismatches})
    for mismatch in mismatches:
        yield (
            f"{_flow_and_period(mismatch, frequency)}: {commodities[mismatch.commodity_id]} with "
            f"{partners[mismatch.partner_id]} is printed as {mismatch.value}, "
            f"but its parts add up to {mismatch.sum_of_parts}"
        )


def _codes_by_key(session: Session, table: type[Area] | type[Commodity], keys: Iterable[int]) -> dict[int, str]:
    return dict(session.execute(select(table.id, table.code).where(table.id.in_(keys))).all())


def plausibility_warnings(session: Session, *, frequency: str) -> Iterator[str]:
    """Yield warnings about staged figures that are to supersede those of the table `current_figure`."""
    missing_count = session.scalar(text(_MISSING_FIGURE_COUNT))
    if missing_count:
        yield f"{missing_count} current figures are missing from this release, which withdraws them"
    keys = {"max_rows": MAX_WARNINGS_PER_CHECK, "pct": MIN_TOTAL_CHANGE_PCT}
    for row in session.execute(text(_CHANGED_TOTALS), keys):
        yield (
            f"{_flow_and_period(row, frequency)}: the total moves from {row.value_before} to {row.value_now}, "
            f"by more than {MIN_TOTAL_CHANGE_PCT}%"
        )


def _flow_and_period(row: Any, frequency: str) -> str:
    return f"{FLOW_CODES[row.flow]}, {period_text(row.period, months=MONTHS_PER_PERIOD[frequency])}"
