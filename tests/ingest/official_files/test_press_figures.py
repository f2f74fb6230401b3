"""All 33 figures printed by the press agree with the service within their tolerance.

`pytest -rP tests/ingest/official_files/test_press_figures.py` shows the table.
"""

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.ingest.catalog.exchange_rates import load_exchange_rates
from service.ingest.release.load_session import open_load_session
from service.ingest.sources import japan_customs_totals
from tests.support.ingest.loading import load_mapped_files, load_source_files
from tests.support.ingest.press_figures import read_press_figures

pytestmark = pytest.mark.large

LINE_FORMAT = "{:>3} {:<8} {:<32} {:<8} {:<6} {:<22} {:<10} {:>10} {:>12} {:>9} {:>8}  {}"
TABLE_HEAD = ("id", "month", "stage", "flow", "with", "goods", "measure", "press", "service", "apart", "may be", "")


@pytest.fixture(scope="module")
def full_japan_client(japan_template, create_database, shared_data, pytestconfig, tmp_path_factory):
    """Return a client of a service that holds all of Japan: by month, by year, the totals as revised, and rates."""
    engine = create_engine(create_database("press", template=japan_template))
    archive = tmp_path_factory.mktemp("archive")
    with open_load_session(engine) as session:
        load_exchange_rates(session)
        session.commit()
    years = sorted((shared_data / "japan" / "annual").iterdir())
    mapping = pytestconfig.rootpath / "docs/examples/japan-annual.toml"
    load_mapped_files(engine, years, mapping=mapping, codelist_folder=shared_data / "japan", archive_folder=archive)
    totals = [shared_data / "japan" / "d41ma.csv"]
    load_source_files(
        engine, totals, describe=japan_customs_totals.describe, published_on="2025-02-19", archive_folder=archive
    )
    yield create_app(engine).test_client()
    engine.dispose()


def test_the_service_reproduces_the_press_figures(full_japan_client, shared_data):
    facts, wrong, not_covered = read_press_figures(shared_data), [], {}
    print(LINE_FORMAT.format(*TABLE_HEAD))
    for fact in facts:
        answer = full_japan_client.get(fact.request_path, query_string=fact.query)
        assert answer.status_code == 200, (fact, answer.json)
        told = fact.id, fact.month, fact.stage, fact.flow, fact.partner, fact.commodity, fact.measure, fact.value
        if not answer.json["data"]:
            not_covered[fact.id] = answer.json["meta"]["empty_reason"]
            print(LINE_FORMAT.format(*told, "", "", "", f"not covered: {not_covered[fact.id]}"))
            continue
        (row,) = answer.json["data"]
        figure = fact.service_figure(row)
        if figure is None:
            not_covered[fact.id] = row["yoy_status"]
            continue
        tolerance = fact.tolerance(row)
        apart = figure - float(fact.value)
        print(LINE_FORMAT.format(*told, f"{figure:,.4f}", f"{apart:+.3f}", f"{tolerance:.3f}", "covered"))
        if abs(apart) > tolerance:
            wrong.append(fact)

    assert len(facts) == 33
    assert not_covered == {64: "incomplete_period"}  # growth of the year 2024, of which the files hold January alone
    assert wrong == []
