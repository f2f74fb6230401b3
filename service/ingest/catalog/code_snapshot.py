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

from service.errors import BadFile, Defect
from service.ingest.archive.archive import Beside
from service.ingest.catalog.catalog import Catalog
from service.ingest.release.aggregates import Totals, totals_of, totals_over
from service.ingest.staging.spill_file import Spool
from service.models import Area, Commodity, Dataset

CODES = "codes"
WORLD = "world"


@dataclass(frozen=True)
class Known:
    """What was known when files were read: the catalog, and what is part of what; null where parts make no whole."""

    catalog: Catalog
    totals: Totals | None


def codes_of(session: Session, catalog: Catalog, figures: Spool) -> Beside:
    """Return the codes of figures: kinds of areas, the words that stand for them, levels and parents of goods."""
    areas = {area.id: area for area in session.execute(select(Area.id, Area.code, Area.kind))}
    goods = {good.id: good for good in session.execute(_goods(catalog.dataset))}
    used = [goods[key] for key in _with_parents(figures.goods, goods)]
    known = {
        "areas": {area.code: area.kind for area in areas.values() if area.id in figures.partners or area.kind == WORLD},
        "words": {word: areas[key].code for word, key in catalog.areas.items() if key in figures.partners},
        "goods": {good.code: [good.level, goods[good.parent_id].code if good.parent_id else None] for good in used},
    }
    return Beside(CODES, f"{catalog.dataset.code}.json", json.dumps(known, indent=0, sort_keys=True).encode())


def _with_parents(keys: Iterable[int], goods: Mapping[int, Any]) -> set[int]:
    found: set[int] = set()
    above = set(keys)
    while above:
        found |= above
        above = {goods[key].parent_id for key in above} - found - {None}
    return found


def known_now(session: Session, catalog: Catalog) -> Known:
    """Return what is known today."""
    dataset = catalog.dataset
    return Known(catalog, totals_of(session, dataset.classification_id) if dataset.exhaustive else None)


def known_then(session: Session, dataset: Dataset, codes: Beside) -> Known:
    """Return what was known when the codes were kept.

    :raises BadFile: the database no longer has one of them.
    """
    then = json.loads(codes.raw)
    areas = {area.code: area.id for area in session.execute(select(Area.id, Area.code))}
    goods = {good.code: good.id for good in session.execute(_goods(dataset))}
    gone = sorted({*then["areas"]} - {*areas}) + sorted({*then["goods"]} - {*goods})
    if gone:
        raise BadFile(codes.name, [Defect(f"the database lacks the codes {', '.join(gone[:20])}")])
    catalog = Catalog(
        dataset=dataset,
        areas={word: areas[code] for word, code in then["words"].items()},
        commodities={code: goods[code] for code in then["goods"]},
    )
    return Known(catalog, _totals(then, areas, goods) if dataset.exhaustive else None)


def _goods(dataset: Dataset) -> Select[int, str, int, int | None]:
    columns = (Commodity.id, Commodity.code, Commodity.level, Commodity.parent_id)
    return select(*columns).where(Commodity.classification_id == dataset.classification_id)


def _totals(then: dict[str, Any], areas: dict[str, int], goods: dict[str, int]) -> Totals:
    return totals_over(
        [(goods[code], level, goods.get(parent)) for code, (level, parent) in then["goods"].items()],
        [(areas[code], kind) for code, kind in then["areas"].items()],
    )
