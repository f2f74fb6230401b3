"""The contents of an environment: figures in PostgreSQL, copies in Parquet and SQLite, and the competitors' packages.

Postgres is loaded by the service's own commands. Everything that exists already is left as it is.
"""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import duckdb
import psycopg

from bench.catalog import Codes
from bench.competitors.tradeflows import command_line
from bench.environment import COMPETITORS_FOLDER, ROOT, Environment, current_environment
from bench.figures import REPORTERS, write_sparse_trade
from service.db.embedded.binaries import find_binaries
from service.db.embedded.server import ensure_running

MAX_CONNECTIONS = 200
"""Connections of all competitors together."""
MAPPING = """
dataset = {{code = "{code}", title = "Generated", source = "Generated", attribution = "Generated",
  reporter = "{reporter}", frequency = "M", classification = "H6", currency = "USD", unit_exponent = 0,
  exhaustive = {exhaustive}, export_valuation = "FOB", import_valuation = "CIF", trade_system = "general"}}
columns = {{period = "period", flow = "flow", partner = "partner", commodity = "commodity", value = "value"}}
""".replace("\n  ", " ")
COPY_ORDERS = {
    "by_period": "period, flow, partner_id, commodity_id",
    "by_series": "partner_id, commodity_id, flow, period",
}
"""The orders of PostgreSQL's indexes, so that nothing is sorted."""
REFERENCE_QUERIES = {
    "reporter": "SELECT dataset.id AS dataset, area.code FROM dataset JOIN area ON area.id = reporter_id",
    "area": "SELECT id, code, kind FROM area",
    "commodity": """
        SELECT DISTINCT commodity.id, commodity.code, level FROM commodity JOIN dataset USING (classification_id)""",
    "published": "SELECT DISTINCT dataset_id AS dataset, flow, period FROM release_period",
    "month": "SELECT DISTINCT period, bench.month(period) AS name FROM release_period",
    "member": """
        SELECT group_id, member_id,
          (extract(year FROM valid_from) * 12 + extract(month FROM valid_from) - 1)::integer AS first_period,
          coalesce(extract(year FROM valid_to) * 12 + extract(month FROM valid_to) - 1, 99999)::integer AS end_period
        FROM area_member""",
}
"""Tables that are copied whole. A membership lasts from `first_period` inclusive to `end_period` exclusive."""
LATEST_EXPORTS = """
    FROM observation JOIN area ON area.id = partner_id JOIN commodity ON commodity.id = commodity_id
    WHERE dataset_id = (SELECT min(id) FROM dataset) AND flow = 1 AND period = bench.period('2023-12')"""
CODE_QUERIES = {
    "reporters": "SELECT area.code FROM area JOIN dataset ON area.id = reporter_id ORDER BY dataset.id",
    "partners": f"""SELECT area.code {LATEST_EXPORTS}
        AND commodity.code = 'TOTAL' AND kind = 'country' ORDER BY value DESC, 1""",
    "commodities": f"""SELECT commodity.code {LATEST_EXPORTS}
        AND area.code = 'WLD' AND level > 2 ORDER BY value DESC, 1""",
    "chapters": f"""SELECT commodity.code {LATEST_EXPORTS}
        AND area.code = 'WLD' AND level < 3 ORDER BY value DESC, 1""",
}


@click.command()
@click.option("--rows", default=5_750_000, show_default=True, help="Rows of each reporter, without totals.")
@click.option("--reporters", default=len(REPORTERS), show_default=True)
def main(rows: int, reporters: int) -> None:
    """Load figures, copy them for competitors with files of their own, and install the competitors."""
    environment = current_environment()
    database_url = seed_database(environment, rows=rows, reporters=reporters)
    copy_to_parquet(environment, database_url)
    copy_to_sqlite(environment)
    install_competitors(environment)


def start_database(environment: Environment) -> str:
    """Return the URL of the environment's database, which goes on running."""
    return ensure_running(environment.folder("home"), is_durable=False, max_connections=MAX_CONNECTIONS)


