"""What it costs readers that each dataset has a partition of its own.

    python bench/partitions.py [PARTITIONS ...]

Asks for one figure with its growth, and for a page of a hundred, of a dataset of 600,000 figures that has 0, 19 and 199
others beside it, with the dataset's key bound and written out, under plans that are kept. Prints medians of 50, and how
long the first of them takes, planning included.
"""

import re
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql

from service.analytics.figures.publication_calendar import PublicationCalendar
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import KeySet
from service.analytics.sql.keyset_pagination import Page
from service.analytics.sql.types import Query
from service.analytics.tables.paged_table import PAGE_KEY_ORDER
from service.config import sqlalchemy_url
from service.db.embedded.server import shared_server
from service.db.migrations import upgrade_schema
from service.resources.flows.queries import flow_table

TIMES = 50
FILL = """
    INSERT INTO area (id, code, name, kind) VALUES (1, 'JPN', 'Japan', 'country');
    INSERT INTO classification (id, code, family, name) VALUES (1, 'T', 'T', 'T');
    INSERT INTO dataset VALUES (1, 'd', '', '', 1, 1, 'M', 'JPY', 3, 'FOB', 'CIF', 'general', true, '');
    INSERT INTO release (dataset_id, code, published_on, stage, file_name, sha256, parser_version, rows, figures_digest)
        VALUES (1, 'd-1', '2024-02-28', 'final', '', '', '', 0, '');
    INSERT INTO release_period SELECT 1, release.id, flow, period
        FROM release, generate_series(1, 2) AS flow, generate_series(24228, 24287) AS period;
    CREATE TABLE observation_1 PARTITION OF observation FOR VALUES IN (1);
    INSERT INTO observation
        (dataset_id, flow, partner_id, commodity_id, period, value, obs_status, release_id, known_from)
        SELECT 1, flow, partner, commodity, period, partner * commodity, 'A', release.id, '2024-02-28'
        FROM release, generate_series(1, 2) AS flow, generate_series(1, 50) AS partner,
             generate_series(1, 100) AS commodity, generate_series(24228, 24287) AS period;"""


def question(*, flows: tuple[int, ...], partners: int, commodities: int) -> Query:
    """Return a page of the last month, of as many partners and goods."""
    scope = QueryScope(
        dataset_id=1,
        classification_id=1,
        exhaustive=True,
        unit_multiplier=1000,
        period_months=1,
        source_period_months=1,
        flows=flows,
        partners=tuple(range(1, partners + 1)),
        individual_areas=tuple(range(1, 51)),
        groups=(),
        commodities=tuple(range(1, commodities + 1)),
        levels=None,
        period_ranges=((24287, 24287),),
        as_of=None,
        world_id=1,
        total_id=1,
        commodity_keys=KeySet(ranges=((1, commodities),)),
        level_keys=(KeySet(ranges=((1, 100),)),),
        publication_calendar=PublicationCalendar(
            [(flow, month, date(2024, 2, 28), None) for flow in (1, 2) for month in range(24228, 24288)]
        ),
    )
    return flow_table(scope, Page(orders=PAGE_KEY_ORDER, cursor_values=None, limit=100))


QUESTIONS = {
    "one figure": question(flows=(1,), partners=1, commodities=1),
    "a page of 100": question(flows=(1, 2), partners=50, commodities=100),
}


def asked(address: str, rows: Query, *, bound: bool) -> tuple[float, float]:
    """Return the milliseconds of the first time, and the median of the others."""
    compiled = rows.compile(dialect=postgresql.psycopg.dialect(), compile_kwargs={"render_postcompile": True})
    statement = re.sub(r"dataset_id = 1\b", "dataset_id = %(dataset)s" if bound else "dataset_id = 1", str(compiled))
    took = []
    with psycopg.connect(address, autocommit=True, prepare_threshold=0) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        for _ in range(TIMES + 1):
            began = time.perf_counter()
            connection.execute(statement, compiled.params | {"dataset": 1}).fetchall()
            took.append(1000 * (time.perf_counter() - began))
    return took[0], statistics.median(took[1:])


def main() -> None:
    """Measure, and print a line for each number of partitions, question and form."""
    numbers = [int(word) for word in sys.argv[1:]] or [1, 20, 200]
    with tempfile.TemporaryDirectory() as folder, shared_server(Path(folder) / "home") as address:
        engine = create_engine(sqlalchemy_url(address))
        upgrade_schema(engine)
        engine.dispose()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(FILL)
            there = 1
            for number in sorted(numbers):
                for key in range(there + 1, number + 1):
                    name = f"observation_{key}"
                    connection.execute(f"CREATE TABLE {name} PARTITION OF observation FOR VALUES IN ({key})".encode())
                there = number
                connection.execute("VACUUM ANALYZE observation")
                for name, rows in QUESTIONS.items():
                    for form in ("bound", "written out"):
                        first, median = asked(address, rows, bound=form == "bound")
                        print(f"{number:>4} {name:<14} key {form:<12} first {first:>7.1f} ms, median {median:>6.2f} ms")


if __name__ == "__main__":
    main()
