"""The number of statements of resources over all datasets does not grow with the number of datasets."""

import pytest
from sqlalchemy import create_engine, event

from service.app import create_app

DATASET_COUNT = 500
COPY_DATASET = """
    INSERT INTO dataset (id, code, title, source, reporter_id, classification_id, frequency, currency, unit_exponent,
        export_valuation, import_valuation, trade_system, exhaustive, attribution)
    SELECT 1000 + number, 'copy-' || number, title, source, {reporter}, classification_id, frequency, {currency},
        unit_exponent, export_valuation, import_valuation, trade_system, exhaustive, attribution
    FROM dataset, generate_series(1, {count}) AS number WHERE dataset.code = '{code}';
    INSERT INTO release (dataset_id, code, published_on, stage, file_name, sha256, parser_version, rows, figures_digest,
        covers)
    SELECT copy.id, copy.code || '-2024', published_on, stage, file_name, sha256, parser_version, rows, figures_digest,
        covers
    FROM release, dataset AS original, dataset AS copy
    WHERE original.code = '{code}' AND release.dataset_id = original.id AND copy.id > 1000;
    INSERT INTO release_period (dataset_id, release_id, flow, period)
    SELECT copy.dataset_id, copy.id, flow, period FROM release_period, dataset AS original, release AS copy
    WHERE original.code = '{code}' AND release_period.dataset_id = original.id AND copy.dataset_id > 1000;
    INSERT INTO release_unmapped (dataset_id, release_id, dimension, source_code, label, code, parent, rows, value)
    SELECT dataset_id, id, 'commodity', 'a', 'Apples', 'A', 'TOTAL', 1, 40 FROM release WHERE dataset_id > 1000;
    DO $$ BEGIN FOR number IN 1..{count} LOOP
        EXECUTE format('CREATE TABLE observation_%s PARTITION OF observation FOR VALUES IN (%s)',
                       1000 + number, 1000 + number);
    END LOOP; END $$;
    INSERT INTO observation (value, release_id, commodity_id, known_from, period, dataset_id, flow, partner_id,
        obs_status)
    SELECT value, copy.id, commodity_id, known_from, period, copy.dataset_id, flow, partner_id, obs_status
    FROM observation, dataset AS original, release AS copy
    WHERE original.code = '{code}' AND observation.dataset_id = original.id AND copy.dataset_id > 1000"""
NTH_COUNTRY = """
    (SELECT id FROM (SELECT id, row_number() OVER (ORDER BY code) AS n FROM area
     WHERE kind = 'country' AND code NOT IN ('JPN', 'USA')) AS country WHERE n = 1 + number % {country_count})"""
COUNTRY_COUNT = 200


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
    figures.execute(
        COPY_DATASET.format(code="test-a", count=DATASET_COUNT, reporter="reporter_id", currency="currency")
    )

    answer, statements_of_all = statements(address)

    assert len(answer.json["data"]) == DATASET_COUNT + 1
    totals = {
        (row["exports_value"], row["exports_yoy_pct"], row["exports_yoy_status"], row["imports_yoy_status"])
        for row in answer.json["data"]
    }
    assert totals == {(100, 25.0, "ok", "value_missing")}
    assert 0 < len(statements_of_all) <= len(statements_of_one)


def test_the_advantage_over_five_hundred_datasets_takes_as_many_statements_as_over_one(statements, figures):
    figures({("X", "WLD", "TOTAL", "2023"): 100, ("X", "WLD", "A", "2023"): 60})
    other = {("X", "WLD", "TOTAL", "2023"): 300, ("X", "WLD", "A", "2023"): 40}
    figures(other, code="usa-a", reporter="USA", currency="EUR")
    days = [
        f"('{currency}', '2023-{day}', 1)" for currency in ("USD", "EUR", "GBP") for day in ("01-02", "06-30", "12-29")
    ]
    figures.execute(f"INSERT INTO exchange_rate (currency, day, per_euro) VALUES {', '.join(days)}")
    address = "/v1/comparative-advantage?reporter=JPN&frequency=A&period=2023&level=1&as_of=2024-06-30"
    _, statements_of_one = statements(address)
    figures.execute(
        COPY_DATASET.format(
            code="usa-a",
            count=DATASET_COUNT,
            reporter=NTH_COUNTRY.format(country_count=COUNTRY_COUNT),
            currency="CASE WHEN number % 2 = 0 THEN 'EUR' ELSE 'GBP' END",
        )
    )

    answer, statements_of_all = statements(address)

    # 60 of 100 over 60 + 201 * 40 of 100 + 201 * 300.
    (row,) = answer.json["data"]
    assert (row["world_value"], len(row["rca_world"]), row["rca"]) == (8_100, COUNTRY_COUNT + 2, 4.4741)
    assert {each["code"] for each in answer.json["meta"]["unmapped"]} == {"A"}
    assert 0 < len(statements_of_all) <= len(statements_of_one) + 2
