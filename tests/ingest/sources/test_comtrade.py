"""UN Comtrade's files, new, legacy and JSON: breakdowns are not summed, reporters and editions kept apart."""

import json
from decimal import Decimal

from service.ingest.sources.comtrade import CURRENT_COLUMNS, describe

CSV_COLUMNS = [*CURRENT_COLUMNS.values(), "motCode", "customsCode", "partner2Code", "mosCode"]


def build_row(**changes):
    cells = ["392", "A", "H6", "2022", "X", "156", "China", "8542", "Circuits", "1000.4", "0", "N/A", "-1", "12.5"]
    row = dict(zip(CURRENT_COLUMNS, cells, strict=True))
    row |= {"motCode": "0", "customsCode": "C00", "partner2Code": "0", "mosCode": "0"} | changes
    return row


def build_csv(*rows):
    quoted = (",".join(f'"{cell}"' for cell in row.values()) for row in rows)
    return "".join([",".join(CSV_COLUMNS) + "\n", *(f"{line},\n" for line in quoted)])


def select_values(figures):
    return [(flow, partner, commodity, value) for flow, partner, commodity, _, _, value, *_ in figures]


def test_rows_with_a_trailing_comma_are_parsed(load_source_file, query_figures):
    (loaded,) = load_source_file(describe, build_csv(build_row()))

    assert loaded.release_code == "comtrade-392-a-h6-2024-02-28"
    assert query_figures() == [(1, "CHN", "8542", 2022, 1, 1000, None, None, 12.5)]


def test_breakdowns_are_not_double_counted(load_source_file, query_figures):
    load_source_file(
        describe,
        build_csv(
            build_row(),
            build_row(motCode="1000", value="400"),
            build_row(customsCode="C01", value="300"),
            build_row(partner2Code="842", value="200"),
        ),
    )

    assert select_values(query_figures()) == [(1, "CHN", "8542", 1000)]


def test_decimals_are_rounded_half_even_with_a_note(load_source_file, query_figures):
    rows = [build_row(value="7.000"), build_row(partner="842", value="2.5"), build_row(partner="410", value="3.75")]

    (loaded,) = load_source_file(describe, build_csv(*rows))

    assert select_values(query_figures()) == [(1, "CHN", "8542", 7), (1, "KOR", "8542", 4), (1, "USA", "8542", 2)]
    (note,) = loaded.warnings
    assert note.endswith(
        "2 values of primaryValue rounded to whole units of the dataset, by at most 0.5, first in line 3"
    )


def test_each_reporter_and_edition_is_a_dataset(load_source_file):
    loaded = load_source_file(describe, build_csv(build_row(), build_row(reporter="410"), build_row(edition="H5")))

    assert [each.release_code for each in loaded] == [
        "comtrade-392-a-h5-2024-02-28",
        "comtrade-392-a-h6-2024-02-28",
        "comtrade-410-a-h6-2024-02-28",
    ]


def test_the_api_json_is_parsed(load_source_file, query_figures):
    rows = [dict(zip(CSV_COLUMNS, build_row().values(), strict=True))]
    load_source_file(describe, json.dumps({"data": rows, "count": 1}), name="answer.json")

    assert select_values(query_figures()) == [(1, "CHN", "8542", 1000)]


def test_an_official_file_in_the_new_layout_loads(load_source_file, shared_data, client):
    loaded = load_source_file(describe, shared_data / "comtrade" / "new_format_annual_2022.csv")

    # 466 values of one of its three reporters have decimals, as a count of them without this code says.
    rounding = "466 values of primaryValue rounded to whole units of the dataset, by at most 0.499, first in line 441"
    assert [each.warnings for each in loaded] == [(), (f"new_format_annual_2022.csv: {rounding}",), ()]
    question = {"reporter": "CHN", "flow": "M", "frequency": "A", "period": "2022"}
    (row,) = client.get("/v1/flows", query_string=question).json["data"]
    assert row["value"] == 2_715_997_517_261


def test_a_quantity_or_weight_of_zero_is_not_available(load_source_file, query_figures):
    unit = {"quantity_unit": "u", "quantity_unit_code": "5"}
    rows = [build_row(net_weight_kg="0"), build_row(partner="842", quantity="0", net_weight_kg="1234.56", **unit)]

    load_source_file(describe, build_csv(*rows))

    assert [row[6:] for row in query_figures()] == [(None, None, None), (None, "u", Decimal("1234.56"))]


def test_a_former_area_is_not_merged_into_its_successor(load_source_file, query_figures):
    rows = [build_row(partner="58", period="1998", edition="H1"), build_row(partner="56", period="1999", edition="H1")]

    load_source_file(describe, build_csv(*rows))

    assert [(row[1], row[3]) for row in query_figures()] == [("BEL", 1999), ("BLX", 1998)]


def test_a_second_commodity_does_not_withdraw_the_first(load_source_file, query_figures):
    load_source_file(describe, build_csv(build_row()), published="2024-02-28")
    load_source_file(describe, build_csv(build_row(commodity="8712")), name="bicycles.csv", published="2024-02-29")

    assert [row[2] for row in query_figures()] == ["8542", "8712"]
