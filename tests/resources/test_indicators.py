"""Figures of surveys and other context, dated and sourced."""

import pytest

SURVEY = "jccic-2024-01-investment"


def figures_of(demo, path):
    return {row["label"]: row["value"] for row in demo.get(path).json["data"]}


def test_the_survey_of_japanese_companies_in_china_is_as_it_was_published(demo):
    answer = demo.get(f"/v1/indicators/{SURVEY}").json

    assert figures_of(demo, f"/v1/indicators/{SURVEY}") == {
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


def test_a_figure_is_known_from_the_day_of_its_publication_on(demo):
    assert figures_of(demo, "/v1/indicators?as_of=2024-01-14") == {}
    assert len(figures_of(demo, "/v1/indicators?as_of=2024-01-15")) == 5
    assert demo.get(f"/v1/indicators/{SURVEY}?as_of=2024-01-14").status_code == 404


@pytest.mark.parametrize(
    ("question", "found"),
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
def test_figures_are_found_by_whom_what_and_when_they_are_about(demo, question, found):
    assert len(demo.get(f"/v1/indicators?{question}").json["data"]) == found


def test_pages_go_on_where_the_one_before_ended(demo):
    first = demo.get("/v1/indicators?limit=3").json
    second = demo.get(first["links"]["next"]).json

    assert [len(page["data"]) for page in (first, second)] == [3, 2]
    assert len({row["figure"] for page in (first, second) for row in page["data"]}) == 5
    assert second["links"]["next"] is None


@pytest.mark.parametrize(
    ("question", "parameter"),
    [("reporter=JPM", "reporter"), ("partner=XX9", "partner"), ("period=2023-13", "period"), ("subject=x", "subject")],
)
def test_what_is_not_right_is_refused_by_name(demo, question, parameter):
    answer = demo.get(f"/v1/indicators?{question}")

    assert (answer.status_code, [error["parameter"] for error in answer.json["errors"]]) == (422, [parameter])


def test_an_indicator_that_is_not_there_is_not_found(demo):
    answer = demo.get("/v1/indicators/jccic-2024-01-invest")

    assert answer.status_code == 404
    assert f"did you mean {SURVEY}?" in answer.json["detail"]
