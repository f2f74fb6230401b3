"""The metrics of the service for Prometheus."""

from datetime import UTC, date, datetime

import pytest
import urllib3
from sqlalchemy import create_engine

from service.app import create_app
from tests.support.metrics import parse_samples
from tests.support.server import run_server

FLOWS_PATH = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"


@pytest.mark.process
def test_requests_are_counted_by_route_and_status_across_processes(demo_engine, tmp_path):
    folder = tmp_path / "counts"
    folder.mkdir()
    options = ["--workers=2"]
    http = urllib3.PoolManager(headers={"Connection": "close"})  # so that both processes get some
    with run_server(
        demo_engine.url, log_file=tmp_path / "log", gunicorn_options=options, PROMETHEUS_MULTIPROC_DIR=str(folder)
    ) as url:
        for path in [FLOWS_PATH] * 20 + ["/v1/flows?reporter=JPN&flw=X"] * 3 + ["/nowhere"]:
            http.request("GET", url + path)
        found = parse_samples(http.request("GET", f"{url}/metrics").data.decode())

    count = "tradeflows_http_request_duration_seconds_count"
    assert found[count, "/v1/flows", "200"] == 20
    assert found[count, "/v1/flows", "422"] == 3
    assert found[count, "404", "none"] == 1


def test_metrics_report_loaded_data_and_their_age(demo):
    found = parse_samples(demo.get("/metrics").text)

    days = (datetime.now(UTC).date() - date(2024, 2, 28)).days
    assert found[("tradeflows_database_up",)] == 1
    assert found[("tradeflows_data_version",)] == demo.get("/ready").json["data_version"]
    assert found["tradeflows_release_age_seconds", "jpn-pc-m-demo"] == days * 86400


def test_metrics_report_an_unavailable_database(server):
    away = create_engine(server.set(database="nowhere"))

    found = parse_samples(create_app(away).test_client().get("/metrics").text)

    assert found[("tradeflows_database_up",)] == 0
