"""Every response has its data version, and a client that sends the version it has seen gets no older data."""

import pytest

REQUEST_PATH = "/v1/flows?reporter=JPN&frequency=A&flow=X"


def test_a_response_has_a_data_version_incremented_by_each_load(client, figures):
    figures({"2023": 100})
    first = client.get(REQUEST_PATH)
    figures({"2023": 101}, published="2024-03-28")
    second = client.get(REQUEST_PATH)

    versions = [int(answer.headers["Data-Version"]) for answer in (first, second)]

    assert versions == [answer.json["meta"]["data_version"] for answer in (first, second)]
    assert versions[1] == versions[0] + 1


def test_a_304_response_has_the_data_version(client, figures):
    figures({"2023": 100})
    first = client.get(REQUEST_PATH)

    again = client.get(REQUEST_PATH, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.headers["Data-Version"]) == (304, first.headers["Data-Version"])


@pytest.mark.parametrize("format_name", ["json", "csv"])
def test_requests_for_a_current_or_older_data_version_succeed(client, figures, format_name):
    figures({"2023": 100})
    version = int(client.get(REQUEST_PATH).headers["Data-Version"])

    answers = [
        client.get(f"{REQUEST_PATH}&format={format_name}", headers={"Data-Version": str(n)}) for n in (0, 1, version)
    ]

    assert [(answer.status_code, "100" in answer.text) for answer in answers] == [(200, True)] * 3


@pytest.mark.parametrize("path", [REQUEST_PATH, "/v1/reporters", "/v1/classifications"])
def test_an_unknown_data_version_is_rejected_with_the_newest(client, figures, path):
    figures({"2023": 100})
    version = int(client.get(REQUEST_PATH).headers["Data-Version"])

    answer = client.get(path, headers={"Data-Version": str(version + 1)})

    (fault,) = answer.json["errors"]
    assert answer.status_code == 422
    assert (fault["parameter"], fault["value"], fault["suggestions"]) == (
        "Data-Version",
        str(version + 1),
        [str(version)],
    )


@pytest.mark.parametrize("text", ["", "new", "-1", "1.5", "٣", "9" * 10])
def test_an_invalid_data_version_is_rejected(client, text):
    answer = client.get(REQUEST_PATH, headers={"Data-Version": text.encode().decode("latin-1")})

    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "Data-Version")
