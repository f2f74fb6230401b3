"""An answer as of a day is that of a service in which only what was published by that day was ever loaded."""

import re
from datetime import date

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.ingest.release.load_session import open_load_session
from service.ingest.release.withdraw import withdraw_release
from tests.support.ingest.annotations import SOURCE_TOML, load_annotations_text
from tests.support.publisher import Publisher
from tests.support.strategies import INSERT_EXCHANGE_RATES

CHINA_DATASET = {"code": "china-a", "reporter": "CHN"}
MONTHLY_DATASET = {"code": "months", "exhaustive": False}


def annual_figures(year, **values):
    """Return exports and imports of a year: partner and good, as in `CHN_A`, and the export; imports are twice that."""
    return {
        (flow, *name.split("_"), str(year)): times * value
        for name, value in values.items()
        for flow, times in (("X", 1), ("M", 2))
    }


def monthly_figures(year, months, value):
    """Return exports of apples to China and the World in months of a year, each a little larger than the one before."""
    return {
        ("X", partner, "A", f"{year}-{month:02}"): times * (value + month)
        for month in months
        for partner, times in (("CHN", 1), ("WLD", 3))
    }


FIRST_FIGURES = annual_figures(2020, CHN_A=30, CHN_B=10, USA_A=20, DEU_A=4) | annual_figures(
    2021, CHN_A=40, CHN_B=12, USA_A=25, USA_B=5
)
RELEASES = (
    ("2022-01-28", FIRST_FIGURES, {}),
    ("2022-03-01", annual_figures(2021, CHN_A=41, CHN_B=15, USA_A=24), {}),  # USA_B is left out: a tombstone
    ("2022-06-30", annual_figures(2020, CHN_A=31, USA_A=22, VNM_A=2), {}),
    (
        "2023-01-30",
        annual_figures(2021, CHN_A=44, CHN_B=15, USA_A=24) | annual_figures(2022, CHN_A=50, USA_A=70, VNM_B=9),
        {},
    ),
    ("2023-04-27", annual_figures(2022, CHN_A=52, USA_A=66, VNM_B=9, VNM_A=1), {}),
    (
        "2022-02-10",
        annual_figures(2020, JPN_A=50, USA_A=9) | annual_figures(2021, JPN_A=77, JPN_B=20, USA_B=11),
        CHINA_DATASET,
    ),
    ("2023-02-10", annual_figures(2021, JPN_A=80, JPN_B=20) | annual_figures(2022, JPN_A=90, USA_A=14), CHINA_DATASET),
    (
        "2022-02-20",
        monthly_figures(2020, range(1, 13), 100) | monthly_figures(2021, range(1, 13), 110),
        MONTHLY_DATASET,
    ),
    (
        "2023-02-20",
        monthly_figures(2021, range(7, 13), 115) | monthly_figures(2022, range(1, 13), 130),
        MONTHLY_DATASET,
    ),
)
LOAD_ORDER = (3, 0, 8, 4, 6, 2, 1, 7, 5)
"""Not in the order of their days: some are backfilled."""

WITHDRAWAL_DAYS = {"test-a-2023-04-27": "2023-06-01", "months-2023-02-20": "2023-03-15"}
ANNOUNCEMENT_DAY = "2022-03-01"
MEASURE_TOML = f"""
[[measure]]
id = "tariff-on-apples"
title = "A tariff on apples"
reporter = "JPN"
authority = "A ministry"
kind = "tariff"
flows = ["X"]
announced = {ANNOUNCEMENT_DAY}
in_force = 2022-04-01
partners = ["CHN"]
goods = [{{ classification = "T", code = "A", certainty = "exact" }}]
{SOURCE_TOML}
"""

AS_OF_DAYS = ("2022-03-01", "2023-03-01", "2023-06-01")
EARLIEST_RELEASE_DAY = "2022-01-28"
"""The day of a release, on which the others' first ones were yet to come."""

