"""What looks odd about figures that are loaded: nothing that refuses them, but something to be told.

Parts that do not add up to their printed total, figures of the release before that are left out, totals that move.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.ingest.release.aggregates import Mismatch
from service.models import Area, Commodity

MIN_TOTAL_CHANGE_PCT = 20
"""From how many percent on a revision of a total is told."""

MAX_WARNINGS_PER_CHECK = 100

_MISSING_FIGURE_COUNT = """
    SELECT count(*)
    FROM observation AS stood
    JOIN (SELECT DISTINCT flow, period FROM staged) AS spoken_of USING (flow, period)
    WHERE stood.dataset_id = :dataset
      AND NOT EXISTS (
          SELECT FROM staged
          WHERE staged.flow = stood.flow AND staged.partner_id = stood.partner_id
            AND staged.commodity_id = stood.commodity_id AND staged.period = stood.period)"""

_CHANGED_TOTALS = """
    SELECT staged.flow, staged.period, stood.value AS before, staged.value AS now
    FROM staged
    JOIN area ON area.id = staged.partner_id AND area.kind = 'world'
    JOIN commodity ON commodity.id = staged.commodity_id AND commodity.level = 0
    JOIN observation AS stood ON stood.dataset_id = :dataset AND stood.flow = staged.flow
         AND stood.partner_id = staged.partner_id AND stood.commodity_id = staged.commodity_id
         AND stood.period = staged.period
    WHERE 100 * abs(staged.value - stood.value) > :pct * abs(stood.value)
    ORDER BY 1, 2
    LIMIT :most"""


def describe_mismatches(session: Session, mismatches: Sequence[Mismatch]) -> Iterator[str]:
    """Yield in words which printed totals differ from what their parts add up to."""
    partners = _codes_by_key(session, Area, {each.partner_id for each in mismatches})
    goods = _codes_by_key(session, Commodity, {each.commodity_id for each in mismatches})
    for each in mismatches:
        yield (
            f"{_flow_and_period(each)}: {goods[each.commodity_id]} with "
            f"{partners[each.partner_id]} is printed as {each.value}, "
            f"but its parts add up to {each.sum_of_parts}"
        )


def _codes_by_key(session: Session, table: type[Area] | type[Commodity], keys: Iterable[int]) -> dict[int, str]:
    return dict(session.execute(select(table.id, table.code).where(table.id.in_(keys))).all())


def plausibility_warnings(session: Session, *, dataset_id: int) -> Iterator[str]:
    """Yield in words what looks odd about the staged figures beside those that stand, which they are newer than."""
    keys: dict[str, Any] = {"dataset": dataset_id, "most": MAX_WARNINGS_PER_CHECK, "pct": MIN_TOTAL_CHANGE_PCT}
    vanished = session.scalar(text(_MISSING_FIGURE_COUNT), keys)
    if vanished:
        yield f"{vanished} figures that stood are left out by this release, and withdrawn by it"
    for row in session.execute(text(_CHANGED_TOTALS), keys):
        yield (
            f"{_flow_and_period(row)}: the total moves from {row.before} to {row.now}, by more than "
            f"{MIN_TOTAL_CHANGE_PCT} %"
        )


def _flow_and_period(row: Any) -> str:
    year, month = divmod(row.period, 12)
    return f"flow {row.flow}, {year}-{month + 1:02}"
