"""The codes that figures were read by, kept with their release.

Codes that become known later would have more rows read, and goods that move would be added up otherwise. Only those are
kept that the figures are of, so that they are the same in whichever order releases are loaded.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import SupportingFile
from service.ingest.catalog.catalog import Catalog
from service.ingest.release.aggregates import TotalsCalculator, build_totals, classification_totals
from service.ingest.staging.spill_file import SpillFile
from service.models import Area, Commodity, Dataset

CODES_ROLE = "codes"
WORLD_KIND = "world"


@dataclass(frozen=True)
class CodeLookup:
    """What was known when files were read: the catalog, and what is part of what; null where parts make no whole."""

    catalog: Catalog
    totals: TotalsCalculator | None


def snapshot_codes(session: Session, catalog: Catalog, figures: SpillFile) -> SupportingFile:
    """Return the codes of figures: kinds of areas, the words that stand for them, levels and parents of goods."""
    areas = {area.id: area for area in session.execute(select(Area.id, Area.code, Area.kind))}
    goods = {good.id: good for good in session.execute(_commodity_query(catalog.dataset))}
    used = [goods[key] for key in _include_parents(figures.commodity_ids, goods)]
    known = {
        "areas": {
            area.code: area.kind for area in areas.values() if area.id in figures.partner_ids or area.kind == WORLD_KIND
        },
        "words": {word: areas[key].code for word, key in catalog.areas.items() if key in figures.partner_ids},
        "goods": {good.code: [good.level, goods[good.parent_id].code if good.parent_id else None] for good in used},
    }
    return SupportingFile(
        CODES_ROLE, f"{catalog.dataset.code}.json", json.dumps(known, indent=0, sort_keys=True).encode()
    )


def _include_parents(keys: Iterable[int], commodities: Mapping[int, Any]) -> set[int]:
    found: set[int] = set()
    above = set(keys)
    while above:
        found |= above
        above = {commodities[key].parent_id for key in above} - found - {None}
    return found


def current_codes(session: Session, catalog: Catalog) -> CodeLookup:
    """Return what is known today."""
    dataset = catalog.dataset
    return CodeLookup(
        catalog, classification_totals(session, dataset.classification_id) if dataset.exhaustive else None
    )


def codes_at_load(session: Session, dataset: Dataset, codes: SupportingFile) -> CodeLookup:
    """Return what was known when the codes were kept.

    :raises BadFile: the database no longer has one of them.
    """
    then = json.loads(codes.content)
    areas = {area.code: area.id for area in session.execute(select(Area.id, Area.code))}
    goods = {good.code: good.id for good in session.execute(_commodity_query(dataset))}
    gone = sorted({*then["areas"]} - {*areas}) + sorted({*then["goods"]} - {*goods})
    if gone:
        raise InvalidFile(codes.name, [FileError(f"the database lacks the codes {', '.join(gone[:20])}")])
    catalog = Catalog(
        dataset=dataset,
        areas={word: areas[code] for word, code in then["words"].items()},
        commodities={code: goods[code] for code in then["goods"]},
    )
    return CodeLookup(catalog, _rebuild_totals(then, areas, goods) if dataset.exhaustive else None)


def _commodity_query(dataset: Dataset) -> Select[int, str, int, int | None]:
    columns = (Commodity.id, Commodity.code, Commodity.level, Commodity.parent_id)
    return select(*columns).where(Commodity.classification_id == dataset.classification_id)


def _rebuild_totals(snapshot: dict[str, Any], areas: dict[str, int], commodities: dict[str, int]) -> TotalsCalculator:
    return build_totals(
        [(commodities[code], level, commodities.get(parent)) for code, (level, parent) in snapshot["goods"].items()],
        [(areas[code], kind) for code, kind in snapshot["areas"].items()],
    )
