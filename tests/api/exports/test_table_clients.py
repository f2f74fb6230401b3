"""Data tools read addresses as they come."""

import io

import openpyxl
import pandas as pd
import polars as pl
import pyarrow.csv
import pytest
import urllib3
from pyarrow import parquet

QUERY = "/v1/flows?reporter=JPN&partner=all&commodity=TOTAL&flow=X&period=2024-01"
CHINA_VALUE = 1250314515000  # exports to China in January 2024, as published


def read_workbook(address):
    book = openpyxl.load_workbook(io.BytesIO(urllib3.request("GET", f"{address}&format=xlsx").data))
    header, *rows = book["Data"].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


READERS = {
    "polars.read_parquet": lambda address: pl.read_parquet(f"{address}&format=parquet").to_dicts(),
    "polars.scan_parquet": lambda address: pl.scan_parquet(f"{address}&format=parquet").collect().to_dicts(),
    "polars.read_csv": lambda address: pl.read_csv(f"{address}&format=csv").to_dicts(),
    "polars.scan_csv": lambda address: pl.scan_csv(f"{address}&format=csv").collect().to_dicts(),
    "pandas.read_parquet": lambda address: pd.read_parquet(f"{address}&format=parquet").to_dict("records"),
    "pandas.read_csv": lambda address: pd.read_csv(f"{address}&format=csv").to_dict("records"),
    "pandas.read_excel": lambda address: pd.read_excel(f"{address}&format=xlsx").to_dict("records"),
    "pyarrow.parquet.read_table": lambda address: parquet.read_table(
        io.BytesIO(urllib3.request("GET", f"{address}&format=parquet").data)
    ).to_pylist(),
    "pyarrow.csv.read_csv": lambda address: pyarrow.csv.read_csv(
        io.BytesIO(urllib3.request("GET", f"{address}&format=csv").data)
    ).to_pylist(),
    "openpyxl.load_workbook": read_workbook,
}


def reader_case(name):
    client, _, function = name.partition(".")
    words = f"`{function}`" if client in {"pyarrow", "openpyxl"} else f"`{function}` of a URL"
    return pytest.param(name, marks=pytest.mark.client(client, words, guide="formats.md"))


@pytest.mark.parametrize("reader", [reader_case(name) for name in READERS])
def test_tools_read_an_address(demo_server_url, reader):
    rows = READERS[reader](f"{demo_server_url}{QUERY}&fields=value")

    values = {(row["partner"], row["commodity"]): row["value"] for row in rows}
    assert values["CHN", "TOTAL"] == CHINA_VALUE
