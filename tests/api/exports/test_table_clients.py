"""Data tools read addresses as they come; the table of clients names the versions that are run."""

from importlib.metadata import version

import pandas as pd
import polars as pl
import pytest

QUERY = "/v1/flows?reporter=JPN&partner=all&commodity=TOTAL&flow=X&period=2024-01"
CHINA_VALUE = 1250314515000  # exports to China in January 2024, as published
READERS = {
    "polars.read_parquet": lambda address: pl.read_parquet(f"{address}&format=parquet").to_dicts(),
    "polars.scan_parquet": lambda address: pl.scan_parquet(f"{address}&format=parquet").collect().to_dicts(),
    "polars.read_csv": lambda address: pl.read_csv(f"{address}&format=csv").to_dicts(),
    "polars.scan_csv": lambda address: pl.scan_csv(f"{address}&format=csv").collect().to_dicts(),
    "pandas.read_parquet": lambda address: pd.read_parquet(f"{address}&format=parquet").to_dict("records"),
    "pandas.read_csv": lambda address: pd.read_csv(f"{address}&format=csv").to_dict("records"),
    "pandas.read_excel": lambda address: pd.read_excel(f"{address}&format=xlsx").to_dict("records"),
}


@pytest.mark.parametrize("reader", READERS)
def test_tools_read_an_address(demo_server_url, reader):
    rows = READERS[reader](f"{demo_server_url}{QUERY}&fields=value")

    values = {(row["partner"], row["commodity"]): row["value"] for row in rows}
    assert values["CHN", "TOTAL"] == CHINA_VALUE


def test_the_table_of_clients_names_the_versions_that_are_run(pytestconfig):
    lines = (pytestconfig.rootpath / "docs" / "reference" / "clients.md").read_text().splitlines()
    cells = [line.split(" | ")[:2] for line in lines if line.startswith("| ") and not line.startswith("| client")]

    assert len(cells) >= 10
    for client, named_version in cells:
        assert named_version == version(client.removeprefix("| ").split(",")[0].split(":")[0]), client
