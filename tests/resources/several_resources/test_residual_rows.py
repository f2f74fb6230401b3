"""Rankings with residual rows add up to the total."""

from decimal import Decimal

import pytest

QUERY = {"reporter": "JPN", "flow": "X", "frequency": "A", "period": "2021", "residual": "true"}


def annual_figures(partner, previous, current, *, commodity="TOTAL"):
    return {("X", partner, commodity, "2020"): previous, ("X", partner, commodity, "2021"): current}


def fetch_ranking(client, path="/v1/partners", **query):
    answer = client.get(path, query_string=QUERY | query)
    assert answer.status_code == 200, answer.json
    assert answer.json["links"]["next"] is None
    return answer.json["data"]


def select_columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_residual_rows_follow_the_ranking(client, figures):
    figures(
        annual_figures("WLD", 1000, 1200)
        | annual_figures("CHN", 400, 500)
        | annual_figures("USA", 300, 330)
        | annual_figures("KOR", 100, 90)
        | annual_figures("DEU", 50, 60)
    )

    rows = fetch_ranking(client, limit="2")

    # Cut off: Korea and Germany, 150 for 150. Not broken down: 1200 - 980 = 220 for 1000 - 850 = 150.
    names = ("partner", "value", "yoy_base", "yoy_pct", "partner_share_pct", "partner_contribution_pp", "rank")
    assert select_columns(rows, *names) == [
        ("CHN", 500, 400, 25.0, 41.6667, 10.0, 1),
        ("USA", 330, 300, 10.0, 27.5, 3.0, 2),
        ("other", 150, 150, 0.0, 12.5, 0.0, None),
        ("unallocated", 220, 150, 46.6667, 18.3333, 7.0, None),
    ]


def test_former_partners_are_part_of_the_residual(client, figures):
    figures(annual_figures("WLD", 1000, 600) | annual_figures("CHN", 400, 600) | {("X", "USA", "TOTAL", "2020"): 600})

    rows = fetch_ranking(client)

    assert select_columns(rows, "partner", "value", "yoy_base", "partner_contribution_pp") == [
        ("CHN", 600, 400, 20.0),
        ("other", 0, 600, -60.0),
        ("unallocated", 0, 0, None),
    ]


def test_commodities_of_one_level_sum_to_the_total_with_residuals(client, figures):
    figures(
        annual_figures("WLD", 100, 150)
        | annual_figures("WLD", 60, 90, commodity="A")
        | annual_figures("WLD", 30, 45, commodity="B")
        | annual_figures("WLD", 20, 25, commodity="A1")
    )

    rows = fetch_ranking(client, "/v1/commodities", level="1", limit="1")

    assert select_columns(rows, "commodity", "value", "commodity_contribution_pp", "level") == [
        ("A", 90, 30.0, 1),
        ("other", 45, 15.0, None),
        ("unallocated", 15, 5.0, None),
    ]


def test_contributions_without_a_base_are_unallocated(client, figures):
    figures(
        annual_figures("WLD", 100, 120)
        | {("X", "CHN", "TOTAL", "2021"): 10}
        | annual_figures("USA", 50, 55)
        | annual_figures("KOR", 5, 6),
        exhaustive=False,
    )

    rows = fetch_ranking(client, limit="2")

    # 20 of growth: 5 by the United States, 1 by Korea, 49 - 45 by what is not broken down, and 10 by China, whose year
    # before is not known.
    assert select_columns(rows, "partner", "value", "yoy_base", "partner_contribution_pp") == [
        ("USA", 55, 50, 5.0),
        ("CHN", 10, None, None),
        ("other", 6, 5, 1.0),
        ("unallocated", 49, 45, 14.0),
    ]


@pytest.mark.parametrize(
    ("sort", "first"),
    [("-yoy_pct", "KOR"), ("yoy_pct", "DEU"), ("-partner_contribution_pp", "CHN"), ("-pop_pct", "KOR")],
)
def test_any_growth_ranking_precedes_its_residuals(client, figures, sort, first):
    figures(
        annual_figures("WLD", 1000, 1200)
        | annual_figures("CHN", 400, 500)
        | annual_figures("KOR", 100, 180)
        | annual_figures("DEU", 50, 40),
        exhaustive=False,
    )

    rows = fetch_ranking(client, sort=sort, limit="1")

    assert [row["partner"] for row in rows] == [first, "other", "unallocated"]
    assert sum(Decimal(str(row["partner_contribution_pp"])) for row in rows) == 20


def test_each_flow_has_its_own_residuals(client, figures):
    exports = annual_figures("WLD", 10, 10) | annual_figures("CHN", 4, 4) | annual_figures("USA", 3, 3)
    imports = {("M", *key[1:]): 2 * value for key, value in exports.items()}
    figures(exports | imports)

    rows = fetch_ranking(client, flow="X,M", limit="1")

    assert select_columns(rows, "flow", "partner", "value") == [
        ("X", "CHN", 4),
        ("X", "other", 3),
        ("X", "unallocated", 3),
        ("M", "CHN", 8),
        ("M", "other", 6),
        ("M", "unallocated", 6),
    ]


@pytest.mark.parametrize(
    ("path", "question", "problem_slug", "parameter"),
    [
        ("/v1/partners", {"partner": "ASEAN,CHN"}, "overlapping-members", "partner"),
        ("/v1/partners", {"partner": "WLD"}, "overlapping-members", "partner"),
        ("/v1/commodities", {}, "overlapping-members", "level"),
        ("/v1/commodities", {"commodity": "A,A1"}, "overlapping-members", "commodity"),
        ("/v1/commodities", {"commodity": "TOTAL"}, "overlapping-members", "commodity"),
        ("/v1/partners", {"period": "2020..2021"}, "invalid-parameter", "period"),
    ],
)
def test_double_counting_is_rejected(client, figures, path, question, problem_slug, parameter):
    figures(annual_figures("WLD", 10, 10) | annual_figures("CHN", 4, 4) | annual_figures("WLD", 4, 4, commodity="A1"))

    answer = client.get(path, query_string=QUERY | question)

    assert (answer.status_code, answer.json["type"]) == (422, f"/problems/{problem_slug}")
    assert [error["parameter"] for error in answer.json["errors"]] == [parameter]


def test_demo_contributions_sum_to_japans_growth(demo):
    question = {"reporter": "JPN", "flow": "X", "period": "2024-01", "residual": "true", "limit": "3"}
    rows = demo.get("/v1/partners", query_string=question).json["data"]

    assert [row["partner"] for row in rows] == ["USA", "CHN", "KOR", "other", "unallocated"]
    assert sum(row["value"] for row in rows) == 7_332_754_388_000
    assert sum(Decimal(str(row["partner_contribution_pp"])) for row in rows) == Decimal("11.9406")
