"""Parameters are strict: invalid ones are refused, all at once, with suggestions that work."""

import pytest

FLOWS_PATH = "/v1/flows"
JAPAN_QUERY = {"reporter": "JPN", "flow": "X", "period": "2024-01"}


def single_error(client, query, path=FLOWS_PATH):
    answer = client.get(path, query_string=query)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["type"] == "/problems/invalid-parameter"
    (found,) = answer.json["errors"]
    return found


@pytest.mark.parametrize(
    ("given", "parameter", "suggestions"),
    [
        ({"partnr": "CHN"}, "partnr", ["partner"]),
        ({"country": "CHN"}, "country", ["partner"]),
        ({"product": "TOTAL"}, "product", ["commodity"]),
        ({"from": "2023-01"}, "from", ["period"]),
        ({"page": "2"}, "page", ["cursor"]),
        ({"colour": "red"}, "colour", []),
        ({"partner": "germny"}, "partner", ["DEU"]),
        ({"partner": "CHX"}, "partner", []),
        ({"partner": "Korea"}, "partner", ["KOR", "PRK"]),
        ({"partner": "105"}, "partner", ["jp-customs:105"]),
        ({"partner": "842"}, "partner", ["comtrade:842"]),
        ({"partner": "1XXX"}, "partner", ["us-census:1XXX"]),
        ({"partner": "jp-customs:999"}, "partner", []),
        ({"partner": "customs:105"}, "partner", []),
        ({"reporter": "JPM"}, "reporter", []),
        ({"period": "2024-13"}, "period", ["2024-12"]),
        ({"period": "202413"}, "period", ["2024-12"]),
        ({"period": "2024-Q5"}, "period", ["2024-Q4"]),
        ({"period": "2024-01..2023-01"}, "period", ["2023-01..2024-01"]),
        ({"flow": "E"}, "flow", []),
        ({"flow": "X,exprts"}, "flow", []),
        ({"commodity": "SEMICONS-ETC"}, "commodity", ["SEMICONDUCTORS-ETC"]),
        ({"commodity": "cars"}, "commodity", ["CAR"]),
        ({"classification": "JPPC"}, "classification", ["JP-PC"]),
        ({"frequency": "Q", "period": "2024-01"}, "period", ["2024-Q1"]),
        ({"frequency": "A", "period": "2023-Q4"}, "period", ["2023"]),
        ({"fields": "yoy_pc"}, "fields", ["yoy_pct"]),
        ({"sort": "-vaule"}, "sort", ["-value"]),
        ({"sort": "value desc"}, "sort", ["-value"]),
        ({"sort": "value:asc"}, "sort", ["value"]),
        ({"format": "jsn"}, "format", ["json"]),
        ({"dataset": "jpn-pc-m-dmo"}, "dataset", ["jpn-pc-m-demo"]),
    ],
)
def test_only_what_works_is_suggested(demo, given, parameter, suggestions):
    error = single_error(demo, JAPAN_QUERY | given)

    assert (error["parameter"], error["suggestions"]) == (parameter, suggestions)


def test_the_error_of_a_bare_code_of_a_source_names_the_country(demo):
    error = single_error(demo, JAPAN_QUERY | {"partner": "105"})

    assert error["reason"] == "a code of a source is written with its scheme: jp-customs:105 is China"


def test_the_problem_detail_has_a_suggestion(demo):
    answer = demo.get(FLOWS_PATH, query_string=JAPAN_QUERY | {"partnr": "CHN"})

    assert answer.json["detail"] == "partnr: there is no such parameter. Did you mean partner?"


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"partner": ""}, "partner"),
        ({"partner": "CHN,,USA"}, "partner"),
        ({"partner": "C\x00N"}, "partner"),
        ({"partner": "X" * 5000}, "partner"),
        ({"limit": "0"}, "limit"),
        ({"limit": "10001"}, "limit"),
        ({"limit": "1e2"}, "limit"),
        ({"limit": "１０"}, "limit"),
        ({"limit": "9" * 400}, "limit"),
        ({"level": "-1"}, "level"),
        ({"as_of": "2024-02-30"}, "as_of"),
        ({"as_of": "20240221"}, "as_of"),
        ({"period": "1066"}, "period"),
        ({"period": "January"}, "period"),
        ({"cursor": "bm9uc2Vuc2U"}, "cursor"),
        ({"cursor": "ÿ"}, "cursor"),
        ({"sort": "partner"}, "sort"),
        ({"frequency": "Y"}, "frequency"),
        ({"labels": "yes"}, "labels"),
        ({"count": "all"}, "count"),
    ],
)
def test_an_invalid_value_is_rejected_with_its_parameter(demo, given, parameter):
    found = single_error(demo, JAPAN_QUERY | given)

    assert found["parameter"] == parameter
    assert found["reason"]


