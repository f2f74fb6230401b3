"""The schema and every statement of the service keep to what Citus distributes: see docs/how-to/citus.md."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.app import create_app
from tests.conftest import STATEMENTS
from tests.support.citus.blocks import DISTRIBUTED_TABLES, DISTRIBUTION_COLUMN
from tests.support.citus.child_process.sitecustomize import STATEMENTS_FOLDER
from tests.support.citus.rules import DISTRIBUTED, MULTIPLE_DATASETS, RULES, Checker
from tests.support.citus.statements import TABLE_BEGIN, TABLE_END, StatementRecorder
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


def send_requests(client):
    """Request the example of every operation, and the additional paths."""
    document = json.loads((ROOT / "openapi" / "v1.json").read_text())
    for path, _ in operations(document):
        if "get" not in document["paths"][path]:
            continue
        examples = {each["name"]: each["example"] for each in operation_parameters(document, path) if "example" in each}
        query = {name: value for name, value in examples.items() if f"{{{name}}}" not in path}
        assert client.get(path.format(**examples), query_string=query).status_code == 200
    for path in ADDITIONAL_PATHS:
        assert client.get(path).status_code == 200


def test_statements_of_every_operation_are_recorded_and_distributed(demo_engine):
    """The end of every other test checks its statements too; this one shows that the recorder sees them."""
    engine = create_engine(demo_engine.url)
    earlier_counts = Counter(STATEMENTS.counts)
    send_requests(create_app(engine).test_client())
    engine.dispose()

    STATEMENTS.check()

    assert (Counter(STATEMENTS.counts) - earlier_counts)["all"] + earlier_counts["all"] > 100


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_statement_that_breaks_a_rule_is_reported(rule):
    checker = Checker()

    assert rule.fault in checker.violations(rule.faulty_statement, {})
    assert checker.counts[rule.statement_kind] == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM observation AS o JOIN release AS r ON r.id = o.release_id AND r.dataset_id = o.dataset_id",
        "SELECT 1 FROM observation AS a JOIN observation AS b USING (dataset_id, period)",
        "SELECT 1 FROM observation AS a WHERE a.dataset_id = %(d)s AND EXISTS "
        "(SELECT 1 FROM observation AS b WHERE b.dataset_id = %(d)s AND b.period = a.period)",
        "SELECT 1 FROM observation AS o JOIN area AS a ON a.id = o.partner_id",
        "DELETE FROM observation AS o USING staged WHERE o.dataset_id = %(d)s AND o.flow = staged.flow",
        "INSERT INTO observation (dataset_id, flow) SELECT %(d)s, flow FROM staged",
        "WITH o AS (SELECT flow FROM observation WHERE dataset_id = %(d)s) SELECT 1 FROM o JOIN staged USING (flow)",
        "SELECT 1 FROM area FOR UPDATE",
        "RELEASE SAVEPOINT sa_savepoint_1",
        "ALTER TABLE release ADD COLUMN a integer, ADD COLUMN b integer",
        "VACUUM (SKIP_LOCKED, TRUNCATE false) observation_3",
    ],
)
def test_a_supported_statement_is_accepted(statement):
    assert Checker().violations(statement, {"d": 3}) == []


def test_the_guide_has_the_table_of_rules_and_statements():
    table = CITUS_GUIDE.read_text().partition(TABLE_BEGIN)[2].partition(TABLE_END)[0]

    assert [line.split(" | ")[:2] for line in table.splitlines() if line.startswith("| ")][1:] == [
        [f"| {rule.text}", rule.statement_kind] for rule in RULES
    ]


@pytest.mark.process
def test_statements_of_child_processes_are_recorded(tmp_path):
    """A process that imports neither the service nor the tests, and one that a server forks, write theirs too."""
    recorder = StatementRecorder()
    environment = dict(os.environ)
    environment.pop(STATEMENTS_FOLDER, None)
    recorder.children.extend_environment(environment)
    code = (
        "import os, psycopg\n"
        "def send(statement):\n"
        "    try:\n        psycopg.Cursor.execute(None, statement, [1])\n"
        "    except AttributeError:\n        pass\n"
        "send('SELECT 1 FROM observation WHERE dataset_id = %s')\n"
        "if os.fork() == 0:\n"
        "    send('SELECT count(*) FROM observation GROUP BY ROLLUP (flow) HAVING count(*) > %s')\n"
        "else:\n    os.wait()\n"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True)

    with pytest.raises(AssertionError, match="ROLLUP"):
        recorder.check()
    recorder.check()
    other = StatementRecorder()
    other.merge(recorder.export())
    other.merge(recorder.export())

    assert other.counts == {"all": 2, DISTRIBUTED: 2, MULTIPLE_DATASETS: 1}
    for each in (recorder, other):
        each.children.clean_up()


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
