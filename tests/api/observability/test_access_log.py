"""The access log has the fields of each request, and no secrets."""

import json
import logging
import re

import pytest

from service.api.observability.access_log import JsonLinesFormatter, TextFormatter, init_logging
from service.app import create_app
from service.config import AccessSettings

REQUEST_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
NEWEST_RELEASE = "jpn-pc-m-demo-2024-02-28"


@pytest.fixture
def read_log_entry(demo_engine, caplog):
    """Return a function that asks a new service and returns what the log tells of it."""
    return log_entry_reader(demo_engine, caplog)


def log_entry_reader(engine, caplog, **options):
    """Return a function that asks a new service with these options, and returns what its log tells of it."""
    client = create_app(engine, **options).test_client()
    caplog.set_level(logging.INFO, "tradeflows.requests")

    def ask(address, **headers):
        caplog.clear()
        answer = client.get(address, headers=headers)
        (record,) = (record for record in caplog.records if record.name == "tradeflows.requests")
        line = json.loads(JsonLinesFormatter().format(record))
        assert answer.headers["X-Request-ID"] == line["request_id"]
        return line

    return ask


def test_a_log_entry_describes_request_and_response(read_log_entry):
    line = read_log_entry(REQUEST_PATH, **{"X-Request-ID": "order-66"})

    assert {name: line[name] for name in ("level", "request_id", "method", "path", "query", "route", "status")} == {
        "level": "info",
        "request_id": "order-66",
        "method": "GET",
        "path": "/v1/flows",
        "query": REQUEST_PATH.partition("?")[2],
        "route": "/v1/flows",
        "status": 200,
    }
    assert (line["row_count"], line["releases"], line["key_id"]) == (1, [NEWEST_RELEASE], None)
    assert line["duration_ms"] > 0


def test_a_query_that_is_too_long_is_refused_and_not_logged(read_log_entry):
    line = read_log_entry(f"{REQUEST_PATH}&api_key={'x' * 40_000}")

    length = len(REQUEST_PATH.partition("?")[2]) + len("&api_key=") + 40_000
    assert (line["status"], line["query"]) == (414, f"({length} characters)")


def test_a_log_entry_has_the_cache_result_and_row_count(read_log_entry):
    lines = [read_log_entry(REQUEST_PATH) for _ in range(2)]

    assert [line["cache"] for line in lines] == ["miss", "hit"]
    assert [(line["row_count"], line["releases"]) for line in lines] == [(1, [NEWEST_RELEASE])] * 2


def test_a_304_response_is_logged_without_rows(read_log_entry, demo):
    tag = demo.get(REQUEST_PATH).headers["ETag"]

    assert [
        read_log_entry(REQUEST_PATH, **{"If-None-Match": tag})[name] for name in ("status", "cache", "row_count")
    ] == [
        304,
        "not_modified",
        None,
    ]


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        (f"{REQUEST_PATH}&format=csv&limit=5", 1),
        ("/v1/flows?reporter=JPN&partner=CHN,USA&flow=X&period=2024-01", 2),
        ("/v1/groups?limit=3", 3),
        ("/v1/flows?reporter=JPN&partnr=CHN", None),
        ("/openapi.json", None),
    ],
)
def test_rows_are_counted_in_every_format(read_log_entry, address, rows):
    assert read_log_entry(address)["row_count"] == rows


@pytest.mark.parametrize("path", ["/live", "/ready"])
def test_a_successful_health_check_is_logged_at_level_debug(demo, caplog, path):
    caplog.set_level(logging.DEBUG, logger="tradeflows.requests")

    assert demo.get(path).status_code == 200
    assert [record.levelname for record in caplog.records if record.name == "tradeflows.requests"] == ["DEBUG"]


def test_a_line_of_text_has_the_request_without_secrets_and_line_breaks(demo, caplog):
    caplog.set_level(logging.INFO, logger="tradeflows.requests")
    demo.get(f"{REQUEST_PATH}&api_key=hunter2", headers={"X-Request-ID": "order-66"})
    demo.get("/v1/%0Anonsense")
    records = [record for record in caplog.records if record.name == "tradeflows.requests"]
    first, second = (TextFormatter().format(record) for record in records)

    query = REQUEST_PATH.partition("?")[2]
    pattern = rf"\S+ info GET /v1/flows\?{re.escape(query)}&api_key=\.\.\. 422 [\d.]+ ms order-66"
    assert re.fullmatch(pattern, first)
    assert re.fullmatch(r"\S+ info GET /v1/\?nonsense 404 [\d.]+ ms \w+", second)


@pytest.mark.parametrize(("level", "shown"), [("info", ["info"]), ("debug", ["debug", "info"]), ("error", [])])
def test_the_level_decides_which_lines_are_printed(level, shown, capsys):
    root = logging.getLogger()
    handlers, root_level = root.handlers[:], root.level
    try:
        init_logging(log_format="text", log_level=level)
        for name in ("debug", "info"):
            getattr(logging.getLogger("tradeflows.requests"), name)("a request")
        logging.getLogger("urllib3").debug("a library")
    finally:
        root.handlers[:] = handlers
        root.setLevel(root_level)
        logging.getLogger("tradeflows").setLevel(logging.NOTSET)

    assert [line.split()[1] for line in capsys.readouterr().err.splitlines()] == shown


def test_an_as_of_request_is_logged_with_the_release_of_the_day(read_log_entry):
    assert read_log_entry(f"{REQUEST_PATH}&period=2023-11&as_of=2023-12-31".replace("&period=2024-01", ""))[
        "releases"
    ] == ["jpn-pc-m-demo-2023-12-27"]


def test_a_rate_limited_request_is_logged(demo_engine, caplog):
    ask = log_entry_reader(demo_engine, caplog, access=AccessSettings(rate_limit="1 per hour"))

    lines = [ask(REQUEST_PATH) for _ in range(2)]

    assert [(line["status"], line["route"], line["row_count"]) for line in lines] == [
        (200, "/v1/flows", 1),
        (429, "/v1/flows", None),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "token=hunter2",
        "reporter=JPN&api_key=hunter2",
        "X-Auth=hunter2&reporter=JPN",
        "PASSWORD=hunter2",
        "client_secret=hunter2",
        "search=tfk_1_hunter2",
        "api%5fkey=hunter2",
        "%61pi_%6bey=hunter2",
        "%2561pi_%256bey=hunter2",
        "search=t%66k_1_hunter2",
    ],
)
def test_secrets_in_urls_are_not_logged(read_log_entry, query):
    assert "hunter2" not in json.dumps(read_log_entry(f"/v1/flows?{query}"))


def test_a_key_in_a_path_is_not_logged(read_log_entry):
    assert "hunter2" not in json.dumps(read_log_entry("/v1/releases/tfk_1_hunter2"))