def test_a_missing_parameter_is_reported_with_an_example(demo):
    assert single_error(demo, {}) == {
        "parameter": "reporter",
        "value": "",
        "reason": "it is required; an example is JPN",
        "suggestions": [],
    }


def test_a_repeated_parameter_is_a_list_where_it_takes_one(demo):
    repeated, joined = (
        demo.get(f"{FLOWS_PATH}?reporter=JPN&period=2024-01&{partners}")
        for partners in ("partner=CHN&partner=USA", "partner=CHN,USA")
    )
    found = single_error(demo, "reporter=JPN&reporter=USA")

    assert {row["partner"] for row in repeated.json["data"]} == {"CHN", "USA"}
    assert (repeated.json, repeated.headers["ETag"]) == (joined.json, joined.headers["ETag"])
    assert (found["parameter"], found["value"]) == ("reporter", "JPN,USA")


def test_all_errors_of_a_request_are_reported_at_once(demo):
    query = "reporter=JPN&partnr=CHN&limit=0&partner=105,germny&commodity=ZZZ&sort=value+desc&fields=yoy_pc&flow=X,Q"
    answer = demo.get(f"{FLOWS_PATH}?{query}&frequency=Q&period=2024-01&currency=USX&flow=X,Q&as_of=today")

    errors = {(error["parameter"], error["value"]): error["suggestions"] for error in answer.json["errors"]}
    assert errors == {
        ("partnr", "CHN"): ["partner"],
        ("limit", "0"): [],
        ("partner", "105"): ["jp-customs:105"],
        ("partner", "germny"): ["DEU"],
        ("commodity", "ZZZ"): [],
        ("sort", "value desc"): ["-value"],
        ("fields", "yoy_pc"): ["yoy_pct"],
        ("flow", "Q"): [],
        ("period", "2024-01"): ["2024-Q1"],
        ("currency", "USX"): [],
        ("as_of", "today"): [],
    }
    assert answer.json["detail"].endswith("Further errors: 6.")


def test_invalid_codes_are_reported_without_a_reporter(demo):
    answer = demo.get(f"{FLOWS_PATH}?partner=germny&classification=JPPC")

    assert sorted(error["parameter"] for error in answer.json["errors"]) == ["classification", "partner", "reporter"]


def test_every_resource_refuses_unknown_parameters(demo):
    rows = [row for row in demo.get("/v1").json["data"] if row["path"].startswith(("/v1", "/sdmx"))]
    examples = [row["example"] for row in rows if row["method"] == "GET" and not row["path"].endswith(".parquet")]
    for path in (example.partition("?")[0] for example in examples):
        answer = demo.get(f"{path}?nonsense=1&limit=0")

        assert answer.status_code == 422, path
        assert "nonsense" in [error["parameter"] for error in answer.json["errors"]], path


def test_errors_of_the_path_and_of_the_query_are_reported_together(demo):
    answer = demo.get("/v1/classifications/JPPC?limit=0")

    assert answer.status_code == 404
    assert sorted(error["parameter"] for error in answer.json["errors"]) == ["code", "limit"]


def test_the_body_of_a_problem_is_bounded(demo):
    query = "&".join(f"parameter{number}=1" for number in range(450))

    answer = demo.get(f"{FLOWS_PATH}?{query}")

    assert (answer.status_code, len(answer.json["errors"])) == (422, 20)
    assert answer.json["detail"].endswith("Further errors: 446.")
    assert len(answer.data) < 10_000


OTHER_CODES_OF_CHINA = (
    "CHN chn CN 156 m49:156 iso2:cn iso3:CHN jp-customs:105 us-census:5700 comtrade:156 China PRC Mainland+China"
)


@pytest.mark.parametrize("code", OTHER_CODES_OF_CHINA.split())
def test_other_codes_and_names_are_resolved_to_the_canonical_code(demo, code):
    answer = demo.get(f"{FLOWS_PATH}?reporter=japan&period=202401&flow=exports&commodity=total&partner={code}")

    assert [(row["reporter"], row["partner"], row["period"]) for row in answer.json["data"]] == [
        ("JPN", "CHN", "2024-01")
    ]
    parameters = answer.json["meta"]["parameters"]
    assert {name: parameters[name] for name in ("reporter", "partner", "commodity", "flow", "period")} == {
        "reporter": "JPN",
        "partner": ["CHN"],
        "commodity": ["TOTAL"],
        "flow": ["X"],
        "period": "2024-01",
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UK", "GBR"),
        ("EL", "GRC"),
        ("EU27_2020", "EU"),
        ("United States", "USA"),
        ("south korea", "KOR"),
        ("Rep. of Korea", "KOR"),
        ("Holland", "NLD"),
        ("Russia", "RUS"),
        ("cote d'ivoire", "CIV"),
        ("Turkey", "TUR"),
        ("comtrade:490", "TWN"),
        ("jp-customs:560", "SSD"),
        ("410", "KOR"),
        ("36", "AUS"),
    ],
)
def test_known_names_are_resolved(demo, name, code):
    answer = demo.get(FLOWS_PATH, query_string=JAPAN_QUERY | {"partner": name})

    assert answer.json["meta"]["parameters"]["partner"] == [code]


