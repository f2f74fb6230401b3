"""Maintenance after a load: statistics for the planner and visibility maps for index-only scans."""

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, text

from service.ingest.staging.partition import partition_name

_IS_OWNER = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = CAST('observation' AS regclass)"
_ANALYZED_TABLES = ("observation_history", "release", "release_period", "commodity")
_POSTGRESQL_18 = 180_000


def analyze_and_vacuum(engine: Engine, dataset_ids: Iterable[int]) -> None:
    """Update the planner statistics of the datasets, and vacuum their tables.

    The vacuum visits only pages that changed and never waits for a lock. It needs the owner of the tables; for other
    roles autovacuum does it later. Each table is analyzed in a transaction of its own: Citus refuses several in one.
    """
    datasets = sorted(dataset_ids)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        partitions = [partition_name(dataset_id) for dataset_id in datasets]
        if connection.scalar(text(_IS_OWNER)):
            for table in (*partitions, _parent_table(connection), *_ANALYZED_TABLES):
                connection.execute(text(f"ANALYZE {table}"))
        else:
            connection.execute(text("SELECT analyze_figures(CAST(:datasets AS smallint[]))"), {"datasets": datasets})
        for table in (*partitions, "observation_history"):
            connection.execute(text(f"VACUUM (SKIP_LOCKED, TRUNCATE false) {table}"))
        connection.execute(text("RESET statement_timeout"))


def _parent_table(connection: Connection) -> str:
    """Return the table of all figures; from PostgreSQL 18 on without its partitions."""
    version = connection.scalar(text("SELECT CAST(current_setting('server_version_num') AS integer)"))
    return "ONLY observation" if version is not None and version >= _POSTGRESQL_18 else "observation"
