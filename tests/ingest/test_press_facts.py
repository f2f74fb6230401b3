"""What the press printed comes out of the service: all 33 lines, each with its difference.

`pytest -rP tests/ingest/test_press_facts.py` shows the table.
"""

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.ingest.catalog.exchange_rates import enter_exchange_rates
from service.ingest.release.publish import in_one_transaction
from service.ingest.sources import japan_customs_totals
from tests.ingest.press import press_facts
from tests.mapped import load_mapped, load_source

LINE = "{:>3} {:<8} {:<32} {:<8} {:<6} {:<22} {:<10} {:>10} {:>12} {:>9} {:>8}  {}"
HEAD = ("id", "month", "stage", "flow", "with", "goods", "measure", "press", "service", "apart", "may be", "")


@pytest.fixture(scope="module")
def everything(japan_database, create_database, shared, pytestconfig, tmp_path_factory):
    """Return a client of a service that holds all of Japan: by month, by year, the totals as revised, and rates."""
    engine = create_engine(create_database("press", template=japan_database))
    archive = tmp_path_factory.mktemp("archive")
    with in_one_transaction(engine) as session:
        enter_exchange_rates(session)
        session.commit()
    years = sorted((shared / "japan" / "annual").iterdir())
    mapping = pytestconfig.rootpath / "docs/examples/japan-annual.toml"
    load_mapped(engine, years, mapping=mapping, lists=shared / "japan", archive=archive)
    totals = [shared / "japan" / "d41ma.csv"]
    load_source(engine, totals, describe=japan_customs_totals.describe, published="2025-02-19", archive=archive)
    yield create_app(engine).test_client()
    engine.dispose()


def test_the_press_s_figures_come_out(everything, shared):
    facts, wrong, not_covered = press_facts(shared), [], {}
    print(LINE.format(*HEAD))
    for fact in facts:
        answer = everything.get(fact.path, query_string=fact.question)
        assert answer.status_code == 200, (fact, answer.json)
        told = fact.id, fact.month, fact.stage, fact.flow, fact.partner, fact.commodity, fact.measure, fact.value
        if not answer.json["data"]:
            not_covered[fact.id] = answer.json["meta"]["empty_reason"]
            print(LINE.format(*told, "", "", "", f"not covered: {not_covered[fact.id]}"))
            continue
        (row,) = answer.json["data"]
        figure, tolerance = fact.figure(row), fact.tolerance(row)
        apart = figure - float(fact.value)
        print(LINE.format(*told, f"{figure:,.4f}", f"{apart:+.3f}", f"{tolerance:.3f}", "covered"))
        if abs(apart) > tolerance:
            wrong.append(fact)

    assert len(facts) == 33
    assert not_covered == {64: "not_published"}  # growth of the year 2024, of which the files hold January alone
    assert wrong == []
