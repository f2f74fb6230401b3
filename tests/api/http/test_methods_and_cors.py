"""Methods, trailing slashes and CORS of every resource."""

import pytest

REQUEST_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
RESOURCE_PATHS = (
    REQUEST_PATH,
    "/v1/partners/CHN?reporter=JPN",
    "/v1/groups",
    "/live",
    "/ready",
    "/problems/not-found",
    "/docs",
)


@pytest.mark.parametrize("address", RESOURCE_PATHS)
def test_a_trailing_slash_is_ignored(demo, address):
    path, mark, query = address.partition("?")

    plain, slashed = demo.get(address), demo.get(f"{path}/{mark}{query}")

    if slashed.status_code == 308:
        slashed = demo.get(slashed.headers["Location"])
    assert plain.status_code == slashed.status_code == 200
    assert response_content(plain) == response_content(slashed)


def response_content(response):
    """Return what an answer holds, without its own address."""
    return response.json.get("data", response.json) if response.is_json else response.text


@pytest.mark.parametrize(
    "address", ["/v0", "/v2/flows", "/v1/flow", "/v1/flows/CHN/X", "/%2e%2e/etc", "/V1/flows", "/v1//flows"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PURGE"])
def test_an_unknown_path_is_404_for_any_method(demo, method, address):
    answer = demo.open(address, method=method)

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("address", [*RESOURCE_PATHS, "/v1/nothing", "/v1/flows?reporter=JPN&partner=CHX"])
def test_head_equals_get_without_the_body(demo, address):
    got, headed = demo.get(address), demo.head(address)

    own = {"X-Request-ID"}
    assert (headed.status_code, headed.data) == (got.status_code, b"")
    assert {pair for pair in headed.headers if pair[0] not in own} == {
        pair for pair in got.headers if pair[0] not in own
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"])
@pytest.mark.parametrize("address", RESOURCE_PATHS)
def test_write_methods_are_405_with_allowed_methods(demo, method, address):
    answer = demo.open(address, method=method, json={"value": 1})

    assert (answer.status_code, answer.json["type"]) == (405, "/problems/method-not-allowed")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("address", RESOURCE_PATHS)
def test_options_returns_allowed_methods_and_cors_headers(demo, address):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}

    answer = demo.options(address, headers=asked)

    assert (answer.status_code, answer.data, answer.content_type) == (204, b"", None)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert (
        answer.headers["Access-Control-Allow-Headers"]
        == "Authorization, Content-Type, Data-Version, If-None-Match, X-Request-ID"
    )


def test_the_documentation_is_served_at_one_url(demo):
    answer = demo.get("/docs/")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/docs")


@pytest.mark.parametrize("header", ["traceparent", "content-type, x-requested-with", "Accept-Language"])
def test_any_header_may_be_sent_from_any_origin(demo, header):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Headers": header}

    answer = demo.options(REQUEST_PATH, headers=asked)

    assert answer.headers["Access-Control-Allow-Headers"] == header


@pytest.mark.parametrize("address", [*RESOURCE_PATHS, "/v1/nothing", "/v1/flows"])
def test_any_origin_may_read_responses_without_credentials(demo, address):
    answer = demo.get(address, headers={"Origin": "https://example.org"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    # Byte ranges need Content-Range: readers of Parquet in a browser fail without it.
    assert {"Content-Range", "ETag", "Exchange-Rate", "Link", "X-Request-ID"} <= exposed
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_304_response_has_cors_headers(demo):
    tag = demo.get(REQUEST_PATH).headers["ETag"]

    answer = demo.get(REQUEST_PATH, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (304, "*")
