"""Data tools in versions of their own, installed as docs/clients/requirements.txt locks them, and LibreOffice."""

import csv
import json
import shutil
import sys

import pytest
import urllib3

from tests.docs.test_commands import DOCUMENTED_URL, ROOT, code_blocks
from tests.support.clients.guide import run_checked

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

FIGURE = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
CHINA_VALUE = 1250314515000  # exports to China in January 2024, as published
FORMATS_PAGE = ROOT / "docs" / "reference" / "formats.md"
DUCKDB_PROGRAM = """
import json, duckdb, duckdb_extension_httpfs
from pathlib import Path
(extension,) = Path(duckdb_extension_httpfs.__file__).parent.rglob("*.duckdb_extension")
connection = duckdb.connect()
connection.load_extension(str(extension))
readers = {"parquet": "read_parquet", "csv": "read_csv", "ndjson": "read_json"}
print(json.dumps([connection.sql(f"SELECT value FROM {reader}('ADDRESS&format={name}')").fetchone()[0]
  for name, reader in readers.items()]))
"""
REQUESTS_CACHE_PROGRAM = """
import json, requests_cache
with requests_cache.CachedSession(backend="memory", cache_control=True) as session:
    first, second = (session.get("ADDRESS", headers={"Accept": "application/json; charset=utf-8"}) for _ in "ab")
print(json.dumps([first.status_code, first.from_cache, second.from_cache, second.json()["data"][0]["yoy_pct"]]))
"""
HISHEL_PROGRAM = """
import json
from hishel.httpx import CacheClient
with CacheClient() as client:
    first, second = (client.get("ADDRESS") for _ in "ab")
cached = [response.extensions["caching"]["from_cache"] for response in (first, second)]
print(json.dumps([first.status_code, *cached, second.json()["data"][0]["yoy_pct"]]))
"""
FSSPEC_PROGRAM = """
import json, fsspec
from pyarrow import parquet
with fsspec.open("ADDRESS&format=parquet", block_size=2048) as file:
    print(json.dumps([type(file).__name__, parquet.read_table(file)["value"][0].as_py()]))
"""
PANDASDMX_PROGRAM = """
import json, pandasdmx
pandasdmx.add_source({"id": "TRADEFLOWS", "name": "tradeflows", "url": "ADDRESS/sdmx/2.1"})
client = pandasdmx.Request("TRADEFLOWS")
flow = client.dataflow("jpn-pc-m-demo")
key = {"PARTNER": "CHN", "FLOW": "X", "COMMODITY": "TOTAL"}
data = client.data("jpn-pc-m-demo", key=key, params={"startPeriod": "2024-01"})
lists = [list(client.dataflow().dataflow), list(client.codelist("CL_FREQ").codelist), len(flow.codelist)]
print(json.dumps([*lists, int(pandasdmx.to_pandas(data).iloc[0])]))
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Return a folder with the packages; their other requirements are those of the tests."""
    folder = tmp_path_factory.mktemp("library")
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile", f"--target={folder}")
    requirements = str(ROOT / "docs" / "clients" / "requirements.txt")
    run_checked([sys.executable, "-m", "pip", "install", *options, "--requirement", requirements], folder)
    return folder


def run_python(program, library, folder, address):
    text = program.replace("ADDRESS", address)
    command = [sys.executable, "-W", "ignore", "-c", text]
    return json.loads(run_checked(command, folder, PYTHONPATH=str(library)).splitlines()[-1])


@pytest.mark.client("duckdb", "`read_parquet`, `read_csv` and `read_json` of a URL, with the extension httpfs")
def test_duckdb_reads_an_address_in_all_formats(demo_server_url, library, tmp_path):
    assert run_python(DUCKDB_PROGRAM, library, tmp_path, demo_server_url + FIGURE) == 3 * [CHINA_VALUE]


@pytest.mark.client("requests-cache", "the second response comes from the cache, `Accept` with a charset")
def test_requests_cache_caches(demo_server_url, library, tmp_path):
    result = run_python(REQUESTS_CACHE_PROGRAM, library, tmp_path, demo_server_url + FIGURE)

    assert result == [200, False, True, 29.2195]


@pytest.mark.client("hishel", "the second response comes from the cache of its httpx client")
def test_hishel_caches(demo_server_url, library, tmp_path):
    assert run_python(HISHEL_PROGRAM, library, tmp_path, demo_server_url + FIGURE) == [200, False, True, 29.2195]


@pytest.mark.client("fsspec", "a Parquet file of a URL, read in byte ranges")
def test_fsspec_reads_byte_ranges(demo_server_url, library, tmp_path):
    assert run_python(FSSPEC_PROGRAM, library, tmp_path, demo_server_url + FIGURE) == ["HTTPFile", CHINA_VALUE]


@pytest.mark.client("pandasdmx", "dataflows, a structure with its code lists, a code list, data by a mapping")
def test_pandasdmx_reads_structures_and_data(demo_server_url, library, tmp_path):
    result = run_python(PANDASDMX_PROGRAM, library, tmp_path, demo_server_url)

    assert result == [["jpn-pc-m-demo", "usa-hs-m-demo"], ["CL_FREQ"], 8, CHINA_VALUE]


@pytest.mark.client("csvkit", "`csvcut` and `csvlook` of CSV, codes as text", guide="formats.md")
def test_csvkit_keeps_codes(demo_server_url, library, tmp_path):
    (command,) = (block.text for block in code_blocks(FORMATS_PAGE) if "csvcut" in block.text)
    path = f"PATH={library}/bin:$PATH; {command.replace(DOCUMENTED_URL, demo_server_url)}"

    printed = run_checked(["bash", "-euo", "pipefail", "-c", path], tmp_path, PYTHONPATH=str(library))

    assert "| CHN     | TOTAL     | 1250314515000 |" in printed


@pytest.mark.client("LibreOffice", "opens XLSX, and saves it as CSV with the same cells")
def test_libreoffice_opens_a_workbook(demo_server_url, tmp_path):
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not on this machine")
    workbook = urllib3.request("GET", f"{demo_server_url}{FIGURE}&format=xlsx").data
    (tmp_path / "table.xlsx").write_bytes(workbook)

    run_checked(["soffice", "--headless", "--convert-to", "csv", "table.xlsx"], tmp_path)

    (row,) = csv.DictReader((tmp_path / "table.csv").read_text(encoding="utf-8").splitlines())
    assert (row["period"], row["value"], row["yoy_pct"]) == ("2024-01", str(CHINA_VALUE), "29.2195")
