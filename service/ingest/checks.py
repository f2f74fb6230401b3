"""What looks odd about figures that are staged: nothing that refuses them, but something to be told.

Parts that do not add up to their printed total, figures of the release before that are left out, totals that move.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

MOVES_BY_PCT = 20
"""From how many percent on a revision of a total is told."""

MOST_OF_EACH = 100

_PARTS = """
    WITH whole AS (
        SELECT * FROM staged
        WHERE line > 0 AND commodity_id IN (SELECT parent_id FROM commodity)
    ), part AS (
        SELECT flow, partner_id, parent_id, period, sum(value) AS value
        FROM staged
        JOIN commodity ON commodity.id = staged.commodity_id
        WHERE parent_id IN (SELECT commodity_id FROM whole)
        GROUP BY flow, partner_id, parent_id, period
    )
    SELECT area.code AS partner, good.code AS commodity, whole.flow, whole.period, whole.value, part.value AS parts
    FROM whole
    JOIN part ON part.flow = whole.flow AND part.partner_id = whole.partner_id
         AND part.parent_id = whole.commodity_id AND part.period = whole.period
    JOIN commodity AS good ON good.id = whole.commodity_id
    JOIN area ON area.id = whole.partner_id
    WHERE part.value <> whole.value
    ORDER BY 1, 2, 3, 4
    LIMIT :most"""

_VANISHED = """
    SELECT count(*)
    FROM observation AS stood
    JOIN (SELECT DISTINCT flow, period FROM staged) AS spoken_of USING (flow, period)
    WHERE stood.dataset_id = :dataset
      AND NOT EXISTS (
          SELECT FROM staged
          WHERE staged.flow = stood.flow AND staged.partner_id = stood.partner_id
            AND staged.commodity_id = stood.commodity_id AND staged.period = stood.period)"""

_MOVED = """
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


def oddities(session: Session, *, dataset_id: int, exhaustive: bool, newest: bool) -> Iterator[str]:
    """Yield in words what looks odd about the staged figures beside each other and beside those that stand.

    Parts are compared with totals only where the dataset is `exhaustive`: those of a selection do not add up. What
    stands is compared only with the `newest` release: one that is older than what stands replaces nothing of it.
    """
    keys: dict[str, Any] = {"dataset": dataset_id, "most": MOST_OF_EACH, "pct": MOVES_BY_PCT}
    if exhaustive:
        for row in session.execute(text(_PARTS), keys):
            yield (
                f"{_when(row)}: {row.commodity} with {row.partner} is printed as {row.value}, "
                f"but its parts add up to {row.parts}"
            )
    if not newest:
        return
    vanished = session.scalar(text(_VANISHED), keys)
    if vanished:
        yield f"{vanished} figures that stood are left out by this release, and withdrawn by it"
    for row in session.execute(text(_MOVED), keys):
        yield f"{_when(row)}: the total moves from {row.before} to {row.now}, by more than {MOVES_BY_PCT} %"


def _when(row: Any) -> str:
    year, month = divmod(row.period, 12)
    return f"flow {row.flow}, {year}-{month + 1:02}"
