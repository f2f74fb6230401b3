"""Answers without figures name the dataset that has them, and the request that works."""

from urllib.parse import parse_qs, urlsplit


def fetch(client, path, **query):
    answer = client.get(path, query_string={"reporter": "JPN", "flow": "X"} | query)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_an_empty_answer_names_the_dataset_with_the_figures(client, figures):
    figures({("X", "WLD", "TOTAL", "2023-01"): 5, ("X", "CHN", "TOTAL", "2023-01"): 3}, code="months", exhaustive=False)
    figures({("X", "WLD", "TOTAL", "2020"): 70, ("X", "KOR", "TOTAL", "2020"): 7}, code="years", exhaustive=False)

    partner = fetch(client, "/v1/flows", partner="KOR")
    named = fetch(client, "/v1/partners", partner="CHN", dataset="years", frequency="A", period="2023")
    series = fetch(client, "/v1/series", partner="KOR")
    nowhere = fetch(client, "/v1/flows", partner="DEU")
    answered = fetch(client, "/v1/flows", partner="CHN")

    assert (partner["data"], partner["meta"]["available_in"]) == (
        [],
        {
            "dataset": "years",
            "request": "/v1/flows?dataset=years&flow=X&frequency=A&partner=KOR&reporter=JPN",
        },
    )
    assert named["meta"]["available_in"]["dataset"] == "months"
    assert [row["value"] for row in series["data"]] == [None]
    assert "available_in" not in nowhere["meta"]
    assert "available_in" not in answered["meta"]
    for answer in (partner, named, series):
        address = urlsplit(answer["meta"]["available_in"]["request"])
        rows = client.get(address.path, query_string=parse_qs(address.query)).json["data"]
        assert [row["value"] for row in rows] in ([7], [3])


def test_columns_do_not_decide_whether_another_dataset_is_named(client, figures):
    figures({("X", "WLD", "TOTAL", "2023-01"): 5, ("X", "CHN", "TOTAL", "2023-01"): 3}, code="months", exhaustive=False)
    figures({("X", "WLD", "TOTAL", "2020"): 70, ("X", "KOR", "TOTAL", "2020"): 7}, code="years", exhaustive=False)

    for columns in ("value", "yoy_pct", "release", "value,yoy_status"):
        series = fetch(client, "/v1/series", partner="KOR", dataset="months", fields=columns)
        assert series["meta"]["available_in"]["dataset"] == "years", columns
        answered = fetch(client, "/v1/series", partner="CHN", dataset="months", fields=columns)
        assert "available_in" not in answered["meta"], columns
