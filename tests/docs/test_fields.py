"""Every computed field is documented with a worked example, and the service gives the number that was worked out."""

import ast
import operator
import re
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from service.analytics.measures.unit_values import UNIT_VALUE_COLUMNS
from service.app import create_app
from service.resources.balances.schemas import BalanceRow
from service.resources.commodities.schemas import CommodityRow
from service.resources.flows.schemas import FlowRow
from service.resources.measures.trade_schemas import MeasureTradeRow
from service.resources.revisions.schemas import RevisionRow
from service.resources.series.schemas import SeriesRow
from tests.support.ingest.loading import load_mapped_files

DOCS_FOLDER = Path(__file__).parents[2] / "docs"
REPORTED_FIELDS = {
    *("reporter", "partner", "flow", "commodity", "classification", "frequency", "period", "partner_name"),
    *("commodity_name", "value", "currency", "reported_currency", "valuation", "quantity", "quantity_unit"),
    *("net_weight_kg", "obs_status", "release", "level", "parent", "measure", "certainty", "mapping_note"),
}
SINGLE_FLOW_FIELD = re.compile("(exports|imports)_")
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


def parse_worked_examples():
    """Yield section, request, field, working and result of each line of the tables."""
    text = (DOCS_FOLDER / "reference" / "fields.md").read_text()
    for section in re.split(r"\n(?=## )", text)[1:]:
        for request, table in re.findall(r"```\n(/v1/\S+)\n```\n\n((?:\|.*\n)+)", section):
            for line in table.splitlines()[2:]:
                field, _, working, result = (cell.strip() for cell in line.strip("|").split("|"))
                yield section.splitlines()[0], request, field.strip("`"), working, result


WORKED_EXAMPLES = list(parse_worked_examples())
DEMO_EXAMPLES = [example for example in WORKED_EXAMPLES if "official files" not in example[0]]
OFFICIAL_FILE_EXAMPLES = [example for example in WORKED_EXAMPLES if "official files" in example[0]]


def evaluate_node(node):
    if isinstance(node, ast.Constant):
        return Decimal(str(node.value))
    if isinstance(node, ast.UnaryOp):
        return OPERATORS[type(node.op)](evaluate_node(node.operand))
    return OPERATORS[type(node.op)](evaluate_node(node.left), evaluate_node(node.right))


def evaluate_working(working):
    """Return the number that the working comes to; null where it is in words."""
    for sign, plain in (("×", "*"), ("÷", "/"), ("−", "-"), (",", "")):
        working = working.replace(sign, plain)
    return None if re.search("[a-z]", working) else evaluate_node(ast.parse(working, mode="eval").body)


def format_documented_value(value, result):
    """Return a value in the form in which the document prints it."""
    if value is None:
        return "`null`"
    if isinstance(value, list):
        return f"`{' '.join(value)}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f"`{value}`"
    decimals = len(result.partition(".")[2])
    return f"{value:,.{decimals}f}"


def check_example(client, path, field, working, result):
    value = client.get(path).json["data"][-1][field]
    assert format_documented_value(value, result) == result, field
    number = evaluate_working(working)
    if number is not None:
        assert format_documented_value(number, result) == result, field


def test_every_computed_field_has_an_example():
    rows = (FlowRow, SeriesRow, CommodityRow, BalanceRow, RevisionRow, MeasureTradeRow)
    fields = {
        name for row in rows for name in row._declared_fields if not SINGLE_FLOW_FIELD.match(name)
    } - REPORTED_FIELDS

    lacking = fields - {field for _, _, field, _, _ in WORKED_EXAMPLES}

    assert lacking == {"hhi", *UNIT_VALUE_COLUMNS}  # worked in words


@pytest.mark.parametrize("example", DEMO_EXAMPLES, ids=lambda example: example[2])
def test_a_worked_example_matches_the_demo(demo, example):
    check_example(demo, *example[1:])


@pytest.fixture(scope="module")
def official_client(create_database, template, shared_data, tmp_path_factory):
    """Return a client of a service on Japan's files, monthly and annual."""
    engine = create_engine(create_database("official", template=template))
    for kind, files in (("principal", "principal"), ("annual", "annual")):
        load_mapped_files(
            engine,
            sorted((shared_data / "japan" / files).glob("*.csv.gz")),
            mapping=DOCS_FOLDER / "examples" / f"japan-{kind}.toml",
            codelist_folder=shared_data / "japan",
            archive_folder=tmp_path_factory.mktemp("archive"),
        )
    yield create_app(engine).test_client()
    engine.dispose()


@pytest.mark.parametrize("example", OFFICIAL_FILE_EXAMPLES, ids=lambda example: example[2])
def test_a_worked_example_matches_the_official_files(official_client, example):
    check_example(official_client, *example[1:])
