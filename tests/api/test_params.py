"""Parameters are strict: what is not right is refused, named, and answered with what was likely meant."""

import pytest

FLOWS = "/v1/flows"
JAPAN = {"reporter": "JPN", "flow": "X", "period": "2024-01"}


def fault(client, question, path=FLOWS):
    answer = client.get(path, query_string=question)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["type"] == "/problems/invalid-parameter"
    (found,) = answer.json["errors"]
    return found


@pytest.mark.parametrize(
    ("given", "parameter", "suggestion"),
    [
        ({"partnr": "CHN"}, "partnr", "partner"),
        ({"partner": "CHX"}, "partner", "CHN"),
        ({"partner": "China"}, "partner", "CHN"),
        ({"partner": "germny"}, "partner", "DEU"),
        ({"reporter": "JPM"}, "reporter", "JPN"),
        ({"period": "2024-13"}, "period", "2024-12"),
        ({"period": "2024-Q5"}, "period", "2024-Q4"),
        ({"period": "2024-01..2023-01"}, "period", "2023-01..2024-01"),
        ({"flow": "E"}, "flow", "X"),
        ({"flow": "X,Q"}, "flow", "X"),
        ({"commodity": "SEMICONS-ETC"}, "commodity", "SEMICONDUCTORS-ETC"),
        ({"commodity": "cars"}, "commodity", "CAR"),
        ({"classification": "JPPC"}, "classification", "JP-PC"),
        ({"frequency": "Y"}, "frequency", "M"),
        ({"frequency": "Q", "period": "2024-01"}, "period", "2024-Q1"),
        ({"frequency": "A", "period": "2023-Q4"}, "period", "2023"),
        ({"fields": "yoy_pc"}, "fields", "yoy_pct"),
        ({"sort": "-vaule"}, "sort", "value"),
        ({"format": "jsn"}, "format", "json"),
        ({"labels": "ture"}, "labels", "true"),
        ({"dataset": "jpn-pc-m-dmo"}, "dataset", "jpn-pc-m-demo"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_one(demo, given, parameter, suggestion):
    found = fault(demo, JAPAN | given)

    assert found["parameter"] == parameter
    assert suggestion in found["suggestions"]


def test_the_sentence_of_a_problem_asks_what_was_meant(demo):
    answer = demo.get(FLOWS, query_string=JAPAN | {"partnr": "CHN"})

    assert answer.json["detail"].startswith("partnr: there is no such parameter")
    assert answer.json["detail"].endswith("; did you mean partner?")


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
        ({"count": "all"}, "count"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_named(demo, given, parameter):
    found = fault(demo, JAPAN | given)

    assert found["parameter"] == parameter
    assert found["reason"]


def test_a_missing_parameter_is_named_with_an_example(demo):
    assert fault(demo, {}) == {"parameter": "reporter", "value": "", "reason": "it is required", "suggestions": ["JPN"]}


def test_a_parameter_given_twice_is_refused_rather_than_half_ignored(demo):
    found = fault(demo, "reporter=JPN&partner=CHN&partner=USA")

    assert (found["parameter"], found["suggestions"]) == ("partner", ["CHN,USA"])


def test_every_wrong_parameter_is_named_at_once(demo):
    answer = demo.get(FLOWS, query_string={"reporter": "JPN", "partnr": "CHN", "limit": "many"})

    assert sorted(error["parameter"] for error in answer.json["errors"]) == ["limit", "partnr"]


@pytest.mark.parametrize("code", ["CHN", "chn", "CN", "156", "jp-customs:105", "105", "us-census:5700"])
def test_codes_of_other_lists_are_resolved_and_the_canonical_code_is_echoed(demo, code):
    answer = demo.get(FLOWS, query_string=JAPAN | {"partner": code})

    assert [row["partner"] for row in answer.json["data"]] == ["CHN"]
    assert answer.json["meta"]["parameters"]["partner"] == ["CHN"]


def test_where_one_number_means_two_areas_m49_goes_first(demo):
    # 304 is Greenland in M49 and the United States at Japan Customs.
    answer = demo.get(FLOWS, query_string=JAPAN | {"partner": "304"})

    assert answer.json["meta"]["parameters"]["partner"] == ["GRL"]


@pytest.mark.parametrize(
    ("period", "periods"),
    [
        ("2024-01", ["2024-01"]),
        ("latest", ["2024-01"]),
        ("2023-12..latest", ["2023-12", "2024-01"]),
        ("2023-11..", ["2023-11", "2023-12", "2024-01"]),
        ("..2022-12", ["2022-11", "2022-12"]),
        ("2022", ["2022-11", "2022-12"]),
        ("2023-Q4", ["2023-10", "2023-11", "2023-12"]),
        ("2024-01,2023-01", ["2023-01", "2024-01"]),
        ("2022-q4..2023-01", ["2022-11", "2022-12", "2023-01"]),
    ],
)
def test_periods_are_single_lists_ranges_or_longer_ones(demo, period, periods):
    answer = demo.get(FLOWS, query_string=JAPAN | {"period": period})

    assert [row["period"] for row in answer.json["data"]] == periods


def test_a_service_with_nothing_to_say_gives_an_empty_list_and_the_reason(demo):
    def reason(**given):
        answer = demo.get(FLOWS, query_string=JAPAN | given)
        assert (answer.status_code, answer.json["data"]) == (200, [])
        return answer.json["meta"]["empty_reason"]

    assert reason(reporter="FRA") == "not_covered"
    assert reason(period="2019-01") == "not_published"
    assert reason(partner="FRA") == "not_covered"
    assert reason(classification="HS", commodity="TOTAL") == "not_covered"


def test_an_exhaustive_source_without_the_cell_says_that_there_was_no_trade(client, figures):
    figures({"2023": 100})

    answer = client.get(FLOWS, query_string={"reporter": "JPN", "frequency": "A", "partner": "CHN", "flow": "X"})

    assert answer.json["meta"]["empty_reason"] == "no_trade"


def test_an_unknown_code_in_the_path_is_refused_alike(demo):
    assert fault(demo, {"reporter": "JPN"}, "/v1/partners/CHX")["suggestions"][0] == "CHN"
    assert "IC" in fault(demo, {"reporter": "JPN"}, "/v1/commodities/ICS")["suggestions"]
    assert fault(demo, {}, "/v1/classifications/H7")["parameter"] == "code"


def test_of_several_datasets_the_one_that_knows_the_goods_answers(client, figures):
    figures({("X", "WLD", "TOTAL", "2023"): 1}, code="totals-a", classification="TOTAL")
    figures({("X", "WLD", "TOTAL", "2023"): 2}, code="goods-demo")
    figures({("X", "WLD", "TOTAL", "2023"): 3, ("X", "WLD", "84", "2023"): 3}, code="hs-a", classification="H6")

    def dataset(**given):
        answer = client.get(FLOWS, query_string={"reporter": "JPN", "frequency": "A"} | given)
        return answer.json["meta"]["sources"][0]["dataset"]

    assert dataset() == "hs-a"
    assert dataset(commodity="A") == "goods-demo"
    assert dataset(commodity="84") == "hs-a"
    assert dataset(classification="TOTAL") == "totals-a"
    assert dataset(dataset="goods-demo") == "goods-demo"


def test_more_series_than_one_answer_is_computed_from_are_refused_with_the_way_to_get_them(demo):
    answer = demo.get("/v1/series", query_string=JAPAN | {"partner": "all", "commodity": "all"})

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/request-too-large")
    assert "/v1/flows" in answer.json["detail"]
