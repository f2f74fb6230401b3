"""A request that computes for longer than its deadline is ended, and its thread serves the next one."""

from time import monotonic

from werkzeug.test import Client

from service.api.overload.request_deadline import RequestDeadline


def compute(environ, start_response):
    try:
        while environ["PATH_INFO"] == "/endless":
            sum(range(1000))
    except Exception:  # noqa: BLE001 - as a framework handles errors
        start_response("500 Internal Server Error", [])
        return [b"handled"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]


def test_a_request_beyond_its_deadline_is_504_and_the_next_one_is_served():
    client, started = Client(RequestDeadline(compute, max_request_s=0.3)), monotonic()

    responses = [client.get(path) for path in ("/endless", "/short", "/endless", "/short")]

    assert [response.status_code for response in responses] == [504, 200, 504, 200]
    assert responses[0].json["type"] == "/problems/timeout"
    assert monotonic() - started < 60


def test_a_browser_gets_a_page():
    client = Client(RequestDeadline(compute, max_request_s=0.3))

    response = client.get("/endless", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert (response.status_code, response.mimetype) == (504, "text/html")
    assert "<h1>Timeout</h1>" in response.text
    assert response.headers["Vary"] == "Accept"
