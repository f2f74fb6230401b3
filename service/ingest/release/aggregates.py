"""Totals that a source does not print: headings, chapters, TOTAL and World, for one period and flow at a time.

A figure that the source prints is never replaced by a sum. Country groups are not added to World, because their members
are counted already. Only exhaustive datasets get totals, because the parts of a selection do not add up to a total.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.ingest.staging.arrow_columns import FIGURE_SCHEMA, QUANTITY_TYPE, STATUSES_WEAKEST_FIRST, numpy_array
from service.ingest.staging.spill_file import COMMODITY_ID_BITS, cell_keys, sort_by_cell
from service.models import Area, Commodity

NO_PARENT = -1
MAX_SUM = 2.0**59
"""Maximum total: the sum of twelve months with such totals still fits into 64 bits."""

MAX_QUANTITY = 10**17
"""Maximum quantity: sums over twelve months and many countries still fit into the 20 digits of file exports."""

UNKNOWN_STATUSES = [STATUSES_WEAKEST_FIRST.index(status) for status in "QM"]
WORLD_PART_KINDS = {"country", "special"}
_WIDE_DECIMAL_TYPE = pa.decimal256(60, QUANTITY_TYPE.scale)


class Mismatch(NamedTuple):
    """A printed total whose value differs from the sum of its parts; both are in units of the dataset."""

    partner_id: int
    commodity_id: int
    flow: int
    period: int
    value: int
    sum_of_parts: int


class TotalTooLargeError(ValueError):
    """A total that is too large to be stored exactly."""


@dataclass(frozen=True)
class TotalsCalculator:
    """A calculator of totals over the hierarchy of commodities and over partners.

    By the key of a commodity, `parents` has the key of its parent, NO_PARENT at the top, and `levels` its level.
    `is_world_part` says by the key of an area whether its figures are part of those of World.
    """

    parents: np.ndarray[Any, Any]
    levels: np.ndarray[Any, Any]
    is_world_part: np.ndarray[Any, Any]
    world_id: int

    def add_totals(self, reported_figures: pa.Table) -> pa.Table:
        """Return the figures of one period and flow, sorted, together with the totals that they lack.

        The status of a total is the weakest of its parts. A total with a suppressed or a missing part is the sum of its
        known parts, a lower bound. Quantities are added up where all parts are known and have the same unit.

        :raises TotalTooLargeError: a total does not fit into 64 bits.
        """
        figures = reported_figures
        parent_levels = np.unique(self.levels[self.parents[self.parents != NO_PARENT]])
        for level in parent_levels[::-1]:
            parents = self.parents[numpy_array(figures["commodity_id"])]
            has_parent = pa.array((self.levels[parents] == level) & (parents != NO_PARENT))
            parts = _replace_column(figures, "commodity_id", pa.array(parents)).filter(has_parent)
            existing = reported_figures.filter(
                pa.array(self.levels[numpy_array(reported_figures["commodity_id"])] == level)
            )
            figures = pa.concat_tables([figures, _sum_parts(parts, existing_figures=existing)])
        partners = numpy_array(figures["partner_id"])
        members = figures.filter(pa.array(self.is_world_part[partners]))
        parts = _replace_column(members, "partner_id", pa.repeat(pa.scalar(self.world_id, pa.int16()), len(members)))
        existing = figures.filter(pa.array(partners == self.world_id))
        return sort_by_cell(pa.concat_tables([figures, _sum_parts(parts, existing_figures=existing)]))

    def find_mismatches(self, reported_figures: pa.Table, figures: pa.Table) -> Iterator[Mismatch]:
        """Yield the printed totals of commodities that differ from the sum of their parts.

        `figures` is the result of `add_totals` for `reported_figures`.
        """
        is_total = np.zeros(len(self.parents), bool)
        is_total[self.parents[self.parents != NO_PARENT]] = True
        printed_totals = reported_figures.filter(pa.array(is_total[numpy_array(reported_figures["commodity_id"])]))
        if not len(printed_totals):
            return
        parents = self.parents[numpy_array(figures["commodity_id"])]
        parent_figures = _replace_column(figures, "commodity_id", pa.array(parents))
        parts = parent_figures.filter(
            pa.array(np.isin(cell_keys(parent_figures), cell_keys(printed_totals)) & (parents != NO_PARENT))
        )
        sums = _aggregate_by_cell(parts, [("value", "sum"), ("value", "count")])
        sums = sums.filter(pc.and_(pc.equal(sums["value_count"], sums["count_all"]), _is_exact(sums)))
        sum_by_cell = dict(zip(sums["cell"].to_pylist(), sums["value_sum"].to_pylist(), strict=True))
        for cell, printed_total in zip(cell_keys(printed_totals).tolist(), printed_totals.to_pylist(), strict=True):
            total = sum_by_cell.get(cell)
            if printed_total["value"] is not None and total is not None and total != printed_total["value"]:
                yield Mismatch(**{name: printed_total[name] for name in Mismatch._fields[:-1]}, sum_of_parts=total)


def classification_totals(session: Session, classification_id: int) -> TotalsCalculator:
    """Return the calculator of totals for a classification as the database now has it."""
    commodities = select(Commodity.id, Commodity.level, Commodity.parent_id)
    commodity_rows = session.execute(commodities.where(Commodity.classification_id == classification_id)).all()
    return build_totals(commodity_rows, session.execute(select(Area.id, Area.kind)).all())


def build_totals(commodities: Iterable[Any], areas: Iterable[Any]) -> TotalsCalculator:
    """Return the calculator of totals for commodities (key, level, key of the parent) and areas (key, kind)."""
    hierarchy = {key: (level, NO_PARENT if parent is None else parent) for key, level, parent in commodities}
    parents = np.full(max(hierarchy) + 1, NO_PARENT, np.int32)
    levels = np.zeros_like(parents)
    for key, (level, parent) in hierarchy.items():
        levels[key], parents[key] = level, parent
    kinds = dict(tuple(area) for area in areas)
    is_world_part = np.zeros(max(kinds) + 1, bool)
    is_world_part[[key for key, kind in kinds.items() if kind in WORLD_PART_KINDS]] = True
    (world_id,) = (key for key, kind in kinds.items() if kind == "world")
    return TotalsCalculator(parents, levels, is_world_part, world_id)


def _replace_column(figures: pa.Table, column: str, keys: pa.Array) -> pa.Table:
    return figures.set_column(figures.schema.get_field_index(column), column, keys)


def _sum_parts(parts: pa.Table, *, existing_figures: pa.Table) -> pa.Table:
    """Return the sum of the parts of each cell that has no figure yet.

    :raises TotalTooLargeError: a sum is too large to be stored exactly.
    """
    if len(existing_figures):
        parts = parts.filter(pc.invert(pc.is_in(pa.array(cell_keys(parts)), pa.array(cell_keys(existing_figures)))))
    if not len(parts):
        return parts
    decimals = [name for name in ("quantity", "net_weight_kg") if parts[name].null_count < len(parts)]
    for name in decimals:
        parts = _replace_column(parts, name, pc.cast(parts[name], _WIDE_DECIMAL_TYPE))
    sums = _aggregate_by_cell(
        parts, [each for name in ("value", *decimals) for each in ((name, "sum"), (name, "count"))]
    )
    columns = {
        "flow": pa.repeat(parts["flow"][0], len(sums)),
        "period": pa.repeat(parts["period"][0], len(sums)),
        "partner_id": pa.array(numpy_array(sums["cell"]) >> COMMODITY_ID_BITS),
        "commodity_id": pa.array(numpy_array(sums["cell"]) & (1 << COMMODITY_ID_BITS) - 1),
        "value": sums["value_sum"],
        "obs_status": sums["obs_status_min"],
        "line": pa.repeat(0, len(sums)),
    } | {name: _mask_incomplete_sums(sums, name) for name in decimals}
    if "quantity" in decimals:
        one_unit = pc.equal(sums["quantity_unit_min"], sums["quantity_unit_max"])
        columns["quantity"] = pc.if_else(one_unit, columns["quantity"], None)
        columns["quantity_unit"] = pc.if_else(pc.is_valid(columns["quantity"]), sums["quantity_unit_min"], None)
    return _cast_to_schema(columns, len(sums))


def _aggregate_by_cell(parts: pa.Table, aggregates: list[tuple[str, str]]) -> pa.Table:
    """Return the aggregates of each cell, with its row count, weakest status, and smallest and largest unit.

    :raises TotalTooLargeError: a sum of values may not fit into 64 bits.
    """
    if (pc.sum(pc.abs(pc.cast(parts["value"], pa.float64(), safe=False))).as_py() or 0) > MAX_SUM:
        raise TotalTooLargeError
    common_aggregates: list[tuple[Any, str]] = [("obs_status", "min"), ([], "count_all")]
    if any(name == "quantity" for name, _ in aggregates):
        common_aggregates += [("quantity_unit", "min"), ("quantity_unit", "max")]
    keyed = parts.append_column("cell", pa.array(cell_keys(parts)))
    return keyed.group_by("cell", use_threads=False).aggregate([*aggregates, *common_aggregates])


def _is_exact(sums: pa.Table) -> Any:
    """Return which sums have no part that is suppressed or missing."""
    return pc.invert(pc.is_in(sums["obs_status_min"], pa.array(UNKNOWN_STATUSES, sums["obs_status_min"].type)))


def _mask_incomplete_sums(sums: pa.Table, name: str) -> Any:
    """Return the sums of the cells of which all parts are known, null for the others.

    :raises TotalTooLargeError: a quantity is too large to be stored or added up further.
    """
    is_known = pc.equal(sums[f"{name}_count"], sums["count_all"])
    complete = pc.if_else(is_known, sums[f"{name}_sum"], None)
    if (pc.max(pc.abs(pc.cast(complete, pa.float64()))).as_py() or 0) > MAX_QUANTITY:
        raise TotalTooLargeError
    return complete


def _cast_to_schema(columns: dict[str, Any], row_count: int) -> pa.Table:
    try:
        arrays = [pc.cast(columns.get(field.name, pa.nulls(row_count)), field.type) for field in FIGURE_SCHEMA]
    except pa.ArrowInvalid as error:
        raise TotalTooLargeError from error
    return pa.table(arrays, FIGURE_SCHEMA)
