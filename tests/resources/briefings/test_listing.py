"""/v1/briefings lists the available briefings."""


def test_there_is_a_briefing_for_each_published_period(client, figures):
    figures({"2021": 100, "2023": 110}, published="2024-02-28")

    rows = client.get("/v1/briefings").json["data"]

    assert rows == client.get("/v1/briefings/japan").json["data"]
    assert [(row["reporter"], row["period"], row["frequency"]) for row in rows] == [
        ("JPN", "2021", "A"),
        ("JPN", "2023", "A"),
    ]
    assert client.get(rows[-1]["briefing"]).status_code == 200


def test_a_service_without_data_has_an_empty_list_with_a_reason(client):
    for path in ("/v1/briefings", "/v1/briefings/JPN"):
        answer = client.get(path)
        assert (answer.status_code, answer.json["data"], answer.json["meta"]["empty_reason"]) == (
            200,
            [],
            "not_covered",
        )


def test_a_period_is_in_its_canonical_form_in_sentences(demo):
    (sentence, *_) = [row["sentence"] for row in demo.get("/v1/briefings/japan/202401?format=json").json["data"]]

    assert sentence == demo.get("/v1/briefings/JPN/2024-01").json["data"][0]["sentence"]


def test_an_unknown_reporter_is_404(client):
    assert client.get("/v1/briefings/japn").json["errors"][0]["suggestions"] == ["JPN"]
