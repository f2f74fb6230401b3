"""SDMX messages that the unmodified client sdmx1 reads have the figures of /v1."""

import csv
import io
import subprocess
import sys

import pytest
import sdmx

from service.resources.sdmx import service as sdmx_service

DATAFLOW_ID = "jpn-pc-m-demo"
CHINA_KEY = "M.JPN.X.CHN.TOTAL"
GENERIC_XML = "application/vnd.sdmx.genericdata+xml;version=2.1"
STRUCTURE_SPECIFIC_XML = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
SDMX_CSV = "application/vnd.sdmx.data+csv;version=1.0.0"


@pytest.fixture(scope="module")
def sdmx_client(demo_server_url):
    """Return the reader, which knows nothing but the address."""
    sdmx.add_source({"id": "TRADEFLOWS", "name": "tradeflows", "url": f"{demo_server_url}/sdmx/2.1"}, override=True)
    return sdmx.Client("TRADEFLOWS")


def fetch_series(demo, **query):
    """Return by period the rows of /v1/series that have a value; SDMX has no observation of the others."""
    query = {"reporter": "JPN", "flow": "X", "partner": "CHN", "period": "all"} | query
    rows = demo.get("/v1/series", query_string=query).json["data"]
    return {row["period"]: row for row in rows if row["value"] is not None}


def test_the_client_lists_the_dataflows(sdmx_client):
    flows = sdmx_client.dataflow().dataflow

    assert {name: str(flow.name) for name, flow in flows.items()} == {
        DATAFLOW_ID: "Japan: trade by principal commodity and country, monthly (demo: 20 partners, 29 commodities)",
        "usa-hs-m-demo": "United States: trade by country, and imports by HS chapter, monthly (demo: 20 partners)",
    }


def test_the_client_reads_the_data_structure(sdmx_client):
    structure = sdmx_client.datastructure(DATAFLOW_ID).structure[DATAFLOW_ID]

    assert [dimension.id for dimension in structure.dimensions] == [
        "FREQ", "REPORTER", "FLOW", "PARTNER", "COMMODITY", "TIME_PERIOD",
    ]  # fmt: skip
    assert [attribute.id for attribute in structure.attributes] == [
        "OBS_STATUS", "UNIT_MEASURE", "UNIT_MULT", "DECIMALS",
    ]  # fmt: skip
    assert [measure.id for measure in structure.measures] == ["OBS_VALUE"]


def test_the_client_reads_the_codelists(sdmx_client):
    message = sdmx_client.dataflow(DATAFLOW_ID, params={"references": "descendants"})
    codes = {name: {code.id: str(code.name) for code in codes} for name, codes in message.codelist.items()}

    assert (codes["CL_FREQ"]["M"], codes["CL_FLOW"]["X"], codes["CL_AREA"]["CHN"]) == ("Monthly", "Exports", "China")
    assert codes["CL_COMMODITY_JP-PC"]["TOTAL"] == "Total, all commodities"
    assert message.codelist["CL_COMMODITY_JP-PC"]["IC"].parent.id == "SEMICONDUCTORS-ETC"


def test_codelists_and_concepts_can_be_requested_separately(sdmx_client):
    statuses = sdmx_client.codelist("CL_OBS_STATUS").codelist["CL_OBS_STATUS"]
    concepts = sdmx_client.conceptscheme().concept_scheme["CS_TRADE"]

    assert [code.id for code in statuses] == ["A", "P", "E", "M", "Q"]
    assert "UNIT_MEASURE" in concepts


@pytest.mark.parametrize("accept", [None, GENERIC_XML, STRUCTURE_SPECIFIC_XML])
@pytest.mark.parametrize("dimension", ["TIME_PERIOD", "AllDimensions"])
def test_exports_to_china_match_the_series(sdmx_client, demo, accept, dimension):
    structure = sdmx_client.datastructure(DATAFLOW_ID, params={"references": "none"}).structure[DATAFLOW_ID]
    expected = fetch_series(demo)

    message = sdmx_client.data(
        DATAFLOW_ID,
        key=CHINA_KEY,
        params={"dimensionAtObservation": dimension},
        headers={"Accept": accept} if accept else {},
        dsd=structure if accept == STRUCTURE_SPECIFIC_XML else None,
    )
    found = sdmx.to_pandas(message, attributes="osd").reset_index().set_index("TIME_PERIOD")

    assert message.response.headers["Content-Type"] == (accept or GENERIC_XML)
    assert found["value"].to_dict() == {period: row["value"] for period, row in expected.items()}
    assert found["OBS_STATUS"].to_dict() == {period: row["obs_status"] for period, row in expected.items()}
    assert set(found["UNIT_MEASURE"]) == {"JPY"}
    assert set(found["UNIT_MULT"]) == {"0"}
    assert found.loc["2024-01", "value"] == 1250314515000


