-- The queries of the benchmark as functions of PostgreSQL, for competitors without queries of their own: over the
-- service's own tables, in the forms that were measured to be fast, with cached plans.
--
-- ASSUMPTION: one monthly dataset for each reporter, in whole units, exhaustive, its months published without a gap, and
-- no missing or suppressed figures, as bench/figures.py generates them.

DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

CREATE TYPE bench.page_row AS (
  reporter text, partner text, flow text, commodity text, period text, value bigint,
  yoy_base bigint, yoy_change bigint, yoy_pct float8, yoy_status text);
CREATE TYPE bench.partner_row AS (
  reporter text, partner text, flow text, commodity text, period text, value bigint,
  yoy_base bigint, yoy_change bigint, yoy_pct float8, yoy_status text, partner_share_pct float8, partner_contribution_pp float8);
CREATE TYPE bench.commodity_row AS (
  reporter text, partner text, flow text, commodity text, period text, value bigint,
  yoy_base bigint, yoy_change bigint, yoy_pct float8, yoy_status text, commodity_share_pct float8, commodity_contribution_pp float8);
CREATE TYPE bench.series_row AS (
  reporter text, partner text, flow text, commodity text, period text, value bigint,
  yoy_base bigint, yoy_change bigint, yoy_pct float8, yoy_status text, pop_pct float8, ytd_pct float8, r12_pct float8);

CREATE FUNCTION bench.month(period integer) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (period / 12)::text || '-' || lpad((period % 12 + 1)::text, 2, '0') $$;

CREATE FUNCTION bench.period(month_name text) RETURNS smallint LANGUAGE sql IMMUTABLE AS
$$ SELECT (left(month_name, 4)::integer * 12 + right(month_name, 2)::integer - 1)::smallint $$;

CREATE FUNCTION bench.flow(flow_code text) RETURNS smallint LANGUAGE sql IMMUTABLE AS
$$ SELECT (CASE flow_code WHEN 'X' THEN 1 ELSE 2 END)::smallint $$;

