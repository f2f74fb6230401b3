"""Fetching from the offices, tested against a server of our own that answers as theirs do."""

import pytest
from sqlalchemy import text

from service.ingest.sources.japan_customs import MONTH_ABBREVIATIONS
from tests.support.ingest.provider_stub import census_response, stub_json_response

pytestmark = pytest.mark.process


def loaded_figures(engine):
    query = """
        SELECT flow, area.code, commodity.code, value
        FROM observation JOIN area ON area.id = partner_id JOIN commodity ON commodity.id = commodity_id
        WHERE area.kind <> 'world' ORDER BY 1, 2, 3"""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_us_imports_and_exports_are_fetched_and_loaded(fetch, provider, engine):
    provider.answers = census_response

    done = fetch("us-census", "--period", "2024-01", "--published", "2024-03-07")

    assert done.returncode == 0, done.stderr
    assert "usa-hs-m-2024-03-07, 2 figures" in done.stdout
    assert loaded_figures(engine) == [
        (1, "CHN", "85", 7),
        (1, "CHN", "TOTAL", 7),
        (2, "CHN", "85", 7),
        (2, "CHN", "TOTAL", 7),
    ]
    assert [asked["get"] for _, asked, *_ in provider.asked] == [
        "I_COMMODITY,CTY_CODE,GEN_VAL_MO,YEAR,MONTH",
        "E_COMMODITY,CTY_CODE,ALL_VAL_MO,YEAR,MONTH",
    ]


def test_a_busy_server_is_retried_after_its_delay(fetch, provider):
    provider.answers = lambda path, asked: (
        (429, {"Retry-After": "2"}, b"slow down") if len(provider.asked) == 1 else census_response(path, asked)
    )

    assert fetch("us-census", "--period", "2024-01").returncode == 0
    first, second = (when for *_, when in provider.asked[:2])
    assert second - first >= 2


def test_a_rejected_request_exits_with_69_and_the_server_message(fetch, provider, engine):
    provider.answers = lambda _path, _asked: (403, {}, b"no such key")

    done = fetch("us-census", "--period", "2024-01")

    assert (done.returncode, "responded 403: no such key" in done.stderr) == (69, True)
    assert loaded_figures(engine) == []


def comtrade_row(commodity, value):
    return {
        "freqCode": "A",
        "period": "2022",
        "reporterCode": 392,
        "classificationCode": "H6",
        "flowCode": "X",
        "partnerCode": 156,
        "cmdCode": commodity,
        "cmdDesc": "A good",
        "motCode": 0,
        "customsCode": "C00",
        "partner2Code": 0,
        "mosCode": "0",
        "primaryValue": value,
        "qty": None,
        "qtyUnitAbbr": "N/A",
        "netWgt": None,
    }


def test_comtrade_requests_use_the_key_from_the_environment(fetch, provider, engine):
    provider.answers = lambda _path, asked: stub_json_response({"data": [comtrade_row(asked["cmdCode"], 12.5)]})

    done = fetch(
        "comtrade", "--reporter", "392", "--period", "2022", "--commodity", "TOTAL,85", TRADEFLOWS_COMTRADE_KEY="secret"
    )

    assert done.returncode == 0, done.stderr
    assert loaded_figures(engine) == [(1, "CHN", "85", 12), (1, "CHN", "TOTAL", 12)]
    assert {headers["Ocp-Apim-Subscription-Key"] for _, _, headers, _ in provider.asked} == {"secret"}
    assert "secret" not in done.stderr + done.stdout


def test_comtrade_without_a_key_reports_the_missing_variable(fetch):
    done = fetch("comtrade", "--reporter", "392", "--period", "2022")

    assert (done.returncode, "TRADEFLOWS_COMTRADE_KEY" in done.stderr) == (69, True)


def test_a_truncated_response_is_fetched_by_chapter(fetch, provider, engine):
    chapters = {"85": [comtrade_row("85", 9)], "99": [comtrade_row("99", 4)]}
    whole = {"AG2": [comtrade_row("85", 1)] * 250_000} | chapters
    provider.answers = lambda _path, asked: stub_json_response({"data": whole.get(asked["cmdCode"], [])})

    done = fetch(
        "comtrade", "--reporter", "392", "--period", "2022", "--commodity", "AG2", TRADEFLOWS_COMTRADE_KEY="secret"
    )

    assert done.returncode == 0, done.stderr
    assert len(provider.asked) == 1 + 98
    assert loaded_figures(engine) == [(1, "CHN", "85", 9), (1, "CHN", "99", 4)]


def test_a_truncated_response_of_headings_is_refused(fetch, provider, engine):
    provider.answers = lambda _path, _asked: stub_json_response({"data": [comtrade_row("8542", 1)] * 250_000})

    done = fetch(
        "comtrade", "--reporter", "392", "--period", "2022", "--commodity", "AG4", TRADEFLOWS_COMTRADE_KEY="secret"
    )

    assert (done.returncode, "AG4 in 2022 reaches the server's limit of 250000 rows" in done.stderr) == (69, True)
    assert loaded_figures(engine) == []


def test_japans_totals_are_fetched_and_loaded(fetch, provider, engine):
    head = "《世界》 ,,\r\nWORLD ,,\r\nYears/Months,Exp-Total,Imp-Total\r\n,,\r\n"
    provider.answers = lambda _path, _asked: stub_json_response(
        (head + "2024/01,733 ,912 \r\n2024/02,0 ,0 \r\n").encode("cp932")
    )

    done = fetch("japan-customs-totals")

    assert done.returncode == 0, done.stderr
    with engine.connect() as connection:
        assert connection.execute(text("SELECT flow, value FROM observation ORDER BY 1")).all() == [(1, 733), (2, 912)]


def test_japans_hs_files_are_fetched_by_id_and_loaded(fetch, provider, engine):
    months = "".join(f",Quantity1-{month},Quantity2-{month},Value-{month}" for month in MONTH_ABBREVIATIONS)
    header = f"Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year{months}"
    row = "1,2024,'854231000',105,NO,KG,1,2,30,1,2,30" + ",0,0,0" * 11
    provider.answers = lambda _path, _asked: stub_json_response(f"{header}\r\n{row}\r\n".encode("cp932"))

    done = fetch("japan-customs", "--stat-id", "000040130001", "--published", "2024-02-28")

    assert done.returncode == 0, done.stderr
    assert [asked for _, asked, *_ in provider.asked] == [{"statInfId": "000040130001", "fileKind": "1"}]
    assert (1, "CHN", "854231000", 30) in loaded_figures(engine)
