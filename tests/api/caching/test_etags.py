"""An answer has a tag that depends on the data and the question alone, and is not sent twice."""

QUERY = {"reporter": "JPN", "flow": "X,M", "partner": "CHN,USA", "period": "2024-01"}


def test_a_matching_etag_is_304(demo):
    etag = demo.get("/v1/flows", query_string=QUERY).headers["ETag"]

    for held in (etag, f"W/{etag}", f'"other", {etag}'):
        answer = demo.get("/v1/flows", query_string=QUERY, headers={"If-None-Match": held})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert {"Cache-Control", "Vary"} <= set(answer.headers.keys())


def test_parameter_and_list_order_change_neither_etag_nor_response(demo):
    one = demo.get("/v1/flows?reporter=JPN&partner=CHN,USA&flow=X,M&period=2024-01")
    other = demo.get("/v1/flows?period=2024-01&flow=M,X&partner=USA,CHN&reporter=JPN")

    assert one.headers["ETag"] == other.headers["ETag"]
    assert one.json["data"] == other.json["data"]


def test_a_different_query_or_format_has_a_different_etag(demo):
    tags = {
        demo.get("/v1/flows", query_string=QUERY | given).headers["ETag"]
        for given in (
            {},
            {"limit": "1"},
            {"period": "2023-12"},
            {"format": "csv"},
            {"sort": "value"},
            {"sort": "-value"},
        )
    }

    assert len(tags) == 6


def test_new_data_change_the_etag(client, figures):
    figures({"2020": 100})
    question = {"reporter": "JPN", "frequency": "A"}
    before = client.get("/v1/flows", query_string=question).headers["ETag"]
    figures({"2021": 100}, published="2024-03-01")

    answer = client.get("/v1/flows", query_string=question, headers={"If-None-Match": before})

    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


def test_a_response_as_of_a_past_day_is_immutable(demo):
    pinned = demo.get("/v1/flows", query_string=QUERY | {"as_of": "2024-02-28"})
    current = demo.get("/v1/flows", query_string=QUERY)

    assert "immutable" in pinned.headers["Cache-Control"]
    assert "immutable" not in current.headers["Cache-Control"]


def test_a_response_includes_data_loaded_since_the_last_request(client, figures):
    yearly = {"reporter": "JPN", "frequency": "A", "period": "all"}
    figures({"2020": 100})
    before = client.get("/v1/flows", query_string=yearly).json["data"]
    figures({"2021": 150}, published="2024-03-01")

    after = client.get("/v1/flows", query_string=yearly).json["data"]

    assert [(row["period"], row["value"]) for row in before] == [("2020", 100)]
    found = [(row["period"], row["value"], row["yoy_pct"]) for row in after]
    assert found == [("2020", 100, None), ("2021", 150, 50.0)]
    assert None not in {row["release"] for row in after}


def test_an_invalid_request_succeeds_after_its_data_are_loaded(client, figures):
    monthly = {"reporter": "JPN", "dataset": "test-m", "period": "2020-01"}
    figures({"2020": 100})
    before = client.get("/v1/flows", query_string=monthly)
    figures({"2020-01": 30})

    after = client.get("/v1/flows", query_string=monthly)

    assert (before.status_code, before.json["errors"][0]["parameter"]) == (422, "dataset")
    assert [row["value"] for row in after.json["data"]] == [30]


def test_an_etag_of_older_data_does_not_match(client, figures):
    figures({"2020": 100})
    question = {"reporter": "JPN", "frequency": "A", "period": "2020"}
    first = client.get("/v1/flows", query_string=question)
    figures({"2020": 110}, published="2024-03-01")

    again = client.get("/v1/flows", query_string=question, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.json["data"][0]["value"]) == (200, 110)
    assert int(again.headers["Data-Version"]) > int(first.headers["Data-Version"])
