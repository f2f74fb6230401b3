"""Totals that a source does not print: headings and chapters, all goods, and the World.

All work on the table `staged` of the transaction. What is printed is never added to, and groups of countries are
never added up: their members are there already. Only for datasets that are exhaustive: the parts of a selection do
not make a whole.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

# No DISTINCT among the aggregates: it would have PostgreSQL sort the figures rather than hash them.
_SUMS = """
    CASE WHEN count(value) = count(*) THEN sum(value) END AS value,
    CASE WHEN count(quantity) = count(*) AND min(quantity_unit) = max(quantity_unit) THEN sum(quantity) END AS quantity,
    CASE WHEN count(quantity) = count(*) AND min(quantity_unit) = max(quantity_unit) THEN min(quantity_unit)
         END AS quantity_unit,
    CASE WHEN count(net_weight_kg) = count(*) THEN sum(net_weight_kg) END AS net_weight_kg,
    (ARRAY['Q', 'M', 'E', 'P', 'A'])[min(array_position(ARRAY['Q', 'M', 'E', 'P', 'A'], obs_status))] AS obs_status,
    0 AS line"""
_CELL = "flow, partner_id, commodity_id, period"
_FIGURE = "value, quantity, quantity_unit, net_weight_kg, obs_status, line"

# Added up first and only then compared with what is printed: there are fewer sums than parts.
_ADD = f"""
    INSERT INTO staged ({_CELL}, {_FIGURE})
    SELECT {_CELL}, {_FIGURE}
    FROM (%s) AS added
    WHERE NOT EXISTS (
        SELECT FROM staged AS printed
        WHERE printed.flow = added.flow AND printed.partner_id = added.partner_id
          AND printed.commodity_id = added.commodity_id AND printed.period = added.period)"""

_PARENTS = (
    _ADD
    % f"""
        SELECT flow, partner_id, parent_id AS commodity_id, period, {_SUMS}
        FROM staged
        JOIN commodity ON commodity.id = commodity_id
        WHERE commodity.level = :level AND parent_id IS NOT NULL
        GROUP BY flow, partner_id, parent_id, period"""
)

_WORLD = (
    _ADD
    % f"""
        SELECT flow, world.id AS partner_id, commodity_id, period, {_SUMS}
        FROM staged
        JOIN area ON area.id = partner_id AND area.kind IN ('country', 'special')
        CROSS JOIN (SELECT id FROM area WHERE kind = 'world') AS world
        GROUP BY flow, world.id, commodity_id, period"""
)

_LEVELS = """
    SELECT DISTINCT commodity.level FROM commodity
    WHERE classification_id = (SELECT classification_id FROM dataset WHERE id = :dataset) AND level > 0
    ORDER BY level DESC"""


def add_totals(session: Session, *, dataset_id: int) -> None:
    """Stage the totals that are not printed, from the finest level of goods upwards, and the World at each."""
    for level in session.scalars(text(_LEVELS), {"dataset": dataset_id}).all():
        session.execute(text(_PARENTS), {"level": level})
    session.execute(text(_WORLD))
    session.execute(text("ANALYZE staged"))
