"""comtradeapicall, unmodified, against a running server: all its functions, and a file of UN Comtrade cell by cell."""

import csv
import gzip
import re
import types
from datetime import date

import comtradeapicall
import pytest
import requests
import urllib3
from sqlalchemy import create_engine

from service.db.access.grants import READER
from service.ingest.sources.comtrade import describe
from tests.support.ingest.loading import load_source_files
from tests.support.roles import url_for_role
from tests.support.server import run_server

pytestmark = pytest.mark.process

FILE = "comtrade/new_format_annual_2022.csv"
SELECTION = {"typeCode": "C", "freqCode": "A", "clCode": "HS", "period": "2022"}
CHINA = SELECTION | {"reporterCode": "156"}
TOTALS = {"cmdCode": "TOTAL", "partner2Code": None, "customsCode": None, "motCode": None}
EXPORTS = CHINA | TOTALS | {"flowCode": "X", "partnerCode": "0"}
CHINAS_EXPORTS, CHINAS_IMPORTS = 3593601435602, 2715997517261  # the rows of partner 0 in the file
TEXT_COLUMNS = {"period", "cmdCode", "mosCode", "customsCode"}


@pytest.fixture(scope="module")
def comtrade_url(databases, template, shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("comtrade")

    def load(url):
        engine = create_engine(url)
        load_source_files(
            engine,
            [shared_data / FILE],
            describe=describe,
            published_on="2024-02-28",
            archive_folder=folder / "archive",
        )
        engine.dispose()

    database = databases.create_shared("comtrade", load, template=template)
    with run_server(url_for_role(database, READER), log_file=folder / "log") as address:
        yield f"{address}/comtrade"


@pytest.fixture
def api(comtrade_url, monkeypatch, pytestconfig):
    """Redirect the host that is written into the client by the lines of docs/how-to/comtrade-clients.md."""
    for owner, name in ((urllib3.PoolManager, "urlopen"), (requests.Session, "request")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # so that it is restored
    page = (pytestconfig.rootpath / "docs" / "how-to" / "comtrade-clients.md").read_text()
    block = page.split("<!-- file: redirect_comtrade.py -->\n```python\n")[1].split("```")[0]
    exec(block.replace("http://127.0.0.1:8000/comtrade", comtrade_url), {})  # noqa: S102 - it is the documentation
    monkeypatch.setattr(comtradeapicall.Async, "t", types.SimpleNamespace(sleep=lambda _seconds: None))
    return comtradeapicall


def file_rows(shared_data):
    with (shared_data / FILE).open(encoding="cp1252", newline="") as file:
        header, *rows = (row[:47] for row in csv.reader(file))
    return header, [dict(zip(header, row, strict=True)) for row in rows]


def api_cell(column, text):
    """Return the cell of the file as UN Comtrade's API types it: an empty cell is null."""
    if text in {"true", "false"}:
        return text == "true"
    is_number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) and column not in TEXT_COLUMNS
    return float(text) if is_number else text or None


@pytest.mark.client("comtradeapicall", "a file of UN Comtrade cell by cell", guide="../how-to/comtrade-clients.md")
def test_the_rows_of_a_loaded_file_come_back_cell_by_cell(api, shared_data):
    header, expected = file_rows(shared_data)

    frame = api.getFinalData("key", **SELECTION | TOTALS, reporterCode=None, flowCode=None, partnerCode=None)

    assert list(frame.columns) == header
    rows = {
        (row["reporterCode"], row["flowCode"], row["partnerCode"]): row
        for row in frame.astype(object).to_dict("records")
    }
    assert len(frame) == len(rows) == len(expected) == 1352
    differences = []
    for cells in expected:
        row = rows[int(cells["reporterCode"]), cells["flowCode"], int(cells["partnerCode"])]
        for column in header:
            value = None if row[column] != row[column] else row[column]
            if value != api_cell(column, cells[column]):
                differences.append((column, cells[column], row[column]))
    assert differences == []


@pytest.mark.client("comtradeapicall", "all functions for data", guide="../how-to/comtrade-clients.md")
def test_all_functions_for_data_answer(api):
    path = ("C", "A", "HS", "2022", "156", "TOTAL", "X", "0", "0", "C00", "0")
    frames = [
        api.previewFinalData(*path),
        api._previewFinalData(*path, maxRecords=500, format_output="JSON", includeDesc=True),
        api.previewTarifflineData(*path),
        api._previewTarifflineData(*path),
        api.getFinalData("key", *path, maxRecords=2500, aggregateBy=None, breakdownMode="classic", includeDesc=True),
        api._getFinalData("key", *path),
        api.getTarifflineData("key", *path),
        api._getTarifflineData("key", *path),
        api.getTradeMatrix("key", "C", "A", "2022", "156", "TOTAL", "X", "0", includeDesc=True),
    ]
    counts = [api.getCountFinalData("key", *path), api.previewCountFinalData(*path)]

    assert [(len(frame), frame["primaryValue"][0], frame["partnerISO"][0]) for frame in frames] == 9 * [
        (1, CHINAS_EXPORTS, "W00")
    ]
    assert [frame["count"][0] for frame in counts] == [1, 1]


@pytest.mark.client("comtradeapicall", "balances, bilateral data, groups", guide="../how-to/comtrade-clients.md")
def test_the_tools_compute_balances_mirrors_and_groups(api):
    balance = api.getTradeBalance("key", **CHINA, cmdCode="TOTAL", partnerCode="0")
    bilateral = api.getBilateralData("key", **CHINA, cmdCode="TOTAL", flowCode="X", partnerCode="842")
    groups = api.getTradeMatrixGroup("key", "C", "A", "2022", "156+276", "TOTAL", "X", "0")

    assert balance["tradeBalance"].tolist() == [CHINAS_EXPORTS - CHINAS_IMPORTS]
    # China's exports to the United States, and the United States' imports from China, as the file has them.
    assert bilateral[["primaryValue", "mirrorPrimaryValue"]].to_numpy().tolist() == [[582756110047, 575688091172]]
    assert groups[["reporterDesc", "primaryValue"]].to_numpy().tolist() == [["China+Germany", 5279743431615.135]]


@pytest.mark.client("comtradeapicall", "`aggregateBy`", guide="../how-to/comtrade-clients.md")
def test_rows_are_added_up_by_the_named_columns(api, capsys, shared_data):
    north_america = CHINA | TOTALS | {"partnerCode": "842,124", "flowCode": "X,M"}
    _, rows = file_rows(shared_data)
    sums = {
        flow: sum(
            int(row["primaryValue"])
            for row in rows
            if (row["reporterCode"], row["flowCode"]) == ("156", flow) and row["partnerCode"] in {"842", "124"}
        )
        for flow in ("M", "X")
    }

    frame = api.getFinalData("key", **north_america, aggregateBy="flowCode")

    assert dict(zip(frame["flowCode"], frame["primaryValue"], strict=True)) == sums
    assert frame["partnerDesc"].isna().all()
    assert frame["reporterDesc"].tolist() == 2 * ["China"]
    assert api.getCountFinalData("key", **north_america, aggregateBy="flowCode")["count"][0] == 2
    assert api.getFinalData("key", **north_america, aggregateBy="reporterCode") is None
    assert "would be added up; name flowCode" in capsys.readouterr().out
    assert api.getFinalData("key", **north_america, aggregateBy="flow") is None
    assert "it is none of reporterCode, period, flowCode" in capsys.readouterr().out


@pytest.mark.client("comtradeapicall", "availability, metadata, references", guide="../how-to/comtrade-clients.md")
def test_availability_metadata_and_references_answer(api):
    none = {"reporterCode": None}
    availability = [
        api.getFinalDataAvailability("key", **SELECTION | none),
        api._getFinalDataAvailability(**SELECTION | none),
        api.getTarifflineDataAvailability("key", **SELECTION | none),
        api._getTarifflineDataAvailability(**SELECTION | none),
        api.getFinalDataBulkAvailability("key", **SELECTION | none),
        api.getFinalClassicDataBulkAvailability("key", **SELECTION | none),
        api.getTarifflineDataBulkAvailability("key", **SELECTION | none),
    ]
    metadata = [api.getMetadata("key", **CHINA, showHistory=True), api._getMetadata(**CHINA, showHistory=False)]

    assert [dict(zip(frame["reporterISO"], frame["totalRecords"], strict=True)) for frame in availability] == 7 * [
        {"CHN": 439, "DEU": 466, "USA": 447}
    ]
    assert [frame["publicationDate"].tolist() for frame in metadata] == 2 * [["2024-02-28T00:00:00"]]
    assert len(api.getLiveUpdate("key")) == 3
    assert len(api.getSUV("key", period="2022", cmdCode="010391", flowCode=None, qtyUnitCode=8)) == 0
    unit_values = requests.get("https://comtradeapi.un.org/data/v1/getSUV/C/A/HS", params={"period": 2022}, timeout=60)
    assert unit_values.json()["error"].endswith("the unit values of the loaded figures are `unit_value` of /v1/series.")
    assert "reporter" in set(api.listReference()["category"])
    assert all(len(api.getReference(category)) for category in api.listReference()["category"])
    assert api.convertCountryIso3ToCode("USA,FRA,CHE,ITA") == "757,251,380,842"
    assert api._getFinalDataAvailability(**SELECTION | none, publishedDateFrom=date(2024, 3, 1)).empty


@pytest.mark.client("comtradeapicall", "bulk files, asynchronous requests", guide="../how-to/comtrade-clients.md")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client leaves a file open
def test_bulk_files_and_requested_files_are_downloaded(api, tmp_path):
    for download in (
        api.bulkDownloadFinalFile,
        api.bulkDownloadTarifflineFile,
        api.bulkDownloadFinalClassicFile,
        api.bulkDownloadFinalFileDateRange,
        api.bulkDownloadTarifflineFileDateRange,
        api.bulkDownloadFinalClassicFileDateRange,
        api.bulkDownloadAndCombineFinalFile,
        api.bulkDownloadAndCombineTarifflineFile,
        api.bulkDownloadAndCombineFinalClassicFile,
    ):
        folder = tmp_path / download.__name__
        folder.mkdir()
        download("key", str(folder), **CHINA, decompress=False)
        (file,) = folder.iterdir()
        with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
            assert len(list(csv.DictReader(text, delimiter="\t"))) == 439
    for download in (api.downloadAsyncFinalDataRequest, api.downloadAsyncTarifflineDataRequest):
        folder = tmp_path / download.__name__
        folder.mkdir()
        download("key", str(folder), **EXPORTS)
        (file,) = folder.iterdir()
        with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
            (row,) = csv.DictReader(text, delimiter="\t")
        assert (row["primaryValue"], row["qty"], row["isLeaf"]) == (str(CHINAS_EXPORTS), "0", "false")
        assert (row["isAggregate"], row["legacyEstimationFlag"]) == ("true", "4")
    submitted = [
        api.submitAsyncFinalDataRequest("key", **EXPORTS),
        api.submitAsyncTarifflineDataRequest("key", **EXPORTS),
    ]
    for each in submitted:
        assert api.checkAsyncDataRequest("key", batchId=each["requestId"])["status"].tolist() == ["Completed"]


def test_faults_are_explained_in_the_body(api, capsys):
    assert api.getFinalData("key", **EXPORTS | {"reporterCode": "99999"}) is None
    assert "reporterCode: it is not the code of an area" in capsys.readouterr().out
    assert api.getFinalData("key", **EXPORTS | {"period": "202201"}) is None
    assert "a period of frequency A reads 2022" in capsys.readouterr().out
    assert api.getFinalData("key", **EXPORTS | {"motCode": "1000"}).empty  # a breakdown, which is not stored
