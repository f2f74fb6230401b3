"""Formatters of response columns, which turn database keys into codes and month numbers into periods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from marshmallow import Schema

from service.analytics.figures.source import MEMBER_COLUMNS
from service.analytics.measures.growth_columns import UNCONVERTED_COLUMN
from service.analytics.measures.observation_status import UNKNOWN_STATUSES
from service.analytics.tables.residual_figures import OTHER_KEY, UNALLOCATED_KEY
from service.api.contract.fields import MONETARY
from service.api.resolution.currency_conversion import round_rate
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.domain.flows import FLOW_CODES, FLOWS, INWARD_FLOWS
from service.domain.periods import first_day
from service.domain.rounding import Amount, round_half_even
from service.models import Commodity

Formatter = Callable[..., Any]

EFFECTIVE_RATE_SOURCES = {
    "exchange_rate": ("value", UNCONVERTED_COLUMN),
    "yoy_base_exchange_rate": ("yoy_base", f"yoy_base_{UNCONVERTED_COLUMN}"),
}
"""Columns whose quotient is the exchange rate of a sum over several periods."""

RESIDUAL_CODES = {OTHER_KEY: ("other", "All others"), UNALLOCATED_KEY: ("unallocated", "Not broken down")}
"""Codes and names of residual rows, by key."""

SOURCE_COLUMNS = {
    "partner": ("partner_id",),
    "partner_name": ("partner_id",),
    "flow": ("flow",),
    "commodity": ("commodity_id",),
    "commodity_name": ("commodity_id",),
    "level": ("commodity_id",),
    "parent": ("commodity_id",),
    "classification": ("flow", "period"),
    "period": ("period",),
    "yoy_base_period": ("yoy_base_period",),
    "balance_base_period": ("yoy_base_period",),
    "exchange_rate": ("period",),
    "yoy_base_exchange_rate": ("yoy_base_period",),
    "valuation": ("flow",),
    "release": ("release_id",),
    "exports_release": ("exports_release_id",),
    "imports_release": ("imports_release_id",),
    "is_lower_bound": ("value", "obs_status"),
    "exports_is_lower_bound": ("exports_value", "exports_obs_status"),
    "imports_is_lower_bound": ("imports_value", "imports_obs_status"),
    "rank_count": ("hhi_counted",),
    "rank_status": ("hhi_status",),
    "months_covered": ("months",),
    "period_complete": ("months",),
    "group_basis": ("partner_id",),
    "members_missing": ("partner_id", "period", "months", *MEMBER_COLUMNS),
    "group_composition": ("partner_id", "period"),
    "members_count": ("partner_id", "period"),
}
"""Columns of the query that a response column is formatted from, unless it is a column of the query itself."""


@dataclass(frozen=True)
class Column:
    """A column of a response, and the rule by which its values are computed from columns of the query.

    `formatter` takes the values of `source_columns` in a row of the query, and returns the value of the response column
    in this row; it depends on nothing else. If `formatter` is null, the column is a copy of its only source column, or,
    without source columns, has the value `constant` in every row.
    """

    name: str
    source_columns: tuple[str, ...]
    formatter: Formatter | None = None
    constant: Any = None


@lru_cache(maxsize=256)
def monetary_columns(schema: type[Schema]) -> set[str]:
    """Return the names of the columns of `schema` that are amounts in units of a currency."""
    declared = schema._declared_fields.items()
    return {name for name, field in declared if field.metadata.get("format") == MONETARY["format"]}


class ColumnFactory:
    """A factory that creates the response columns of `schema` for one resolved request."""

    def __init__(self, resolved: ResolvedRequest, reference: Reference, schema: type[Schema]) -> None:
        self._resolved = resolved
        self._reference = reference
        self._conversion = None if resolved.scope is None else resolved.scope.conversion
        self._monetary_columns = monetary_columns(schema)
        self._has_both_flows = "exports_value" in schema._declared_fields

    def create_columns(self, column_names: Sequence[str]) -> list[Column]:
        """Return the columns with the given names."""
        return [self._create_column(name) for name in column_names]

    def _create_column(self, column_name: str) -> Column:
        if column_name in self._constants:
            return Column(column_name, (), constant=self._constants[column_name])
        if column_name in EFFECTIVE_RATE_SOURCES and self._has_effective_rates:
            return Column(column_name, self._effective_rate_sources(column_name), self._effective_rate)
        if column_name in SOURCE_COLUMNS:
            formatter: Formatter = getattr(self, f"_{column_name}")
            return Column(column_name, self._source_columns(column_name), formatter)
        if self._conversion is None or column_name not in self._monetary_columns:
            return Column(column_name, (column_name,))
        if column_name in ROUNDED_DERIVATIONS:
            source_columns, derivation = ROUNDED_DERIVATIONS[column_name]
            return Column(column_name, source_columns, derivation)
        return Column(column_name, (column_name,), round_half_even)

    def _source_columns(self, column_name: str) -> tuple[str, ...]:
        if column_name == "classification" and self._has_both_flows:
            return ("period",)
        if column_name == "members_missing" and self._has_both_flows:
            sides = (f"{side}_{name}" for name in MEMBER_COLUMNS for side in ("exports", "imports"))
            return ("partner_id", "period", "months", *sides)
        return SOURCE_COLUMNS[column_name]

    @property
    def _has_effective_rates(self) -> bool:
        """Return whether a value is a sum of periods that were converted at different rates."""
        scope = self._resolved.scope
        if scope is None or scope.conversion is None:
            return False
        return scope.conversion.fixed_rate is None and scope.aggregates_periods

    def _effective_rate_sources(self, column_name: str) -> tuple[str, ...]:
        names = EFFECTIVE_RATE_SOURCES[column_name]
        sides = ("exports_", "imports_") if self._has_both_flows else ("",)
        return tuple(f"{side}{name}" for name in names for side in sides)

    def _effective_rate(self, *amounts: Any) -> Any:
        """Return the rate of a sum, its value over the value in the currency of the source; null where that is zero."""
        assert self._resolved.scope is not None
        values, unconverted = amounts[: len(amounts) // 2], amounts[len(amounts) // 2 :]
        if None in values:
            return None
        total = sum(amount or 0 for amount in unconverted) * self._resolved.scope.unit_multiplier
        return round_rate(Decimal(sum(values)) / total) if total else None

    @cached_property
    def _constants(self) -> dict[str, Any]:
        """Return the values of columns that are the same in every row."""
        resolved, dataset = self._resolved, self._resolved.dataset
        constants: dict[str, Any] = {"reporter": resolved.reporter.code, "frequency": resolved.frequency}
        if resolved.classification is not None and not resolved.editions:
            constants["classification"] = resolved.classification.code
        if dataset is not None:
            constants["currency"], constants["reported_currency"] = resolved.currency, dataset.currency
            constants["exports_valuation"] = dataset.export_valuation
            constants["imports_valuation"] = dataset.import_valuation
        if self._conversion is None:
            constants["exchange_rate"] = constants["yoy_base_exchange_rate"] = None
        if resolved.scope is None or not resolved.scope.groups:
            constants |= dict.fromkeys(("members_count", "members_missing", "group_composition"))
        return constants

    def _partner(self, key: int) -> str:
        return RESIDUAL_CODES[key][0] if key in RESIDUAL_CODES else self._reference.areas[key].code

    def _partner_name(self, key: int) -> str:
        return RESIDUAL_CODES[key][1] if key in RESIDUAL_CODES else self._reference.areas[key].name

    def _flow(self, number: int) -> str:
        return FLOW_CODES[number]

    def _find_commodity(self, key: int) -> Commodity | None:
        """Return the commodity with a key; null for a residual row."""
        assert self._resolved.commodities is not None
        return self._resolved.commodities.commodity_by_id.get(key)

    def _commodity(self, key: int) -> str:
        commodity = self._find_commodity(key)
        return RESIDUAL_CODES[key][0] if commodity is None else commodity.code

    def _commodity_name(self, key: int) -> str:
        commodity = self._find_commodity(key)
        return RESIDUAL_CODES[key][1] if commodity is None else commodity.name

    def _level(self, key: int) -> int | None:
        commodity = self._find_commodity(key)
        return None if commodity is None else commodity.level

    def _parent(self, key: int) -> str | None:
        commodity = self._find_commodity(key)
        assert self._resolved.commodities is not None
        return None if commodity is None else self._resolved.commodities.parent_code(commodity)

    def _classification(self, *flow_and_period: int) -> str:
        """Return the code of the edition that answers a period: of a flow, or of exports where a row has both flows."""
        flow, period = flow_and_period if len(flow_and_period) > 1 else (FLOWS["X"], flow_and_period[0])
        return self._resolved.edition_code(self._reference.classifications, flow, period)

    @property
    def _period(self) -> Formatter:
        return self._resolved.period_text

    _yoy_base_period = _balance_base_period = _period

    def _exchange_rate(self, period: int) -> Any:
        return None if self._conversion is None else self._conversion.period_rate(period)

    _yoy_base_exchange_rate = _exchange_rate

    def _valuation(self, flow: int) -> str:
        is_import = FLOW_CODES[flow] in INWARD_FLOWS
        valuation: str = self._constants["imports_valuation" if is_import else "exports_valuation"]
        return valuation

    def _release(self, key: int | None) -> str | None:
        release = None if key is None else self._reference.releases.get(key)
        return None if release is None else release.code

    _exports_release = _imports_release = _release

    def _is_lower_bound(self, value: Any, obs_status: str | None) -> bool:
        return value is not None and obs_status in UNKNOWN_STATUSES

    _exports_is_lower_bound = _imports_is_lower_bound = _is_lower_bound

    def _rank_count(self, count: int | None) -> int | None:
        return count

    def _rank_status(self, status: str | None) -> str | None:
        return status

    def _months_covered(self, months: int | None) -> int:
        return months or 0

    def _period_complete(self, months: int | None) -> bool:
        return months == self._resolved.period_months

    def _group_basis(self, partner: int) -> str | None:
        area = self._reference.areas.get(partner)
        if area is None or area.kind != "group":
            return None
        return "computed" if self._is_computed(partner) else "published"

    def _members_missing(
        self, partner: int, period: int, months: int | None, *member_columns: Sequence[int] | None
    ) -> list[str] | None:
        """Return the members of a computed group whose figures of either flow are unknown; null for another partner.

        In an exhaustive dataset a member without a figure had no trade, unless the period was not published.
        """
        if not self._is_computed(partner):
            return None
        members, unknown_members = (
            [set(column or ()) for column in columns]
            for columns in (member_columns[: len(member_columns) // 2], member_columns[len(member_columns) // 2 :])
        )
        assert self._resolved.scope is not None
        if self._resolved.scope.exhaustive and months:
            missing = set().union(*unknown_members)
        else:
            group = self._reference.group_members(partner, self._composition_day(period))
            missing = group - members[0].intersection(*members)
        return sorted(self._reference.areas[key].code for key in missing)

    def _group_composition(self, partner: int, period: int) -> str | None:
        return str(self._composition_day(period)) if self._is_computed(partner) else None

    def _members_count(self, partner: int, period: int) -> int | None:
        if not self._is_computed(partner):
            return None
        return len(self._reference.group_members(partner, self._composition_day(period)))

    def _composition_day(self, period: int) -> date:
        assert self._resolved.scope is not None
        return self._resolved.scope.composition or first_day(period)

    def _is_computed(self, partner: int) -> bool:
        return self._resolved.scope is not None and partner in self._resolved.scope.groups


def _rounded_difference(difference: Any, minuend: Amount, subtrahend: Amount) -> int | None:
    """Return a difference from rounded amounts; null where the exact one is."""
    return None if difference is None else round_half_even(minuend) - round_half_even(subtrahend)


def _rounded_balance_change(
    change: Any, exports: Amount, imports: Amount, exports_base: Amount, imports_base: Amount
) -> int | None:
    """Return the change of a balance from rounded amounts; null where the exact one is."""
    if change is None:
        return None
    balance = round_half_even(exports) - round_half_even(imports)
    return balance - (round_half_even(exports_base) - round_half_even(imports_base))


def _rounded_sum(exact_sum: Any, first_amount: Amount, second_amount: Amount) -> int | None:
    """Return a sum of rounded amounts; null where the exact one is."""
    return None if exact_sum is None else round_half_even(first_amount) + round_half_even(second_amount)


ROUNDED_DERIVATIONS: dict[str, tuple[tuple[str, ...], Formatter]] = {
    "yoy_change": (("yoy_change", "value", "yoy_base"), _rounded_difference),
    "balance": (("balance", "exports_value", "imports_value"), _rounded_difference),
    "balance_base": (("balance_base", "exports_yoy_base", "imports_yoy_base"), _rounded_difference),
    "balance_change": (
        ("balance_change", "exports_value", "imports_value", "exports_yoy_base", "imports_yoy_base"),
        _rounded_balance_change,
    ),
    "two_way_value": (("two_way_value", "exports_value", "imports_value"), _rounded_sum),
}
"""Source columns and derivation of amounts that are derived from others, where converted amounts are rounded.

They are derived from the rounded amounts, so that displayed amounts add up.
"""
