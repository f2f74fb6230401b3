"""Rows in UN Comtrade's layout of 47 columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.api.database.context import Context
from service.domain.codes import TOTAL_CODE
from service.domain.comtrade.cells import decode_cells
from service.domain.comtrade.labels import (
    BREAKDOWN_TOTALS,
    FLOW_DESCRIPTIONS,
    LEAF_DIGITS,
    NO_UNIT_CODE,
    TOTAL_NAME,
    quantity_unit_cells,
)
from service.domain.flows import FLOW_CODES, INWARD_FLOWS
from service.domain.frequencies import MONTHS_PER_YEAR
from service.domain.rounding import round_half_even
from service.models import Area, Commodity
from service.resources.comtrade.codes import comtrade_areas
from service.resources.comtrade.criteria import Criteria
from service.resources.comtrade.queries import FIGURE_COLUMNS
from service.resources.comtrade.selection import HS_SEARCH_CODE, SelectedPart, search_code

COLUMNS = (
    "typeCode",
    "freqCode",
    "refPeriodId",
    "refYear",
    "refMonth",
    "period",
    "reporterCode",
    "reporterISO",
    "reporterDesc",
    "flowCode",
    "flowDesc",
    "partnerCode",
    "partnerISO",
    "partnerDesc",
    "partner2Code",
    "partner2ISO",
    "partner2Desc",
    "classificationCode",
    "classificationSearchCode",
    "isOriginalClassification",
    "cmdCode",
    "cmdDesc",
    "aggrLevel",
    "isLeaf",
    "customsCode",
    "customsDesc",
    "mosCode",
    "motCode",
    "motDesc",
    "qtyUnitCode",
    "qtyUnitAbbr",
    "qty",
    "isQtyEstimated",
    "altQtyUnitCode",
    "altQtyUnitAbbr",
    "altQty",
    "isAltQtyEstimated",
    "netWgt",
    "isNetWgtEstimated",
    "grossWgt",
    "isGrossWgtEstimated",
    "cifvalue",
    "fobvalue",
    "primaryValue",
    "legacyEstimationFlag",
    "isReported",
    "isAggregate",
)
"""The columns in UN Comtrade's order; those that the loaded data cannot fill are null."""
DESCRIPTION_COLUMNS = tuple(name for name in COLUMNS if name.endswith(("ISO", "Desc", "Abbr")))
ANNUAL_MONTH = 52
"""The month of an annual period in UN Comtrade's layout."""

ComtradeRow = dict[str, Any]


def period_columns(frequency: str, first_month: int) -> ComtradeRow:
    """Return the columns that state a period in UN Comtrade's layout."""
    year, month = divmod(first_month, MONTHS_PER_YEAR)
    is_annual = frequency == "A"
    return {
        "refPeriodId": int(f"{year:04}{month + 1:02}01"),
        "refYear": year,
        "refMonth": ANNUAL_MONTH if is_annual else month + 1,
        "period": f"{year:04}" if is_annual else f"{year:04}{month + 1:02}",
    }


def area_columns(context: Context, area: Area, role: str) -> ComtradeRow:
    """Return the columns with the code, ISO code and name of an area. `role` is `reporter` or `partner`."""
    comtrade_area = comtrade_areas(context.reference).get(area.id)
    if comtrade_area is None:
        code = int(area.m49) if area.m49 else None
        return {f"{role}Code": code, f"{role}ISO": area.code, f"{role}Desc": area.name}
    return {f"{role}Code": comtrade_area.code, f"{role}ISO": comtrade_area.iso3, f"{role}Desc": comtrade_area.name}


def build_rows(
    context: Context, criteria: Criteria, part: SelectedPart, figures: Sequence[Sequence[Any]]
) -> list[ComtradeRow]:
    """Return a row for each of `figures`, which have the columns FIGURE_COLUMNS."""
    areas = context.reference.areas
    commodities = context.reference.commodities(context.session, part.classification.id).commodity_by_id
    parents = {commodity.parent_id for commodity in commodities.values()}
    is_hs = part.classification.family == HS_SEARCH_CODE
    reporter = area_columns(context, areas[part.dataset.reporter_id], "reporter")
    classification = {
        "classificationCode": part.classification.code,
        "classificationSearchCode": search_code(part.classification),
        "isOriginalClassification": True,
    }
    constant = {"typeCode": "C", "freqCode": criteria.frequency} | reporter | classification | BREAKDOWN_TOTALS
    rows = []
    for values in figures:
        figure = dict(zip(FIGURE_COLUMNS, values, strict=True))
        commodity = commodities[figure["commodity_id"]]
        is_leaf = commodity.level == LEAF_DIGITS if is_hs else commodity.level > 0 and commodity.id not in parents
        cells = (
            constant
            | period_columns(criteria.frequency, figure["period"])
            | area_columns(context, areas[figure["partner_id"]], "partner")
            | _commodity_columns(commodity, is_leaf=is_leaf)
            | _figure_columns(figure, part)
            | decode_cells(figure["source_cells"])
        )
        rows.append({name: cells.get(name) for name in COLUMNS})
    return rows


def _commodity_columns(commodity: Commodity, *, is_leaf: bool) -> ComtradeRow:
    name = TOTAL_NAME if commodity.code == TOTAL_CODE else commodity.name
    return {"cmdCode": commodity.code, "cmdDesc": name, "aggrLevel": commodity.level, "isLeaf": is_leaf}


def _figure_columns(figure: Mapping[str, Any], part: SelectedPart) -> ComtradeRow:
    flow = FLOW_CODES[figure["flow"]]
    value = round_half_even(figure["value"])
    is_import = flow in INWARD_FLOWS
    valuation = part.dataset.import_valuation if is_import else part.dataset.export_valuation
    unit = quantity_unit_cells(figure["quantity_unit"])
    return {
        "flowCode": flow,
        "flowDesc": FLOW_DESCRIPTIONS[flow],
        **unit,
        "qty": None if unit["qtyUnitCode"] == NO_UNIT_CODE else figure["quantity"],
        "netWgt": figure["net_weight_kg"],
        "cifvalue": value if valuation == "CIF" else None,
        "fobvalue": value if valuation == "FOB" else None,
        "primaryValue": value,
    }


def remove_descriptions(row: ComtradeRow) -> ComtradeRow:
    """Return a row whose names and ISO codes are replaced by null."""
    return row | dict.fromkeys(DESCRIPTION_COLUMNS)
