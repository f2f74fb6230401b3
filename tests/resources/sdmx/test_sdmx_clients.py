"""SDMX clients, unmodified and strict: pysdmx by every format and both APIs, sdmx1 as a 2.1 and a 3.0 source."""

import io

import pytest
import sdmx
import sdmx.reader.xml.v30  # its import fails after a structure-specific message of 2.1 was read
from pysdmx.api.dc.rest import SdmxConnector
from pysdmx.api.qb.availability import AvailabilityQuery
from pysdmx.api.qb.data import DataContext, DataFormat, DataQuery
from pysdmx.api.qb.service import RestService
from pysdmx.api.qb.structure import StructureFormat, StructureQuery, StructureReference, StructureType
from pysdmx.api.qb.util import ApiVersion
from pysdmx.io import read_sdmx
from sdmx.reader.csv import Reader as CsvReader

CSV = "application/vnd.sdmx.data+csv"
FLOW = "jpn-pc-m-demo"
CHINA_KEY = "M.JPN.X.CHN.TOTAL"
CHINA_VALUE = 1250314515000  # exports to China in January 2024, as published
VERSIONS = {"2.1": ApiVersion.V1_5_0, "3.0": ApiVersion.V2_2_0}
STRUCTURE_FORMATS = [
    StructureFormat.SDMX_JSON_2_0_0,
    StructureFormat.SDMX_ML_2_1,
    StructureFormat.SDMX_ML_3_0,
    StructureFormat.SDMX_ML_3_1,
]
TABLE_FORMATS = [each for each in DataFormat if "xml" in each.value or "csv" in each.value]


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.mark.client(
    "pysdmx",
    "RestService for REST 1.5 and 2.2: structures without a version, as SDMX-ML 2.1, 3.0, 3.1 and SDMX-JSON 2.0",
)
@pytest.mark.parametrize("structure_format", STRUCTURE_FORMATS, ids=lambda each: each.name)
def test_pysdmx_reads_valid_structures_without_a_version(demo_server_url, version, structure_format):
    service = RestService(
        f"{demo_server_url}/sdmx/{version}", VERSIONS[version], structure_format=structure_format, timeout=60
    )

    def read(*query, **options):
        message = service.structure(StructureQuery(*query, **options)).decode()
        return {(type(each).__name__, each.id) for each in read_sdmx(message, validate=True).structures}

    assert read(StructureType.DATAFLOW, "TRADEFLOWS") == {("Dataflow", FLOW), ("Dataflow", "usa-hs-m-demo")}
    everything = read(StructureType.DATAFLOW, "TRADEFLOWS", FLOW, references=StructureReference.DESCENDANTS)
    assert {("DataStructureDefinition", FLOW), ("ConceptScheme", "CS_TRADE"), ("Codelist", "CL_DECIMALS")} <= everything


@pytest.mark.client("pysdmx", "data as SDMX-ML 2.1 (four kinds), 3.0, 3.1 and SDMX-CSV 1.0, 2.0, 2.1, all validated")
@pytest.mark.parametrize("data_format", TABLE_FORMATS, ids=lambda each: each.name)
def test_pysdmx_reads_valid_data(demo_server_url, version, data_format):
    service = RestService(f"{demo_server_url}/sdmx/{version}", VERSIONS[version], data_format=data_format, timeout=60)
    query = DataQuery(DataContext.DATAFLOW, "TRADEFLOWS", FLOW, key=CHINA_KEY, last_n_obs=1)

    (data_set,) = read_sdmx(service.data(query).decode(), validate=True).data

    assert data_set.data[["TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE"]].values.tolist() == [
        ["2024-01", str(CHINA_VALUE), "JPY"]
    ]


@pytest.mark.client("pysdmx", "SdmxConnector: dataflows, data by a filter")
def test_the_connector_of_pysdmx_discovers_and_reads(demo_server_url):
    connector = SdmxConnector(f"{demo_server_url}/sdmx/3.0", timeout=60)

    flows = {flow.id: flow for flow in connector.dataflows()}
    flow = flows[FLOW]
    assert set(flows) == {FLOW, "usa-hs-m-demo"}
    rows = list(
        connector.data(flow, "PARTNER = 'CHN' AND FLOW = 'X' AND COMMODITY = 'TOTAL' AND TIME_PERIOD >= '2024-01'")
    )

    assert connector.dataflow(flow).obs_count == 14400  # 16 months of 900 series
    assert [row["OBS_VALUE"] for row in rows] == [str(CHINA_VALUE)]


