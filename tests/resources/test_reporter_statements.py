"""The number of statements of /v1/reporters does not grow with the number of datasets."""

import pytest
from sqlalchemy import create_engine, event

from service.app import create_app

DATASET_COUNT = 500
INSERT_DATASETS = f"""
    INSERT INTO dataset (id, code, title, source, reporter_id, classification_id, frequency, currency, unit_exponent,
        export_valuation, import_valuation, trade_system, exhaustive, attribution)
    SELECT 1000 + number, 'copy-' || number, title, source, reporter_id, classification_id, frequency, currency,
        unit_exponent, export_valuation, import_valuation, trade_system, exhaustive, attribution
    FROM dataset, generate_series(1, {DATASET_COUNT}) AS number;
    INSERT INTO release (dataset_id, code, published_on, stage, file_name, sha256, parser_version, rows, figures_digest,
        covers)
    SELECT dataset.id, dataset.code || '-2024', published_on, stage, file_name, sha256, parser_version, rows,
        figures_digest, covers
    FROM release, dataset WHERE dataset.id > 1000;
    INSERT INTO release_period (dataset_id, release_id, flow, period)
    SELECT release.dataset_id, release.id, flow, period FROM release_period, release WHERE release.dataset_id > 1000;
    DO $$ BEGIN FOR number IN 1..{DATASET_COUNT} LOOP
        EXECUTE format('CREATE TABLE observation_%s PARTITION OF observation FOR VALUES IN (%s)',
                       1000 + number, 1000 + number);
    END LOOP; END $$;
    INSERT INTO observation (value, release_id, commodity_id, known_from, period, dataset_id, flow, partner_id,
        obs_status)
    SELECT value, release.id, commodity_id, known_from, period, release.dataset_id, flow, partner_id, obs_status
    FROM observation, release WHERE release.dataset_id > 1000 AND observation.dataset_id < 1000"""


@pytest.fixture
def statements(engine):
    """Return a function that returns the answer to a request of a new service, and its statements."""
    recorded_engine, found = create_engine(engine.url), []

    @event.listens_for(recorded_engine, "before_cursor_execute")
    def keep(_connection, _cursor, statement, _parameters, _context, _many):
        found.append(statement)

    def fetch(address):
        found.clear()
        answer = create_app(recorded_engine).test_client().get(address)
        return answer, list(found)

    yield fetch
    recorded_engine.dispose()


@pytest.mark.parametrize("as_of", ["", "&as_of=2024-06-30"])
def test_five_hundred_datasets_take_as_many_statements_as_one(statements, figures, as_of):
    figures({("X", "WLD", "TOTAL", "2022"): 80, ("X", "WLD", "TOTAL", "2023"): 100})
    address = f"/v1/reporters?limit=1000{as_of}"
    _, statements_of_one = statements(address)
    figures.execute(INSERT_DATASETS)

    answer, statements_of_all = statements(address)

    assert len(answer.json["data"]) == DATASET_COUNT + 1
    totals = {
        (row["exports_value"], row["exports_yoy_pct"], row["exports_yoy_status"], row["imports_yoy_status"])
        for row in answer.json["data"]
    }
    assert totals == {(100, 25.0, "ok", "value_missing")}
    assert 0 < len(statements_of_all) <= len(statements_of_one)
