"""The notebook runs cell by cell, and the recipes for other programs request columns that exist."""

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tradeflows.client import Client

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOK = DOCS / "examples" / "export-growth.ipynb"
RECIPES = (DOCS / "how-to" / "r-stata-excel.md").read_text()
DOCUMENTED_URL = "http://127.0.0.1:8000"


def test_the_notebook_runs_and_prints_the_published_figures(demo_server_url, capsys):
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    variables = {}
    for cell in cells:
        source = "".join(cell["source"]).replace(DOCUMENTED_URL, demo_server_url)
        exec(compile(source, NOTEBOOK.name, "exec"), variables)  # noqa: S102 - a cell of the project's own notebook

    printed = capsys.readouterr().out
    assert "Exports: 7.33 trillion yen, +11.9% from a year earlier" in printed
    assert re.search(r"CHN +1250314515000 +29\.2195 +4\.316", printed)
    assert "CHN: 4.3 of 11.9 points, 36%" in printed  # 4.316 / 11.9406 = 0.3615
    assert printed.splitlines()[-1] == "Source: Trade Statistics of Japan, Ministry of Finance"


def recipe_queries():
    """Return the queries of the recipes: R and Stata write a URL, Power Query a record."""
    text = re.sub(r'",\s+"', "", RECIPES)
    urls = re.findall(r"/v1/series\?([^\"'`\s]+)", text)
    records = [dict(re.findall(r'(\w+) = "([^"]*)"', record)) for record in re.findall(r"Query = \[(.*?)\]", text)]
    return [*urls, *(urlencode(record, safe=".") for record in records)]


def test_the_recipes_send_one_request():
    assert set(recipe_queries()) == {"reporter=JPN&partner=CHN&flow=X&period=2023-01..2024-01&format=csv"}
    assert len(recipe_queries()) == 4


@pytest.mark.parametrize("name", ["commodity", "period", "value", "yoy_pct"])
def test_the_columns_of_the_recipes_exist(demo, name):
    rows = list(csv.DictReader(io.StringIO(demo.get(f"/v1/series?{recipe_queries()[0]}").text)))

    assert name in RECIPES
    assert (len(rows), name in rows[0]) == (13, True)


def test_the_client_has_the_documented_methods():
    page = (DOCS / "how-to" / "python.md").read_text()
    methods = set(re.findall(r"`(\w+)(?:\([^`]*\))?`", page.split("| method | result |")[1].split("\n\n")[0]))

    assert methods >= {"series", "flows", "frame", "rows", "read"}
    assert [name for name in methods if not hasattr(Client, name)] == []
