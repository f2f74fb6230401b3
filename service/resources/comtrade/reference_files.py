"""Reference files in UN Comtrade's form: areas, flows, units, groups, and the loaded classifications."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.api.database.context import Context
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.domain.codes import TOTAL_CODE
from service.domain.comtrade.areas import ComtradeArea, area_list
from service.domain.comtrade.labels import FLOW_DESCRIPTIONS, LEAF_DIGITS, QUANTITY_UNIT_NAMES, TOTAL_NAME
from service.errors import NotFound
from service.resources.comtrade.codes import comtrade_areas
from service.resources.comtrade.rows import ComtradeRow

LIST_FILE = "ListofReferences.json"
FILE_FOLDER = "/files/v1/app/reference"


@dataclass(frozen=True)
class ReferenceFile:
    """A reference file with its name, its entries, and its category, variable and description in the list of files."""

    category: str
    variable: str
    description: str
    name: str
    entries: Callable[[Context], list[ComtradeRow]]


def _area_entry(area: ComtradeArea, role: str) -> ComtradeRow:
    code_prefix = "Partner" if role == "partner" else role
    return {
        "id": area.code,
        "text": area.name,
        f"{code_prefix}Code": area.code,
        f"{code_prefix}Desc": area.name,
        f"{role}Note": area.note,
        f"{code_prefix}CodeIsoAlpha2": area.iso2 or None,
        f"{code_prefix}CodeIsoAlpha3": area.iso3,
        "entryEffectiveDate": area.valid_from,
        "isGroup": area.is_group,
    } | ({} if area.valid_to is None else {"entryExpiredDate": area.valid_to})


def _reporter_entries(_context: Context) -> list[ComtradeRow]:
    return [_area_entry(area, "reporter") for area in area_list("reporters").values()]


def _partner_entries(_context: Context) -> list[ComtradeRow]:
    return [_area_entry(area, "partner") for area in area_list("partners").values()]


def _iso_entries(_context: Context) -> list[ComtradeRow]:
    """Return each ISO code with the code under which the area reports, last in the list, before any other."""
    reporters, partners = area_list("reporters"), area_list("partners")
    current = {area.iso3.strip(): area for area in partners.values() if area.valid_to is None}
    current |= {area.iso3.strip(): area for area in reporters.values() if area.valid_to is None}
    return [{"country_area_code": area.code, "iso3": iso3} for iso3, area in sorted(current.items())]


def _group_entries(context: Context) -> list[ComtradeRow]:
    reference, areas = context.reference, comtrade_areas(context.reference)
    entries = []
    for group_id in sorted(reference.groups, key=lambda key: reference.areas[key].code):
        members = reference.group_members(group_id, context.today)
        codes = sorted(str(areas[member].code) for member in members if member in areas)
        group = reference.areas[group_id]
        entries.append({"GroupID": group.code, "GroupDesc": group.name, "GroupDefinition": codes})
    return entries


def _flow_entries(_context: Context) -> list[ComtradeRow]:
    return [{"id": code, "text": name} for code, name in FLOW_DESCRIPTIONS.items()]


def _unit_entries(_context: Context) -> list[ComtradeRow]:
    return [
        {"qtyCode": code, "qtyAbbr": abbreviation, "qtyDescription": name}
        for code, (abbreviation, name) in QUANTITY_UNIT_NAMES.items()
    ]


def _text_entries(*entries: tuple[Any, str]) -> Callable[[Context], list[ComtradeRow]]:
    return lambda _context: [{"id": code, "text": text} for code, text in entries]


BASE_FILES = (
    ReferenceFile("reporter", "Reporter", "Reporters", "Reporters.json", _reporter_entries),
    ReferenceFile("partner", "Partner", "Partners", "partnerAreas.json", _partner_entries),
    ReferenceFile("flow", "Flow", "Trade flows", "tradeRegimes.json", _flow_entries),
    ReferenceFile("qtyunit", "Quantity unit", "Quantity units", "QuantityUnits.json", _unit_entries),
    ReferenceFile(
        "freq", "Frequency", "Frequencies", "Frequency.json", _text_entries(("A", "Annual"), ("M", "Monthly"))
    ),
    ReferenceFile(
        "mot", "Mode of transport", "Modes of transport", "ModeOfTransportCodes.json", _text_entries((0, "TOTAL MOT"))
    ),
    ReferenceFile(
        "customs", "Customs procedure", "Customs procedures", "CustomsCodes.json", _text_entries(("C00", "TOTAL CPC"))
    ),
    ReferenceFile("iso3", "Area", "Codes of areas by ISO 3166-1 alpha-3", "country_area_code_iso.json", _iso_entries),
    ReferenceFile("group", "Area", "Groups of areas with their members", "country_groups.json", _group_entries),
)


def _reference_files(context: Context) -> dict[str, ReferenceFile]:
    """Return all files by name: the base files, and one for each classification of a loaded dataset and for HS."""
    used = {dataset.classification_id for dataset in context.reference.datasets.values()}
    editions = sorted(
        (each for each in context.reference.classifications.values() if each.id in used or each.code == "H6"),
        key=lambda each: each.code,
    )
    files = list(BASE_FILES)
    if editions:
        newest_hs = max((each for each in editions if each.family == "HS"), key=lambda each: each.code, default=None)
        named = [(f"cmd:{each.code}", each) for each in editions]
        named += [("cmd:HS", newest_hs)] if newest_hs is not None else []
        files += [
            ReferenceFile(category, "Commodity", each.name, f"{category[4:]}.json", _commodity_entries(each.id))
            for category, each in named
        ]
    return {file.name: file for file in files}


def _commodity_entries(classification_id: int) -> Callable[[Context], list[ComtradeRow]]:
    def entries(context: Context) -> list[ComtradeRow]:
        edition = context.reference.commodities(context.session, classification_id)
        return [
            {
                "id": commodity.code,
                "text": f"{commodity.code} - {commodity.name}" if commodity.code != TOTAL_CODE else TOTAL_NAME,
                "parent": edition.parent_code(commodity) or "#",
                "isLeaf": "1" if commodity.level == LEAF_DIGITS else "0",
                "aggrLevel": commodity.level,
            }
            for commodity in sorted(edition.commodity_by_id.values(), key=lambda each: (each.level > 0, each.code))
        ]

    return entries


def load_reference_file(context: Context, plan: Plan) -> list[ComtradeRow]:
    """Return the entries of the requested reference file, or the list of all files, whose column `fileuri` is a path.

    :raises NotFound: there is no such file.
    """
    files = _reference_files(context)
    name = plan.request.parameters["name"]
    if name == LIST_FILE:
        return [
            {
                "category": file.category,
                "variable": file.variable,
                "description": file.description,
                "fileuri": f"{FILE_FOLDER}/{file.name}",
            }
            for file in files.values()
        ]
    if name not in files:
        raise NotFound(f"There is no reference file {name[:100]}; {FILE_FOLDER}/{LIST_FILE} lists the files.")
    return files[name].entries(context)


REFERENCE_FILE = DocumentResource(load_reference_file)