def test_m49_takes_precedence_for_ambiguous_numeric_codes(demo):
    # 304 is Greenland in M49 and the United States at Japan Customs.
    answer = demo.get(FLOWS_PATH, query_string=JAPAN_QUERY | {"partner": "304"})

    assert answer.json["meta"]["parameters"]["partner"] == ["GRL"]


@pytest.mark.parametrize(
    ("period", "periods"),
    [
        ("2024-01", ["2024-01"]),
        ("latest", ["2024-01"]),
        ("2023-12..latest", ["2023-12", "2024-01"]),
        ("2023-11..", ["2023-11", "2023-12", "2024-01"]),
        ("..2022-12", ["2022-01", "2022-11", "2022-12"]),
        ("2022", ["2022-01", "2022-11", "2022-12"]),
        ("2023-Q4", ["2023-10", "2023-11", "2023-12"]),
        ("2024-01,2023-01", ["2023-01", "2024-01"]),
        ("2022-q4..2023-01", ["2022-11", "2022-12", "2023-01"]),
        ("202312..2024M01", ["2023-12", "2024-01"]),
        ("2023Q4", ["2023-10", "2023-11", "2023-12"]),
    ],
)
def test_periods_may_be_lists_ranges_or_longer_periods(demo, period, periods):
    answer = demo.get(FLOWS_PATH, query_string=JAPAN_QUERY | {"period": period})

    assert [row["period"] for row in answer.json["data"]] == periods


def test_an_empty_result_has_an_empty_reason(demo):
    def reason(**given):
        answer = demo.get(FLOWS_PATH, query_string=JAPAN_QUERY | given)
        assert (answer.status_code, answer.json["data"]) == (200, [])
        return answer.json["meta"]["empty_reason"]

    assert reason(reporter="FRA") == "not_covered"
    assert reason(period="2019-01") == "not_published"
    assert reason(partner="FRA") == "not_covered"
    assert reason(classification="HS", commodity="TOTAL") == "not_covered"


def test_a_missing_cell_of_an_exhaustive_source_means_no_trade(client, figures):
    figures({"2023": 100})

    answer = client.get(FLOWS_PATH, query_string={"reporter": "JPN", "frequency": "A", "partner": "CHN", "flow": "X"})

    assert answer.json["meta"]["empty_reason"] == "no_trade"


@pytest.mark.parametrize(
    ("path", "parameter", "suggestions"),
    [
        ("/v1/partners/germny?reporter=JPN", "partner", ["DEU"]),
        ("/v1/commodities/cars?reporter=JPN", "commodity", ["CAR"]),
        ("/v1/classifications/H7", "code", []),
        ("/v1/reporters/japn", "reporter", ["JPN"]),
        ("/v1/briefings/JPN/2024-13", "period", ["2024-12"]),
    ],
)
def test_an_unknown_code_in_the_path_is_404(demo, path, parameter, suggestions):
    answer = demo.get(path)

    (error,) = answer.json["errors"]
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
    assert (error["parameter"], error["suggestions"]) == (parameter, suggestions)


def test_the_dataset_covering_the_commodities_is_selected(client, figures):
    figures({("X", "WLD", "TOTAL", "2023"): 1}, code="totals-a", classification="TOTAL")
    figures({("X", "WLD", "TOTAL", "2023"): 2}, code="goods-demo")
    figures({("X", "WLD", "TOTAL", "2023"): 3, ("X", "WLD", "84", "2023"): 3}, code="hs-a", classification="H6")

    def dataset(**given):
        answer = client.get(FLOWS_PATH, query_string={"reporter": "JPN", "frequency": "A"} | given)
        return answer.json["meta"]["sources"][0]["dataset"]

    assert dataset() == "hs-a"
    assert dataset(commodity="A") == "goods-demo"
    assert dataset(commodity="84") == "hs-a"
    assert dataset(classification="TOTAL") == "totals-a"
    assert dataset(dataset="goods-demo") == "goods-demo"


def test_too_many_series_are_rejected_with_an_alternative(demo):
    answer = demo.get("/v1/series", query_string=JAPAN_QUERY | {"partner": "all", "commodity": "all"})

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/request-too-large")
    assert "/v1/flows" in answer.json["detail"]
