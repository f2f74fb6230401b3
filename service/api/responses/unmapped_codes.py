"""Unmapped codes in the figures of a response, for the member `unmapped` of `meta`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.analytics.figures.reported_keys import reported_keys, reported_pairs
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
    requested = [(resolved, dataset) for resolved in resolved_requests for dataset in resolved.datasets]
    context.reference.load_unmapped_codes(context.session, [dataset.id for _, dataset in requested])
    candidates = [
        each for resolved, dataset in requested for each in _candidates_of_dataset(context, resolved, dataset)
    ]
    rows = {
        (candidate.dataset.code, row.dimension, row.code): row
        for candidate, key in _candidates_with_figures(context, candidates)
        if (row := candidate.row_by_key[key])
    }
    if not rows:
        return {}
    codes = [
        {"dataset": dataset, "dimension": dimension, "code": code, "label": row.label, "parent": row.parent}
        for (dataset, dimension, code), row in sorted(rows.items(), key=lambda item: item[1].value, reverse=True)
    ]
    return {"unmapped": codes[:MAX_UNMAPPED_CODES]}


@dataclass(frozen=True)
class _Candidates:
    """Unmapped codes of one dimension that a request can contain, by the key of their partner or commodity.

    `conditions` has the keys that their figures must have in the other column.
    """

    resolved: ResolvedRequest
    dataset: Dataset
    column: str
    row_by_key: Mapping[int, ReleaseUnmapped]
    conditions: Mapping[str, Sequence[int]]

    @property
    def figure_filter(self) -> tuple[Any, ...]:
        """Return the values that are equal where one statement can look up the figures of several datasets.

        The editions that answer a request are apart: the figures of each are looked up by an index.
        """
        scope = self.resolved.scope
        assert scope is not None
        edition = self.dataset.id if self.resolved.editions else None
        areas_and_flows = self.column, scope.partners, scope.groups, scope.flows
        return *areas_and_flows, scope.as_of, scope.period_months, scope.period_ranges, edition


def _candidates_of_dataset(context: Context, resolved: ResolvedRequest, dataset: Dataset) -> list[_Candidates]:
    reference, session = context.reference, context.session
    rows = reference.unmapped_codes(session, dataset.id)
    if not rows or resolved.is_empty or resolved.scope is None:
        return []
    edition = reference.commodities(session, dataset.classification_id)
    requested_codes = {commodity.code for commodity in resolved.selected_commodities()}
    commodity_ids = [each.id for each in edition.commodity_by_id.values() if each.code in requested_codes]
    candidates = {
        "commodity_id": (
            _requested_commodities(rows, edition, requested_codes),
            {"partner_id": _partners_with_members(context, resolved.scope)},
        ),
        "partner_id": (_requested_partners(context, rows, resolved.scope), {"commodity_id": commodity_ids}),
    }
    return [
        _Candidates(resolved, dataset, column, row_by_key, conditions)
        for column, (row_by_key, conditions) in candidates.items()
        if row_by_key
    ]


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


def _candidates_with_figures(context: Context, candidates: Sequence[_Candidates]) -> Iterator[tuple[_Candidates, int]]:
    """Yield the keys of candidates with a figure in the requested periods, or in the year before them."""
    groups = defaultdict[tuple[Any, ...], list[_Candidates]](list)
    for each in candidates:
        groups[each.figure_filter].append(each)
    pairs = {(group[0].column, *pair) for group in groups.values() for pair in _pairs_with_figures(context, group)}
    for each in candidates:
        yield from ((each, key) for key in each.row_by_key if (each.column, each.dataset.id, key) in pairs)


def _pairs_with_figures(context: Context, candidates: Sequence[_Candidates]) -> Iterable[tuple[int, int]]:
    """Return dataset and key of those of the candidates that have a figure. Their requests have the same periods."""
    scope = candidates[0].resolved.scope
    assert scope is not None
    months = [(first - back, last - back) for first, last in scope.requested_months for back in (0, MONTHS_PER_YEAR)]
    filters: dict[str, Any] = {
        "column_name": candidates[0].column,
        "as_of": scope.as_of,
        "flows": scope.flows,
        "months": months,
    }
    keys = sorted({key for each in candidates for key in each.row_by_key})
    (other_column,) = candidates[0].conditions
    conditions = {other_column: sorted({key for each in candidates for key in each.conditions[other_column]})}
    dataset_ids = [each.dataset.id for each in candidates]
    if len(dataset_ids) == 1:
        query = reported_keys(dataset_ids[0], keys=keys, conditions=conditions, **filters)
        return [(dataset_ids[0], key) for key in context.session.execute(query).scalars()]
    pairs = reported_pairs(dataset_ids, keys=keys, conditions=conditions, **filters)
    return [(dataset_id, key) for dataset_id, key in context.session.execute(pairs)]
