"""Pages by cursor give every row once, in order, and never mix two states of the data."""

import pytest

LARGE_QUERY = {"reporter": "JPN", "flow": "X,M", "partner": "all", "commodity": "all", "period": "2023-12..2024-01"}


def fetch_pages(client, query, path="/v1/flows"):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.json
    found = [answer.json]
    while found[-1]["links"]["next"]:
        found.append(client.get(found[-1]["links"]["next"]).json)
        assert len(found) < 500
    return found


def row_key(row):
    return (row["period"], row["flow"], row["partner"], row["commodity"])


@pytest.mark.parametrize("sort", [None, "-value", "yoy_pct", "-yoy_pct,value"])
def test_pages_concatenate_to_the_complete_result(demo, sort):
    question = LARGE_QUERY | ({"sort": sort} if sort else {})
    whole = demo.get("/v1/flows", query_string=question | {"limit": "10000"}).json["data"]

    paged = [row for page in fetch_pages(demo, question | {"limit": "300"}) for row in page["data"]]

    assert paged == whole
    assert len({row_key(row) for row in paged}) == len(paged)


def test_rows_are_sorted_as_requested_with_nulls_last(client, figures):
    figures(
        {
            ("X", partner, "TOTAL", "2020"): value
            for partner, value in {"WLD": 100, "CHN": 10, "USA": 20, "KOR": 5}.items()
        }
    )
    figures(
        {
            ("X", partner, "TOTAL", "2021"): value
            for partner, value in {"WLD": 100, "CHN": 15, "USA": 22, "DEU": 7}.items()
        },
        published="2024-03-01",
    )
    question = {"reporter": "JPN", "frequency": "A", "period": "2021", "partner": "all", "flow": "X", "limit": "2"}

    falling = [row["partner"] for page in fetch_pages(client, question | {"sort": "-yoy_pct"}) for row in page["data"]]
    rising = [row["partner"] for page in fetch_pages(client, question | {"sort": "yoy_pct"}) for row in page["data"]]

    assert (falling, rising) == (["CHN", "USA", "DEU"], ["USA", "CHN", "DEU"])  # 50 %, 10 %, no base


def test_only_the_last_page_has_no_next_link(demo):
    found = fetch_pages(demo, LARGE_QUERY | {"limit": "500"})

    assert [page["links"]["next"] is None for page in found] == [False] * (len(found) - 1) + [True]


def test_a_page_ending_at_the_last_row_has_no_next_link(demo):
    answer = demo.get("/v1/flows", query_string={"reporter": "JPN", "period": "2024-01", "limit": "2"})

    assert (len(answer.json["data"]), answer.json["links"]["next"]) == (2, None)


def test_the_link_header_has_the_next_page(demo):
    answer = demo.get("/v1/flows", query_string=LARGE_QUERY | {"limit": "1", "format": "csv"})

    assert answer.headers["Link"].endswith('rel="next"')


def test_a_cursor_of_another_query_is_rejected(demo):
    following = demo.get("/v1/flows", query_string=LARGE_QUERY | {"limit": "1"}).json["links"]["next"]

    answer = demo.get(following.replace("flow=M,X", "flow=X"))

    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "cursor")


def test_a_cursor_expires_when_the_data_change(client, figures):
    figures({"2020": 100, "2021": 110})
    question = {"reporter": "JPN", "frequency": "A", "period": "all", "limit": "1", "flow": "X"}
    following = client.get("/v1/flows", query_string=question).json["links"]["next"]
    figures({"2022": 120}, published="2024-03-01")

    answer = client.get(following)

    assert (answer.status_code, answer.json["type"]) == (410, "/problems/cursor-expired")


def test_the_total_count_is_returned_only_on_request(demo):
    counted = demo.get("/v1/flows", query_string=LARGE_QUERY | {"limit": "1", "count": "exact"}).json["meta"]
    plain = demo.get("/v1/flows", query_string=LARGE_QUERY | {"limit": "1"}).json["meta"]

    assert counted["total"] == sum(page["meta"]["count"] for page in fetch_pages(demo, LARGE_QUERY | {"limit": "5000"}))
    assert "total" not in plain


def test_reference_lists_are_paginated(demo):
    found = fetch_pages(demo, {"level": "4", "limit": "500"}, "/v1/classifications/H6")

    codes = [row["code"] for page in found for row in page["data"]]
    assert codes == sorted(set(codes))
    assert len(codes) > 1200
