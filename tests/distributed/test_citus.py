"""The schema and every statement of the service keep to what Citus distributes: see docs/how-to/citus.md."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from service.app import create_app
from tests.support.citus_rules import DISTRIBUTED_TABLES, DISTRIBUTION_COLUMN, citus_violations
from tests.support.openapi_completeness import operation_parameters, operations

ROOT = Path(__file__).parents[2]
CITUS_GUIDE = ROOT / "docs" / "how-to" / "citus.md"
CITUS_FUNCTIONS = ("create_reference_table", "create_distributed_table")
ADDITIONAL_PATHS = (
    "/v1/flows?reporter=JPN&partner=ASEAN&flow=X&period=2023-Q1&frequency=Q",
    "/v1/flows?reporter=JPN&period=2023-12&as_of=2024-02-01",
    "/v1/series?reporter=JPN&partner=CHN,USA&commodity=all&flow=X&period=2023",
    "/v1/partners?reporter=JPN&flow=X&period=2024-01&residual=true",
    "/v1/commodities?reporter=JPN&partner=CHN&flow=X&period=2024-01&level=1&residual=true",
    "/v1/flows?reporter=JPN&flow=X&period=2024-01&sort=-yoy_pct&count=exact",
)
"""Requests of a shape that no example has."""

REVISIONS_SUBQUERY = "vintage_of_day"
"""The subquery of /v1/revisions, which repeats the query of one dataset for several days. All its tables are filtered
by one dataset, so that it goes to one node, where Citus allows LATERAL; this was not run on Citus."""


@pytest.fixture(scope="module")
def captured_statements(demo_engine):
    """Return what the service sends the database for the example of every operation, and for some more questions."""
    engine, found = create_engine(demo_engine.url), {}

    @event.listens_for(engine, "before_cursor_execute")
    def keep(_connection, _cursor, statement, parameters, _context, _many):
        found.setdefault(statement, parameters)

    client = create_app(engine).test_client()
    document = json.loads((ROOT / "openapi" / "v1.json").read_text())
    for path, _ in operations(document):
        examples = {each["name"]: each["example"] for each in operation_parameters(document, path) if "example" in each}
        question = {name: value for name, value in examples.items() if f"{{{name}}}" not in path}
        if "get" not in document["paths"][path]:
            continue
        answer = client.get(path.format(**examples), query_string=question)
        assert answer.status_code == 200, answer.text
        assert answer.data
    for address in ADDITIONAL_PATHS:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        assert answer.data
    engine.dispose()
    return found


def test_every_statement_of_the_service_can_be_distributed(captured_statements):
    refused = {
        statement: found
        for statement, given in captured_statements.items()
        if (found := citus_violations(statement, given))
        and not (found == ["LATERAL"] and REVISIONS_SUBQUERY in statement)
    }

    assert refused == {}
    assert len([statement for statement in captured_statements if "observation" in statement]) > 10


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("SELECT count(*) FROM observation GROUP BY GROUPING SETS ((flow), ())", "GROUPING SETS"),
        ("SELECT count(*) FROM observation GROUP BY ROLLUP (flow)", "ROLLUP"),
        ("SELECT 1 FROM dataset, LATERAL (SELECT 1 FROM area WHERE area.id = dataset.reporter_id) AS x", "LATERAL"),
        ("WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a) SELECT n FROM a", "a recursive query"),
        (
            "SELECT 1 FROM observation AS o JOIN release AS r ON r.id = o.release_id",
            "o, r are joined without dataset_id",
        ),
        (
            "SELECT 1 FROM observation AS a JOIN observation AS b ON a.period = b.period"
            " WHERE a.dataset_id = 1 AND b.dataset_id = 2",
            "a, b are joined without dataset_id",
        ),
        (
            "SELECT (SELECT max(o.period) FROM observation AS o WHERE o.dataset_id = d.id) FROM dataset AS d",
            "a correlated subquery on o",
        ),
        ("SELECT version FROM data_version FOR UPDATE", "a row lock"),
    ],
)
def test_an_unsupported_statement_is_reported(statement, fault):
    assert citus_violations(statement, {}) == [fault]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM observation AS o JOIN release AS r ON r.id = o.release_id AND r.dataset_id = o.dataset_id",
        "SELECT 1 FROM observation AS a JOIN observation AS b USING (dataset_id, period)",
        "SELECT 1 FROM observation AS a WHERE a.dataset_id = %(d)s AND EXISTS "
        "(SELECT 1 FROM observation AS b WHERE b.dataset_id = %(d)s AND b.period = a.period)",
        "SELECT 1 FROM observation AS o JOIN area AS a ON a.id = o.partner_id",
        "RELEASE SAVEPOINT sa_savepoint_1",
    ],
)
def test_a_supported_statement_is_accepted(statement):
    assert citus_violations(statement, {"d": 3}) == []


def fetch_rows(engine, statement):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_the_guide_lists_every_table_as_distributed_or_reference(engine):
    tables = fetch_rows(
        engine,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND relname <> 'alembic_version'",
    )
    page = CITUS_GUIDE.read_text()
    calls = {call: set(re.findall(rf"{call}\('(\w+)'", page)) for call in CITUS_FUNCTIONS}

    assert calls["create_distributed_table"] == DISTRIBUTED_TABLES
    assert calls["create_distributed_table"] | calls["create_reference_table"] == {name for (name,) in tables}


def test_unique_keys_of_distributed_tables_include_the_dataset(engine):
    without = fetch_rows(
        engine,
        f"""
        SELECT indrelid::regclass::text, indexrelid::regclass::text
        FROM pg_index
        WHERE indisunique AND indrelid::regclass::text IN {tuple(DISTRIBUTED_TABLES)}
          AND NOT EXISTS (
              SELECT FROM pg_attribute
              WHERE attrelid = indrelid AND attname = '{DISTRIBUTION_COLUMN}' AND attnum = ANY
              (indkey[0:indnkeyatts - 1]))""",
    )

    assert without == []


def test_foreign_keys_stay_within_a_dataset_or_reference_tables(engine):
    keys = fetch_rows(
        engine,
        """
        SELECT conrelid::regclass::text, confrelid::regclass::text,
               ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)),
               ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = confrelid AND attnum = ANY (confkey))
        FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0""",
    )
    between = [
        (own, other)
        for own, other, mine, theirs in keys
        if other in DISTRIBUTED_TABLES and not (DISTRIBUTION_COLUMN in mine and DISTRIBUTION_COLUMN in theirs)
    ]
    from_small = [
        (own, other) for own, other, _, _ in keys if own not in DISTRIBUTED_TABLES and other in DISTRIBUTED_TABLES
    ]

    assert keys
    assert (between, from_small) == ([], [])


def test_distributed_tables_have_no_triggers(engine):
    assert fetch_rows(engine, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []


def test_the_guide_widens_every_integer_identity_column(engine):
    narrow = fetch_rows(
        engine,
        f"""
        SELECT attrelid::regclass::text, attname::text FROM pg_attribute
        WHERE attidentity <> '' AND atttypid <> 'bigint'::regtype
          AND attrelid::regclass::text IN {tuple(DISTRIBUTED_TABLES)}""",
    )

    assert set(narrow) == set(re.findall(r"ALTER TABLE (\w+) ALTER COLUMN (\w+) TYPE bigint", CITUS_GUIDE.read_text()))
