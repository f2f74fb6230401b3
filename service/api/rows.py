"""From what a query returns to the row that a schema promises: keys become codes, months become periods."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import Schema
from sqlalchemy import RowMapping

from service.analytics.rest import OTHER, UNALLOCATED
from service.analytics.scope import YEAR
from service.api.periods import period_text
from service.api.reference import Reference
from service.api.schemas import MONEY
from service.api.scope import Resolved
from service.api.suggest import nearest
from service.errors import Fault, InvalidRequest
from service.models import FLOWS, Commodity

FLOW_CODES = {number: code for code, number in FLOWS.items()}
KEY_COLUMNS = ("reporter", "partner", "flow", "commodity", "classification", "frequency", "period")
REST = {OTHER: ("other", "All others"), UNALLOCATED: ("unallocated", "Not broken down")}
"""Codes and names of the rows that complete a ranking."""
LABEL_COLUMNS = ("partner_name", "commodity_name")

Row = RowMapping | Mapping[str, Any]
Column = Callable[[Row], Any]


def columns_asked(
    schema: type[Schema], asked: Sequence[str] | None, *, key: Sequence[str] = KEY_COLUMNS, labels: bool = True
) -> list[str]:
    """Return the names of the columns of `schema` to give, in its order: all, or those asked for and the key.

    Columns of names come with `labels`, or when asked for one by one.

    :raises InvalidRequest: there is no such column.
    """
    known = list(schema._declared_fields)
    for name in asked or ():
        if name not in known:
            reason = f"there is no such column; there are {', '.join(known)}"
            raise InvalidRequest(Fault("fields", name, reason, nearest(name, known)))
    named = set(LABEL_COLUMNS) if labels else set()
    wanted = set(known) - set(LABEL_COLUMNS) if asked is None else {*asked, *key}
    return [name for name in known if name in wanted | named]


def money_columns(schema: type[Schema]) -> set[str]:
    """Return the names of the columns of `schema` that are amounts in units of a currency."""
    declared = schema._declared_fields.items()
    return {name for name, field in declared if field.metadata.get("format") == MONEY["format"]}


def whole_units(amount: Any) -> Any:
    """Return an amount rounded half-even to whole units of its currency; null as null."""
    return None if amount is None else round(amount)


def _members_with_figures(row: Row) -> set[int]:
    """Return the members that a sum was added up from; of a row of both flows, those that each flow has."""
    if "members" in row:
        return set(row["members"] or ())
    return set(row["exports_members"] or ()) & set(row["imports_members"] or ())


class Presenter:
    """Turns rows of a resolved request into the columns that are to be given."""

    def __init__(self, resolved: Resolved, reference: Reference, schema: type[Schema], columns: Sequence[str]) -> None:
        self._resolved = resolved
        self._reference = reference
        self._conversion = None if resolved.scope is None else resolved.scope.conversion
        self._money = money_columns(schema)
        self._columns = [(name, self._column(name)) for name in columns]

    def present(self, row: Row) -> dict[str, Any]:
        """Return the row as a mapping from column to value."""
        return {name: column(row) for name, column in self._columns}

    def _column(self, name: str) -> Column:
        derived = getattr(self, f"_{name}", None)
        if derived is not None:
            column: Column = derived
            return column
        if self._conversion is not None and name in self._money:
            return lambda row: whole_units(row[name])
        return lambda row: row[name]

    def _reporter(self, _row: Row) -> str:
        return self._resolved.reporter.code

    def _partner(self, row: Row) -> str:
        key = row["partner_id"]
        return REST[key][0] if key in REST else self._reference.areas[key].code

    def _partner_name(self, row: Row) -> str:
        key = row["partner_id"]
        return REST[key][1] if key in REST else self._reference.areas[key].name

    def _flow(self, row: Row) -> str:
        return FLOW_CODES[row["flow"]]

    def _good(self, row: Row) -> Commodity | None:
        """Return the commodity of the row; null for the rest of a ranking."""
        assert self._resolved.goods is not None
        return self._resolved.goods.by_id.get(row["commodity_id"])

    def _commodity(self, row: Row) -> str:
        good = self._good(row)
        return REST[row["commodity_id"]][0] if good is None else good.code

    def _commodity_name(self, row: Row) -> str:
        good = self._good(row)
        return REST[row["commodity_id"]][1] if good is None else good.name

    def _level(self, row: Row) -> int | None:
        good = self._good(row)
        return None if good is None else good.level

    def _parent(self, row: Row) -> str | None:
        good = self._good(row)
        assert self._resolved.goods is not None
        return None if good is None else self._resolved.goods.parent_code(good)

    def _classification(self, _row: Row) -> str:
        assert self._resolved.classification is not None
        return self._resolved.classification.code

    def _frequency(self, _row: Row) -> str:
        return self._resolved.frequency

    def _period(self, row: Row) -> str:
        return period_text(row["period"], months=self._resolved.step)

    def _yoy_base_period(self, row: Row) -> str:
        return period_text(row["yoy_base_period"], months=self._resolved.step)

    def _currency(self, _row: Row) -> str:
        return self._resolved.currency

    def _reported_currency(self, _row: Row) -> str:
        assert self._resolved.dataset is not None
        return self._resolved.dataset.currency

    def _exchange_rate(self, row: Row) -> Decimal | None:
        return None if self._conversion is None else self._conversion.rate_of(row["period"])

    def _yoy_base_exchange_rate(self, row: Row) -> Decimal | None:
        return None if self._conversion is None else self._conversion.rate_of(row["yoy_base_period"])

    def _yoy_change(self, row: Row) -> int | None:
        return self._of_shown(row, "yoy_change", ("value", "yoy_base"))

    def _of_shown(self, row: Row, name: str, parts: tuple[str, str]) -> int | None:
        """Return the difference of two amounts as they are shown, each rounded where it was converted."""
        if self._conversion is None or row[name] is None:
            return row[name]  # type: ignore[no-any-return] # a column of whole numbers
        minuend, subtrahend = (whole_units(row[part]) for part in parts)
        difference: int = minuend - subtrahend
        return difference

    def _valuation(self, row: Row) -> str:
        into_the_country = FLOW_CODES[row["flow"]] in {"M", "RM"}
        return self._imports_valuation(row) if into_the_country else self._exports_valuation(row)

    def _exports_valuation(self, _row: Row) -> str:
        assert self._resolved.dataset is not None
        return self._resolved.dataset.export_valuation

    def _imports_valuation(self, _row: Row) -> str:
        assert self._resolved.dataset is not None
        return self._resolved.dataset.import_valuation

    def _release(self, row: Row) -> str | None:
        return self._release_code(row["release_id"])

    def _exports_release(self, row: Row) -> str | None:
        return self._release_code(row["exports_release_id"])

    def _imports_release(self, row: Row) -> str | None:
        return self._release_code(row["imports_release_id"])

    def _release_code(self, key: int | None) -> str | None:
        release = None if key is None else self._reference.releases.get(key)
        return None if release is None else release.code

    def _balance_base_period(self, row: Row) -> str:
        return self._yoy_base_period(row)

    def _balance(self, row: Row) -> int | None:
        return self._of_shown(row, "balance", ("exports_value", "imports_value"))

    def _balance_base(self, row: Row) -> int | None:
        return self._of_shown(row, "balance_base", ("exports_yoy_base", "imports_yoy_base"))

    def _balance_change(self, row: Row) -> int | None:
        if self._conversion is None or row["balance_change"] is None:
            return row["balance_change"]  # type: ignore[no-any-return] # a column of whole numbers
        now, then = self._balance(row), self._balance_base(row)
        return None if now is None or then is None else now - then

    def _months_covered(self, row: Row) -> int:
        return row["months"] or 0

    def _period_complete(self, row: Row) -> bool:
        return self._months_covered(row) == self._resolved.step

    def _group_basis(self, row: Row) -> str | None:
        area = self._reference.areas.get(row["partner_id"])
        if area is None or area.kind != "group":
            return None
        return "computed" if self._is_computed(row) else "published"

    def _members_missing(self, row: Row) -> list[str] | None:
        if not self._is_computed(row):
            return None
        first_day = date(row["period"] // YEAR, row["period"] % YEAR + 1, 1)
        missing = self._reference.members_on(row["partner_id"], first_day) - _members_with_figures(row)
        return sorted(self._reference.areas[key].code for key in missing)

    def _is_computed(self, row: Row) -> bool:
        scope = self._resolved.scope
        return scope is not None and row["partner_id"] in scope.groups
