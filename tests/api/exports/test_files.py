"""Files: XLSX with text codes and sources, metadata of Parquet, names, known sizes and byte ranges."""

import io
from decimal import Decimal

import openpyxl
import pytest
from pyarrow import parquet

CHINA = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
EVERYTHING = "/v1/flows?reporter=JPN&partner=all&commodity=all&period=2024-01"
ATTRIBUTION = "Source: Trade Statistics of Japan, Ministry of Finance"


def test_a_spreadsheet_has_text_codes_number_formats_and_sources(demo, client, figures):
    figures({("X", "WLD", "TOTAL", "2024"): 10**15 + 1})
    goods = {"classification": "H6", "hs_codes": ["01", "0101", "010121"], "code": "test-hs"}
    figures({("X", "CHN", "010121", "2024"): {"value": 5, "quantity": Decimal("1.5"), "quantity_unit": "u"}}, **goods)
    horses = "/v1/flows?reporter=JPN&flow=X&partner=CHN&commodity=010121&dataset=test-hs&format=xlsx"
    workbook = openpyxl.load_workbook(io.BytesIO(demo.get(f"{CHINA}&format=xlsx").data))
    large = openpyxl.load_workbook(
        io.BytesIO(client.get("/v1/flows?reporter=JPN&dataset=test-a&format=xlsx&flow=X").data)
    )

    header, row = workbook["Data"].iter_rows()
    cells = {name.value: cell for name, cell in zip(header, row, strict=True)}
    assert (cells["value"].value, cells["value"].number_format) == (1250314515000, "#,##0")
    assert (cells["yoy_pct"].value, cells["yoy_pct"].number_format) == (29.2195, "0.0000")
    assert (cells["commodity"].data_type, cells["commodity"].number_format) == ("s", "@")
    sources = dict(workbook["Sources"].iter_rows(values_only=True))
    assert (sources["as_of"], sources["source"]) == ("2024-02-28", ATTRIBUTION)
    animals = openpyxl.load_workbook(io.BytesIO(client.get(horses).data))["Data"]
    codes = dict(zip(*((cell.value for cell in line) for line in animals.iter_rows()), strict=True))
    assert (codes["commodity"], codes["period"], codes["quantity"]) == ("010121", "2024", 1.5)
    assert "1000000000000001" in [cell.value for cell in list(large["Data"].iter_rows())[1]]


def test_equal_spreadsheets_are_equal_bytes(demo):
    assert demo.get(f"{CHINA}&format=xlsx&limit=1").data == demo.get(f"{CHINA}&limit=1&format=xlsx").data


@pytest.mark.parametrize("limit", ["", "&limit=1"])
def test_parquet_names_its_sources(demo, limit):
    metadata = parquet.read_schema(io.BytesIO(demo.get(f"{CHINA}&format=parquet{limit}").data)).metadata

    assert (metadata[b"as_of"], metadata[b"source"]) == (b"2024-02-28", ATTRIBUTION.encode())
    assert metadata[b"licence"].startswith(b"The terms of use of the named sources apply")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (CHINA, "jpn-chn-exports-2024-01"),
        ("/v1/partners?reporter=JPN&period=2024-01", "jpn-partners-2024-01"),
        ("/v1/series?reporter=JPN&flow=M&commodity=IC&period=2023-01..2024-01", "jpn-imports-ic-2023-01-2024-01"),
        ("/v1/groups?", "groups"),
    ],
)
def test_a_file_is_named_by_its_request(demo, address, name):
    response = demo.get(f"{address}&format=csv")

    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'


@pytest.mark.parametrize("format_name", ["csv", "ndjson", "parquet", "xlsx", "json"])
def test_sizes_are_known_and_ranges_are_served(demo, format_name):
    address = f"{EVERYTHING}&format={format_name}"
    whole = demo.get(address)
    headed = demo.head(address)
    tail = demo.get(address, headers={"Range": "bytes=-7", "Accept-Encoding": "gzip"})
    part = demo.get(address, headers={"Range": "bytes=10-19", "If-Range": whole.headers["ETag"]})

    assert (headed.content_length, headed.data, headed.headers["Accept-Ranges"]) == (len(whole.data), b"", "bytes")
    assert (tail.status_code, tail.data) == (206, whole.data[-7:])
    assert part.data == whole.data[10:20]
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    assert demo.get(address, headers={"Range": f"bytes={len(whole.data)}-"}).status_code == 416


def test_the_file_of_a_release_never_changes(client, figures):
    cell, other = ("X", "WLD", "TOTAL", "2024-01"), ("X", "CHN", "A1", "2024-01")
    figures({cell: 100, other: 7}, published="2024-02-28")
    before = client.get("/v1/releases/test-m-2024-02-28.parquet")
    figures({cell: 110}, published="2024-03-28")
    after = client.get("/v1/releases/test-m-2024-02-28.parquet")
    revised = client.get("/v1/releases/test-m-2024-03-28.parquet")

    rows = {
        name: [
            (row["partner"], row["commodity"], row["value"])
            for row in parquet.read_table(io.BytesIO(each.data)).to_pylist()
        ]
        for name, each in (("before", before), ("revised", revised))
    }
    assert after.data == before.data
    assert {("WLD", "TOTAL", 100), ("CHN", "A1", 7)} <= set(rows["before"])
    assert ("WLD", "TOTAL", 110) in rows["revised"]
    assert {("CHN", "A1", 7), ("WLD", "TOTAL", 100)}.isdisjoint(rows["revised"])
    assert after.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/v1/releases/nothing.parquet").status_code == 404
