"""What browsers are told of every answer, and of every page."""

import pytest

FIGURES = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
PAGES = ("/", "/docs", "/v1/briefings/JPN/2024-01?format=html")
OTHERS = (FIGURES, f"{FIGURES}&format=csv", "/live", "/openapi.json", "/nowhere", "/v1/flows?x=1", "/docs/start.js")


def directives(answer):
    policy = answer.headers["Content-Security-Policy"]
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}


@pytest.mark.parametrize("path", [*PAGES, *OTHERS])
def test_no_answer_is_guessed_at_or_told_on(demo, path):
    answer = demo.get(path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_is_not_framed(demo, path):
    answer = demo.get(path)
    told = directives(answer)

    assert answer.mimetype == "text/html"
    assert {told[name] for name in ("default-src", "base-uri", "form-action", "frame-ancestors")} == {"'none'"}
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert told.get("script-src") == ("'self'" if path == "/docs" else None)


def test_a_page_that_is_not_sent_again_and_one_that_was_kept_tell_the_same(demo):
    first, again = demo.get("/"), demo.get("/")

    assert directives(first) == directives(again)


def test_no_answer_sets_a_cookie(demo):
    assert [path for path in (*PAGES, *OTHERS) if "Set-Cookie" in demo.get(path).headers] == []
