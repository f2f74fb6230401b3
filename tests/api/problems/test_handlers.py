"""Every error is a problem document, as JSON or as a page, with a page on its type, and without internals."""

import re

import pytest
from markupsafe import escape
from sqlalchemy import create_engine, text

from service.api.problems.handlers import PROBLEM_TYPES
from service.app import create_app


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("POST", "/v1/flows", 405, "method-not-allowed"),
        ("DELETE", "/v1/partners/CHN", 405, "method-not-allowed"),
        ("GET", "/v1/flows", 422, "invalid-parameter"),
    ],
)
def test_http_errors_are_problem_details(demo, method, path, status, slug):
    answer = demo.open(path, method=method)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert set(answer.json) == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
    assert (answer.json["type"], answer.json["status"], answer.json["instance"]) == (f"/problems/{slug}", status, path)
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_a_405_response_lists_the_allowed_methods(demo):
    assert "GET" in demo.post("/v1/flows").headers["Allow"]


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
def test_every_problem_type_has_a_page(demo, slug):
    page = demo.get(f"/problems/{slug}")

    assert page.status_code == 200
    assert PROBLEM_TYPES[slug].title in page.text


def test_titles_and_explanations_are_plain_sentences():
    for problem_type in PROBLEM_TYPES.values():
        assert problem_type.title[0].isupper()
        assert problem_type.explanation.endswith(".")
        assert not re.search(r"\b(who|what|whoever|wants?|asks?|told)\b", problem_type.explanation)


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/flows?reporter=JPN&%3Cb%3E=1", "/v1/partners/germny?limit=0"])
def test_a_browser_gets_the_same_words_as_a_page(demo, path):
    page, problem = demo.get(path, headers=BROWSER), demo.get(path).json

    words = [problem["title"], *([error["reason"] for error in problem["errors"]] or [problem["detail"]])]
    assert (page.status_code, page.mimetype) == (problem["status"], "text/html")
    assert all(escape(text) in page.text for text in words)
    assert "<b>" not in page.text


def test_a_problem_type_is_a_page_for_a_browser(demo):
    page = demo.get("/problems/timeout", headers=BROWSER)

    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert PROBLEM_TYPES["timeout"].explanation in page.text


def test_the_page_of_a_problem_links_to_the_request_that_works(demo):
    page = demo.get("/v1/reporters/japn?limit=1", headers=BROWSER)

    assert (page.status_code, 'href="/v1/reporters/JPN?limit=1"' in page.text) == (404, True)


@pytest.mark.parametrize(
    ("path", "suggestion"),
    [
        ("/v1/flow", "/v1/flows"),
        ("/v1/flow?reporter=JPN", "/v1/flows?reporter=JPN"),
        ("/v1//areas", "/v1/areas"),
        ("/V1/Areas", "/v1/areas"),
        ("/areas", "/v1/areas"),
        ("/v1/briefing/JPN/2024-01", "/v1/briefings/JPN/2024-01"),
        ("/explorer", "/explore"),
    ],
)
def test_a_misspelt_path_suggests_the_path_of_a_resource(demo, path, suggestion):
    problem = demo.get(path).json

    assert (problem["status"], problem["errors"][0]["suggestions"]) == (404, [suggestion])
    assert problem["detail"].endswith(f"Did you mean {suggestion}?")
    assert f'href="{suggestion}"' in demo.get(path, headers=BROWSER).text
    assert demo.get(suggestion).status_code != 404


@pytest.mark.parametrize("path", ["/v1/nothing", "/nothing", "/v1/flow/CHN", "/v1/check", "/", "/" + "a" * 5000])
def test_a_path_that_resembles_none_has_no_suggestion(demo, path):
    assert demo.get(path).json is None or demo.get(path).json["errors"] == []


def test_an_unavailable_database_is_503_with_retry_after():
    app = create_app(create_engine("postgresql+psycopg://nobody@/nothing?host=/nonexistent"))

    for path in ("/v1/flows?reporter=JPN", "/ready"):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/unavailable")
        assert int(answer.headers["Retry-After"]) > 0


def test_the_service_is_alive_without_a_database():
    app = create_app(create_engine("postgresql+psycopg://nobody@/nothing?host=/nonexistent"))

    assert app.test_client().get("/live").json == {"status": "alive"}


def test_a_statement_timeout_is_504(engine, figures):
    figures({"2020": 100})
    slow = create_engine(engine.url, connect_args={"options": "-c statement_timeout=50"})
    with engine.begin() as blocker:
        blocker.execute(text("LOCK TABLE observation IN ACCESS EXCLUSIVE MODE"))

        answer = create_app(slow).test_client().get("/v1/flows?reporter=JPN&frequency=A")

    slow.dispose()
    assert (answer.status_code, answer.json["type"]) == (504, "/problems/timeout")


def test_an_internal_error_exposes_no_details(engine, figures):
    figures({"2020": 100})
    figures.execute("ALTER TABLE observation RENAME COLUMN value TO broken")

    answer = create_app(engine).test_client().get("/v1/flows?reporter=JPN&frequency=A")

    assert (answer.status_code, answer.json["type"]) == (500, "/problems/internal-error")
    assert not {"psycopg", "SELECT", "observation", "Traceback"} & set(answer.text.split())


def test_a_valid_request_id_is_preserved(demo):
    assert demo.get("/live", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    assert demo.get("/live", headers={"X-Request-ID": "<script>"}).headers["X-Request-ID"] != "<script>"


def test_readiness_reports_the_loaded_releases(demo):
    answer = demo.get("/ready").json

    assert (answer["status"], answer["releases"]) == ("ready", 18)
