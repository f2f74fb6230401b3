-- The bench's questions as functions of PostgreSQL, for contestants that bring no queries of their own.
-- Over the service's own tables, in the forms that were measured to be fast, under plans that are kept.
--
-- ASSUMPTION: one monthly dataset a reporter, in whole units, exhaustive, its months published without a gap, and nothing
-- missing or suppressed: what bench/figures.py promises.

DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

CREATE TYPE bench.page_row AS (
  reporter text, partner text, flow text, commodity text, period text, value bigint,
  yoy_base bigint, yoy_change bigint, yoy_pct float8, yoy_status text);
CREATE TYPE bench.partner_row AS (
  reporter text, partner text, flow text, commodity text, period text, value bigint,
  yoy_base bigint, yoy_change bigint, yoy_pct float8, yoy_status text,
  partner_share_pct float8, partner_contribution_pp float8);
CREATE TYPE bench.commodity_row AS (
  reporter text, partner text, flow text, commodity text, period text, value bigint,
  yoy_base bigint, yoy_change bigint, yoy_pct float8, yoy_status text,
  commodity_share_pct float8, commodity_contribution_pp float8);
CREATE TYPE bench.series_row AS (
  reporter text, partner text, flow text, commodity text, period text, value bigint,
  yoy_base bigint, yoy_change bigint, yoy_pct float8, yoy_status text,
  pop_pct float8, ytd_pct float8, r12_pct float8);

CREATE FUNCTION bench.month(period integer) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (period / 12)::text || '-' || lpad((period % 12 + 1)::text, 2, '0') $$;

CREATE FUNCTION bench.period(month text) RETURNS smallint LANGUAGE sql IMMUTABLE AS
$$ SELECT (left(month, 4)::integer * 12 + right(month, 2)::integer - 1)::smallint $$;

CREATE FUNCTION bench.flow(letter text) RETURNS smallint LANGUAGE sql IMMUTABLE AS
$$ SELECT (CASE letter WHEN 'X' THEN 1 ELSE 2 END)::smallint $$;

