"""The code lists of dimensions and attributes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.api.resolution.reference_data import Commodities, Reference
from service.domain.flows import FLOWS
from service.models import Dataset
from service.resources.sdmx.identifiers import sdmx_id

FREQUENCIES = {"M": "Monthly", "Q": "Quarterly", "A": "Annual"}
SDMX_FLOW_NAMES = {
    "X": "Exports",
    "M": "Imports",
    "RX": "Re-exports",
    "RM": "Re-imports",
    "DX": "Domestic exports",
}
OBS_STATUS_NAMES = {"A": "Normal", "P": "Provisional", "E": "Estimated", "M": "Missing", "Q": "Suppressed"}


class CodelistEntry(NamedTuple):
    """A code with its name and the code of its parent; `parent` is null for a code without one."""

    code: str
    name: str
    parent: str | None = None


@dataclass(frozen=True)
class Codelist:
    """A code list. `entries` is a function that loads the codes, as some lists are long and not always needed."""

    id: str
    name: str
    entries: Callable[[], Iterable[CodelistEntry]]


def available_codelists(session: Session, reference: Reference) -> dict[str, Codelist]:
    """Return all code lists by their identifier."""
    classification_ids = {dataset.classification_id for dataset in reference.datasets.values()}
    codelists = [
        Codelist("CL_FREQ", "Frequencies", lambda: _entries_from_names(FREQUENCIES)),
        Codelist("CL_AREA", "Countries, areas and groups", lambda: _area_entries(reference)),
        Codelist("CL_FLOW", "Flows", lambda: _entries_from_names({flow: SDMX_FLOW_NAMES[flow] for flow in FLOWS})),
        Codelist("CL_OBS_STATUS", "Statuses of figures", lambda: _entries_from_names(OBS_STATUS_NAMES)),
        Codelist("CL_UNIT_MEASURE", "Currencies", lambda: _currency_entries(reference)),
        Codelist("CL_UNIT_MULT", "Multipliers", lambda: [CodelistEntry("0", "Units")]),
        Codelist("CL_DECIMALS", "Numbers of decimals", lambda: [CodelistEntry("0", "Zero")]),
        *(_commodity_codelist(session, reference, key) for key in sorted(classification_ids)),
    ]
    return {codelist.id: codelist for codelist in codelists}


def codelists_of_dataset(reference: Reference, dataset: Dataset) -> dict[str, str]:
    """Return, by dimension and attribute of a dataset, the identifier of the code list with its codes."""
    return {
        "FREQ": "CL_FREQ",
        "REPORTER": "CL_AREA",
        "FLOW": "CL_FLOW",
        "PARTNER": "CL_AREA",
        "COMMODITY": _commodity_codelist_id(reference, dataset.classification_id),
        "OBS_STATUS": "CL_OBS_STATUS",
        "UNIT_MEASURE": "CL_UNIT_MEASURE",
        "UNIT_MULT": "CL_UNIT_MULT",
        "DECIMALS": "CL_DECIMALS",
    }


def _commodity_codelist_id(reference: Reference, classification_id: int) -> str:
    return f"CL_COMMODITY_{sdmx_id(reference.classifications[classification_id].code)}"


def _commodity_codelist(session: Session, reference: Reference, classification_id: int) -> Codelist:
    edition = reference.classifications[classification_id]
    return Codelist(
        _commodity_codelist_id(reference, classification_id),
        edition.name,
        lambda: _commodity_entries(reference.commodities(session, classification_id)),
    )


def _commodity_entries(commodities: Commodities) -> Iterable[CodelistEntry]:
    return (
        CodelistEntry(sdmx_id(each.code), each.name, _parent_id(commodities.parent_code(each)))
        for each in commodities.commodity_by_id.values()
    )


def _parent_id(parent_code: str | None) -> str | None:
    return None if parent_code is None else sdmx_id(parent_code)


def _area_entries(reference: Reference) -> Iterable[CodelistEntry]:
    return (CodelistEntry(sdmx_id(area.code), area.name) for area in reference.areas.values())


def _currency_entries(reference: Reference) -> Iterable[CodelistEntry]:
    return (CodelistEntry(code, code) for code in sorted({dataset.currency for dataset in reference.datasets.values()}))


def _entries_from_names(names: dict[str, str]) -> Iterable[CodelistEntry]:
    return (CodelistEntry(code, name) for code, name in names.items())
