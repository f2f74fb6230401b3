"""An answer as of a day is that of a service in which only what was published by that day was ever loaded."""

import re
from datetime import date

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.ingest.release.publish import in_one_transaction
from service.ingest.release.withdraw import withdraw_release
from tests.entered import SOURCE, entered
from tests.figures import Publisher
from tests.worlds import RATES

CHINA = {"code": "china-a", "reporter": "CHN"}
MONTHS = {"code": "months", "exhaustive": False}


def figures(year, **values):
    """Return exports and imports of a year: partner and good, as in `CHN_A`, and the export; imports are twice that."""
    return {
        (flow, *name.split("_"), str(year)): times * value
        for name, value in values.items()
        for flow, times in (("X", 1), ("M", 2))
    }


def by_month(year, months, value):
    """Return exports of apples to China and the World in months of a year, each a little larger than the one before."""
    return {
        ("X", partner, "A", f"{year}-{month:02}"): times * (value + month)
        for month in months
        for partner, times in (("CHN", 1), ("WLD", 3))
    }


FIRST = figures(2020, CHN_A=30, CHN_B=10, USA_A=20, DEU_A=4) | figures(2021, CHN_A=40, CHN_B=12, USA_A=25, USA_B=5)
RELEASES = (
    ("2022-01-28", FIRST, {}),
    ("2022-03-01", figures(2021, CHN_A=41, CHN_B=15, USA_A=24), {}),  # USA_B is left out: a tombstone
    ("2022-06-30", figures(2020, CHN_A=31, USA_A=22, VNM_A=2), {}),
    ("2023-01-30", figures(2021, CHN_A=44, CHN_B=15, USA_A=24) | figures(2022, CHN_A=50, USA_A=70, VNM_B=9), {}),
    ("2023-04-27", figures(2022, CHN_A=52, USA_A=66, VNM_B=9, VNM_A=1), {}),
    ("2022-02-10", figures(2020, JPN_A=50, USA_A=9) | figures(2021, JPN_A=77, JPN_B=20, USA_B=11), CHINA),
    ("2023-02-10", figures(2021, JPN_A=80, JPN_B=20) | figures(2022, JPN_A=90, USA_A=14), CHINA),
    ("2022-02-20", by_month(2020, range(1, 13), 100) | by_month(2021, range(1, 13), 110), MONTHS),
    ("2023-02-20", by_month(2021, range(7, 13), 115) | by_month(2022, range(1, 13), 130), MONTHS),
)
LOADED = (3, 0, 8, 4, 6, 2, 1, 7, 5)
"""Not in the order of their days: some are backfilled."""

WITHDRAWN = {"test-a-2023-04-27": "2023-06-01", "months-2023-02-20": "2023-03-15"}
ANNOUNCED = "2022-03-01"
MEASURE = f"""
[[measure]]
id = "tariff-on-apples"
title = "A tariff on apples"
reporter = "JPN"
authority = "A ministry"
kind = "tariff"
flows = ["X"]
announced = {ANNOUNCED}
in_force = 2022-04-01
partners = ["CHN"]
goods = [{{ classification = "T", code = "A", certainty = "exact" }}]
{SOURCE}
"""

DAYS = ("2022-03-01", "2023-03-01", "2023-06-01")
BEFORE_OTHERS = "2022-01-28"
"""The day of a release, on which the others' first ones were yet to come."""

