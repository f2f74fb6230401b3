"""Every computed field is documented with a worked example, and the service gives the number that was worked out."""

import ast
import operator
import re
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.resources.balances.schemas import BalanceRow
from service.resources.commodities.schemas import CommodityRow
from service.resources.flows.schemas import FlowRow
from service.resources.measures.trade_schemas import MeasureTradeRow
from service.resources.revisions.schemas import RevisionRow
from service.resources.series.schemas import SeriesRow
from tests.mapped import load_mapped

DOCS = Path(__file__).parents[2] / "docs"
REPORTED = {
    *("reporter", "partner", "flow", "commodity", "classification", "frequency", "period", "partner_name"),
    *("commodity_name", "value", "currency", "reported_currency", "valuation", "quantity", "quantity_unit"),
    *("net_weight_kg", "obs_status", "release", "level", "parent", "measure", "certainty", "mapping_note"),
}
OF_ONE_FLOW = re.compile("(exports|imports)_")
ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


def worked_examples():
    """Yield section, request, field, working and result of each line of the tables."""
    text = (DOCS / "fields.md").read_text()
    for section in re.split(r"\n(?=## )", text)[1:]:
        for request, table in re.findall(r"```\n(/v1/\S+)\n```\n\n((?:\|.*\n)+)", section):
            for line in table.splitlines()[2:]:
                field, _, working, result = (cell.strip() for cell in line.strip("|").split("|"))
                yield section.splitlines()[0], request, field.strip("`"), working, result


EXAMPLES = list(worked_examples())
OF_THE_DEMO = [example for example in EXAMPLES if "official files" not in example[0]]
OF_OFFICIAL_FILES = [example for example in EXAMPLES if "official files" in example[0]]


def amount(node):
    if isinstance(node, ast.Constant):
        return Decimal(str(node.value))
    if isinstance(node, ast.UnaryOp):
        return ARITHMETIC[type(node.op)](amount(node.operand))
    return ARITHMETIC[type(node.op)](amount(node.left), amount(node.right))


def worked_out(working):
    """Return the number that the working comes to; null where it is in words."""
    for sign, plain in (("×", "*"), ("÷", "/"), ("−", "-"), (",", "")):
        working = working.replace(sign, plain)
    return None if re.search("[a-z]", working) else amount(ast.parse(working, mode="eval").body)


def as_printed(value, result):
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


def check(client, request, field, working, result):
    value = client.get(request).json["data"][-1][field]
    assert as_printed(value, result) == result, field
    number = worked_out(working)
    if number is not None:
        assert as_printed(number, result) == result, field


def test_no_computed_field_lacks_an_example():
    rows = (FlowRow, SeriesRow, CommodityRow, BalanceRow, RevisionRow, MeasureTradeRow)
    fields = {name for row in rows for name in row._declared_fields if not OF_ONE_FLOW.match(name)} - REPORTED

    lacking = fields - {field for _, _, field, _, _ in EXAMPLES}

    assert lacking == {"hhi"}  # worked in words


@pytest.mark.parametrize("example", OF_THE_DEMO, ids=lambda example: example[2])
def test_a_worked_example_is_what_the_demo_answers(demo, example):
    check(demo, *example[1:])


@pytest.fixture(scope="module")
def official(create_database, template, shared, tmp_path_factory):
    """Return a client of a service on Japan's files, monthly and annual."""
    engine = create_engine(create_database("official", template=template))
    for kind, files in (("principal", "principal"), ("annual", "annual")):
        load_mapped(
            engine,
            sorted((shared / "japan" / files).glob("*.csv.gz")),
            mapping=DOCS / "examples" / f"japan-{kind}.toml",
            lists=shared / "japan",
            archive=tmp_path_factory.mktemp("archive"),
        )
    yield create_app(engine).test_client()
    engine.dispose()


@pytest.mark.parametrize("example", OF_OFFICIAL_FILES, ids=lambda example: example[2])
def test_a_worked_example_is_what_the_official_files_give(official, example):
    check(official, *example[1:])
