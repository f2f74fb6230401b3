"""The snapshot of the codes that were known when a release was parsed. It is archived with the release.

The archived files can then be parsed again with the same result: codes that become known later would change which rows
are parsed, and a commodity with another parent would change the totals. The snapshot has only the codes that occur in
the figures, so that it does not depend on the order in which releases are loaded.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.domain.codes import WORLD_CODE
from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import SupportingFile
from service.ingest.catalog.catalog import Catalog
from service.ingest.release.aggregates import TotalsCalculator, build_totals, classification_totals
from service.ingest.staging.spill_file import SpillFile
from service.models import Area, Classification, Commodity, Dataset

CODES_ROLE = "codes"
WORLD_KIND = "world"


@dataclass(frozen=True)
class CodeLookup:
    """The catalog for parsing files, and the calculator of totals; null for a dataset without computed totals."""

    catalog: Catalog
    totals: TotalsCalculator | None


def snapshot_codes(session: Session, catalog: Catalog, figures: SpillFile) -> SupportingFile:
    """Return a file with the codes in the figures: kinds and labels of areas, levels and parents of commodities."""
    areas = {area.id: area for area in session.execute(select(Area.id, Area.code, Area.kind))}
    commodities = {commodity.id: commodity for commodity in session.execute(_commodity_query(catalog.dataset))}
    used = [commodities[key] for key in _include_parents(figures.commodity_ids, commodities)]
    codes = {
        "areas": {
            area.code: area.kind for area in areas.values() if area.id in figures.partner_ids or area.kind == WORLD_KIND
        },
        "words": {label: areas[key].code for label, key in catalog.areas.items() if key in figures.partner_ids},
        "goods": {
            commodity.code: [commodity.level, commodities[commodity.parent_id].code if commodity.parent_id else None]
            for commodity in used
        },
    }
    return SupportingFile(
        CODES_ROLE, f"{catalog.dataset.code}.json", json.dumps(codes, indent=0, sort_keys=True).encode()
    )


def _include_parents(keys: Iterable[int], commodities: Mapping[int, Any]) -> set[int]:
    keys_with_parents: set[int] = set()
    parent_keys = set(keys)
    while parent_keys:
        keys_with_parents |= parent_keys
        parent_keys = {commodities[key].parent_id for key in parent_keys} - keys_with_parents - {None}
    return keys_with_parents


def current_codes(session: Session, catalog: Catalog) -> CodeLookup:
    """Return the lookup of codes as the database now has them."""
    dataset = catalog.dataset
    return CodeLookup(
        catalog, classification_totals(session, dataset.classification_id) if dataset.exhaustive else None
    )


def codes_at_load(session: Session, dataset: Dataset, codes: SupportingFile) -> CodeLookup:
    """Return the lookup of codes as they were when a release was loaded; `codes` is the archived snapshot.

    :raises InvalidFile: the database no longer has a code of the snapshot.
    """
    snapshot = json.loads(codes.content)
    areas = {area.code: area.id for area in session.execute(select(Area.id, Area.code))}
    commodities = {commodity.code: commodity.id for commodity in session.execute(_commodity_query(dataset))}
    missing_codes = sorted({*snapshot["areas"]} - {*areas}) + sorted({*snapshot["goods"]} - {*commodities})
    if missing_codes:
        raise InvalidFile(codes.name, [FileError(f"the database lacks the codes {', '.join(missing_codes[:20])}")])
    edition = session.get_one(Classification, dataset.classification_id)
    catalog = Catalog(
        dataset=dataset,
        areas={label: areas[code] for label, code in snapshot["words"].items()},
        commodities={code: commodities[code] for code in snapshot["goods"]},
        world_id=areas.get(WORLD_CODE),
        family=edition.family,
    )
    return CodeLookup(catalog, _rebuild_totals(snapshot, areas, commodities) if dataset.exhaustive else None)


def _commodity_query(dataset: Dataset) -> Select[int, str, int, int | None]:
    columns = (Commodity.id, Commodity.code, Commodity.level, Commodity.parent_id)
    return select(*columns).where(Commodity.classification_id == dataset.classification_id)


def _rebuild_totals(snapshot: dict[str, Any], areas: dict[str, int], commodities: dict[str, int]) -> TotalsCalculator:
    return build_totals(
        [(commodities[code], level, commodities.get(parent)) for code, (level, parent) in snapshot["goods"].items()],
        [(areas[code], kind) for code, kind in snapshot["areas"].items()],
    )