SDMX_CSV = "application/vnd.sdmx.data+csv;version=1.0.0"
JAPAN = "reporter=JPN&dataset=test-a&frequency=A&period=all&limit=1000"
MONTHLY = "reporter=JPN&dataset=months&commodity=A&flow=X&period=all&limit=1000"
QUESTIONS = (
    f"/v1/flows?{JAPAN}&flow=X,M&partner=all&commodity=all",
    f"/v1/flows?{JAPAN}&flow=X,M&partner=all&commodity=all&format=csv",
    f"/v1/flows?{JAPAN}&flow=X,M&partner=all&commodity=all&format=ndjson",
    f"/v1/flows?{JAPAN}&flow=X&partner=EU,ASEAN",
    f"/v1/series?{JAPAN}&flow=X,M&partner=CHN,USA,WLD&commodity=TOTAL,A",
    f"/v1/series?{JAPAN}&flow=X&partner=CHN&currency=JPY",
    f"/v1/series?{MONTHLY}&partner=CHN&frequency=M",
    f"/v1/series?{MONTHLY}&partner=CHN&frequency=Q",
    f"/v1/flows?{MONTHLY}&partner=all&frequency=A",
    f"/v1/partners?{JAPAN}&flow=X",
    f"/v1/partners?{JAPAN}&flow=M&period=2021&rest=true".replace("period=all&", ""),
    f"/v1/partners/CHN?{JAPAN}&flow=X",
    f"/v1/commodities?{JAPAN}&flow=M",
    f"/v1/commodities/A?{JAPAN}&flow=X",
    f"/v1/balances?{JAPAN}&partner=all",
    "/v1/comparative-advantage?reporter=JPN&frequency=A&period=2021&dataset=test-a",
    "/v1/mirror?reporter=JPN&partner=CHN&flow=X&frequency=A&period=2021&dataset=test-a&mirror_dataset=china-a",
    f"/v1/revisions?{JAPAN}&flow=X&partner=CHN&commodity=A",
    "/v1/measures",
    "/v1/measures/tariff-on-apples/trade?dataset=months",
    "/v1/briefings/JPN/2021",
    "/v1/briefings/JPN/2022?format=markdown",
    "/v1/reporters",
    "/v1/reporters/JPN",
    "/v1/groups",
    "/sdmx/2.1/data/test-a",
)


def client_of(engine, folder, *, until):
    """Load and withdraw what was published and withdrawn until a day; return a client of a service that knows it."""
    publish = Publisher(engine)
    publish.execute(RATES)
    for day, cells, dataset in (RELEASES[number] for number in LOADED):
        if day <= until:
            publish(cells, published=day, **dataset)
    for code, on in WITHDRAWN.items():
        if on <= until:
            with in_one_transaction(engine) as session:
                withdraw_release(session, code, on=date.fromisoformat(on))
                session.commit()
    if until >= ANNOUNCED:
        entered(engine, folder / f"measures-{until}.toml", MEASURE)
    return create_app(engine).test_client()


@pytest.fixture(scope="module")
def services(create_database, template, tmp_path_factory):
    """Yield clients by day: of services that know what was published until then; by null, of one that knows all."""
    folder = tmp_path_factory.mktemp("as_of")
    days = (BEFORE_OTHERS, *DAYS)
    engines = {day: create_engine(create_database(f"as_of_{n}", template=template)) for n, day in enumerate(days)}
    engines[None] = create_engine(create_database("as_of_today", template=template))
    try:
        yield {day: client_of(engine, folder, until=day or "9999") for day, engine in engines.items()}
    finally:
        for engine in engines.values():
            engine.dispose()


def answered(client, question, day):
    """Return the status and all that is answered as of a day, but for what repeats the question."""
    form = {"Accept": SDMX_CSV} if question.startswith("/sdmx") else {}
    answer = client.get(f"{question}{'&' if '?' in question else '?'}as_of={day}", headers=form)
    if answer.is_json:
        return answer.status_code, _without_echo(answer.json)
    return answer.status_code, re.sub(r"[?&]\S*as_of=\S*|data version \d+", "", answer.text)


def _without_echo(content):
    if isinstance(content, dict):
        echo = {"links", "as_of", "data_version", "request_id"}
        return {name: _without_echo(value) for name, value in content.items() if name not in echo}
    return [_without_echo(value) for value in content] if isinstance(content, list) else content


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_as_of_a_day_is_that_of_a_service_which_knows_no_more(services, question):
    of_today = {day: answered(services[None], question, day) for day in DAYS}
    of_then = {day: answered(services[day], question, day) for day in DAYS}

    assert of_today == of_then
    assert 200 in {status for status, _ in of_today.values()}


WHOSE_DATASET_IS_CHOSEN = (
    "/v1/flows?reporter=JPN&frequency=A&period=all&flow=X&partner=all&commodity=A",
    "/v1/comparative-advantage?reporter=JPN&frequency=A&period=2021",
    "/v1/reporters",
    "/v1/reporters/JPN",
    "/v1/briefings/JPN/2021",
)


@pytest.mark.parametrize("question", WHOSE_DATASET_IS_CHOSEN)
def test_a_dataset_that_was_first_published_later_has_no_part_in_an_answer(services, question):
    assert answered(services[None], question, BEFORE_OTHERS) == answered(
        services[BEFORE_OTHERS], question, BEFORE_OTHERS
    )
