"""UN Comtrade's files, new, legacy and JSON: breakdowns are not summed, reporters and editions kept apart."""

import json

from service.ingest.sources.comtrade import LEGACY, NEW, describe

COLUMNS = [*NEW.values(), "motCode", "customsCode", "partner2Code", "mosCode"]


def new_row(**changes):
    cells = ["392", "A", "H6", "2022", "X", "156", "8542", "Circuits", "1000.4", "0", "N/A", "12.5"]
    row = dict(zip(NEW, cells, strict=True))
    row |= {"motCode": "0", "customsCode": "C00", "partner2Code": "0", "mosCode": "0"} | changes
    return row


def new_file(*rows):
    quoted = (",".join(f'"{cell}"' for cell in row.values()) for row in rows)
    return "".join([",".join(COLUMNS) + "\n", *(f"{line},\n" for line in quoted)])


def values(found):
    return [(flow, partner, commodity, value) for flow, partner, commodity, _, _, value, *_ in found]


def test_rows_that_end_in_one_comma_too_many_are_read(load, stands):
    (loaded,) = load(describe, new_file(new_row()))

    assert loaded.release == "comtrade-392-a-h6-2024-02-28"
    assert stands() == [(1, "CHN", "8542", 2022, 1, 1000, None, None, 12.5)]


def test_breakdowns_by_transport_customs_and_second_partner_are_not_counted_again(load, stands):
    load(
        describe,
        new_file(
            new_row(),
            new_row(motCode="1000", value="400"),
            new_row(customsCode="C01", value="300"),
            new_row(partner2Code="842", value="200"),
        ),
    )

    assert values(stands()) == [(1, "CHN", "8542", 1000)]


def test_decimals_are_rounded_half_even_to_dollars_and_that_is_told(load, stands):
    rows = [new_row(value="7.000"), new_row(partner="842", value="2.5"), new_row(partner="410", value="3.75")]

    (loaded,) = load(describe, new_file(*rows))

    assert values(stands()) == [(1, "CHN", "8542", 7), (1, "KOR", "8542", 4), (1, "USA", "8542", 2)]
    (note,) = loaded.notes
    assert note.endswith(
        "2 values of primaryValue rounded to whole units of the dataset, by at most 0.5, first in line 3"
    )


def test_reporters_and_editions_become_datasets_of_their_own(load):
    loaded = load(describe, new_file(new_row(), new_row(reporter="410"), new_row(edition="H5")))

    assert [each.release for each in loaded] == [
        "comtrade-392-a-h5-2024-02-28",
        "comtrade-392-a-h6-2024-02-28",
        "comtrade-410-a-h6-2024-02-28",
    ]


def test_the_json_of_the_api_is_read_alike(load, stands):
    rows = [dict(zip(COLUMNS, new_row().values(), strict=True))]
    load(describe, json.dumps({"data": rows, "count": 1}), name="answer.json")

    assert values(stands()) == [(1, "CHN", "8542", 1000)]


def test_the_new_layout_loads_as_it_comes(load, shared, client):
    loaded = load(describe, shared / "comtrade" / "new_format_annual_2022.csv")

    # 466 values of one of its three reporters have decimals, as a count of them without this code says.
    rounding = "466 values of primaryValue rounded to whole units of the dataset, by at most 0.499, first in line 441"
    assert [each.notes for each in loaded] == [(), (f"new_format_annual_2022.csv: {rounding}",), ()]
    question = {"reporter": "CHN", "flow": "M", "frequency": "A", "period": "2022"}
    (row,) = client.get("/v1/flows", query_string=question).json["data"]
    assert row["value"] == 2_715_997_517_261


def test_the_legacy_layout_loads_as_it_comes(load, shared):
    loaded = load(describe, shared / "comtrade" / "legacy_format_hs871200_2016_2019.csv")

    assert sum(each.rows for each in loaded) == 1302
    assert [each.notes for each in loaded if each.notes] == []
    assert set(LEGACY.values()) > {"Trade Value (US$)"}
