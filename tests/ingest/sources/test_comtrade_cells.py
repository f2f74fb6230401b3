"""The cells of UN Comtrade's files in /comtrade: those of the newest release, in each layout and as JSON."""

import json
from datetime import date

import pytest

from service.ingest.release.load_session import open_load_session
from service.ingest.release.withdraw import withdraw_release
from service.ingest.sources.comtrade import describe

CELLS = ("primaryValue", "netWgt", "isNetWgtEstimated", "legacyEstimationFlag", "isReported", "partnerDesc")
ROW = {
    **{"reporterCode": 392, "freqCode": "A", "classificationCode": "H6", "period": "2022", "flowCode": "X"},
    **{"partnerCode": 842, "partnerDesc": "U.S.A.", "cmdCode": "8542", "cmdDesc": "Circuits", "primaryValue": 1000.4},
    **{"qty": 0.0, "qtyUnitAbbr": "N/A", "qtyUnitCode": -1, "netWgt": 0.0, "motCode": 0, "customsCode": "C00"},
    **{"partner2Code": 0, "mosCode": "0", "isReported": True, "isNetWgtEstimated": False, "legacyEstimationFlag": "0"},
}


def api_json(**changes):
    return json.dumps({"data": [ROW | changes], "count": 1})


@pytest.fixture
def served_cells(client):
    def cells(classification="H6", period="2022"):
        answer = client.get(f"/comtrade/data/v1/get/C/A/{classification}?reporterCode=392&period={period}").json
        return [tuple(row[name] for name in CELLS) for row in answer["data"]]

    return cells


def test_a_withdrawn_release_returns_the_cells_of_the_release_before(load_source_file, served_cells, engine):
    load_source_file(describe, api_json(), name="a.json", published="2024-02-28")
    assert served_cells() == [(1000.4, 0, False, 0, True, "U.S.A.")]

    # The stored figure is the same, 1000 dollars and no weight, so it is still that of the first release.
    changes = {"isNetWgtEstimated": True, "legacyEstimationFlag": "4", "isReported": False, "partnerDesc": "USA"}
    (second,) = load_source_file(describe, api_json(**changes), name="b.json", published="2024-03-28")
    assert served_cells() == [(1000.4, 0, True, 4, False, "USA")]

    with open_load_session(engine) as session:
        withdraw_release(session, second.release_code, withdrawal_date=date(2024, 4, 1))
        session.commit()
    assert served_cells() == [(1000.4, 0, False, 0, True, "U.S.A.")]


def test_a_file_without_descriptions_has_the_names_of_the_service(load_source_file, served_cells):
    without = {name: cell for name, cell in ROW.items() if name not in {"cmdDesc", "qtyUnitAbbr"}}
    load_source_file(describe, json.dumps({"data": [without | {"partnerDesc": None}], "count": 1}), name="a.json")

    assert served_cells() == [(1000.4, 0, False, 0, True, "USA")]


def test_the_legacy_layout_has_its_flag(load_source_file, served_cells):
    header = (
        "Classification,Period,Trade Flow Code,Reporter Code,Partner Code,Partner,Commodity Code,Commodity,Qty Unit,"
        "Qty,Netweight (kg),Trade Value (US$),Flag"
    )
    load_source_file(describe, f"{header}\nH5,2019,2,392,842,USA,8542,Circuits,No Quantity,0,,1000,6\n", name="old.csv")

    assert served_cells("H5", "2019") == [(1000, None, None, 6, None, "USA")]
