"""Unmapped codes in the figures of a response, for the member `unmapped` of `meta`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from service.analytics.figures.reported_keys import reported_keys
from service.analytics.scope import QueryScope
from service.api.database.context import Context
from service.api.resolution.reference_data import SINGLE_AREA_KINDS, Commodities
from service.api.resolution.resolver import ResolvedRequest
from service.domain.frequencies import MONTHS_PER_YEAR
from service.models import Commodity, Dataset, ReleaseUnmapped

MAX_UNMAPPED_CODES = 100


def unmapped_metadata(context: Context, resolved_requests: Iterable[ResolvedRequest]) -> dict[str, Any]:
    """Return the member `unmapped` of `meta`: the unmapped codes that contribute to the figures of a response.

    Unmapped codes are in the files of a source, but not in its code lists. One contributes to its own figures, a
    commodity also to those of the commodities above it, a partner also to those of the World. Figures of the requested
    periods and of the year before count. The result is an empty mapping if there is no such code.
    """
    rows = {}
    for resolved in resolved_requests:
        for dataset in resolved.datasets:
            for row in _codes_of_dataset(context, resolved, dataset):
                rows[dataset.code, row.dimension, row.code] = row
    if not rows:
        return {}
    codes = [
        {"dataset": dataset, "dimension": dimension, "code": code, "label": row.label, "parent": row.parent}
        for (dataset, dimension, code), row in sorted(rows.items(), key=lambda item: item[1].value, reverse=True)
    ]
    return {"unmapped": codes[:MAX_UNMAPPED_CODES]}


def _codes_of_dataset(context: Context, resolved: ResolvedRequest, dataset: Dataset) -> list[ReleaseUnmapped]:
    reference, session = context.reference, context.session
    rows = reference.unmapped_codes(session, dataset.id)
    if not rows or resolved.is_empty or resolved.scope is None:
        return []
    edition = reference.commodities(session, dataset.classification_id)
    requested_codes = {commodity.code for commodity in resolved.selected_commodities()}
    candidates = {
        "commodity_id": _requested_commodities(rows, edition, requested_codes),
        "partner_id": _requested_partners(context, rows, resolved.scope),
    }
    conditions = {
        "commodity_id": {"partner_id": _partners_with_members(context, resolved.scope)},
        "partner_id": {
            "commodity_id": [each.id for each in edition.commodity_by_id.values() if each.code in requested_codes]
        },
    }
    found = {
        (column, key)
        for column, keys in candidates.items()
        for key in _keys_with_figures(context, dataset, resolved.scope, column, list(keys), conditions[column])
    }
    return [row for column, keys in candidates.items() for key, row in keys.items() if (column, key) in found]


def _requested_commodities(
    rows: Iterable[ReleaseUnmapped], edition: Commodities, requested_codes: set[str]
) -> dict[int, ReleaseUnmapped]:
    """Return the unmapped commodities that are requested, or are below a requested one, by key."""
    commodities = {
        row: edition.commodity_by_code[row.code]
        for row in rows
        if row.dimension == "commodity" and row.code in edition.commodity_by_code
    }
    return {
        commodity.id: row
        for row, commodity in commodities.items()
        if requested_codes.intersection(_codes_upwards(edition, commodity))
    }


def _codes_upwards(edition: Commodities, commodity: Commodity) -> Iterator[str]:
    """Yield the code of a commodity, and the codes of the commodities above it."""
    yield commodity.code
    while commodity.parent_id is not None:
        commodity = edition.commodity_by_id[commodity.parent_id]
        yield commodity.code


def _requested_partners(
    context: Context, rows: Iterable[ReleaseUnmapped], scope: QueryScope
) -> dict[int, ReleaseUnmapped]:
    """Return the unmapped partners that are requested, or are a part of the requested World, by key."""
    area_by_code = context.reference.area_lookup.area_by_code
    areas = {
        row: area
        for row in rows
        if row.dimension == "partner" and (area := area_by_code.get(row.code.upper())) is not None
    }
    has_world = scope.world_id in scope.partners
    return {
        area.id: row
        for row, area in areas.items()
        if area.id in scope.partners or (has_world and area.kind in SINGLE_AREA_KINDS)
    }


def _partners_with_members(context: Context, scope: QueryScope) -> list[int]:
    """Return the requested partners and the members of requested groups."""
    members = context.reference.members_by_group
    return sorted({*scope.partners, *(entry.member_id for group in scope.groups for entry in members[group])})


def _keys_with_figures(
    context: Context,
    dataset: Dataset,
    scope: QueryScope,
    column: str,
    keys: Sequence[int],
    conditions: dict[str, list[int]],
) -> list[int]:
    """Return those of the keys with a figure in the requested periods, or in the year before them."""
    if not keys:
        return []
    length = scope.period_months - 1
    months = [
        (first - back, last - back + length) for first, last in scope.period_ranges for back in (0, MONTHS_PER_YEAR)
    ]
    query = reported_keys(
        dataset.id,
        column_name=column,
        keys=keys,
        conditions=conditions,
        as_of=scope.as_of,
        flows=scope.flows,
        months=months,
    )
    return list(context.session.execute(query).scalars())
