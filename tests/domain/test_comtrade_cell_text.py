"""The text of the cells of UN Comtrade's rows: cells that are computed are left out, the others return typed."""

from decimal import Decimal

from service.domain.comtrade.cells import decode_cells, encode_cells


def test_cells_that_differ_from_the_computed_ones_return_with_their_types():
    cells = {
        "isReported": "false",
        "isNetWgtEstimated": "True",
        "legacyEstimationFlag": "4",
        "netWgt": "0",
        "altQty": "12.50",
        "cifvalue": "",
        "primaryValue": "1000.0",
        "partnerDesc": "Türkiye\tand more",
        "partnerISO": "_X",
        "cmdDesc": "",
    }
    computed = {"netWgt": None, "cifvalue": 1000, "primaryValue": 1000, "partnerISO": "_X ", "cmdDesc": "Circuits"}

    assert decode_cells(encode_cells(cells, computed)) == {
        "isReported": False,
        "isNetWgtEstimated": True,
        "legacyEstimationFlag": 4,
        "netWgt": 0,
        "altQty": Decimal("12.5"),
        "cifvalue": None,
        "partnerDesc": "Türkiye and more",
    }


def test_computed_cells_take_no_room():
    assert encode_cells({"isReported": "true", "flowDesc": "Export"}, {"flowDesc": "Export"}) == "true"
    assert encode_cells({}, {}) == ""
    assert decode_cells("") == {}
    assert decode_cells(None) == {}
