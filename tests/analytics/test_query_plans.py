"""Series, rankings and pages read indexes and nothing else, however large the table is, by plans that are kept."""

import json
from datetime import date
from decimal import Decimal

import pytest
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.figures.publication_calendar import PublicationCalendar
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import KeySet
from service.analytics.sql.keyset_pagination import Order, Page
from service.analytics.sql.parameterized_query import parameter_reader, parameterize
from service.analytics.tables.paged_table import PAGE_KEY_ORDER
from service.db.connection.sql_compiler import compile_statement
from service.resources.commodities.queries import commodity_ranking
from service.resources.flows.queries import flow_table
from service.resources.partners.queries import partner_ranking
from service.resources.series.queries import series_table

pytestmark = pytest.mark.large


@pytest.fixture(scope="module")
def large_engine(create_database, template):
    """Yield an engine of a database with 1.2 million figures: 100 partners, 100 goods, 60 months, both flows."""
    engine = create_engine(create_database("wide", template=template))
    with engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO dataset
            SELECT 1, 'wide', '', '', area.id, 1, 'M', 'JPY', 3, 'FOB', 'CIF', 'general', true, ''
            FROM area WHERE code = 'JPN'""")
        )
        connection.execute(
            text("""
            INSERT INTO release (dataset_id, code, published_on, stage, file_name, sha256, parser_version, rows,
                                 figures_digest, covers)
            VALUES (1, 'wide-1', '2024-02-28', 'final', '', '', '', 0, '', 'complete')""")
        )
        connection.execute(
            text("""
            INSERT INTO release_period
            SELECT 1, release.id, flow, period FROM release, generate_series(1, 2) AS flow,
                   generate_series(24228, 24287) AS period""")
        )
        for dataset in (1, 2):
            connection.execute(
                text(f"CREATE TABLE observation_{dataset} PARTITION OF observation FOR VALUES IN ({dataset})")
            )
        connection.execute(
            text("""
            INSERT INTO observation (dataset_id, flow, partner_id, commodity_id, period, value, obs_status, release_id,
                                     known_from)
            SELECT 1, flow, partner, commodity, period, 1000 + partner * commodity, 'A', release.id, '2024-02-28'
            FROM release, generate_series(1, 2) AS flow, generate_series(1, 100) AS partner,
                 generate_series(1, 100) AS commodity, generate_series(24228, 24287) AS period""")
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (FREEZE, ANALYZE) observation"))
        connection.execute(text("ANALYZE"))
    yield engine
    engine.dispose()


PUBLICATION_CALENDAR = PublicationCalendar(
    [(flow, month, date(2024, 2, 28), None) for flow in (1, 2) for month in range(24228, 24288)]
)


def query_scope(**changes):
    return QueryScope(
        **{
            "dataset_id": 1,
            "classification_id": 1,
            "exhaustive": True,
            "unit_multiplier": 1000,
            "period_months": 1,
            "source_period_months": 1,
            "flows": (1, 2),
            "partners": tuple(range(1, 101)),
            "individual_areas": tuple(range(1, 101)),
            "groups": (),
            "commodities": tuple(range(1, 101)),
            "levels": None,
            "period_ranges": ((24287, 24287),),
            "as_of": None,
            "world_id": 1,
            "total_id": 1,
            "commodity_keys": KeySet(ranges=((1, 100),)),
            "level_keys": (KeySet(ranges=((1, 100),)),),
            "publication_calendar": PUBLICATION_CALENDAR,
        }
        | changes
    )


RANKING_ORDER = tuple(
    Order(column, descending=column == "value") for column in ("period", "flow", "value", "partner_id", "commodity_id")
)


def explain_query(engine, query):
    compiled = query.compile(dialect=postgresql.psycopg.dialect(), compile_kwargs={"render_postcompile": True})
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {compiled}", compiled.params)
        return explained.scalar_one()[0]


def plan_nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from plan_nodes(child)


@pytest.mark.parametrize("after", [None, (24287, 2, 37, 50)])
def test_a_page_scans_only_the_required_index_range(large_engine, after):
    query = flow_table(query_scope(), Page(orders=PAGE_KEY_ORDER, cursor_values=after, limit=100))

    plan = explain_query(large_engine, query)["Plan"]

    on_facts = [node for node in plan_nodes(plan) if node.get("Relation Name", "").startswith("observation")]
    assert {node["Node Type"] for node in on_facts} == {"Index Only Scan"}, json.dumps(plan, indent=1)
    assert {node["Relation Name"] for node in on_facts} == {"observation_1"}
    assert sum(node["Heap Fetches"] for node in on_facts) == 0
    # A hundred rows and one, each with six figures beside it; never a whole period, which is 20,000 rows.
    read = sum(node["Actual Rows"] * node["Actual Loops"] for node in on_facts)
    assert read <= 101 * 7


SERIES_ORDER = tuple(Order(column, is_not_null=True) for column in ("flow", "partner_id", "commodity_id", "period"))
ONE_COMMODITY = {"commodities": (7,), "commodity_keys": KeySet(keys=(7,)), "flows": (1,)}
"""Codes in the place of the hundred of `scope`."""


@pytest.fixture(scope="module")
def group(large_engine):
    """Return the key of a group, and how many of its members have figures."""
    with large_engine.connect() as connection:
        query = "SELECT group_id, count(*) FROM area_member WHERE member_id <= 100 GROUP BY 1 ORDER BY 2 DESC, 1"
        return connection.execute(text(query)).first()


def figure_scans(engine, query, *, request_scope, page):
    """Return what a prepared statement of the question reads of the figures under a plan for any values."""
    statement = compile_statement(query(*parameterize(request_scope, page)))
    values = [parameter_reader(name)(request_scope, page) for name in statement.parameters]
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        cursor = connection.connection.driver_connection.cursor()
        # PostgreSQL plans an EXPLAIN with parameters for their values; EXECUTE has the plan for any values.
        cursor.execute(b"DEALLOCATE ALL")
        cursor.execute(b"PREPARE question AS " + statement.sql)
        arguments = sql.SQL(", ").join(map(sql.Literal, values))
        cursor.execute(sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE question({})").format(arguments))
        plan = cursor.fetchone()[0][0]["Plan"]
    return [node for node in plan_nodes(plan) if node.get("Relation Name", "").startswith("observation")]


def assert_only_index_scans(scans, *, max_rows):
    assert {node["Node Type"] for node in scans} == {"Index Only Scan"}
    assert sum(node["Heap Fetches"] for node in scans) == 0
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in scans) <= max_rows


def test_a_series_scans_its_own_world_and_total_figures(large_engine):
    page = Page(orders=SERIES_ORDER, limit=200)

    reading = figure_scans(
        large_engine, series_table, request_scope=query_scope(**ONE_COMMODITY, partners=(5,)), page=page
    )

    assert_only_index_scans(reading, max_rows=3 * 60)


def test_a_month_of_a_series_scans_the_previous_two_years(large_engine):
    columns = frozenset({"value", "yoy_pct", "ytd_pct", "r12_pct"})
    page = Page(orders=SERIES_ORDER, limit=200, columns=columns)

    reading = figure_scans(
        large_engine, series_table, request_scope=query_scope(**ONE_COMMODITY, partners=(5,)), page=page
    )

    assert_only_index_scans(reading, max_rows=2 * 12 + 1)


def test_several_series_scan_each_total_once(large_engine):
    page = Page(orders=SERIES_ORDER, limit=500)
    two_commodities = {"commodities": (7, 8), "commodity_keys": KeySet(keys=(7, 8))}

    reading = figure_scans(
        large_engine, series_table, request_scope=query_scope(**two_commodities, partners=(5, 6)), page=page
    )

    # Both flows of two partners and two goods, of two goods with the World, and of two partners' goods in all.
    assert_only_index_scans(reading, max_rows=2 * (4 + 2 + 2) * 60)


def test_both_flows_of_a_series_never_scan_the_periods_of_all_series(large_engine):
    page = Page(orders=SERIES_ORDER, limit=500)
    scope = query_scope(**ONE_COMMODITY | {"flows": (1, 2)}, partners=(5,))

    reading = figure_scans(large_engine, series_table, request_scope=scope, page=page)

    # Both flows with the partner, with the World, and of all commodities.
    assert_only_index_scans(reading, max_rows=2 * 3 * 60)


@pytest.mark.parametrize("fixed_rate", [None, Decimal("0.00625")])
def test_a_currency_conversion_scans_the_same_figures(large_engine, fixed_rate):
    page = Page(orders=SERIES_ORDER, limit=500)
    conversion = Conversion("USD", "average", dict.fromkeys(range(24228, 24288), Decimal("0.00625")), fixed_rate)
    scope = query_scope(**ONE_COMMODITY | {"flows": (1, 2)}, partners=(5,), conversion=conversion)

    reading = figure_scans(large_engine, series_table, request_scope=scope, page=page)

    assert_only_index_scans(reading, max_rows=2 * 3 * 60)


def test_a_series_without_shares_scans_only_its_own_figures(large_engine):
    page = Page(orders=SERIES_ORDER, limit=200, columns=frozenset({"period", "value", "yoy_pct", "ytd_pct"}))

    reading = figure_scans(
        large_engine, series_table, request_scope=query_scope(**ONE_COMMODITY, partners=(5,)), page=page
    )

    assert_only_index_scans(reading, max_rows=60)


def test_a_group_series_scans_its_members_once_for_each_figure_in_a_row(large_engine, group):
    key, members = group
    page = Page(orders=SERIES_ORDER, limit=200)

    reading = figure_scans(
        large_engine,
        series_table,
        request_scope=query_scope(**ONE_COMMODITY, partners=(key,), groups=(key,)),
        page=page,
    )

    # Value and base of the series and of its total, the previous period, two years before, and the World.
    assert_only_index_scans(reading, max_rows=6 * (members + 1) * 60)


@pytest.mark.parametrize("columns", [None, frozenset({"value", "yoy_pct"})])
def test_a_partner_ranking_scans_partners_once_per_measure(large_engine, columns):
    page = Page(orders=RANKING_ORDER, limit=20, columns=columns)

    reading = figure_scans(large_engine, partner_ranking, request_scope=query_scope(**ONE_COMMODITY), page=page)

    # The World in both years once, not for each partner.
    ranked = 3 * 100 + 2 if columns is None else 100
    assert_only_index_scans(reading, max_rows=ranked + 21 * (6 if columns is None else 1))


def test_a_commodity_ranking_scans_only_its_reporter_partner_pair(large_engine):
    page = Page(orders=RANKING_ORDER, limit=20)

    reading = figure_scans(large_engine, commodity_ranking, request_scope=query_scope(partners=(5,)), page=page)

    assert_only_index_scans(reading, max_rows=3 * 2 * 100 + 2 * 2 + 21 * 6)


@pytest.mark.parametrize("query", [flow_table, partner_ranking, commodity_ranking])
def test_as_of_queries_use_the_same_plan_as_current_queries(large_engine, query):
    order = PAGE_KEY_ORDER if query is flow_table else RANKING_ORDER
    page = Page(orders=order, limit=20, columns=frozenset({"value", "yoy_pct"}))

    reading = figure_scans(
        large_engine, query, request_scope=query_scope(**ONE_COMMODITY, as_of=date(2024, 2, 28)), page=page
    )

    assert_only_index_scans(
        [node for node in reading if node["Relation Name"] != "observation_history"], max_rows=100 + 21 * 2
    )


@pytest.mark.parametrize(("limit", "beside"), [(100, 6), (1000, 6), (1000, 1)])
def test_a_page_scans_its_rows_and_the_requested_base_figures(large_engine, limit, beside):
    columns = None if beside == 6 else frozenset({"value", "yoy_pct"})
    page = Page(orders=PAGE_KEY_ORDER, limit=limit, columns=columns)

    reading = figure_scans(large_engine, flow_table, request_scope=query_scope(), page=page)

    assert_only_index_scans(reading, max_rows=(limit + 1) * (1 + beside))