def test_a_key_by_dimension_names_is_supported(sdmx_client):
    message = sdmx_client.data(
        DATAFLOW_ID,
        key={"FLOW": "X", "PARTNER": ["CHN", "USA"], "COMMODITY": "TOTAL"},
        params={"startPeriod": "2024-01"},
    )

    found = sdmx.to_pandas(message)
    assert dict(zip(found.index.get_level_values("PARTNER"), found, strict=True)) == {
        "CHN": 1250314515000,
        "USA": 1423390833000,
    }


def test_series_keys_can_be_requested_without_observations(sdmx_client, demo):
    everything = {"reporter": "JPN", "partner": "all,WLD,EU", "period": "all", "limit": "10000"}
    totals = demo.get("/v1/flows", query_string=everything).json["data"]
    expected = {("M", "JPN", row["flow"], row["partner"], "TOTAL") for row in totals}

    message = sdmx_client.data(DATAFLOW_ID, key="....TOTAL", params={"detail": "serieskeysonly"})

    assert {tuple(value.value for value in key.values.values()) for key in message.data[0].series} == expected
    assert message.data[0].obs == []


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [("startPeriod=2023&endPeriod=2023-Q1", "2023-01", "2023-03"), ("startPeriod=2023-12-24", "2023-12", "2024-01")],
)
def test_periods_are_inclusive_and_of_any_length(demo, period, first, last):
    rows = fetch_csv_observations(demo, f"{CHINA_KEY}?{period}")

    assert (rows[0]["TIME_PERIOD"], rows[-1]["TIME_PERIOD"]) == (first, last)


def fetch_csv_observations(demo, key_and_query):
    answer = demo.get(f"/sdmx/2.1/data/{DATAFLOW_ID}/{key_and_query}", headers={"Accept": SDMX_CSV})
    assert (answer.status_code, answer.content_type) == (200, SDMX_CSV), answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_sdmx_csv_has_the_columns_of_the_standard(demo):
    (row,) = fetch_csv_observations(demo, f"{CHINA_KEY}?startPeriod=2024-01")

    assert row == {
        "DATAFLOW": "TRADEFLOWS:jpn-pc-m-demo(1.0)",
        "FREQ": "M",
        "REPORTER": "JPN",
        "FLOW": "X",
        "PARTNER": "CHN",
        "COMMODITY": "TOTAL",
        "TIME_PERIOD": "2024-01",
        "OBS_VALUE": "1250314515000",
        "OBS_STATUS": "P",
        "UNIT_MEASURE": "JPY",
        "UNIT_MULT": "0",
        "DECIMALS": "0",
    }


def test_an_empty_key_position_is_a_wildcard(demo):
    rows = fetch_csv_observations(demo, "M..X..TOTAL?startPeriod=2024-01")
    partners = {row["PARTNER"] for row in rows}

    assert {"WLD", "CHN", "USA"} <= partners
    assert len(partners) == len(rows) == 20


def test_complete_years_are_aggregated(demo):
    expected = fetch_series(demo, frequency="A", partner="WLD")

    rows = fetch_csv_observations(demo, "A.JPN.X.WLD.TOTAL")

    # November 2022 to January 2024: one whole year.
    assert [(row["TIME_PERIOD"], int(row["OBS_VALUE"])) for row in rows] == [("2023", expected["2023"]["value"])]


def test_observations_are_as_of_the_day(demo):
    known = fetch_series(demo, as_of="2023-12-31")

    rows = fetch_csv_observations(demo, f"{CHINA_KEY}?as_of=2023-12-31")

    assert {row["TIME_PERIOD"]: int(row["OBS_VALUE"]) for row in rows} == {
        period: row["value"] for period, row in known.items() if row["value"] is not None
    }
    assert rows[-1]["TIME_PERIOD"] == "2023-11"


