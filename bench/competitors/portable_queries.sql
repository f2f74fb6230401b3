-- The bench's questions for SQLite and DuckDB: one text, in what both understand. Words in braces are the parameters of a
-- question and their keys: {reporter} is a code, {dataset} the key of what it reports.
-- A series and a group are their cells, and after these the growth of cells. See postgres_functions.sql for what is assumed of figures.

-- series
WITH cell AS (
  SELECT month.period, coalesce(o.value, 0) AS value
  FROM published AS month LEFT JOIN by_series AS o
    ON o.dataset = {dataset} AND o.flow = {flow_key} AND o.partner = {partner_key} AND o.commodity = {commodity_key}
    AND o.period = month.period
  WHERE month.dataset = {dataset} AND month.flow = {flow_key}

-- group
WITH added_up AS (
  SELECT o.period, sum(o.value) AS value FROM by_series AS o JOIN member ON member.member_id = o.partner
  WHERE member.group_id = {partner_key} AND o.period >= since AND o.period < until
    AND o.dataset = {dataset} AND o.flow = {flow_key} AND o.commodity = {commodity_key}
    AND o.partner IN (SELECT member_id FROM member WHERE group_id = {partner_key})
  GROUP BY o.period
), cell AS (
  SELECT month.period, CAST(coalesce(o.value, 0) AS BIGINT) AS value
  FROM published AS month LEFT JOIN added_up AS o ON o.period = month.period
  WHERE month.dataset = {dataset} AND month.flow = {flow_key}

-- growth_of_cells
), line AS (
  SELECT period, value, lag(value, 12) OVER months AS base, lag(value) OVER months AS before,
    sum(CAST(value AS DOUBLE)) OVER (PARTITION BY period - period % 12 ORDER BY period) AS ytd,
    CASE WHEN count(*) OVER year = 12 THEN sum(CAST(value AS DOUBLE)) OVER year END AS r12
  FROM cell WINDOW months AS (ORDER BY period), year AS (ORDER BY period ROWS BETWEEN 11 PRECEDING AND CURRENT ROW)
), based AS (
  SELECT *, lag(ytd, 12) OVER months AS ytd_base, lag(r12, 12) OVER months AS r12_base
  FROM line WINDOW months AS (ORDER BY period)
)
SELECT {reporter} AS reporter, {partner} AS partner, {flow} AS flow, {commodity} AS commodity, month.name AS period,
  value, base AS yoy_base, value - base AS yoy_change,
  round((value - base) * 1e6 / nullif(base, 0)) / 1e4 AS yoy_pct,
  CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END AS yoy_status,
  round((value - before) * 1e6 / nullif(before, 0)) / 1e4 AS pop_pct,
  round((ytd - ytd_base) * 1e6 / nullif(ytd_base, 0)) / 1e4 AS ytd_pct,
  round((r12 - r12_base) * 1e6 / nullif(r12_base, 0)) / 1e4 AS r12_pct
FROM based JOIN month ON month.period = based.period ORDER BY based.period

-- partners
WITH best AS (
  SELECT partner, value FROM by_period
  WHERE dataset = {dataset} AND flow = {flow_key} AND commodity = {commodity_key} AND period = {period_key}
    AND partner IN (SELECT id FROM area WHERE kind IN ('country', 'special'))
  ORDER BY value DESC, partner LIMIT 20
), world AS (
  SELECT max(CASE WHEN period = {period_key} THEN value END) AS now,
    max(CASE WHEN period = {period_key} - 12 THEN value END) AS past
  FROM by_period WHERE dataset = {dataset} AND flow = {flow_key} AND commodity = {commodity_key}
    AND partner = {world_key} AND period IN ({period_key}, {period_key} - 12)
), based AS (
  SELECT best.partner, best.value, coalesce(o.value, (
    SELECT 0 FROM published WHERE dataset = {dataset} AND flow = {flow_key} AND period = {period_key} - 12)) AS base
  FROM best LEFT JOIN by_period AS o
    ON o.dataset = {dataset} AND o.flow = {flow_key} AND o.partner = best.partner AND o.commodity = {commodity_key}
    AND o.period = {period_key} - 12
)
SELECT {reporter} AS reporter, area.code AS partner, {flow} AS flow, {commodity} AS commodity, {period} AS period,
  value, base AS yoy_base, value - base AS yoy_change,
  round((value - base) * 1e6 / nullif(base, 0)) / 1e4 AS yoy_pct,
  CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END AS yoy_status,
  round(value * 1e6 / nullif(now, 0)) / 1e4 AS partner_share_pct,
  round((value - base) * 1e6 / nullif(past, 0)) / 1e4 AS partner_contribution_pp
FROM based JOIN area ON area.id = based.partner CROSS JOIN world ORDER BY value DESC, based.partner

-- commodities
WITH best AS (
  SELECT commodity, flow, value FROM by_period
  WHERE dataset = {dataset} AND flow IN (1, 2) AND partner = {partner_key} AND period = {period_key}
    AND commodity IN (SELECT id FROM commodity WHERE level = 2)
  ORDER BY value DESC, flow, commodity LIMIT 20
), total AS (
  SELECT flow, max(CASE WHEN period = {period_key} THEN value END) AS now,
    max(CASE WHEN period = {period_key} - 12 THEN value END) AS past
  FROM by_period WHERE dataset = {dataset} AND flow IN (1, 2) AND partner = {partner_key}
    AND commodity = {total_key} AND period IN ({period_key}, {period_key} - 12)
  GROUP BY flow
), based AS (
  SELECT best.commodity, best.flow, best.value, coalesce(o.value, (
    SELECT 0 FROM published WHERE dataset = {dataset} AND flow = best.flow AND period = {period_key} - 12)) AS base
  FROM best LEFT JOIN by_period AS o
    ON o.dataset = {dataset} AND o.flow = best.flow AND o.partner = {partner_key} AND o.commodity = best.commodity
    AND o.period = {period_key} - 12
)
SELECT {reporter} AS reporter, {partner} AS partner, CASE based.flow WHEN 1 THEN 'X' ELSE 'M' END AS flow,
  commodity.code AS commodity, {period} AS period, value, base AS yoy_base, value - base AS yoy_change,
  round((value - base) * 1e6 / nullif(base, 0)) / 1e4 AS yoy_pct,
  CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END AS yoy_status,
  round(value * 1e6 / nullif(now, 0)) / 1e4 AS commodity_share_pct,
  round((value - base) * 1e6 / nullif(past, 0)) / 1e4 AS commodity_contribution_pp
FROM based JOIN commodity ON commodity.id = based.commodity LEFT JOIN total ON total.flow = based.flow
ORDER BY value DESC, based.flow, based.commodity

-- page
WITH page AS (
  SELECT partner, commodity, value FROM by_period
  WHERE dataset = {dataset} AND period = {period_key} AND flow = {flow_key} AND partner <> {world_key}
    AND commodity BETWEEN (SELECT min(id) FROM commodity WHERE level = 6) AND (SELECT max(id) FROM commodity WHERE level = 6)
  ORDER BY partner, commodity LIMIT {limit}
), based AS (
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
FROM based JOIN area ON area.id = based.partner JOIN commodity ON commodity.id = based.commodity
ORDER BY based.partner, based.commodity

-- export
SELECT {reporter} AS reporter, area.code AS partner, {flow} AS flow, commodity.code AS commodity, month.name AS period,
  o.value, coalesce(b.value, 0 * was.period) AS yoy_base, o.value - coalesce(b.value, 0 * was.period) AS yoy_change,
  round((o.value - b.value) * 1e6 / nullif(b.value, 0)) / 1e4 AS yoy_pct,
  CASE WHEN b.value IS NOT NULL THEN 'ok' WHEN was.period IS NULL THEN 'base_missing' ELSE 'base_zero' END AS yoy_status
FROM by_period AS o
JOIN area ON area.id = o.partner JOIN commodity ON commodity.id = o.commodity JOIN month ON month.period = o.period
LEFT JOIN published AS was ON was.dataset = {dataset} AND was.flow = {flow_key} AND was.period = o.period - 12
LEFT JOIN by_period AS b ON b.dataset = {dataset} AND b.period = o.period - 12 AND b.flow = {flow_key}
  AND b.partner = o.partner AND b.commodity = o.commodity AND b.period BETWEEN {first_key} - 12 AND {last_key} - 12
WHERE o.dataset = {dataset} AND o.flow = {flow_key} AND o.partner <> {world_key} AND commodity.level = 6
  AND o.period BETWEEN {first_key} AND {last_key}
ORDER BY o.period, o.partner, o.commodity
