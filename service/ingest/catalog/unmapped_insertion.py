"""Insertion of areas and commodities for the unmapped codes of a load.

An unmapped partner becomes an area whose code names the source, such as `census:9999`. An unmapped commodity is
inserted into the classification of the dataset: below its longest known prefix if it has the form of an HS code, else
below the commodity UNMAPPED, a child of TOTAL.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.domain.codes import HS_FAMILY
from service.ingest.catalog.catalog import (
    SOURCE_SEPARATOR,
    TOTAL_COMMODITY,
    Catalog,
    commodity_keys,
    source_scheme,
    upsert_commodities,
    upsert_rows,
)
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.catalog.unmapped_codes import (
    FIRST_TEMPORARY_COMMODITY_ID,
    FIRST_TEMPORARY_PARTNER_ID,
    UNMAPPED_CODE,
    UnmappedCode,
    longest_known_prefix,
    stored_commodity_code,
)
from service.ingest.release.locks import lock_catalog
from service.ingest.staging.spill_file import SpillFile
from service.models import Area, AreaCode, Classification, Commodity

AREA_CODE_PREFIXES = {"us-census": "census"}
"""Prefixes of inserted area codes, by scheme; for other schemes the prefix is the name of the scheme."""

GROUP_CODE_PATTERNS = {"us-census": re.compile(r"-|00[0-9]{2}|[0-9]XXX")}
"""Patterns of the codes of country groups, by scheme. Figures of groups are never added to those of countries."""

UNMAPPED_NAME = "Codes that are not in the classification"


def insert_unmapped_codes(session: Session, catalog: Catalog, figures: SpillFile) -> None:
    """Insert areas and commodities for the unmapped codes of a load.

    In the figures and in the catalog, their keys replace the temporary keys.
    """
    unmapped = catalog.unmapped
    partners = {code.code: code for code in unmapped.partners.values() if code.key in figures.partner_ids}
    commodities = {code.code: code for code in unmapped.commodities.values() if code.key in figures.commodity_ids}
    unmapped.partners, unmapped.commodities = partners, commodities
    if not partners and not commodities:
        return
    lock_catalog(session)
    partner_keys = _insert_areas(session, catalog, partners.values())
    commodity_ids = _insert_commodities(session, catalog, commodities.values())
    figures.replace_keys(
        partners={partners[code].key: key for code, key in partner_keys.items()},
        commodities={commodities[code].key: key for code, key in commodity_ids.items()},
    )
    unmapped.partners.update({code: partners[code]._replace(key=key) for code, key in partner_keys.items()})
    unmapped.commodities.update({code: commodities[code]._replace(key=key) for code, key in commodity_ids.items()})
    catalog.areas.update(partner_keys)
    catalog.commodities.update({stored_commodity_code(code): key for code, key in commodity_ids.items()})


def _insert_areas(session: Session, catalog: Catalog, partners: Iterable[UnmappedCode]) -> dict[str, int]:
    """Return the key of the area of each code; new areas get the next keys."""
    code_scheme = source_scheme(catalog.scheme, catalog.dataset)
    prefix = AREA_CODE_PREFIXES.get(code_scheme, code_scheme)
    group_pattern = GROUP_CODE_PATTERNS.get(code_scheme)
    next_id = (session.scalar(select(func.max(Area.id))) or 0) + 1
    keys: dict[str, int] = {}
    areas: list[dict[str, Any]] = []
    for partner in partners:
        if partner.key < FIRST_TEMPORARY_PARTNER_ID:
            keys[partner.code] = partner.key
            continue
        keys[partner.code] = next_id + len(areas)
        is_group = group_pattern is not None and group_pattern.fullmatch(partner.code) is not None
        areas.append(
            {
                "id": keys[partner.code],
                "code": f"{prefix}{SOURCE_SEPARATOR}{stored_commodity_code(partner.code)}",
                "name": partner.label or partner.code,
                "kind": "group" if is_group else "special",
            }
        )
    if areas:
        upsert_rows(session, Area, areas, update_columns=("name",))
        codes = [{"scheme": code_scheme, "code": code, "area_id": key} for code, key in keys.items()]
        upsert_rows(session, AreaCode, codes, update_columns=("area_id",))
    return keys


def _insert_commodities(session: Session, catalog: Catalog, commodities: Collection[UnmappedCode]) -> dict[str, int]:
    """Return the key of the commodity of each code."""
    source_codes = {code.code: stored_commodity_code(code.code) for code in commodities}
    new = [code for code in commodities if code.key >= FIRST_TEMPORARY_COMMODITY_ID]
    edition = session.get_one(Classification, catalog.dataset.classification_id)
    if new:
        definitions = _commodity_definitions(session, edition, new)
        upsert_commodities(session, edition.id, definitions)
        _move_children(session, edition.id, definitions)
    keys = commodity_keys(session, edition.id)
    return {code: keys[stored] for code, stored in source_codes.items()}


def _commodity_definitions(
    session: Session, edition: Classification, new: Iterable[UnmappedCode]
) -> list[CommodityDefinition]:
    """Return the definitions of unmapped commodities, shorter codes first, so that they can be prefixes of others."""
    parent_keys: dict[str, Any] = dict(commodity_keys(session, edition.id))
    unmapped_level = edition.default_level or 1
    definitions = []
    for code in sorted(new, key=lambda each: (len(each.code), each.code)):
        stored = stored_commodity_code(code.code)
        parent = longest_known_prefix(stored, parent_keys) if edition.family == HS_FAMILY else None
        level = len(stored) if edition.family == HS_FAMILY and stored.isdigit() else 0
        if parent is None:
            parent, level = UNMAPPED_CODE, max(level, unmapped_level + 1)
        parent_keys[stored] = None
        definitions.append(CommodityDefinition(stored, stored, code.label or code.code, level, parent))
    if any(definition.parent == UNMAPPED_CODE for definition in definitions):
        definitions.append(
            CommodityDefinition(UNMAPPED_CODE, UNMAPPED_CODE, UNMAPPED_NAME, unmapped_level, TOTAL_COMMODITY.code)
        )
    return definitions


def _move_children(session: Session, classification_id: int, definitions: Iterable[CommodityDefinition]) -> None:
    """Make longer codes that were inserted earlier children of a new code that is a longer prefix of theirs."""
    keys = commodity_keys(session, classification_id)
    for definition in definitions:
        is_prefix = definition.parent != UNMAPPED_CODE or definition.code.isdigit()
        if is_prefix and definition.parent != TOTAL_COMMODITY.code:
            session.execute(
                update(Commodity)
                .where(
                    Commodity.classification_id == classification_id,
                    Commodity.parent_id == keys[definition.parent or ""],
                    Commodity.code.startswith(definition.code, autoescape=True),
                    Commodity.code != definition.code,
                )
                .values(parent_id=keys[definition.code])
            )