@pytest.mark.client("pysdmx", "availability")
def test_availability_is_a_valid_constraint(demo_server_url, version):
    service = RestService(f"{demo_server_url}/sdmx/{version}", VERSIONS[version], timeout=60)
    query = AvailabilityQuery(DataContext.DATAFLOW, "TRADEFLOWS", FLOW, key="M.JPN.X.CHN+USA.TOTAL")

    (constraint,) = read_sdmx(service.availability(query).decode(), validate=True).structures

    values = {each.id: [value.value for value in each.values] for each in constraint.cube_region.key_values}
    assert (values["PARTNER"], constraint.series_count, constraint.obs_count) == (["CHN", "USA"], 2, 32)


@pytest.fixture
def sdmx1_client(demo_server_url, version):
    source = {"id": "TRADEFLOWS", "name": "tradeflows", "url": f"{demo_server_url}/sdmx/{version}"}
    sdmx.add_source(source | ({"versions": ["3.0.0"]} if version == "3.0" else {}), override=True)
    return sdmx.Client("TRADEFLOWS")


@pytest.mark.client(
    "sdmx1", "as a source of 2.1 and 3.0: structures, code lists, SDMX-ML, SDMX-CSV 2.0, `lastNObservations`"
)
def test_sdmx1_reads_structures_and_data(sdmx1_client, demo):
    structure = sdmx1_client.datastructure(FLOW).structure[FLOW]
    message = sdmx1_client.dataflow(FLOW, params={"references": "descendants"})
    table = demo.get(f"/sdmx/2.1/data/{FLOW}/{CHINA_KEY}", headers={"Accept": f"{CSV};version=2.0.0"}).data

    assert len(message.codelist) == 8
    last = sdmx1_client.data(FLOW, key=CHINA_KEY, params={"lastNObservations": 1})
    assert sdmx.to_pandas(last).tolist() == [CHINA_VALUE]
    assert CsvReader().convert(io.BytesIO(table), structure=structure).data[0].obs[-1].value == str(CHINA_VALUE)


@pytest.mark.client("sdmx1", "`includeHistory`")
def test_history_is_a_data_set_for_each_release(demo):
    response = demo.get(f"/sdmx/2.1/data/{FLOW}/{CHINA_KEY}?includeHistory=true&lastNObservations=1")

    message = sdmx.read_sdmx(io.BytesIO(response.data))
    # 17 releases, of which each is the newest until the next.
    assert len(message.data) == 17
    assert message.data[-1].obs[0].value == str(CHINA_VALUE)
    assert response.data.count(b"validFromDate") == 17


def test_the_history_of_a_message_is_bounded_as_a_whole(demo):
    newest, history = (
        demo.get(f"/sdmx/2.1/data/{FLOW}?lastNObservations=1&includeHistory={each}") for each in ("false", "true")
    )

    assert newest.status_code == 200  # each release has fewer series than a message may hold
    assert (history.status_code, history.json["errors"][0]["parameter"]) == (422, "key")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"2.1/data/{FLOW}/all/all/?lastNObservations=1&detail=dataonly&startPeriod=2024", 200),
        (f"2.1/data/TRADEFLOWS,{FLOW},1.0/{CHINA_KEY}/TRADEFLOWS", 200),
        (f"2.1/data/{FLOW}/{CHINA_KEY}/OTHER", 404),
        ("2.1/dataflow/all", 200),
        ("2.1/codelist/all/CL_FREQ", 200),
        ("2.1/codelist", 200),
        ("2.1/structure/all/all/latest?references=none&detail=full", 200),
        ("2.1/categoryscheme", 404),
        (f"2.1/availableconstraint/{FLOW}/M.JPN.X..TOTAL/all/PARTNER?references=none&mode=exact", 200),
        ("3.0/structure/dataflow/*/*/~?references=all", 200),
        ("3.0/structure", 200),
        (f"3.0/data/dataflow/TRADEFLOWS/{FLOW}/+/M.JPN.X.CHN.TOTAL,M.JPN.M.CHN.TOTAL", 200),
        (f"3.0/data/dataflow/TRADEFLOWS/{FLOW}/1.0/*?c[PARTNER]=CHN,USA&c[COMMODITY]=TOTAL&asOf=2023-12-31", 200),
        (f"3.0/data/dataflow/TRADEFLOWS/{FLOW}/1.0/*?c[PARTNER]=ne:CHN", 422),
        (f"3.0/data/dataflow/TRADEFLOWS/{FLOW}/1.0/{CHINA_KEY}?updatedAfter=2100-01-01T00:00:00", 404),
        (f"3.0/availability/dataflow/TRADEFLOWS/{FLOW}/~/M.JPN.X.*.TOTAL/PARTNER", 200),
        ("3.0/availability", 404),  # there are two dataflows
        ("3.0/data?c[PARTNER]=CHN&c[COMMODITY]=TOTAL", 404),
        (f"3.0/data/*/*/{FLOW}/*/{CHINA_KEY}?attributes=msd&measures=OBS_VALUE&reportingYearStartDay=--04-01", 200),
        (f"3.0/data/*/*/{FLOW}/*/{CHINA_KEY}?sort=OBS_VALUE:desc", 422),
    ],
)
def test_optional_parts_and_parameters_have_the_defaults_of_the_standard(demo, address, status):
    response = demo.get(f"/sdmx/{address}")

    assert response.status_code == status, response.text[:500]


