"""The security headers of responses and pages."""

import pytest

FLOWS_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
HTML_PATHS = (
    "/",
    "/docs",
    "/explore?view=series&reporter=JPN&flow=X&frequency=M&period=all",
    "/v1/briefings/JPN/2024-01?format=html",
)
OTHER_PATHS = (
    FLOWS_PATH,
    f"{FLOWS_PATH}&format=csv",
    "/live",
    "/openapi.json",
    "/nowhere",
    "/v1/flows?x=1",
    "/docs/start.js",
)


def csp_directives(response):
    policy = response.headers["Content-Security-Policy"]
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}


@pytest.mark.parametrize("path", [*HTML_PATHS, *OTHER_PATHS])
def test_every_response_has_nosniff_and_no_referrer(demo, path):
    answer = demo.get(path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", HTML_PATHS)
def test_a_page_loads_no_external_content_and_cannot_be_framed(demo, path):
    answer = demo.get(path)
    told = csp_directives(answer)

    assert answer.mimetype == "text/html"
    assert {told[name] for name in ("default-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert told["form-action"] == ("'none'" if path == "/docs" else "'self'")
    assert "'unsafe-inline'" not in told["style-src"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert told.get("script-src") == (None if path == "/" else "'self'")  # the first page has no chart


def test_a_cached_page_has_the_same_security_headers(demo):
    first, again = demo.get("/"), demo.get("/")

    assert csp_directives(first) == csp_directives(again)


def test_no_response_sets_a_cookie(demo):
    assert [path for path in (*HTML_PATHS, *OTHER_PATHS) if "Set-Cookie" in demo.get(path).headers] == []
