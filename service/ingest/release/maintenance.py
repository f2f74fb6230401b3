"""What is done for the tables once figures are in them, so that answers are fast at once rather than after a while."""

from collections.abc import Iterable

from sqlalchemy import Engine, text

from service.ingest.staging.partition import partition_name


def analyze_and_vacuum(engine: Engine, dataset_ids: Iterable[int]) -> None:
    """Tell the planner what was loaded, and the server which pages all readers see, so that indexes answer alone.

    A vacuum visits only pages that changed since the last, waits for nobody, and needs a role that owns the tables:
    where another loads, the server does it by itself later.
    """
    datasets = sorted(dataset_ids)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT analyze_figures(CAST(:datasets AS smallint[]))"), {"datasets": datasets})
        for table in (*map(partition_name, datasets), "observation_history"):
            connection.execute(text(f"VACUUM (SKIP_LOCKED, TRUNCATE false) {table}"))
        connection.execute(text("RESET statement_timeout"))