def test_the_limit_counts_the_last_observations_only(client, figures, monkeypatch):
    monkeypatch.setattr(sdmx_service, "MAX_OTHER_OBSERVATIONS", 3)
    figures({("X", partner, "TOTAL", year): 5 for partner in ("WLD", "CHN", "USA") for year in ("2022", "2023")})
    address, headers = "/sdmx/2.1/data/test-a/A.JPN.X..TOTAL", {"Accept": SDMX_CSV}

    refused = client.get(address, headers=headers)
    last, first = (client.get(f"{address}?{name}NObservations=1", headers=headers).text for name in ("last", "first"))

    assert (refused.status_code, refused.json["type"]) == (422, "/problems/request-too-large")
    for text, year in ((last, "2023"), (first, "2022")):
        assert {row["TIME_PERIOD"] for row in csv.DictReader(io.StringIO(text))} == {year}
        assert len(text.splitlines()) == 4


def test_a_missing_figure_is_nan(client, figures):
    figures({("X", "WLD", "TOTAL", "2023"): None, ("X", "WLD", "TOTAL", "2024"): 5})

    answer = client.get("/sdmx/2.1/data/test-a/A.JPN.X.WLD.TOTAL")

    read = sdmx.to_pandas(sdmx.read_sdmx(io.BytesIO(answer.data)))
    assert read.isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("data/nothing", 404),
        (f"data/OTHER,{DATAFLOW_ID}/{CHINA_KEY}", 404),
        (f"data/{DATAFLOW_ID}/M.CHN.X.JPN.TOTAL", 404),
        (f"data/{DATAFLOW_ID}/{CHINA_KEY}?startPeriod=2030", 404),
        (f"data/{DATAFLOW_ID}/M.JPN.X.CHN", 404),
        (f"data/{DATAFLOW_ID}/M.JPN.Y.CHN.TOTAL", 422),
        (f"data/{DATAFLOW_ID}/M.JPN.X.CHX.TOTAL", 422),
        (f"data/{DATAFLOW_ID}/M.JPN.X.CHN.TOTALS", 422),
        (f"data/{DATAFLOW_ID}/{CHINA_KEY}?startPeriod=then", 422),
        (f"data/{DATAFLOW_ID}/{CHINA_KEY}?startPeriod=2024-01-40", 422),
        (f"data/{DATAFLOW_ID}/all", 422),
        (f"data/{DATAFLOW_ID}/{CHINA_KEY}?firstNObservations=0", 422),
        (f"data/{DATAFLOW_ID}", 422),
        (f"dataflow/OTHER/{DATAFLOW_ID}/latest", 404),
        ("dataflow/all/nothing/latest", 404),
        ("dataflow/all/all/9.9", 404),
        ("codelist/all/CL_NOTHING/latest", 404),
        ("conceptscheme/all/CS_NOTHING/latest", 404),
        ("dataflow?references=cousins", 422),
        ("hierarchicalcodelist/all/all/latest", 404),
    ],
)
def test_invalid_requests_are_problem_details(demo, address, status):
    answer = demo.get(f"/sdmx/2.1/{address}")

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text


@pytest.mark.parametrize("address", ["dataflow", f"data/{DATAFLOW_ID}/{CHINA_KEY}"])
def test_a_non_sdmx_format_is_rejected(demo, address):
    answer = demo.get(f"/sdmx/2.1/{address}", headers={"Accept": "image/png"})

    assert (answer.status_code, answer.json["type"]) == (406, "/problems/not-acceptable")


@pytest.mark.parametrize(
    "accept", [SDMX_CSV, "application/xml", "*/*", "text/csv;q=0.1, application/vnd.sdmx.structure+xml"]
)
def test_a_matching_etag_is_304(demo, accept):
    address, headers = f"/sdmx/2.1/data/{DATAFLOW_ID}/{CHINA_KEY}", {"Accept": accept}
    tag = demo.get(address, headers=headers).headers["ETag"]

    assert demo.get(address, headers=headers | {"If-None-Match": tag}).status_code == 304


@pytest.mark.process
def test_the_sdmx_library_is_imported_lazily(pytestconfig):
    code = "import sys, service.wsgi; print('pysdmx' in sys.modules, 'pandas' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=pytestconfig.rootpath, capture_output=True, text=True, check=True
    )

    assert ran.stdout == "False False\n"
