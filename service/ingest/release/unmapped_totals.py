"""Summaries of the figures of unmapped codes: number, value, and share of the total of a release."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.ingest.catalog.catalog import TOTAL_COMMODITY, Catalog
from service.ingest.catalog.unmapped_codes import UnmappedCode
from service.ingest.release.aggregates import WORLD_PART_KINDS
from service.ingest.staging.arrow_columns import numpy_array
from service.models import Area, Commodity, Release, ReleaseUnmapped

DIMENSIONS: Mapping[str, str] = {"partner": "partner_id", "commodity": "commodity_id"}


class UnmappedFigures(NamedTuple):
    """A summary of the figures of one unmapped code in a release; the fields are the columns of `ReleaseUnmapped`.

    `value` is in units of the dataset. `share_pct` is null where the release has no total.
    """

    dimension: str
    source_code: str
    code: str
    label: str
    parent: str | None
    rows: int
    value: int
    share_pct: float | None


@dataclass
class UnmappedTotals:
    """Sums of the figures of unmapped codes over all periods and flows of a release.

    `codes` are the unmapped codes by dimension and key. The value of a commodity is its trade with World or, where the
    release does not have that, the sum over countries. The value of a partner is the sum of its figures that are not
    part of another of its figures: its trade in TOTAL where the release has that. `parents` has the parent of each
    commodity, by key.
    """

    codes: Mapping[tuple[str, int], UnmappedCode]
    world_id: int
    total_id: int
    country_ids: frozenset[int]
    parents: Mapping[int, int | None]
    rows: Counter[tuple[str, int]] = field(default_factory=Counter)
    values: Counter[tuple[str, int]] = field(default_factory=Counter)
    total: int = 0
    has_total: bool = True

    def add(self, reported_figures: pa.Table, figures: pa.Table) -> None:
        """Add the figures of one period and flow: those in the file, and the same with computed totals."""
        total = _sum_value(figures, partner_id=self.world_id, commodity_id=self.total_id)
        self.has_total = self.has_total and total is not None
        self.total += total or 0
        countries = figures.filter(pc.is_in(figures["partner_id"], pa.array(self.country_ids, pa.int16())))
        for dimension, key in self.codes:
            column = DIMENSIONS[dimension]
            count = int(np.count_nonzero(numpy_array(reported_figures[column]) == key))
            if not count:
                continue
            if dimension == "partner":
                value = self._partner_value(figures, key)
            else:
                printed = _sum_value(figures, commodity_id=key, partner_id=self.world_id)
                value = (_sum_value(countries, commodity_id=key) or 0) if printed is None else printed
            self.rows[dimension, key] += count
            self.values[dimension, key] += value

    def _partner_value(self, figures: pa.Table, partner_id: int) -> int:
        """Return the sum of the values of a partner whose commodities are not part of another with a value."""
        own_figures = figures.filter(pa.array(numpy_array(figures["partner_id"]) == partner_id))
        values = dict(zip(own_figures["commodity_id"].to_pylist(), own_figures["value"].to_pylist(), strict=True))
        known_values = {key: value for key, value in values.items() if value is not None}
        return sum(value for key, value in known_values.items() if known_values.keys().isdisjoint(self._ancestors(key)))

    def _ancestors(self, commodity_id: int) -> Iterator[int]:
        parent = self.parents.get(commodity_id)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def figures(self, session: Session) -> list[UnmappedFigures]:
        """Return a summary for each unmapped code, sorted by dimension, then by descending value."""
        areas = _codes(session, Area, [key for dimension, key in self.codes if dimension == "partner"])
        commodities = _codes(session, Commodity, [key for dimension, key in self.codes if dimension == "commodity"])
        parents = _parent_codes(session, commodities)
        total = self.total if self.has_total else 0
        rows = [
            UnmappedFigures(
                dimension,
                code.code,
                areas[key] if dimension == "partner" else commodities[key],
                code.label,
                parents.get(key) if dimension == "commodity" else None,
                self.rows[dimension, key],
                self.values[dimension, key],
                100 * self.values[dimension, key] / total if total else None,
            )
            for (dimension, key), code in self.codes.items()
            if self.rows[dimension, key]
        ]
        return sorted(rows, key=lambda row: (row.dimension, -row.value, row.source_code))


def unmapped_totals(session: Session, catalog: Catalog) -> UnmappedTotals | None:
    """Return sums of zero for the codes of a load that its mapping does not know; null if there are no such codes.

    These codes must be in the database already.
    """
    unmapped = catalog.unmapped
    codes = {("partner", code.key): code for code in unmapped.partners.values()}
    codes |= {("commodity", code.key): code for code in unmapped.commodities.values()}
    if not codes or catalog.world_id is None:
        return None
    countries = session.scalars(select(Area.id).where(Area.kind.in_(WORLD_PART_KINDS)))
    hierarchy = select(Commodity.id, Commodity.parent_id).where(
        Commodity.classification_id == catalog.dataset.classification_id
    )
    return UnmappedTotals(
        codes,
        catalog.world_id,
        catalog.commodities[TOTAL_COMMODITY.code],
        frozenset(countries),
        dict(session.execute(hierarchy).all()),
    )


def store_unmapped_figures(session: Session, release: Release, totals: UnmappedTotals) -> None:
    """Store the summaries of the unmapped codes of a release."""
    session.add_all(
        ReleaseUnmapped(dataset_id=release.dataset_id, release_id=release.id, **row._asdict())
        for row in totals.figures(session)
    )
    session.flush()


def unmapped_codes_of_release(session: Session, release: Release) -> list[UnmappedFigures]:
    """Return the stored summaries of the unmapped codes of a release, by dimension, then by descending value."""
    query = select(ReleaseUnmapped).where(
        ReleaseUnmapped.dataset_id == release.dataset_id, ReleaseUnmapped.release_id == release.id
    )
    order = (ReleaseUnmapped.dimension, ReleaseUnmapped.value.desc(), ReleaseUnmapped.source_code)
    return [
        UnmappedFigures(
            row.dimension, row.source_code, row.code, row.label, row.parent, row.rows, int(row.value), row.share_pct
        )
        for row in session.scalars(query.order_by(*order))
    ]


def _sum_value(figures: pa.Table, **keys: int) -> int | None:
    """Return the sum of the values with these keys; null where there is no value."""
    for column, key in keys.items():
        figures = figures.filter(pa.array(numpy_array(figures[column]) == key))
    value: int | None = pc.sum(figures["value"]).as_py() if len(figures) else None
    return value


def _codes(session: Session, table: type[Area] | type[Commodity], keys: list[int]) -> dict[int, str]:
    return dict(session.execute(select(table.id, table.code).where(table.id.in_(keys))).all())


def _parent_codes(session: Session, commodities: Mapping[int, Any]) -> dict[int, str]:
    parents = dict(
        session.execute(select(Commodity.id, Commodity.parent_id).where(Commodity.id.in_(commodities))).all()
    )
    codes = _codes(session, Commodity, [key for key in parents.values() if key is not None])
    return {key: codes[parent] for key, parent in parents.items() if parent is not None}
