"""Each answer tells the version of the data it is of; who tells that of an answer gets none of older data."""

import pytest

QUESTION = "/v1/flows?reporter=JPN&frequency=A&flow=X"


def test_an_answer_tells_the_version_of_its_data_which_moves_with_every_load(client, figures):
    figures({"2023": 100})
    first = client.get(QUESTION)
    figures({"2023": 101}, published="2024-03-28")
    second = client.get(QUESTION)

    versions = [int(answer.headers["Data-Version"]) for answer in (first, second)]

    assert versions == [answer.json["meta"]["data_version"] for answer in (first, second)]
    assert versions[1] == versions[0] + 1


def test_an_answer_that_is_not_sent_again_tells_its_version_too(client, figures):
    figures({"2023": 100})
    first = client.get(QUESTION)

    again = client.get(QUESTION, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.headers["Data-Version"]) == (304, first.headers["Data-Version"])


@pytest.mark.parametrize("form", ["json", "csv"])
def test_who_has_seen_this_version_or_an_older_one_is_answered(client, figures, form):
    figures({"2023": 100})
    version = int(client.get(QUESTION).headers["Data-Version"])

    answers = [client.get(f"{QUESTION}&format={form}", headers={"Data-Version": str(n)}) for n in (0, 1, version)]

    assert [(answer.status_code, "100" in answer.text) for answer in answers] == [(200, True)] * 3


@pytest.mark.parametrize("path", [QUESTION, "/v1/reporters", "/v1/classifications"])
def test_a_version_that_there_is_not_is_refused_with_the_newest(client, figures, path):
    figures({"2023": 100})
    version = int(client.get(QUESTION).headers["Data-Version"])

    answer = client.get(path, headers={"Data-Version": str(version + 1)})

    (fault,) = answer.json["errors"]
    assert answer.status_code == 422
    assert (fault["parameter"], fault["value"], fault["suggestions"]) == (
        "Data-Version",
        str(version + 1),
        [str(version)],
    )


@pytest.mark.parametrize("text", ["", "new", "-1", "1.5", "٣", "9" * 10])
def test_what_is_no_version_is_refused(client, text):
    answer = client.get(QUESTION, headers={"Data-Version": text.encode().decode("latin-1")})

    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "Data-Version")
