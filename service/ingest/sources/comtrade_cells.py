"""The cells of UN Comtrade's rows that are stored beside the figures, because the service cannot compute them."""

from collections.abc import Mapping

from service.domain.comtrade.areas import unique_partners
from service.domain.comtrade.cells import ComtradeCell, encode_cells
from service.domain.comtrade.labels import (
    BREAKDOWN_TOTALS,
    FLOW_DESCRIPTIONS,
    LEAF_DIGITS,
    TOTAL_NAME,
    quantity_unit_cells,
)
from service.domain.flows import FLOW_CODES, INWARD_FLOWS
from service.ingest.catalog.catalog import TOTAL_COMMODITY
from service.ingest.sources.fixed_layout import Cells
from service.ingest.validation.record import Record

LEGACY_CELLS = {
    "Flag": "legacyEstimationFlag",
    "Alt Qty Unit Code": "altQtyUnitCode",
    "Alt Qty Unit": "altQtyUnitAbbr",
    "Alt Qty": "altQty",
    "Gross weight (kg)": "grossWgt",
    "CIF Trade Value (US$)": "cifvalue",
    "FOB Trade Value (US$)": "fobvalue",
}
"""Columns of the current layout, by the column of the legacy layout that has the same meaning."""


def encode_current_row(cells: Cells, record: Record, *, commodity: str, edition: str, name: str | None) -> str:
    """Return, as text, the cells of a row of the current layout that differ from those that the service computes.

    `name` is the stored name of the commodity; null where it is unknown.
    """
    return encode_cells(cells, _computed_cells(cells, record, commodity=commodity, edition=edition, name=name))


def encode_legacy_row(cells: Cells) -> str:
    """Return, as text, the cells of a row of the legacy layout whose columns are in LEGACY_CELLS."""
    named = {LEGACY_CELLS[column]: text for column, text in cells.items() if column in LEGACY_CELLS and text}
    return encode_cells(named, {})


def _computed_cells(
    cells: Cells, record: Record, *, commodity: str, edition: str, name: str | None
) -> Mapping[str, ComtradeCell]:
    is_total = commodity == TOTAL_COMMODITY.code
    is_hs = edition.startswith("H")
    level = 0 if is_total else len(commodity)
    flow = FLOW_CODES[record.flow]
    is_import = flow in INWARD_FLOWS
    computed: dict[str, ComtradeCell] = {
        **BREAKDOWN_TOTALS,
        **quantity_unit_cells(record.quantity_unit),
        **_area_cells(cells, "reporter"),
        **_area_cells(cells, "partner"),
        "flowDesc": FLOW_DESCRIPTIONS[flow],
        "aggrLevel": level,
        "isOriginalClassification": True,
        "qty": record.quantity,
        "netWgt": record.net_weight_kg,
        "primaryValue": record.value,
        "cifvalue": record.value if is_import else None,
        "fobvalue": None if is_import else record.value,
    }
    if is_hs:
        computed |= {"classificationSearchCode": "HS", "isLeaf": level == LEAF_DIGITS}
    if name is not None:
        computed["cmdDesc"] = TOTAL_NAME if is_total else name
    return computed


def _area_cells(cells: Cells, role: str) -> Mapping[str, ComtradeCell]:
    """Return code, ISO code and name of an area; none for a code that shares its area with others."""
    area = unique_partners().get(cells[f"{role}Code"])
    return {} if area is None else {f"{role}Code": area.code, f"{role}ISO": area.iso3, f"{role}Desc": area.name}