SDMX_CSV = "application/vnd.sdmx.data+csv;version=1.0.0"
JAPAN_QUERY = "reporter=JPN&dataset=test-a&frequency=A&period=all&limit=1000"
MONTHLY_QUERY = "reporter=JPN&dataset=months&commodity=A&flow=X&period=all&limit=1000"
REQUEST_PATHS = (
    f"/v1/flows?{JAPAN_QUERY}&flow=X,M&partner=all&commodity=all",
    f"/v1/flows?{JAPAN_QUERY}&flow=X,M&partner=all&commodity=all&format=csv",
    f"/v1/flows?{JAPAN_QUERY}&flow=X,M&partner=all&commodity=all&format=ndjson",
    f"/v1/flows?{JAPAN_QUERY}&flow=X&partner=EU,ASEAN",
    f"/v1/series?{JAPAN_QUERY}&flow=X,M&partner=CHN,USA,WLD&commodity=TOTAL,A",
    f"/v1/series?{JAPAN_QUERY}&flow=X&partner=CHN&currency=JPY",
    f"/v1/series?{MONTHLY_QUERY}&partner=CHN&frequency=M",
    f"/v1/series?{MONTHLY_QUERY}&partner=CHN&frequency=Q",
    f"/v1/flows?{MONTHLY_QUERY}&partner=all&frequency=A",
    f"/v1/partners?{JAPAN_QUERY}&flow=X",
    f"/v1/partners?{JAPAN_QUERY}&flow=M&period=2021&residual=true".replace("period=all&", ""),
    f"/v1/partners/CHN?{JAPAN_QUERY}&flow=X",
    f"/v1/commodities?{JAPAN_QUERY}&flow=M",
    f"/v1/commodities/A?{JAPAN_QUERY}&flow=X",
    f"/v1/balances?{JAPAN_QUERY}&partner=all",
    "/v1/comparative-advantage?reporter=JPN&frequency=A&period=2021&dataset=test-a",
    "/v1/mirror?reporter=JPN&partner=CHN&flow=X&frequency=A&period=2021&dataset=test-a&mirror_dataset=china-a",
    f"/v1/revisions?{JAPAN_QUERY}&flow=X&partner=CHN&commodity=A",
    "/v1/measures",
    "/v1/measures/tariff-on-apples/trade?dataset=months",
    "/v1/briefings/JPN/2021",
    "/v1/briefings/JPN/2022?format=markdown",
    "/v1/reporters",
    "/v1/reporters/JPN",
    "/v1/groups",
    "/sdmx/2.1/data/test-a",
)


def create_client_at_day(engine, folder, *, last_day):
    """Load and withdraw what was published and withdrawn until a day; return a client of a service that knows it."""
    publish = Publisher(engine)
    publish.execute(INSERT_EXCHANGE_RATES)
    for day, cells, dataset in (RELEASES[number] for number in LOAD_ORDER):
        if day <= last_day:
            publish(cells, published=day, **dataset)
    for code, on in WITHDRAWAL_DAYS.items():
        if on <= last_day:
            with open_load_session(engine) as session:
                withdraw_release(session, code, withdrawal_date=date.fromisoformat(on))
                session.commit()
    if last_day >= ANNOUNCEMENT_DAY:
        load_annotations_text(engine, folder / f"measures-{last_day}.toml", MEASURE_TOML)
    return create_app(engine).test_client()


@pytest.fixture(scope="module")
def clients_by_day(create_database, template, tmp_path_factory):
    """Yield clients by day: of services that know what was published until then; by null, of one that knows all."""
    folder = tmp_path_factory.mktemp("as_of")
    days = (EARLIEST_RELEASE_DAY, *AS_OF_DAYS)
    engines = {day: create_engine(create_database(f"as_of_{n}", template=template)) for n, day in enumerate(days)}
    engines[None] = create_engine(create_database("as_of_today", template=template))
    try:
        yield {day: create_client_at_day(engine, folder, last_day=day or "9999") for day, engine in engines.items()}
    finally:
        for engine in engines.values():
            engine.dispose()


def response_at_day(client, path, day):
    """Return the status and all that is answered as of a day, but for what repeats the question."""
    form = {"Accept": SDMX_CSV} if path.startswith("/sdmx") else {}
    answer = client.get(f"{path}{'&' if '?' in path else '?'}as_of={day}", headers=form)
    if answer.is_json:
        return answer.status_code, _remove_echo(answer.json)
    return answer.status_code, re.sub(r"[?&]\S*as_of=\S*|data version \d+", "", answer.text)


def _remove_echo(content):
    if isinstance(content, dict):
        echo = {"links", "as_of", "data_version", "request_id"}
        return {name: _remove_echo(value) for name, value in content.items() if name not in echo}
    return [_remove_echo(value) for value in content] if isinstance(content, list) else content


@pytest.mark.parametrize("question", REQUEST_PATHS)
def test_a_response_as_of_a_day_ignores_later_data(clients_by_day, question):
    of_today = {day: response_at_day(clients_by_day[None], question, day) for day in AS_OF_DAYS}
    of_then = {day: response_at_day(clients_by_day[day], question, day) for day in AS_OF_DAYS}

    assert of_today == of_then
    assert 200 in {status for status, _ in of_today.values()}


PATHS_WITH_DATASET_SELECTION = (
    "/v1/flows?reporter=JPN&frequency=A&period=all&flow=X&partner=all&commodity=A",
    "/v1/comparative-advantage?reporter=JPN&frequency=A&period=2021",
    "/v1/reporters",
    "/v1/reporters/JPN",
    "/v1/briefings/JPN/2021",
)


@pytest.mark.parametrize("question", PATHS_WITH_DATASET_SELECTION)
def test_a_dataset_first_published_later_is_not_selected(clients_by_day, question):
    assert response_at_day(clients_by_day[None], question, EARLIEST_RELEASE_DAY) == response_at_day(
        clients_by_day[EARLIEST_RELEASE_DAY], question, EARLIEST_RELEASE_DAY
    )
