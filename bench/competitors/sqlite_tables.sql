-- The figures as Datasette reads them: a table in the order of series, and an index in the order of pages.
PRAGMA journal_mode = off;
PRAGMA synchronous = off;
CREATE TABLE observation (
  dataset INTEGER, partner INTEGER, commodity INTEGER, flow INTEGER, period INTEGER, value INTEGER,
  PRIMARY KEY (dataset, partner, commodity, flow, period)) WITHOUT ROWID;
CREATE TABLE reporter (dataset INTEGER PRIMARY KEY, code TEXT UNIQUE);
CREATE TABLE area (id INTEGER PRIMARY KEY, code TEXT UNIQUE, kind TEXT);
CREATE TABLE commodity (id INTEGER PRIMARY KEY, code TEXT UNIQUE, level INTEGER);
CREATE TABLE published (dataset INTEGER, flow INTEGER, period INTEGER, PRIMARY KEY (dataset, flow, period)) WITHOUT ROWID;
CREATE TABLE month (period INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE member (group_id INTEGER, member_id INTEGER, first_period INTEGER, end_period INTEGER);
-- after the rows
CREATE UNIQUE INDEX observation_page ON observation (dataset, period, flow, partner, commodity, value);
CREATE INDEX commodity_level ON commodity (level, id);
CREATE INDEX member_group ON member (group_id);
CREATE VIEW by_series AS SELECT * FROM observation;
CREATE VIEW by_period AS SELECT * FROM observation;
PRAGMA analysis_limit = 1000;
ANALYZE;
