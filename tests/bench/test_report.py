"""The comparison, the ratios and the tables of the benchmark."""

from types import SimpleNamespace

import pytest

from bench.catalog import EXPORT, PAGE_100, QUERIES, SERIES, Codes, choose_parameters
from bench.commands.report import cost_tables, markdown_table, query_tables, render_page, replace_between_markers
from bench.competitors.postgraphile import Postgraphile
from bench.competitors.postgrest import Postgrest
from bench.competitors.tradeflows import Tradeflows
from bench.environment import ROOT, Environment
from bench.goals import cost_goals
from bench.in_process import seconds_by_package
from bench.load_tests import find_difference, speed_ratio

CODES = Codes(
    reporters=["JPN", "DEU"],
    partners=["CHN", "USA"],
    commodities=["8703", "870323"],
    chapters=["87"],
    rows_per_month=500_000,
)
PAIR = {"reporter": "JPN", "partner": "CHN", "flow": "X", "commodity": "8703"}


def sample(per_second: float) -> dict[str, float]:
    return {"requests": 100, "errors": 0, "per_second": per_second, "bytes": 1000, "p50_ms": 4, "p99_ms": 9}


def query_measurement(name: str, rates: dict[str, float], faults: dict[str, str] | None = None) -> dict[str, object]:
    run = {"rounds": 1, "seconds": 2, "load_average": 0.5, "missing": {"DuckDB": "it is not installed"}}
    tests = {test: [sample(rate)] for test, rate in rates.items()}
    return run | {"queries": {name: {"faults": faults or {}, "tests": tests}}}


def test_a_ratio_is_the_median_of_the_ratios_of_each_round():
    own = [sample(rate) for rate in (200, 900, 300)]
    other = [sample(rate) for rate in (100, 300, 200)]

    assert speed_ratio(own, other) == 2  # of 2, 3 and 1.5


def test_the_first_difference_between_two_responses_is_described():
    row = dict.fromkeys(PAGE_100.columns, 1)

    assert find_difference([row], [dict(row)]) is None
    assert find_difference([row], [row | {"yoy_pct": 2}]) == "row 0: yoy_pct is 2 instead of 1"
    assert find_difference([row], []) == "0 rows instead of 1"


@pytest.mark.parametrize("query", [*QUERIES.values(), EXPORT], ids=lambda query: query.name)
def test_parameters_are_distinct_and_the_same_in_every_run(query):
    parameters = choose_parameters(query, CODES, seed="a competitor")

    assert len({tuple(each.items()) for each in parameters}) == len(parameters) > 0
    assert parameters == choose_parameters(query, CODES, seed="a competitor")


def test_each_competitor_has_its_own_request_for_a_query():
    path = Tradeflows().request(SERIES, PAIR).path
    assert path.startswith(
        "/v1/series?reporter=JPN&partner=CHN&flow=X&commodity=8703&period=2014-01..2023-12&limit=120"
    )
    assert path.endswith("&fields=" + ",".join(SERIES.columns))
    assert Postgrest().request(SERIES, PAIR).path == (
        "/rpc/series?reporter_code=JPN&partner_code=CHN&flow_code=X&commodity_code=8703"
    )
    assert '"variables": {"reporterCode": "JPN", "partnerCode": "CHN"' in Postgraphile().request(SERIES, PAIR).body


def test_an_export_of_the_service_has_a_range_of_months_and_a_format():
    parameters = {"reporter": "JPN", "flow": "X", "first": "2015-01", "last": "2015-02", "format": "parquet"}

    assert (
        Tradeflows()
        .request(EXPORT, parameters)
        .path.startswith(
            "/v1/flows?reporter=JPN&flow=X&format=parquet&period=2015-01..2015-02&partner=all&commodity=all&level=6&fields="
        )
    )


def test_a_table_has_a_line_for_each_row():
    assert markdown_table(("measure", "s"), [("one", 1)]) == "| measure | s |\n|---|---:|\n| one | 1 |"


def test_the_text_outside_of_the_markers_is_preserved():
    page = "before\n<!-- it: begin -->\nold\n<!-- it: end -->\nafter"

    assert replace_between_markers(page, "it", "new") == "before\n<!-- it: begin -->\n\nnew\n\n<!-- it: end -->\nafter"
    with pytest.raises(ValueError, match="no markers"):
        replace_between_markers("before", "it", "new")


def test_missing_competitors_are_named_with_the_reason():
    rates = {"PostgREST, new": 50, "FastAPI, new": 50}

    text = query_tables(query_measurement("series", rates, {"Datasette": "0 rows instead of 1"}))

    assert "\n\n**A series of 10 years**\n\n| competitor | mode |" in text
    assert "| FastAPI | new | 50.0 | 50.0 to 50.0 | 4.00 | 9.00 | 1,000 | 1.00 |" in text
    assert text.endswith("DuckDB: it is not installed.\n\nDatasette: 0 rows instead of 1.")


def test_the_time_of_a_built_in_function_counts_for_its_caller():
    def entry(file: str, seconds: float, built_in_seconds: float = 0) -> SimpleNamespace:
        built_in = SimpleNamespace(code="<built-in method len>", inlinetime=built_in_seconds)
        return SimpleNamespace(code=compile("", file, "exec"), inlinetime=seconds, calls=[built_in])

    entries = [
        entry("/srv/service/api/responses/query_result.py", 0.5, 0.5),
        entry("/srv/.venv/lib/python3.11/site-packages/flask/app.py", 0.25, 0.25),
        entry("/usr/lib/python3.11/json/encoder.py", 0.125),
    ]

    assert seconds_by_package(entries) == {"service/api": 1.0, "flask": 0.5, "standard library": 0.125}


def test_costs_name_the_packages_with_a_notable_share():
    text = cost_tables(
        {
            "queries": {"series": {"ms": 4.5, "sql_ms": 1.25, "processor_ms": 3}},
            "shares": {"service/api": 0.4, "flask": 0.011},
        }
    )

    assert "| a series of 10 years | 4.50 | 1.25 | 3.00 |" in text
    assert text.endswith("Python: service/api 40%.")


def test_the_page_has_goals_with_bold_values_where_they_are_missed(tmp_path):
    environment = Environment(tmp_path)
    empty = "empty Flask view, gunicorn"
    rates = {"tradeflows, gunicorn, cached": 95, f"{empty}, same size": 100, f"{empty}, new": 200}
    environment.save("queries", query_measurement("group", rates))

    page = render_page(environment, (ROOT / "docs" / "explanation" / "benchmarks.md").read_text(), machine="a machine")

    pair = "tradeflows, gunicorn, cached, over empty Flask view, gunicorn"
    assert f"| {pair}, same size | - (0.9) | - (0.9) | - (0.9) | - (0.9) | - (0.9) | 0.95 (0.9) |" in page
    assert f"| {pair} | - (0.9) | - (0.9) | - (0.9) | - (0.9) | - (0.9) | **0.47** (0.9) |" in page
    assert "<!-- start: begin -->\n\nNot measured in this run.\n\n<!-- start: end -->" in page


@pytest.mark.parametrize(
    ("ratio", "cells"), [(None, ["-", "not measured"]), (8.5, ["8.50", "**no**"]), (7, ["7.00", "yes"])]
)
def test_a_goal_states_whether_it_is_met(tmp_path, ratio, cells):
    environment = Environment(tmp_path)
    environment.save("load", {"cross product": ratio})

    rows = [row for row in cost_goals(environment) if row[0].startswith("load of a full")]

    assert rows == [["load of a full cross product over COPY into a bare table", "at most 8", *cells]]
