"""Maintenance after a load: statistics for the planner and visibility maps for index-only scans."""

from collections.abc import Iterable

from sqlalchemy import Engine, text

from service.ingest.staging.partition import partition_name


def analyze_and_vacuum(engine: Engine, dataset_ids: Iterable[int]) -> None:
    """Update the planner statistics of the datasets, and vacuum their tables.

    The vacuum visits only pages that changed and never waits for a lock. PostgreSQL skips it for a role that does not
    own the tables; autovacuum then does it later.
    """
    datasets = sorted(dataset_ids)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT analyze_figures(CAST(:datasets AS smallint[]))"), {"datasets": datasets})
        for table in (*map(partition_name, datasets), "observation_history"):
            connection.execute(text(f"VACUUM (SKIP_LOCKED, TRUNCATE false) {table}"))
        connection.execute(text("RESET statement_timeout"))
