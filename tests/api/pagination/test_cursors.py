"""Pages by cursor have every row once, in order, of one state of the data."""

import base64
import json

import pytest

from service.ingest.catalog.exchange_rates import load_exchange_rates
from service.ingest.release.load_session import open_load_session

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

    assert (falling, rising) == (["CHN", "USA", "DEU"], ["USA", "CHN", "DEU"])  # 50%, 10%, no base


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


MAX_VALUE = 2**59 // 8
VALUES = (MAX_VALUE, MAX_VALUE, MAX_VALUE - 1, 3_000_000_000, 7, 7, 0, None)
SORTED_REQUESTS = (
    ("/v1/flows", {"flow": "X"}),
    ("/v1/series", {"flow": "X"}),
    ("/v1/partners", {"flow": "X"}),
    ("/v1/balances", {}),
    ("/v1/balances", {"currency": "JPY"}),
)


@pytest.mark.large
@pytest.mark.parametrize(("path", "parameters"), SORTED_REQUESTS)
def test_every_sortable_column_pages_to_the_end(client, figures, engine, path, parameters):
    with open_load_session(engine) as session:
        load_exchange_rates(session)
        session.commit()
    partners = ("CHN", "USA", "KOR", "DEU", "FRA", "ITA", "ESP", "NLD")
    figures(
        {
            (flow, partner, "TOTAL", period): value
            for flow, period, shift in (("X", "2022", 0), ("M", "2022", 3), ("X", "2023", 2), ("M", "2023", 5))
            for partner, value in zip(partners, VALUES[shift:] + VALUES[:shift], strict=True)
        },
        exhaustive=False,
    )
    question = {"reporter": "JPN", "frequency": "A", "period": "2023", "partner": ",".join(partners)} | parameters
    error = client.get(path, query_string=question | {"sort": "nothing"}).json["errors"][0]
    columns = error["reason"].partition("sortable columns are ")[2].split(", ")

    for number, column in enumerate(columns):
        sorted_question = question | {"fields": "partner", "sort": f"-{column}" if number % 2 else column}
        whole = client.get(path, query_string=sorted_question).json["data"]
        pages = fetch_pages(client, sorted_question | {"limit": "5"}, path)
        paged = [row for page in pages for row in page["data"]]
        assert paged == whole, column
        assert {row["partner"] for row in paged} == set(partners), column


def encode_cursor(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_a_forged_cursor_is_rejected(demo):
    """The tag authenticates every byte: a changed value, order, version or type, and anything else, is 422."""
    following = demo.get("/v1/partners?reporter=JPN&period=2024-01&sort=-value&limit=2").json["links"]["next"]
    path, _, cursor = following.partition("cursor=")
    cursor, _, rest = cursor.partition("&")
    encoded = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    tag, (version, fingerprint, values) = encoded[:16], json.loads(encoded[16:])
    contents = [
        *([version, fingerprint, [value, *values[1:]]] for value in (0, 1e308, 10**30, "a\0b", None, ["NaN"], {}, [])),
        [version, fingerprint, []],
        [version, fingerprint, values * 100],
        [version + 1, fingerprint, values],
        [version, "other", values],
        ["1", fingerprint, values],
        [version],
        None,
    ]
    forged = [
        *(encode_cursor(tag + json.dumps(content).encode()) for content in contents),
        encode_cursor(b"[" * 2990),
        encode_cursor(b"\0" * 16 + encoded[16:]),
        encode_cursor(tag + b'[1e999999999,"",[NaN]]'),
        encode_cursor(b"\xff" * 40),
        "%00",
        "é",
        "=",
        "a" * 3999,
    ]

    responses = [demo.get(f"{path}cursor={text}&{rest}") for text in forged]

    assert {(r.status_code, r.json["errors"][0]["parameter"]) for r in responses} == {(422, "cursor")}
    assert demo.get(following).status_code == 200
    assert demo.get(following.replace("sort=-value", "sort=value")).status_code == 422
    assert demo.get("/v1/groups", query_string={"cursor": cursor}).status_code == 422
    assert max(len(r.data) for r in responses) < 10_000
