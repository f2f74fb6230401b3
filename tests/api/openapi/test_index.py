"""GET /v1 lists every resource with one sentence and an example that works on the demo."""


def test_the_index_has_every_operation_of_the_document(demo):
    paths = demo.get("/openapi.json").json["paths"]

    rows = demo.get("/v1").json["data"]

    operations = sorted(
        (path, method.upper()) for path, item in paths.items() for method in item if method != "parameters"
    )
    assert [(row["path"], row["method"]) for row in rows] == operations
    assert all(row["summary"].endswith(".") for row in rows)


def test_every_example_of_the_index_works_on_the_demo(demo):
    for row in demo.get("/v1").json["data"]:
        answer = demo.get(row["example"].partition("#")[0])

        assert answer.status_code == 200, row
        assert not answer.is_json or answer.json.get("data") != [], row


def test_the_index_has_columns_formats_and_pages(demo):
    page = demo.get("/v1?limit=1&fields=example").json

    assert list(page["data"][0]) == ["path", "method", "example"]
    assert page["links"]["next"].startswith("/v1?")
    assert demo.get("/v1?format=csv").text.startswith("path,method,summary,example\r\n")


def test_a_service_without_exchange_rates_returns_an_empty_list_with_a_reason(client):
    answer = client.get("/v1/exchange-rates?currency=USD")

    assert (answer.status_code, answer.json["data"]) == (200, [])
    assert answer.json["meta"]["empty_reason"] == "not_covered"
