"""Nothing published is lost, and the order in which releases are loaded does not matter."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from service.errors import LoadInProgress, WithdrawalRefused
from service.ingest.release.load_session import open_load_session
from service.ingest.release.locks import LOAD_LOCK
from service.ingest.release.withdraw import withdraw_release
from service.ingest.verification.verify import verify_release
from service.models import Release

QUERY = {"reporter": "JPN", "flow": "X", "frequency": "A", "period": "all"}
DELETE_ALL_FIGURES = "".join(
    f"DELETE FROM {table};"
    for table in ("observation", "observation_history", "release_period", "release_file", "release")
)
SELECT_ALL_VERSIONS = """
    SELECT flow, partner_id, commodity_id, period, value, obs_status, release.code, known_from, NULL AS known_until
    FROM observation JOIN release ON release.id = release_id
    UNION ALL
    SELECT flow, partner_id, commodity_id, period, value, obs_status, release.code, known_from, known_until
    FROM observation_history JOIN release ON release.id = release_id
    ORDER BY 1, 2, 3, 4, 8"""


def series_at_day(client, day, **query):
    rows = client.get("/v1/series", query_string=QUERY | {"as_of": day} | query).json["data"]
    return [(row["period"], row["value"], row["yoy_pct"], row["yoy_status"]) for row in rows]


def test_a_revised_figure_is_valid_from_its_release(client, figures):
    figures({"2021": 100, "2022": 120}, published="2023-01-28")
    figures({"2022": 130, "2023": 143}, published="2024-01-30")

    assert series_at_day(client, "2023-01-27") == []
    assert (
        series_at_day(client, "2023-01-28")
        == series_at_day(client, "2024-01-29")
        == [
            ("2021", 100, None, "base_missing"),
            ("2022", 120, 20.0, "ok"),
        ]
    )
    assert series_at_day(client, "2024-01-30") == [
        ("2021", 100, None, "base_missing"),
        ("2022", 130, 30.0, "ok"),
        ("2023", 143, 10.0, "ok"),
    ]


def test_shares_and_ranks_are_as_of_the_day(client, figures):
    china = {("X", "WLD", "TOTAL", "2022"): 100, ("X", "CHN", "TOTAL", "2022"): 40}
    figures(china | {("X", "USA", "TOTAL", "2022"): 20}, published="2023-01-28")
    figures(china | {("X", "USA", "TOTAL", "2022"): 50}, published="2024-01-28")

    def ranking(day):
        answer = client.get("/v1/partners", query_string=QUERY | {"period": "2022", "as_of": day})
        return [(row["rank"], row["partner"], row["partner_share_pct"]) for row in answer.json["data"]]

    assert ranking("2023-06-01") == [(1, "CHN", 40.0), (2, "USA", 20.0)]
    assert ranking("2024-06-01") == [(1, "USA", 50.0), (2, "CHN", 40.0)]


def test_a_figure_omitted_by_a_later_release_is_withdrawn(client, figures):
    figures({("X", "WLD", "TOTAL", "2022"): 100, ("X", "CHN", "TOTAL", "2022"): 40}, published="2023-01-28")
    figures({("X", "WLD", "TOTAL", "2022"): 100}, published="2024-01-28")

    def values(day):
        answer = client.get("/v1/flows", query_string=QUERY | {"partner": "CHN", "as_of": day})
        return [row["value"] for row in answer.json["data"]]

    assert (values("2023-06-01"), values("2024-06-01")) == ([40], [])


def test_a_repeated_figure_retains_its_first_release(client, figures):
    figures({"2022": 100}, published="2023-01-28")
    figures({"2022": 100, "2023": 110}, published="2024-01-28")

    rows = client.get("/v1/flows", query_string=QUERY).json["data"]

    assert [row["release"] for row in rows] == ["test-a-2023-01-28", "test-a-2024-01-28"]


figure_cells = st.dictionaries(
    st.tuples(st.just("X"), st.sampled_from(["WLD", "CHN"]), st.just("TOTAL"), st.sampled_from(["2021", "2022"])),
    st.integers(1, 3),
    min_size=1,
)
release_figures = st.dictionaries(
    st.dates(date(2023, 1, 1), date(2023, 1, 6)).map(str), figure_cells, min_size=2, max_size=5
)


@pytest.mark.large
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(published=release_figures, data=st.data())
def test_the_order_in_which_releases_are_loaded_does_not_matter(engine, figures, published, data):
    def state(order):
        figures.execute(DELETE_ALL_FIGURES)
        for day in order:
            figures(published[day], published=day)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(SELECT_ALL_VERSIONS))]

    assert state(data.draw(st.permutations(sorted(published)))) == state(sorted(published))


def expected_value(published, day, cell):
    """Return what stands on a day by definition: what the latest release that speaks of the period says."""
    speaking = [d for d in sorted(published) if d <= day and any(c[3] == cell[3] for c in published[d])]
    return published[speaking[-1]].get(cell) if speaking else None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(published=release_figures, day=st.dates(date(2022, 12, 31), date(2023, 1, 7)).map(str))
def test_figures_as_of_a_day_match_the_latest_release(client, figures, published, day):
    figures.execute(DELETE_ALL_FIGURES)
    for published_on in sorted(published, reverse=True):
        figures(published[published_on], published=published_on, exhaustive=False)

    answer = client.get("/v1/flows", query_string=QUERY | {"partner": "WLD,CHN", "as_of": day}).json["data"]

    stands = {("X", row["partner"], "TOTAL", row["period"]): row["value"] for row in answer}
    every_cell = {cell for release in published.values() for cell in release}
    expected = {cell: expected_value(published, day, cell) for cell in every_cell}
    assert stands == {cell: value for cell, value in expected.items() if value is not None}


def test_a_concurrent_load_of_the_dataset_is_rejected(engine, figures):
    figures({"2022": 100})
    with engine.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:lock, hashtext('test-a'))"), {"lock": LOAD_LOCK})

        with pytest.raises(LoadInProgress):
            figures({"2023": 100}, published="2024-03-01")


def withdraw_on_day(engine, code, day):
    with open_load_session(engine) as session:
        withdraw_release(session, code, withdrawal_date=date.fromisoformat(day))
        session.commit()


def test_a_withdrawal_restores_previous_figures_and_preserves_history(engine, client, figures):
    figures({"2021": 100, "2022": 120}, published="2023-01-28")
    figures({"2022": 999, "2023": 143}, published="2024-01-30")
    withdraw_on_day(engine, "test-a-2024-01-30", "2024-02-05")

    before = [("2021", 100, None, "base_missing"), ("2022", 120, 20.0, "ok")]
    assert series_at_day(client, "2024-01-29") == before
    assert series_at_day(client, "2024-02-04") == [
        ("2021", 100, None, "base_missing"),
        ("2022", 999, 899.0, "ok"),
        ("2023", 143, -85.6857, "ok"),  # 143 of 999 is 14.3143%
    ]
    assert series_at_day(client, "2024-02-05") == before
    assert [(r["period"], r["value"]) for r in client.get("/v1/series", query_string=QUERY).json["data"]] == [
        ("2021", 100),
        ("2022", 120),
    ]


def test_withdrawing_a_superseded_release_changes_nothing(engine, client, figures):
    figures({"2022": 120}, published="2023-01-28")
    figures({"2022": 130}, published="2023-02-28")
    withdraw_on_day(engine, "test-a-2023-01-28", "2023-03-01")

    assert [value for _, value, *_ in series_at_day(client, "2023-02-01") + series_at_day(client, "2023-03-02")] == [
        120,
        130,
    ]


@pytest.mark.parametrize("withdrawn_on", ["2023-03-01", "2023-04-01"])
def test_a_release_loaded_after_a_later_withdrawal_precedes_it(engine, client, figures, withdrawn_on):
    figures({"2022": 120}, published="2023-01-01")
    figures({"2022": 130}, published="2023-02-01")
    withdraw_on_day(engine, "test-a-2023-02-01", withdrawn_on)
    figures({"2022": 140}, published="2023-03-01")

    days = ("2023-01-31", "2023-02-28", "2023-03-01", "2023-04-01")
    assert [value for day in days for _, value, *_ in series_at_day(client, day)] == [120, 130, 140, 140]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM observation_history WHERE known_until <= known_from")) == 0


@pytest.mark.parametrize("day", ["2023-01-28", "2023-01-01"])
def test_a_release_cannot_be_withdrawn_before_publication(engine, figures, day):
    figures({"2022": 120}, published="2023-01-28")

    with pytest.raises(WithdrawalRefused, match="choose a later date"):
        withdraw_on_day(engine, "test-a-2023-01-28", day)


def test_a_release_can_be_withdrawn_only_once(engine, figures):
    figures({"2022": 120}, published="2023-01-28")
    withdraw_on_day(engine, "test-a-2023-01-28", "2023-02-01")

    with pytest.raises(WithdrawalRefused, match="already"):
        withdraw_on_day(engine, "test-a-2023-01-28", "2023-02-02")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(published=release_figures, data=st.data())
def test_every_release_is_verifiable_after_later_releases(engine, figures, published, data, tmp_path):
    figures.execute(DELETE_ALL_FIGURES)
    for day in data.draw(st.permutations(sorted(published))):
        figures(published[day], published=day)
    if data.draw(st.booleans()):
        withdraw_on_day(engine, f"test-a-{data.draw(st.sampled_from(sorted(published)))}", "2023-01-07")

    with open_load_session(engine) as session:
        found = [verify_release(session, r, archive_folder=tmp_path).errors for r in session.scalars(select(Release))]
    assert found == [[]] * len(published)


def test_a_manually_changed_figure_is_detected(engine, figures, tmp_path):
    figures({"2022": 120, "2023": 130})
    figures.execute("UPDATE observation SET value = 131 WHERE value = 130")

    with open_load_session(engine) as session:
        (fault,) = verify_release(session, session.scalars(select(Release)).one(), archive_folder=tmp_path).errors
    assert "figures differ" in fault
