"""Totals that a source does not print: headings and chapters, all goods, and the World.

All work on the table `staged` of the transaction. What is printed is never added to, and groups of countries are
never added up: their members are there already. Only for datasets that are exhaustive: the parts of a selection do
not make a whole.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

_SUMS = """
    CASE WHEN count(value) = count(*) THEN sum(value) END,
    CASE WHEN count(quantity) = count(*) AND count(DISTINCT quantity_unit) = 1 THEN sum(quantity) END,
    CASE WHEN count(quantity) = count(*) AND count(DISTINCT quantity_unit) = 1 THEN min(quantity_unit) END,
    CASE WHEN count(net_weight_kg) = count(*) THEN sum(net_weight_kg) END,
    CASE WHEN bool_or(obs_status = 'Q') THEN 'Q' WHEN bool_or(obs_status = 'M') THEN 'M'
         WHEN bool_or(obs_status = 'E') THEN 'E' WHEN bool_or(obs_status = 'P') THEN 'P' ELSE 'A' END,
    0"""
_COLUMNS = "value, quantity, quantity_unit, net_weight_kg, obs_status, line"

_PARENTS = f"""
    INSERT INTO staged (flow, partner_id, commodity_id, period, {_COLUMNS})
    SELECT flow, partner_id, parent_id, period, {_SUMS}
    FROM staged
    JOIN commodity ON commodity.id = commodity_id
    WHERE commodity.level = :level AND parent_id IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM staged AS printed
          WHERE printed.flow = staged.flow AND printed.partner_id = staged.partner_id
            AND printed.commodity_id = commodity.parent_id AND printed.period = staged.period)
    GROUP BY flow, partner_id, parent_id, period"""

_WORLD = f"""
    INSERT INTO staged (flow, partner_id, commodity_id, period, {_COLUMNS})
    SELECT flow, world.id, commodity_id, period, {_SUMS}
    FROM staged
    JOIN area ON area.id = partner_id AND area.kind IN ('country', 'special')
    CROSS JOIN (SELECT id FROM area WHERE kind = 'world') AS world
    WHERE NOT EXISTS (
        SELECT FROM staged AS printed
        WHERE printed.flow = staged.flow AND printed.partner_id = world.id
          AND printed.commodity_id = staged.commodity_id AND printed.period = staged.period)
    GROUP BY flow, world.id, commodity_id, period"""

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
