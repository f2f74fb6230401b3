-- The queries of the benchmark for SQLite and DuckDB: one text, in the SQL that both understand. Names in braces stand for
-- parameters and their keys: {reporter} is a code, {dataset} the key of the reporter's dataset. `series` and `group` select
-- figures, to which `growth` is appended. For the assumptions see postgres_functions.sql.

-- series
WITH figure AS (
  SELECT month.period, coalesce(o.value, 0) AS value
  FROM published AS month LEFT JOIN by_series AS o
    ON o.dataset = {dataset} AND o.flow = {flow_key} AND o.partner = {partner_key} AND o.commodity = {commodity_key}
    AND o.period = month.period
  WHERE month.dataset = {dataset} AND month.flow = {flow_key}

-- group
WITH total AS (
  SELECT o.period, sum(o.value) AS value FROM by_series AS o JOIN member ON member.member_id = o.partner
  WHERE member.group_id = {partner_key} AND o.period >= first_period AND o.period < end_period
    AND o.dataset = {dataset} AND o.flow = {flow_key} AND o.commodity = {commodity_key}
    AND o.partner IN (SELECT member_id FROM member WHERE group_id = {partner_key})
  GROUP BY o.period
), figure AS (
  SELECT month.period, CAST(coalesce(o.value, 0) AS BIGINT) AS value
  FROM published AS month LEFT JOIN total AS o ON o.period = month.period
  WHERE month.dataset = {dataset} AND month.flow = {flow_key}

-- growth
), series AS (
  SELECT period, value, lag(value, 12) OVER months AS base, lag(value) OVER months AS previous,
    sum(CAST(value AS DOUBLE)) OVER (PARTITION BY period - period % 12 ORDER BY period) AS ytd,
    CASE WHEN count(*) OVER year = 12 THEN sum(CAST(value AS DOUBLE)) OVER year END AS r12
  FROM figure WINDOW months AS (ORDER BY period), year AS (ORDER BY period ROWS BETWEEN 11 PRECEDING AND CURRENT ROW)
), with_base AS (
  SELECT *, lag(ytd, 12) OVER months AS ytd_base, lag(r12, 12) OVER months AS r12_base
  FROM series WINDOW months AS (ORDER BY period)
)
SELECT {reporter} AS reporter, {partner} AS partner, {flow} AS flow, {commodity} AS commodity, month.name AS period,
  value, base AS yoy_base, value - base AS yoy_change,
  round((value - base) * 1e6 / nullif(base, 0)) / 1e4 AS yoy_pct,
  CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END AS yoy_status,
  round((value - previous) * 1e6 / nullif(previous, 0)) / 1e4 AS pop_pct,
  round((ytd - ytd_base) * 1e6 / nullif(ytd_base, 0)) / 1e4 AS ytd_pct,
  round((r12 - r12_base) * 1e6 / nullif(r12_base, 0)) / 1e4 AS r12_pct
FROM with_base JOIN month ON month.period = with_base.period ORDER BY with_base.period

-- partners
WITH top AS (
  SELECT partner, value FROM by_period
  WHERE dataset = {dataset} AND flow = {flow_key} AND commodity = {commodity_key} AND period = {period_key}
    AND partner IN (SELECT id FROM area WHERE kind IN ('country', 'special'))
  ORDER BY value DESC, partner LIMIT 20
), world AS (
  SELECT max(CASE WHEN period = {period_key} THEN value END) AS current_total,
    max(CASE WHEN period = {period_key} - 12 THEN value END) AS base_total
  FROM by_period WHERE dataset = {dataset} AND flow = {flow_key} AND commodity = {commodity_key}
    AND partner = {world_key} AND period IN ({period_key}, {period_key} - 12)
), with_base AS (
  SELECT top.partner, top.value, coalesce(o.value, (
    SELECT 0 FROM published WHERE dataset = {dataset} AND flow = {flow_key} AND period = {period_key} - 12)) AS base
  FROM top LEFT JOIN by_period AS o
    ON o.dataset = {dataset} AND o.flow = {flow_key} AND o.partner = top.partner AND o.commodity = {commodity_key}
    AND o.period = {period_key} - 12
)
SELECT {reporter} AS reporter, area.code AS partner, {flow} AS flow, {commodity} AS commodity, {period} AS period,
  value, base AS yoy_base, value - base AS yoy_change,
  round((value - base) * 1e6 / nullif(base, 0)) / 1e4 AS yoy_pct,
  CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END AS yoy_status,
  round(value * 1e6 / nullif(current_total, 0)) / 1e4 AS partner_share_pct,
  round((value - nullif(base, 0)) * 1e6 / nullif(base_total, 0)) / 1e4 AS partner_contribution_pp
FROM with_base JOIN area ON area.id = with_base.partner CROSS JOIN world ORDER BY value DESC, with_base.partner

-- commodities
WITH top AS (
  SELECT commodity, flow, value FROM by_period
  WHERE dataset = {dataset} AND flow IN (1, 2) AND partner = {partner_key} AND period = {period_key}
    AND commodity IN (SELECT id FROM commodity WHERE level = 2)
  ORDER BY value DESC, flow, commodity LIMIT 20
), total AS (
  SELECT flow, max(CASE WHEN period = {period_key} THEN value END) AS current_total,
    max(CASE WHEN period = {period_key} - 12 THEN value END) AS base_total
  FROM by_period WHERE dataset = {dataset} AND flow IN (1, 2) AND partner = {partner_key}
    AND commodity = {total_key} AND period IN ({period_key}, {period_key} - 12)
  GROUP BY flow
), with_base AS (
  SELECT top.commodity, top.flow, top.value, coalesce(o.value, (
    SELECT 0 FROM published WHERE dataset = {dataset} AND flow = top.flow AND period = {period_key} - 12)) AS base
  FROM top LEFT JOIN by_period AS o
    ON o.dataset = {dataset} AND o.flow = top.flow AND o.partner = {partner_key} AND o.commodity = top.commodity
    AND o.period = {period_key} - 12
)
SELECT {reporter} AS reporter, {partner} AS partner, CASE with_base.flow WHEN 1 THEN 'X' ELSE 'M' END AS flow,
  commodity.code AS commodity, {period} AS period, value, base AS yoy_base, value - base AS yoy_change,
  round((value - base) * 1e6 / nullif(base, 0)) / 1e4 AS yoy_pct,
  CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END AS yoy_status,
  round(value * 1e6 / nullif(current_total, 0)) / 1e4 AS commodity_share_pct,
  round((value - nullif(base, 0)) * 1e6 / nullif(base_total, 0)) / 1e4 AS commodity_contribution_pp
FROM with_base JOIN commodity ON commodity.id = with_base.commodity LEFT JOIN total ON total.flow = with_base.flow
ORDER BY value DESC, with_base.flow, with_base.commodity

-- page
WITH page AS (
  SELECT partner, commodity, value FROM by_period
  WHERE dataset = {dataset} AND period = {period_key} AND flow = {flow_key} AND partner <> {world_key}
    AND commodity BETWEEN (SELECT min(id) FROM commodity WHERE level = 6) AND (SELECT max(id) FROM commodity WHERE level = 6)
  ORDER BY partner, commodity LIMIT {limit}
), with_base AS (
  SELECT page.partner, page.commodity, page.value, coalesce(o.value, (
    SELECT 0 FROM published WHERE dataset = {dataset} AND flow = {flow_key} AND period = {period_key} - 12)) AS base
  FROM page LEFT JOIN by_period AS o
    ON o.dataset = {dataset} AND o.period = {period_key} - 12 AND o.flow = {flow_key} AND o.partner = page.partner
    AND o.commodity = page.commodity
)
SELECT {reporter} AS reporter, area.code AS partner, {flow} AS flow, commodity.code AS commodity, {period} AS period,
  value, base AS yoy_base, value - base AS yoy_change,
  round((value - base) * 1e6 / nullif(base, 0)) / 1e4 AS yoy_pct,
  CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END AS yoy_status
FROM with_base JOIN area ON area.id = with_base.partner JOIN commodity ON commodity.id = with_base.commodity
ORDER BY with_base.partner, with_base.commodity

-- export
SELECT {reporter} AS reporter, area.code AS partner, {flow} AS flow, commodity.code AS commodity, month.name AS period,
  o.value, coalesce(b.value, 0 * base_month.period) AS yoy_base, o.value - coalesce(b.value, 0 * base_month.period) AS yoy_change,
  round((o.value - b.value) * 1e6 / nullif(b.value, 0)) / 1e4 AS yoy_pct,
  CASE WHEN b.value IS NOT NULL THEN 'ok' WHEN base_month.period IS NULL THEN 'base_missing' ELSE 'base_zero' END AS yoy_status
FROM by_period AS o
JOIN area ON area.id = o.partner JOIN commodity ON commodity.id = o.commodity JOIN month ON month.period = o.period
LEFT JOIN published AS base_month ON base_month.dataset = {dataset} AND base_month.flow = {flow_key} AND base_month.period = o.period - 12
LEFT JOIN by_period AS b ON b.dataset = {dataset} AND b.period = o.period - 12 AND b.flow = {flow_key}
  AND b.partner = o.partner AND b.commodity = o.commodity AND b.period BETWEEN {first_key} - 12 AND {last_key} - 12
WHERE o.dataset = {dataset} AND o.flow = {flow_key} AND o.partner <> {world_key} AND commodity.level = 6
  AND o.period BETWEEN {first_key} AND {last_key}
ORDER BY o.period, o.partner, o.commodity
