"""Every resource with figures answers as the reference model does, over generated worlds.

REFERENCE_REQUESTS says how many requests are made, 500 where that is not set; REFERENCE_SEED draws other worlds.
"""

import os
from random import Random

import pytest

from service.app import create_app
from service.resources.balances.schemas import BalanceRow
from service.resources.commodities.schemas import CommodityRow
from service.resources.comparative_advantage.schemas import ComparativeAdvantageRow
from service.resources.flows.schemas import FlowRow
from service.resources.mirror.schemas import MirrorRow
from service.resources.partners.schemas import PartnerRow
from service.resources.revisions.schemas import RevisionRow
from service.resources.series.schemas import SeriesRow
from tests.reference_model.comparison import differences
from tests.reference_model.editions import draw_edition_request, draw_editions, edition_rows
from tests.reference_model.residuals import draw_residual_request, residual_rows
from tests.reference_model.resources import KEYS, MODEL, SERIES_KEY
from tests.reference_model.worlds.loading import insert_exchange_rates, load_world
from tests.reference_model.worlds.questions import draw_requests, query_string
from tests.reference_model.worlds.rates import draw_rates
from tests.reference_model.worlds.world import draw_world
from tests.support.decode_formats import decode_rows, replace_empty_lists

pytestmark = pytest.mark.large

ROW_SCHEMAS = {
    "flows": FlowRow,
    "series": SeriesRow,
    "partners": PartnerRow,
    "commodities": CommodityRow,
    "balances": BalanceRow,
    "revisions": RevisionRow,
    "mirror": MirrorRow,
    "comparative-advantage": ComparativeAdvantageRow,
}
REQUESTS = int(os.environ.get("REFERENCE_REQUESTS", "500"))
SEED = int(os.environ.get("REFERENCE_SEED", "1"))
REQUESTS_PER_WORLD = 100
FORMATS = ("json",) * 18 + ("csv", "parquet")
"""Formats of successive requests: most of them JSON, which is the quickest to read."""


@pytest.mark.parametrize("number", range(REQUESTS // REQUESTS_PER_WORLD))
def test_rows_of_two_editions_equal_the_reference_model(engine, tmp_path, number):
    world, random = draw_editions(number, SEED), Random(f"{SEED} {number} edition requests")
    load_world(engine, world, tmp_path / "world", random)
    client = create_app(engine).test_client()

    for _ in range(REQUESTS_PER_WORLD // 5):
        request = draw_edition_request(random, world)
        query = {name: text for name, text in query_string(request).items() if name != "dataset"}
        response = client.get(f"/v1/{request.resource}", query_string=query | {"classification": "HS"})
        assert response.status_code == 200, (query, response.json)
        key = KEYS.get(request.resource, SERIES_KEY)
        lines = differences(response.json["data"], edition_rows(request), key)
        assert not lines, "\n".join([f"editions {number}: /v1/{request.resource} {query}", *lines[:12]])


@pytest.mark.parametrize("number", range(REQUESTS // REQUESTS_PER_WORLD))
def test_responses_equal_the_reference_model(engine, tmp_path, number):
    world, random, rates = draw_world(number, SEED), Random(f"{SEED} {number} requests"), draw_rates(SEED)
    insert_exchange_rates(engine, rates)
    load_world(engine, world, tmp_path / "world", random)
    client = create_app(engine).test_client()

    for n, request in enumerate(draw_requests(random, world, REQUESTS_PER_WORLD)):
        format_name = FORMATS[n % len(FORMATS)]
        query = query_string(request) | {"format": format_name}
        response = client.get(f"/v1/{request.resource}", query_string=query)
        assert response.status_code == 200, (query, response.json)
        expected = MODEL[request.resource](request, rates)
        if format_name == "csv":
            expected = replace_empty_lists(expected)
        rows = decode_rows(response, format_name, ROW_SCHEMAS[request.resource])
        lines = differences(rows, expected, KEYS.get(request.resource, SERIES_KEY))
        assert not lines, "\n".join([f"world {number}: /v1/{request.resource} {query}", *lines[:12]])


@pytest.mark.parametrize("number", range(REQUESTS // REQUESTS_PER_WORLD))
def test_residual_rows_equal_the_reference_model(engine, tmp_path, number):
    world, random, rates = draw_world(number, SEED), Random(f"{SEED} {number} residuals"), draw_rates(SEED)
    insert_exchange_rates(engine, rates)
    load_world(engine, world, tmp_path / "world", random)
    client = create_app(engine).test_client()

    for _ in range(REQUESTS_PER_WORLD // 5):
        request = draw_residual_request(random, world, rates)
        query = query_string(request)
        response = client.get(f"/v1/{request.resource}", query_string=query)
        assert response.status_code == 200, (query, response.json)
        lines = differences(response.json["data"], residual_rows(request, rates), SERIES_KEY)
        assert not lines, "\n".join([f"world {number}: /v1/{request.resource} {query}", *lines[:12]])
