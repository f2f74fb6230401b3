"""Fetching from the offices, tested against a server of our own that answers as theirs do."""

from sqlalchemy import text

from service.ingest.sources.japan_customs import MONTHS
from tests.cli.office import census, ok


def figures(engine):
    query = """
        SELECT flow, area.code, commodity.code, value
        FROM observation JOIN area ON area.id = partner_id JOIN commodity ON commodity.id = commodity_id
        WHERE area.kind <> 'world' ORDER BY 1, 2, 3"""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_us_imports_and_exports_are_fetched_and_loaded(fetch, office, engine):
    office.answers = census

    done = fetch("us-census", "--period", "2024-01", "--published", "2024-03-07")

    assert done.returncode == 0, done.stderr
    assert "usa-hs-m-2024-03-07, 2 figures" in done.stderr
    assert figures(engine) == [(1, "CHN", "85", 7), (1, "CHN", "TOTAL", 7), (2, "CHN", "85", 7), (2, "CHN", "TOTAL", 7)]
    assert [asked["get"] for _, asked, *_ in office.asked] == [
        "I_COMMODITY,CTY_CODE,GEN_VAL_MO,YEAR,MONTH",
        "E_COMMODITY,CTY_CODE,ALL_VAL_MO,YEAR,MONTH",
    ]


def test_a_server_that_is_busy_is_asked_again_after_the_time_it_names(fetch, office):
    office.answers = lambda path, asked: (
        (429, {"Retry-After": "2"}, b"slow down") if len(office.asked) == 1 else census(path, asked)
    )

    assert fetch("us-census", "--period", "2024-01").returncode == 0
    first, second = (when for *_, when in office.asked[:2])
    assert second - first >= 2


def test_a_server_that_refuses_ends_with_69_and_its_words(fetch, office, engine):
    office.answers = lambda _path, _asked: (403, {}, b"no such key")

    done = fetch("us-census", "--period", "2024-01")

    assert (done.returncode, "answered 403: no such key" in done.stderr) == (69, True)
    assert figures(engine) == []


def comtrade_row(good, value):
    return {
        "freqCode": "A",
        "period": "2022",
        "reporterCode": 392,
        "classificationCode": "H6",
        "flowCode": "X",
        "partnerCode": 156,
        "cmdCode": good,
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


def test_comtrade_is_asked_with_the_key_from_the_environment(fetch, office, engine):
    office.answers = lambda _path, asked: ok({"data": [comtrade_row(asked["cmdCode"], 12.5)]})

    done = fetch("comtrade", "--reporter", "392", "--period", "2022", "--commodity", "TOTAL,85", COMTRADE_KEY="secret")

    assert done.returncode == 0, done.stderr
    assert figures(engine) == [(1, "CHN", "85", 12), (1, "CHN", "TOTAL", 12)]
    assert {headers["Ocp-Apim-Subscription-Key"] for _, _, headers, _ in office.asked} == {"secret"}
    assert "secret" not in done.stderr + done.stdout


def test_comtrade_without_a_key_says_which_variable_is_missing(fetch):
    done = fetch("comtrade", "--reporter", "392", "--period", "2022")

    assert (done.returncode, "COMTRADE_KEY" in done.stderr) == (69, True)


def test_an_answer_that_reaches_the_limit_is_asked_for_chapter_by_chapter(fetch, office, engine):
    whole = {"AG2": [comtrade_row("85", 1)] * 250_000, "85": [comtrade_row("85", 9)]}
    office.answers = lambda _path, asked: ok({"data": whole.get(asked["cmdCode"], [])})

    done = fetch("comtrade", "--reporter", "392", "--period", "2022", "--commodity", "AG2", COMTRADE_KEY="secret")

    assert done.returncode == 0, done.stderr
    assert len(office.asked) == 1 + 96
    assert figures(engine) == [(1, "CHN", "85", 9)]


def test_japans_totals_are_fetched_and_loaded(fetch, office, engine):
    head = "《世界》 ,,\r\nWORLD ,,\r\nYears/Months,Exp-Total,Imp-Total\r\n,,\r\n"
    office.answers = lambda _path, _asked: ok((head + "2024/01,733 ,912 \r\n2024/02,0 ,0 \r\n").encode("cp932"))

    done = fetch("japan-customs-totals")

    assert done.returncode == 0, done.stderr
    with engine.connect() as connection:
        assert connection.execute(text("SELECT flow, value FROM observation ORDER BY 1")).all() == [(1, 733), (2, 912)]


def test_japans_files_by_hs_are_fetched_by_their_numbers_and_loaded(fetch, office, engine):
    months = "".join(f",Quantity1-{month},Quantity2-{month},Value-{month}" for month in MONTHS)
    header = f"Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year{months}"
    row = "1,2024,'854231000',105,NO,KG,1,2,30,1,2,30" + ",0,0,0" * 11
    office.answers = lambda _path, _asked: ok(f"{header}\r\n{row}\r\n".encode("cp932"))

    done = fetch("japan-customs", "--file", "000040130001", "--published", "2024-02-28")

    assert done.returncode == 0, done.stderr
    assert [asked for _, asked, *_ in office.asked] == [{"statInfId": "000040130001", "fileKind": "1"}]
    assert (1, "CHN", "854231000", 30) in figures(engine)
