"""Figures of surveys and other context, dated and sourced."""

import pytest

SURVEY_ID = "jccic-2024-01-investment"


def figures_by_label(demo, path):
    return {row["label"]: row["value"] for row in demo.get(path).json["data"]}


def test_the_survey_of_japanese_companies_matches_its_publication(demo):
    answer = demo.get(f"/v1/indicators/{SURVEY_ID}").json

    assert figures_by_label(demo, f"/v1/indicators/{SURVEY_ID}") == {
        "raised": 15,
        "unchanged": 38,
        "lowered": 25,
        "none": 23,
        "kept or raised": 15 + 38,
    }
    said = {
        tuple(row[name] for name in ("published_on", "respondents", "unit", "reporter", "partner", "period"))
        for row in answer["data"]
    }
    assert said == {("2024-01-15", 1713, "%", "JPN", "CHN", "2023")}


def test_an_indicator_is_visible_from_its_publication(demo):
    assert figures_by_label(demo, "/v1/indicators?as_of=2024-01-14") == {}
    assert len(figures_by_label(demo, "/v1/indicators?as_of=2024-01-15")) == 5
    assert demo.get(f"/v1/indicators/{SURVEY_ID}?as_of=2024-01-14").status_code == 404


@pytest.mark.parametrize(
    ("query_string", "expected_count"),
    [
        ("reporter=JP", 5),
        ("reporter=USA", 0),
        ("partner=CHN", 5),
        ("partner=USA", 0),
        ("topic=investment", 5),
        ("topic=orders", 0),
        ("period=2023", 5),
        ("period=2023-Q4", 5),
        ("period=2024..", 0),
        ("period=latest", 5),
        ("reporter=JPN&partner=CHN&topic=investment&period=2022..2024-01&limit=2", 2),
    ],
)
def test_indicators_are_filtered_by_area_topic_and_period(demo, query_string, expected_count):
    assert len(demo.get(f"/v1/indicators?{query_string}").json["data"]) == expected_count


def test_indicators_are_paginated(demo):
    first = demo.get("/v1/indicators?limit=3").json
    second = demo.get(first["links"]["next"]).json

    assert [len(page["data"]) for page in (first, second)] == [3, 2]
    assert len({row["figure"] for page in (first, second) for row in page["data"]}) == 5
    assert second["links"]["next"] is None


@pytest.mark.parametrize(
    ("query_string", "parameter"),
    [("reporter=JPM", "reporter"), ("partner=XX9", "partner"), ("period=2023-13", "period"), ("subject=x", "subject")],
)
def test_invalid_parameters_are_rejected_by_name(demo, query_string, parameter):
    answer = demo.get(f"/v1/indicators?{query_string}")

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (422, [parameter])


def test_an_unknown_indicator_is_404(demo):
    answer = demo.get("/v1/indicators/jccic-2024-01-invest")

    assert answer.status_code == 404
    assert f"Did you mean {SURVEY_ID}?" in answer.json["detail"]