CREATE FUNCTION bench.pct(part float8, whole float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS
$$ SELECT round(part * 1e6 / nullif(whole, 0)) / 1e4 + 0.0 $$;

CREATE FUNCTION bench.status(base bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN base IS NULL THEN 'base_missing' WHEN base = 0 THEN 'base_zero' ELSE 'ok' END $$;

CREATE FUNCTION bench.dataset(of_reporter text) RETURNS smallint LANGUAGE sql STABLE AS
$$ SELECT dataset.id FROM dataset JOIN area ON area.id = reporter_id WHERE area.code = of_reporter $$;

CREATE FUNCTION bench.area(of_code text) RETURNS smallint LANGUAGE sql STABLE AS
$$ SELECT id FROM area WHERE code = of_code $$;

CREATE FUNCTION bench.commodity(of_code text, of_dataset smallint) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT commodity.id FROM commodity JOIN dataset USING (classification_id)
  WHERE dataset.id = of_dataset AND commodity.code = of_code
$$;

-- What takes the place of a figure that is not there: 0 where the month was published, else null.
CREATE FUNCTION bench.absent(of_dataset smallint, of_flow smallint, of_period integer)
RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT 0 FROM release_period WHERE (dataset_id, flow, period) = (of_dataset, of_flow, of_period) LIMIT 1
$$;

-- ASSUMPTION: the goods of one level have keys without another between them.
CREATE TABLE bench.level AS
  SELECT dataset.id AS dataset_id, level, min(commodity.id) AS first, max(commodity.id) AS last
  FROM commodity JOIN dataset USING (classification_id) GROUP BY dataset.id, level;

-- A series with its growth, of its months in order and their values.
CREATE FUNCTION bench.grown(
  of_reporter text, of_partner text, of_flow text, of_commodity text, of_periods smallint[], of_values bigint[])
RETURNS SETOF bench.series_row LANGUAGE sql STABLE AS $$
  WITH line AS (
    SELECT period, value, lag(value, 12) OVER months AS base, lag(value) OVER months AS before,
      sum(value::float8) OVER (PARTITION BY period / 12 ORDER BY period) AS ytd,
      CASE WHEN count(*) OVER year = 12 THEN sum(value::float8) OVER year END AS r12
    FROM unnest(of_periods, of_values) AS cell (period, value)
    WINDOW months AS (ORDER BY period), year AS (ORDER BY period ROWS 11 PRECEDING)
  )
  SELECT of_reporter, of_partner, of_flow, of_commodity, bench.month(period), value, base, value - base,
    bench.pct(value - base, base), bench.status(base), bench.pct(value - before, before),
    bench.pct(ytd - lag(ytd, 12) OVER months, lag(ytd, 12) OVER months),
    bench.pct(r12 - lag(r12, 12) OVER months, lag(r12, 12) OVER months)
  FROM line WINDOW months AS (ORDER BY period) ORDER BY period
$$;

CREATE FUNCTION bench.series(of_reporter text, of_partner text, of_flow text, of_commodity text)
RETURNS SETOF bench.series_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(of_reporter);
  p smallint := bench.area(of_partner);
  f smallint := bench.flow(of_flow);
  c integer := bench.commodity(of_commodity, d);
  periods smallint[]; cells bigint[];
BEGIN
  SELECT array_agg(month.period ORDER BY month.period), array_agg(coalesce(value, 0) ORDER BY month.period)
  INTO periods, cells FROM release_period AS month
  LEFT JOIN observation AS o ON (o.dataset_id, o.partner_id, o.commodity_id, o.flow, o.period) = (d, p, c, f, month.period)
  WHERE month.dataset_id = d AND month.flow = f;
  RETURN QUERY SELECT * FROM bench.grown(of_reporter, of_partner, of_flow, of_commodity, periods, cells);
END $$;

CREATE FUNCTION bench.group_series(of_reporter text, of_group text, of_flow text, of_commodity text)
RETURNS SETOF bench.series_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(of_reporter);
  g smallint := bench.area(of_group);
  f smallint := bench.flow(of_flow);
  c integer := bench.commodity(of_commodity, d);
  periods smallint[]; cells bigint[];
BEGIN
  WITH member AS (
    SELECT member_id,
      extract(year FROM valid_from) * 12 + extract(month FROM valid_from) - 1 AS since,
      extract(year FROM valid_to) * 12 + extract(month FROM valid_to) - 1 AS until
    FROM area_member WHERE group_id = g
  ), added_up AS (
    SELECT o.period, sum(value)::bigint AS value FROM member
    JOIN observation AS o ON (o.dataset_id, o.partner_id, o.commodity_id, o.flow) = (d, member_id, c, f)
      AND o.period >= since AND (until IS NULL OR o.period < until)
    GROUP BY o.period
  )
  SELECT array_agg(month.period ORDER BY month.period), array_agg(coalesce(value, 0) ORDER BY month.period)
  INTO periods, cells FROM release_period AS month LEFT JOIN added_up ON added_up.period = month.period
  WHERE month.dataset_id = d AND month.flow = f;
  RETURN QUERY SELECT * FROM bench.grown(of_reporter, of_group, of_flow, of_commodity, periods, cells);
END $$;

CREATE FUNCTION bench.top_partners(of_reporter text, of_flow text, of_commodity text, of_month text)
RETURNS SETOF bench.partner_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(of_reporter);
  f smallint := bench.flow(of_flow);
  c integer := bench.commodity(of_commodity, d);
  m smallint := bench.period(of_month);
  w smallint := bench.area('WLD');
  absent bigint := bench.absent(d, f, m - 12);
BEGIN
  RETURN QUERY
  WITH top AS MATERIALIZED (
    SELECT o.partner_id, o.value FROM observation AS o
    WHERE (o.dataset_id, o.commodity_id, o.flow, o.period) = (d, c, f, m)
      AND o.partner_id = ANY (ARRAY(SELECT id FROM area WHERE kind IN ('country', 'special')))
    ORDER BY o.value DESC, o.partner_id LIMIT 20
  ), world AS MATERIALIZED (
    SELECT max(value) FILTER (WHERE period = m) AS now, max(value) FILTER (WHERE period = m - 12) AS then
    FROM observation WHERE (dataset_id, partner_id, commodity_id, flow) = (d, w, c, f) AND period IN (m, m - 12)
  ), based AS (
    SELECT top.*, coalesce(b.value, absent) AS base FROM top
    LEFT JOIN observation AS b
      ON (b.dataset_id, b.partner_id, b.commodity_id, b.flow, b.period) = (d, top.partner_id, c, f, m - 12)
  )
  SELECT of_reporter, area.code, of_flow, of_commodity, of_month, value, base, value - base,
    bench.pct(value - base, base), bench.status(base), bench.pct(value, now), bench.pct(value - base, world.then)
  FROM based JOIN area ON area.id = partner_id, world ORDER BY value DESC, partner_id;
END $$;

CREATE FUNCTION bench.top_commodities(of_reporter text, of_partner text, of_month text)
RETURNS SETOF bench.commodity_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(of_reporter);
  p smallint := bench.area(of_partner);
  m smallint := bench.period(of_month);
  t integer := bench.commodity('TOTAL', d);
  first_chapter integer; last_chapter integer;
BEGIN
  SELECT first, last INTO first_chapter, last_chapter FROM bench.level WHERE (dataset_id, level) = (d, 2);
  RETURN QUERY
  WITH top AS MATERIALIZED (
    SELECT o.commodity_id, o.flow, o.value FROM observation AS o
    WHERE (o.dataset_id, o.partner_id, o.period) = (d, p, m) AND o.flow IN (1, 2)
      AND o.commodity_id BETWEEN first_chapter AND last_chapter
    ORDER BY o.value DESC, o.flow, o.commodity_id LIMIT 20
  ), total AS MATERIALIZED (
    SELECT flow, max(value) FILTER (WHERE period = m) AS now, max(value) FILTER (WHERE period = m - 12) AS then
    FROM observation WHERE (dataset_id, partner_id, commodity_id) = (d, p, t) AND flow IN (1, 2) AND period IN (m, m - 12)
    GROUP BY flow
  ), based AS (
    SELECT top.*, coalesce(b.value, bench.absent(d, top.flow, m - 12)) AS base FROM top
    LEFT JOIN observation AS b
      ON (b.dataset_id, b.partner_id, b.commodity_id, b.flow, b.period) = (d, p, top.commodity_id, top.flow, m - 12)
  )
  SELECT of_reporter, of_partner, CASE flow WHEN 1 THEN 'X' ELSE 'M' END, code, of_month, value, base, value - base,
    bench.pct(value - base, base), bench.status(base), bench.pct(value, now), bench.pct(value - base, total.then)
  FROM based LEFT JOIN total USING (flow) JOIN commodity ON commodity.id = commodity_id
  ORDER BY value DESC, flow, commodity_id;
END $$;

CREATE FUNCTION bench.page(of_reporter text, of_flow text, of_month text, rows integer)
RETURNS SETOF bench.page_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  d smallint := bench.dataset(of_reporter);
  f smallint := bench.flow(of_flow);
  m smallint := bench.period(of_month);
  w smallint := bench.area('WLD');
  absent bigint := bench.absent(d, f, m - 12);
  first_good integer; last_good integer;
BEGIN
  SELECT first, last INTO first_good, last_good FROM bench.level WHERE (dataset_id, level) = (d, 6);
  RETURN QUERY
  WITH page AS MATERIALIZED (
    SELECT o.partner_id, o.commodity_id, o.value FROM observation AS o
    WHERE (o.dataset_id, o.period, o.flow) = (d, m, f)
      AND o.partner_id <> w AND o.commodity_id BETWEEN first_good AND last_good
    ORDER BY o.partner_id, o.commodity_id LIMIT rows
  ), based AS (
    SELECT page.*, coalesce(b.value, absent) AS base FROM page
    LEFT JOIN observation AS b
      ON (b.dataset_id, b.partner_id, b.commodity_id, b.flow, b.period) = (d, page.partner_id, page.commodity_id, f, m - 12)
  )
  SELECT of_reporter, area.code, of_flow, commodity.code, of_month, value, base, value - base,
    bench.pct(value - base, base), bench.status(base)
  FROM based JOIN area ON area.id = partner_id JOIN commodity ON commodity.id = commodity_id
  ORDER BY partner_id, commodity_id;
END $$;

-- Not kept as a plan, but written into what asks: its rows can be streamed.
CREATE FUNCTION bench.exports(of_reporter text, of_flow text, of_first text, of_last text)
RETURNS SETOF bench.page_row LANGUAGE sql STABLE AS $$
  SELECT of_reporter, area.code, of_flow, commodity.code, bench.month(o.period), o.value, base.value, o.value - base.value,
    bench.pct(o.value - base.value, base.value), bench.status(base.value)
  FROM observation AS o
  JOIN area ON area.id = o.partner_id AND kind <> 'world'
  JOIN commodity ON commodity.id = o.commodity_id AND level = 6
  LEFT JOIN observation AS b ON (b.dataset_id, b.flow, b.partner_id, b.commodity_id, b.period)
    = (o.dataset_id, o.flow, o.partner_id, o.commodity_id, o.period - 12)
    AND b.period BETWEEN bench.period(of_first) - 12 AND bench.period(of_last) - 12
  LEFT JOIN (SELECT DISTINCT dataset_id, flow, period FROM release_period) AS published
    ON (published.dataset_id, published.flow, published.period) = (o.dataset_id, o.flow, o.period - 12)
  CROSS JOIN LATERAL (SELECT coalesce(b.value, CASE WHEN published.period IS NOT NULL THEN 0 END) AS value) AS base
  WHERE o.dataset_id = bench.dataset(of_reporter) AND o.flow = bench.flow(of_flow)
    AND o.period BETWEEN bench.period(of_first) AND bench.period(of_last)
  ORDER BY o.period, o.partner_id, o.commodity_id
$$;
