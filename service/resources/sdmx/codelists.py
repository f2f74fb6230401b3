"""The lists of codes that dimensions and attributes take their values from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.api.resolution.reference_data import Goods, Reference
from service.domain.flows import FLOWS
from service.models import Dataset

FREQUENCIES = {"M": "Monthly", "Q": "Quarterly", "A": "Annual"}
FLOW_NAMES = {
    "X": "Exports",
    "M": "Imports",
    "RX": "Re-exports",
    "RM": "Re-imports",
    "DX": "Domestic exports",
}
STATUSES = {"A": "Normal", "P": "Provisional", "E": "Estimated", "M": "Missing", "Q": "Suppressed"}


class Entry(NamedTuple):
    """A code, what it stands for, and the code that it is a part of; null where it is no part."""

    code: str
    name: str
    parent: str | None = None


@dataclass(frozen=True)
class CodeList:
    """A list of codes; `entries` reads them, which are many in some."""

    id: str
    name: str
    entries: Callable[[], Iterable[Entry]]


def code_lists(session: Session, reference: Reference) -> dict[str, CodeList]:
    """Return all lists by their identifier."""
    used = {dataset.classification_id for dataset in reference.datasets.values()}
    lists = [
        CodeList("CL_FREQ", "Frequencies", lambda: _entries(FREQUENCIES)),
        CodeList("CL_AREA", "Countries, areas and groups", lambda: _areas(reference)),
        CodeList("CL_FLOW", "Flows", lambda: _entries({flow: FLOW_NAMES[flow] for flow in FLOWS})),
        CodeList("CL_OBS_STATUS", "Statuses of figures", lambda: _entries(STATUSES)),
        CodeList("CL_UNIT_MEASURE", "Currencies", lambda: _currencies(reference)),
        CodeList("CL_UNIT_MULT", "Multipliers", lambda: [Entry("0", "Units")]),
        *(_commodities(session, reference, key) for key in sorted(used)),
    ]
    return {each.id: each for each in lists}


def lists_of(reference: Reference, dataset: Dataset) -> dict[str, str]:
    """Return by dimension and attribute which list its codes are from."""
    return {
        "FREQ": "CL_FREQ",
        "REPORTER": "CL_AREA",
        "FLOW": "CL_FLOW",
        "PARTNER": "CL_AREA",
        "COMMODITY": _commodity_list(reference, dataset.classification_id),
        "OBS_STATUS": "CL_OBS_STATUS",
        "UNIT_MEASURE": "CL_UNIT_MEASURE",
        "UNIT_MULT": "CL_UNIT_MULT",
    }


def _commodity_list(reference: Reference, classification_id: int) -> str:
    return f"CL_COMMODITY_{reference.classifications[classification_id].code}"


def _commodities(session: Session, reference: Reference, classification_id: int) -> CodeList:
    edition = reference.classifications[classification_id]
    return CodeList(
        _commodity_list(reference, classification_id),
        edition.name,
        lambda: _goods(reference.goods(session, classification_id)),
    )


def _goods(goods: Goods) -> Iterable[Entry]:
    return (Entry(good.code, good.name, goods.parent_code(good)) for good in goods.by_id.values())


def _areas(reference: Reference) -> Iterable[Entry]:
    return (Entry(area.code, area.name) for area in reference.areas.values())


def _currencies(reference: Reference) -> Iterable[Entry]:
    return (Entry(code, code) for code in sorted({dataset.currency for dataset in reference.datasets.values()}))


def _entries(names: dict[str, str]) -> Iterable[Entry]:
    return (Entry(code, name) for code, name in names.items())