CREATE FUNCTION bench.pct(part float8, whole float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
$$ SELECT round(part * 1e6 / nullif(whole, 0)) / 1e4 + 0.0 $$;

CREATE FUNCTION bench.status(base bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END $$;

CREATE FUNCTION bench.dataset(reporter_code text) RETURNS smallint LANGUAGE sql STABLE AS
$$ SELECT dataset.id FROM dataset JOIN area ON area.id = reporter_id WHERE area.code = reporter_code $$;

CREATE FUNCTION bench.area(area_code text) RETURNS smallint LANGUAGE sql STABLE AS
$$ SELECT id FROM area WHERE code = area_code $$;

CREATE FUNCTION bench.commodity(commodity_code text, dataset_key smallint) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT commodity.id FROM commodity JOIN dataset USING (classification_id)
  WHERE dataset.id = dataset_key AND commodity.code = commodity_code
$$;

-- The value of a missing figure: 0 where the month was published, else null.
CREATE FUNCTION bench.missing_value(dataset_key smallint, flow_key smallint, period_key integer)
RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT 0 FROM release_period WHERE (dataset_id, flow, period) = (dataset_key, flow_key, period_key) LIMIT 1
$$;

-- ASSUMPTION: the commodities of one level have consecutive keys.
CREATE TABLE bench.level AS
  SELECT dataset.id AS dataset_id, level, min(commodity.id) AS first_key, max(commodity.id) AS last_key
  FROM commodity JOIN dataset USING (classification_id) GROUP BY dataset.id, level;

-- A series with its growth, from its months in order and their values.
CREATE FUNCTION bench.with_growth(
  reporter_code text, partner_code text, flow_code text, commodity_code text, periods smallint[], month_values bigint[])
RETURNS SETOF bench.series_row LANGUAGE sql STABLE AS $$
  WITH series AS (
    SELECT period, value, lag(value, 12) OVER months AS base, lag(value) OVER months AS previous,
      sum(value::float8) OVER (PARTITION BY period / 12 ORDER BY period) AS ytd,
      CASE WHEN count(*) OVER year = 12 THEN sum(value::float8) OVER year END AS r12
    FROM unnest(periods, month_values) AS month (period, value)
    WINDOW months AS (ORDER BY period), year AS (ORDER BY period ROWS 11 PRECEDING)
  )
  SELECT reporter_code, partner_code, flow_code, commodity_code, bench.month(period), value, base, value - base,
    bench.pct(value - base, base), bench.status(base), bench.pct(value - previous, previous),
    bench.pct(ytd - lag(ytd, 12) OVER months, lag(ytd, 12) OVER months),
    bench.pct(r12 - lag(r12, 12) OVER months, lag(r12, 12) OVER months)
  FROM series WINDOW months AS (ORDER BY period) ORDER BY period
$$;

CREATE FUNCTION bench.series(reporter_code text, partner_code text, flow_code text, commodity_code text)
RETURNS SETOF bench.series_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(reporter_code); p smallint := bench.area(partner_code);
  f smallint := bench.flow(flow_code); c integer := bench.commodity(commodity_code, d);
  periods smallint[]; month_values bigint[];
BEGIN
  SELECT array_agg(month.period ORDER BY month.period), array_agg(coalesce(value, 0) ORDER BY month.period)
  INTO periods, month_values FROM release_period AS month
  LEFT JOIN observation AS o ON (o.dataset_id, o.partner_id, o.commodity_id, o.flow, o.period) = (d, p, c, f, month.period)
  WHERE month.dataset_id = d AND month.flow = f;
  RETURN QUERY SELECT * FROM bench.with_growth(reporter_code, partner_code, flow_code, commodity_code, periods, month_values);
END $$;

CREATE FUNCTION bench.group_series(reporter_code text, partner_code text, flow_code text, commodity_code text)
RETURNS SETOF bench.series_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(reporter_code); g smallint := bench.area(partner_code);
  f smallint := bench.flow(flow_code); c integer := bench.commodity(commodity_code, d);
  periods smallint[]; month_values bigint[];
BEGIN
  WITH member AS (
    SELECT member_id,
      extract(year FROM valid_from) * 12 + extract(month FROM valid_from) - 1 AS first_period,
      extract(year FROM valid_to) * 12 + extract(month FROM valid_to) - 1 AS end_period
    FROM area_member WHERE group_id = g
  ), total AS (
    SELECT o.period, sum(value)::bigint AS value FROM member
    JOIN observation AS o ON (o.dataset_id, o.partner_id, o.commodity_id, o.flow) = (d, member_id, c, f)
      AND o.period >= first_period AND (end_period IS NULL OR o.period < end_period)
    GROUP BY o.period
  )
  SELECT array_agg(month.period ORDER BY month.period), array_agg(coalesce(value, 0) ORDER BY month.period)
  INTO periods, month_values FROM release_period AS month LEFT JOIN total ON total.period = month.period
  WHERE month.dataset_id = d AND month.flow = f;
  RETURN QUERY SELECT * FROM bench.with_growth(reporter_code, partner_code, flow_code, commodity_code, periods, month_values);
END $$;

CREATE FUNCTION bench.top_partners(reporter_code text, flow_code text, commodity_code text, month_name text)
RETURNS SETOF bench.partner_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(reporter_code); f smallint := bench.flow(flow_code);
  c integer := bench.commodity(commodity_code, d); m smallint := bench.period(month_name);
  w smallint := bench.area('WLD'); missing bigint := bench.missing_value(d, f, m - 12);
BEGIN
  RETURN QUERY
  WITH top AS MATERIALIZED (
    SELECT o.partner_id, o.value FROM observation AS o
    WHERE (o.dataset_id, o.commodity_id, o.flow, o.period) = (d, c, f, m)
      AND o.partner_id = ANY (ARRAY(SELECT id FROM area WHERE kind IN ('country', 'special')))
    ORDER BY o.value DESC, o.partner_id LIMIT 20
  ), world AS MATERIALIZED (
    SELECT max(value) FILTER (WHERE period = m) AS total, max(value) FILTER (WHERE period = m - 12) AS base_total
    FROM observation WHERE (dataset_id, partner_id, commodity_id, flow) = (d, w, c, f) AND period IN (m, m - 12)
  ), with_base AS (
    SELECT top.*, coalesce(b.value, missing) AS base FROM top
    LEFT JOIN observation AS b
      ON (b.dataset_id, b.partner_id, b.commodity_id, b.flow, b.period) = (d, top.partner_id, c, f, m - 12)
  )
  SELECT reporter_code, area.code, flow_code, commodity_code, month_name, value, base, value - base,
    bench.pct(value - base, base), bench.status(base), bench.pct(value, total), bench.pct(value - nullif(base, 0), base_total)
  FROM with_base JOIN area ON area.id = partner_id, world ORDER BY value DESC, partner_id;
END $$;

CREATE FUNCTION bench.top_commodities(reporter_code text, partner_code text, month_name text)
RETURNS SETOF bench.commodity_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(reporter_code); p smallint := bench.area(partner_code);
  m smallint := bench.period(month_name); t integer := bench.commodity('TOTAL', d);
  first_chapter integer; last_chapter integer;
BEGIN
  SELECT first_key, last_key INTO first_chapter, last_chapter FROM bench.level WHERE (dataset_id, level) = (d, 2);
  RETURN QUERY
  WITH top AS MATERIALIZED (
    SELECT o.commodity_id, o.flow, o.value FROM observation AS o
    WHERE (o.dataset_id, o.partner_id, o.period) = (d, p, m) AND o.flow IN (1, 2)
      AND o.commodity_id BETWEEN first_chapter AND last_chapter
    ORDER BY o.value DESC, o.flow, o.commodity_id LIMIT 20
  ), all_commodities AS MATERIALIZED (
    SELECT flow, max(value) FILTER (WHERE period = m) AS total, max(value) FILTER (WHERE period = m - 12) AS base_total
    FROM observation WHERE (dataset_id, partner_id, commodity_id) = (d, p, t) AND flow IN (1, 2) AND period IN (m, m - 12)
    GROUP BY flow
  ), with_base AS (
    SELECT top.*, coalesce(b.value, bench.missing_value(d, top.flow, m - 12)) AS base FROM top
    LEFT JOIN observation AS b
      ON (b.dataset_id, b.partner_id, b.commodity_id, b.flow, b.period) = (d, p, top.commodity_id, top.flow, m - 12)
  )
  SELECT reporter_code, partner_code, CASE flow WHEN 1 THEN 'X' ELSE 'M' END, code, month_name, value, base, value - base,
    bench.pct(value - base, base), bench.status(base), bench.pct(value, total), bench.pct(value - nullif(base, 0), base_total)
  FROM with_base LEFT JOIN all_commodities USING (flow) JOIN commodity ON commodity.id = commodity_id
  ORDER BY value DESC, flow, commodity_id;
END $$;

CREATE FUNCTION bench.page(reporter_code text, flow_code text, month_name text, row_limit integer)
RETURNS SETOF bench.page_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(reporter_code); f smallint := bench.flow(flow_code); m smallint := bench.period(month_name);
  w smallint := bench.area('WLD'); missing bigint := bench.missing_value(d, f, m - 12);
  first_commodity integer; last_commodity integer;
BEGIN
  SELECT first_key, last_key INTO first_commodity, last_commodity FROM bench.level WHERE (dataset_id, level) = (d, 6);
  RETURN QUERY
  WITH page AS MATERIALIZED (
    SELECT o.partner_id, o.commodity_id, o.value FROM observation AS o
    WHERE (o.dataset_id, o.period, o.flow) = (d, m, f)
      AND o.partner_id <> w AND o.commodity_id BETWEEN first_commodity AND last_commodity
    ORDER BY o.partner_id, o.commodity_id LIMIT row_limit
  ), with_base AS (
    SELECT page.*, coalesce(b.value, missing) AS base FROM page
    LEFT JOIN observation AS b
      ON (b.dataset_id, b.partner_id, b.commodity_id, b.flow, b.period) = (d, page.partner_id, page.commodity_id, f, m - 12)
  )
  SELECT reporter_code, area.code, flow_code, commodity.code, month_name, value, base, value - base,
    bench.pct(value - base, base), bench.status(base)
  FROM with_base JOIN area ON area.id = partner_id JOIN commodity ON commodity.id = commodity_id
  ORDER BY partner_id, commodity_id;
END $$;

-- In SQL rather than plpgsql: it becomes part of the calling query, so that its rows can be streamed.
CREATE FUNCTION bench.export(reporter_code text, flow_code text, first_month text, last_month text)
RETURNS SETOF bench.page_row LANGUAGE sql STABLE AS $$
  SELECT reporter_code, area.code, flow_code, commodity.code, bench.month(o.period), o.value, base.value, o.value - base.value,
    bench.pct(o.value - base.value, base.value), bench.status(base.value)
  FROM observation AS o
  JOIN area ON area.id = o.partner_id AND kind <> 'world'
  JOIN commodity ON commodity.id = o.commodity_id AND level = 6
  LEFT JOIN observation AS b ON (b.dataset_id, b.flow, b.partner_id, b.commodity_id, b.period)
    = (o.dataset_id, o.flow, o.partner_id, o.commodity_id, o.period - 12)
    AND b.period BETWEEN bench.period(first_month) - 12 AND bench.period(last_month) - 12
  LEFT JOIN (SELECT DISTINCT dataset_id, flow, period FROM release_period) AS published
    ON (published.dataset_id, published.flow, published.period) = (o.dataset_id, o.flow, o.period - 12)
  CROSS JOIN LATERAL (SELECT coalesce(b.value, CASE WHEN published.period IS NOT NULL THEN 0 END) AS value) AS base
  WHERE o.dataset_id = bench.dataset(reporter_code) AND o.flow = bench.flow(flow_code)
    AND o.period BETWEEN bench.period(first_month) AND bench.period(last_month)
  ORDER BY o.period, o.partner_id, o.commodity_id
$$;
