"""Japan Customs' files: HS 9 digits by country, principal commodities, and d41ma.csv."""

from service.ingest.sources.japan_customs import MONTH_ABBREVIATIONS, describe
from service.ingest.sources.japan_customs_totals import describe as describe_totals

CSV_HEADER = ",".join(
    [
        "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year",
        *(f"Quantity1-{month},Quantity2-{month},Value-{month}" for month in MONTH_ABBREVIATIONS),
    ]
)


def build_row(code, country, months, *, direction="1", units="NO,KG"):
    """Return a line of 2024 with (first quantity, second quantity, value) of its first months; the others are 0."""
    cells = [*months, *[(0, 0, 0)] * (12 - len(months))]
    year = [sum(column) for column in zip(*cells, strict=True)]
    return ",".join(
        [direction, "2024", f"'{code}'", country, units, *map(str, year), *(str(v) for cell in cells for v in cell)]
    )


def build_csv(*rows, header=CSV_HEADER):
    return "\r\n".join([header, *rows]) + "\r\n"


def test_future_months_are_not_zeros(load_source_file, query_figures, client):
    load_source_file(
        describe,
        build_csv(
            build_row("854231000", "105", [(1, 2, 30), (0, 0, 0)]),
            build_row("854231000", "304", [(0, 0, 0), (4, 5, 60)]),
        ),
    )

    found = query_figures("commodity.code = '854231000' AND area.code <> 'WLD'")
    assert found == [(1, "CHN", "854231000", 2024, 1, 30, 1, "NO", 2), (1, "USA", "854231000", 2024, 2, 60, 4, "NO", 5)]
    line = client.get("/v1/series?reporter=JPN&flow=X&partner=CHN&period=all").json["data"]
    assert [(r["period"], r["value"]) for r in line] == [("2024-01", 30_000), ("2024-02", 0)]


def test_headings_chapters_total_and_world_are_computed(load_source_file, query_figures):
    load_source_file(
        describe,
        build_csv(
            build_row("854231000", "105", [(1, 2, 30)]),
            build_row("854239000", "105", [(1, 3, 12)]),
            build_row("010121000", "304", [(1, 4, 8)]),
        ),
    )

    world = [
        (commodity, value, weight) for _, _, commodity, _, _, value, _, _, weight in query_figures("area.code = 'WLD'")
    ]
    assert world == [
        ("01", 8, 4),
        ("0101", 8, 4),
        ("010121", 8, 4),
        ("010121000", 8, 4),
        ("85", 42, 5),
        ("8542", 42, 5),
        ("854231", 30, 2),
        ("854231000", 30, 2),
        ("854239", 12, 3),
        ("854239000", 12, 3),
        ("TOTAL", 50, 9),
    ]


def test_principal_commodities_are_not_aggregated(load_source_file, query_figures):
    header = CSV_HEADER.replace("HS", "Commodity")
    load_source_file(
        describe,
        build_csv(
            build_row("70503", "105", [(0, 0, 30)], units=","),
            build_row("7", "105", [(0, 0, 90)], units=","),
            header=header,
        ),
    )

    assert [(commodity, value) for _, _, commodity, _, _, value, *_ in query_figures()] == [("7", 90), ("70503", 30)]


def test_an_unmapped_country_is_kept(load_source_file):
    (loaded,) = load_source_file(
        describe, build_csv(build_row("854231000", "105", [(1, 2, 30)]), build_row("854231000", "999", [(1, 2, 30)]))
    )

    assert [(each.source_code, each.code) for each in loaded.unmapped] == [("999", "jp-customs:999")]


TOTALS_HEADER = (
    "《世界》  【月別】　（単位：千円） ,,\r\nWORLD  Monthly Data  (a thousand yen) ,,\r\n"
    "Years/Months,Exp-Total,Imp-Total\r\n,,\r\n"
)


def test_world_totals_load_without_future_months(load_source_file, query_figures):
    content = TOTALS_HEADER + "2024/01,7332641295 ,9124867450 \r\n2024/02,0 ,0 \r\n"
    load_source_file(describe_totals, content.encode("cp932"))

    assert [row[:6] for row in query_figures()] == [
        (1, "WLD", "TOTAL", 2024, 1, 7332641295),
        (2, "WLD", "TOTAL", 2024, 1, 9124867450),
    ]


def test_the_official_d41ma_file_has_a_missing_base_and_no_zero(load_source_file, shared_data, client):
    load_source_file(describe_totals, shared_data / "japan" / "d41ma.csv")

    question = {"reporter": "JPN", "flow": "X", "classification": "TOTAL", "period": "2009-01,2024-01"}
    line = client.get("/v1/series", query_string=question).json["data"]
    assert [(r["value"], r["yoy_status"]) for r in line] == [
        (3_477_825_156_000, "base_missing"),
        (7_332_641_295_000, "ok"),
    ]
    latest = client.get("/v1/flows", query_string=question | {"period": "latest"}).json["data"]
    assert [r["period"] for r in latest] == ["2024-01"]