def test_a_part_of_a_message_is_selected_by_offset_and_limit(demo):
    address = f"/sdmx/3.0/data/dataflow/*/{FLOW}/~/{CHINA_KEY}?c[TIME_PERIOD]=ge:2023-01"
    accept = {"Accept": "application/vnd.sdmx.data+csv;version=2.0.0"}

    whole, part = (demo.get(f"{address}{each}", headers=accept).text.splitlines() for each in ("", "&offset=2&limit=3"))

    assert part == [whole[0], *whole[3:6]]


def test_a_message_without_a_dataflow_lists_the_dataflows(client, figures):
    figures({("X", "WLD", "TOTAL", "2023"): 1})
    assert client.get("/sdmx/3.0/data").status_code == 200
    assert client.get("/sdmx/3.0/availability").status_code == 200
    assert client.get("/sdmx/3.0/data/*/*/*/*/A.JPN.X.WLD.TOTAL?c[COMMODITY]=TOTAL").status_code == 200
    figures({("X", "WLD", "TOTAL", "2023-01"): 1})

    assert client.get("/sdmx/3.0/data").json["detail"].endswith("There are test-a, test-m.")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/vnd.sdmx.data+json;version=2.0.0", "application/vnd.sdmx.data+json;version=2.0.0"),
        ("application/json", "application/vnd.sdmx.data+json;version=1.0.0"),
        ("*", "application/vnd.sdmx.genericdata+xml;version=2.1"),
        ("application/vnd.sdmx.data+xml;version=3.0", "application/vnd.sdmx.data+xml;version=3.0.0"),
        ("application/vnd.sdmx.data+csv;labels=both", "application/vnd.sdmx.data+csv;version=1.0.0;labels=both"),
        ("application/vnd.sdmx.genericdata+xml;version=2.0", None),
        ("application/vnd.sdmx.data+csv;version=9.0.0, */*;q=0.1", "application/vnd.sdmx.genericdata+xml;version=2.1"),
    ],
)
def test_the_version_in_accept_is_that_of_the_message(demo, accept, content_type):
    response = demo.get(f"/sdmx/2.1/data/{FLOW}/{CHINA_KEY}?lastNObservations=1", headers={"Accept": accept})

    assert response.status_code == (406 if content_type is None else 200)
    assert content_type is None or response.content_type == content_type
    assert "labels" not in accept or "CHN: China" in response.text


@pytest.mark.parametrize(("version", "structure"), [("1.0.0", "structure"), ("2.0.0", "structures")])
def test_json_messages_refer_to_their_values(demo, version, structure):
    accept = {"Accept": f"application/vnd.sdmx.data+json;version={version}"}

    data = demo.get(f"/sdmx/2.1/data/{FLOW}/M.JPN.X.CHN+USA.TOTAL?startPeriod=2024-01", headers=accept).json["data"]

    series = data["dataSets"][0]["series"]
    assert [each["observations"]["0"][0] for each in series.values()] == [CHINA_VALUE, 1423390833000]
    description = data[structure][0] if version == "2.0.0" else data[structure]
    partners = description["dimensions"]["series"][3]["values"]
    assert [partners[int(key.split(":")[3])]["id"] for key in series] == ["CHN", "USA"]
