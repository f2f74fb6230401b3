"""The Python client on a running service with the demo; figures published by Japan Customs on 28 February 2024."""

from datetime import date

import pytest

from tradeflows.client import Client, ServiceError, ServiceUnreachable, checked_body, resource_path

EXPORTS_TO_CHINA = {"reporter": "JPN", "partner": "CHN", "flow": "X"}


@pytest.fixture(scope="module")
def service(demo_server_url):
    return Client(demo_server_url)


def test_a_series_is_a_data_frame_with_its_sources(service):
    frame = service.series(**EXPORTS_TO_CHINA, period=["2023-01", "2024-01"])

    assert frame[["period", "value"]].to_dict("records") == [
        {"period": "2023-01", "value": 967589543000},
        {"period": "2024-01", "value": 1250314515000},
    ]
    assert frame["yoy_pct"].iloc[1] == 29.2195
    assert frame.attrs["as_of"] == "2024-02-28"
    assert frame.attrs["sources"][0]["attribution"] == "Source: Trade Statistics of Japan, Ministry of Finance"


def test_all_pages_are_read(service):
    parameters = {"reporter": "JPN", "partner": "all", "flow": "X", "period": "2024-01", "fields": "partner,value"}

    assert service.rows("flows", **parameters, limit=7) == service.rows("flows", **parameters, limit=1000)


def test_a_date_selects_the_figures_known_on_it(service):
    frame = service.flows(**EXPORTS_TO_CHINA, period="latest", as_of=date(2024, 1, 31))

    assert list(frame["period"]) == ["2023-12"]


def test_a_response_can_be_read_in_any_format(service):
    assert service.read("flows", **EXPORTS_TO_CHINA, period="2024-01", format="parquet")[:4] == b"PAR1"


def test_an_error_names_every_invalid_parameter(service):
    with pytest.raises(ServiceError) as raised:
        service.flows(reporter="JPX", flw="X")

    assert raised.value.status == 422
    assert [error["parameter"] for error in raised.value.problem["errors"]] == ["reporter", "flw"]
    assert "flw 'X': there is no such parameter; did you mean flow?" in str(raised.value)


def test_the_numbers_of_a_text_are_checked(service):
    text = "In January 2024 Japan's exports to China rose 29.2 percent."

    (row,) = service.check(text, published=date(2024, 2, 29))["data"]

    assert (row["verdict"], row["figure"]) == ("holds", 29.2195)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9", "the connection was refused"),
        ("127.0.0.1:9", "the connection was refused"),
        ("http://host.invalid", "there is no host of this name"),
        ("ftp://127.0.0.1", "it is not a URL such as http://host:8000"),
    ],
)
def test_an_error_says_that_no_service_responds(url, reason):
    with pytest.raises(ServiceUnreachable) as raised:
        Client(url).rows("flows")

    assert f"({reason}): start one with `tradeflows serve`" in str(raised.value)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "TRADEFLOWS_API_KEY"), (403, "--scope bulk"), (429, "Try again later"), (503, "Try again later")],
)
def test_an_error_advises_the_user_of_the_client(status, advice):
    with pytest.raises(ServiceError) as raised:
        checked_body(status, b'{"title": "Title", "detail": "Detail.", "errors": []}')

    assert str(raised.value).splitlines()[:2] == ["Title", "Detail."]
    assert advice in str(raised.value).splitlines()[2]


def test_a_body_without_problem_details_is_quoted():
    with pytest.raises(ServiceError, match="the service responded 502\nBad Gateway"):
        checked_body(502, b"Bad Gateway")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, "/v1/flows"),
        ({"partner": ["CHN", "USA"], "as_of": date(2024, 1, 31)}, "/v1/flows?partner=CHN,USA&as_of=2024-01-31"),
        ({"labels": True, "cursor": None}, "/v1/flows?labels=true"),
        ({"commodity": "a&b"}, "/v1/flows?commodity=a%26b"),
    ],
)
def test_parameters_become_a_query(parameters, expected):
    assert resource_path("flows", parameters) == expected