def seed_database(environment: Environment, *, rows: int, reporters: int) -> str:
    """Load about `rows` figures of each reporter that is not loaded yet, and return the URL of the database."""
    database_url = start_database(environment)
    run_tradeflows("migrate", database_url=database_url)
    with psycopg.connect(database_url) as connection:
        loaded_codes = {code for (code,) in connection.execute("SELECT code FROM dataset")}
    for reporter in REPORTERS[:reporters]:
        if f"bench-{reporter.lower()}-m" not in loaded_codes:
            file = environment.home / f"{reporter}.csv"
            click.echo(f"{reporter} {write_sparse_trade(file, reporter, rows=rows):,} rows")
            load_file(file, reporter, database_url=database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute((COMPETITORS_FOLDER / "postgres_functions.sql").read_bytes())
    return database_url


def load_file(file: Path, reporter: str, *, database_url: str, **release: Any) -> None:
    """Load a generated file as a release that `load_arguments` describes, and remove it."""
    run_tradeflows(*load_arguments(file, reporter, **release), database_url=database_url)
    file.unlink()


def load_arguments(
    file: Path, reporter: str, *, published: str = "2024-02-28", is_exhaustive: bool = True
) -> list[str]:
    """Write the mapping of a generated file, and return the arguments of `tradeflows` that load it."""
    mapping, exhaustive = file.with_suffix(".toml"), "true" if is_exhaustive else "false"
    code = f"bench-{reporter.lower()}-m"
    mapping.write_text(MAPPING.format(reporter=reporter, code=code, exhaustive=exhaustive))
    return ["load", "tidy", f"--mapping={mapping}", f"--published={published}", "--stage=final", str(file)]


def run_tradeflows(*arguments: str, database_url: str, checkout: Path = ROOT) -> None:
    """Run the command `tradeflows` of a checkout on a database."""
    subprocess.run(["env", *command_line(checkout, DATABASE_URL=database_url), *arguments], check=True)


def read_codes(database_url: str) -> Codes:
    """Return the codes in the database; the first dataset determines their order."""
    with psycopg.connect(database_url) as connection:
        codes = {
            name: [code for (code,) in connection.execute(query.encode()).fetchall()]
            for name, query in CODE_QUERIES.items()
        }
        row_count = f"SELECT count(*) {LATEST_EXPORTS} AND level = 6 AND area.code <> 'WLD'"
        (rows_per_month,) = connection.execute(row_count.encode()).fetchone() or (0,)
    return Codes(**codes, rows_per_month=rows_per_month)


def copy_to_parquet(environment: Environment, database_url: str) -> None:
    """Write the figures to a Parquet file for each dataset and order, and the reference tables."""
    folder = environment.folder("parquet")
    for name, query in REFERENCE_QUERIES.items():
        _write_parquet(folder / f"{name}.parquet", database_url, query)
    with psycopg.connect(database_url) as connection:
        dataset_ids = [key for (key,) in connection.execute("SELECT id FROM dataset ORDER BY id")]
    for order, columns in COPY_ORDERS.items():
        environment.folder(f"parquet/{order}")
        for dataset_id in dataset_ids:
            path = folder / order / f"{dataset_id}.parquet"
            figures = f"""
                SELECT dataset_id AS dataset, partner_id AS partner, commodity_id AS commodity, flow, period, value
                FROM observation WHERE dataset_id = {dataset_id} ORDER BY {columns}"""
            if not path.exists():
                _write_parquet(path, database_url, figures)


def _write_parquet(path: Path, database_url: str, query: str) -> None:
    rows, unfinished = path.with_suffix(".csv"), path.with_suffix(".unfinished")
    with rows.open("wb") as file:
        subprocess.run(copy_command(database_url, query, "SET enable_sort = off"), stdout=file, check=True)
    text = f"read_csv('{rows}', header = true, auto_type_candidates = ['BIGINT', 'VARCHAR'])"
    duckdb.execute(f"COPY (FROM {text}) TO '{unfinished}' (FORMAT parquet, COMPRESSION zstd)")
    rows.unlink()
    unfinished.rename(path)


def copy_command(database_url: str, query: str, *settings: str) -> list[str]:
    """Return the command of psql that applies settings and writes the rows of a query as CSV."""
    statements = (*settings, f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)")
    psql = [str(find_binaries() / "psql"), "--quiet", "--no-psqlrc", database_url]
    return [*psql, *(f"--command={statement}" for statement in statements)]


def copy_to_sqlite(environment: Environment) -> None:
    """Write the Parquet copy to one SQLite file."""
    if environment.sqlite_file.exists():
        return
    unfinished = environment.sqlite_file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    database = sqlite3.connect(unfinished)
    tables, indexes = (COMPETITORS_FOLDER / "sqlite_tables.sql").read_text().split("-- after the rows\n")
    database.executescript(tables)
    files = {name: environment.parquet_folder / f"{name}.parquet" for name in REFERENCE_QUERIES}
    for table, file in {"observation": environment.parquet_folder / "by_series" / "*.parquet", **files}.items():
        rows = duckdb.execute("FROM read_parquet(?)", [str(file)])
        insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows.description))})"
        while batch := rows.fetchmany(100_000):
            database.executemany(insert, batch)
    database.commit()
    database.executescript(indexes)
    database.close()
    unfinished.rename(environment.sqlite_file)


def install_competitors(environment: Environment) -> None:
    """Install the packages of the competitors that are missing, and report those that cannot be installed."""
    tools, bench_folder = environment.folder("tools"), ROOT / "bench"
    if not environment.python.exists():
        pip = f"{environment.python} -m pip install --quiet --disable-pip-version-check --require-hashes".split()
        create = [sys.executable, "-m", "venv", str(tools / "venv")]
        _install("from PyPI", create, [*pip, "-r", str(bench_folder / "requirements.lock")])
    if not environment.node_modules.exists():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(bench_folder / name, tools)
        _install("from npm", ["npm", "ci", "--omit=dev", f"--prefix={tools}"])


def _install(source: str, *commands: list[str]) -> None:
    try:
        for command in commands:
            subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        click.echo(f"competitors {source} are not installed: {error}", err=True)
