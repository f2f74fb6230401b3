"""Charts as SVG and PNG, rendered in a process that workers share."""

import re
import sys

import pytest

from service.api.charts import renderer

pytestmark = pytest.mark.process
CHART = "/v1/series?reporter=JPN&flow=X&partner=CHN&period=all"


def test_a_chart_is_svg_without_scripts_and_external_content(demo):
    answer = demo.get(f"{CHART}&format=svg")

    assert answer.mimetype == "image/svg+xml"
    assert "1.25 trillion yen" in answer.text
    assert re.findall(r"<script|style=|url\(http|href=", answer.text) == []
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]


def test_a_chart_is_a_png_of_twice_its_width(demo):
    content = demo.get(f"{CHART}&format=png&width=400&theme=dark").data

    assert content.startswith(b"\x89PNG")
    assert 720 < int.from_bytes(content[16:20]) < 860


def test_the_process_is_started_again_after_its_end(demo):
    demo.get(f"{CHART}&format=svg")
    for process in renderer._processes:
        process.terminate()
        process.wait()

    assert demo.get(f"{CHART}&format=svg&width=500").status_code == 200


def test_without_the_renderer_the_specification_is_offered(demo, monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # as where the package is not installed

    answer = demo.get(f"{CHART}&format=svg&width=600")

    assert (answer.status_code, answer.json["errors"][0]["suggestions"]) == (406, ["vega-lite"])
