"""The parameter `aggregateBy` of UN Comtrade's API: sums of rows for each combination of some columns."""

from collections import defaultdict
from collections.abc import Sequence

from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, ParameterError
from service.resources.comtrade.rows import ComtradeRow

DIMENSION_COLUMNS = ("reporterCode", "period", "flowCode", "partnerCode", "cmdCode")
SUMMED_COLUMNS = ("qty", "altQty", "netWgt", "grossWgt", "cifvalue", "fobvalue", "primaryValue")
NO_AGGREGATION = "none"
PARAMETER = "aggregateBy"


def read_columns(text: str | None) -> tuple[str, ...]:
    """Return the columns that the text of the parameter `aggregateBy` names; none where it requests no sums.

    :raises InvalidRequest: a column is not one of DIMENSION_COLUMNS.
    """
    names = {column.lower(): column for column in DIMENSION_COLUMNS}
    requested = [name.strip() for name in (text or "").split(",") if name.strip().lower() not in {"", NO_AGGREGATION}]
    unknown = [name for name in requested if name.lower() not in names]
    if unknown:
        reason = f"it is none of {', '.join(DIMENSION_COLUMNS)}"
        raise InvalidRequest(
            *(ParameterError(PARAMETER, name, reason, closest_words(name, DIMENSION_COLUMNS)) for name in unknown)
        )
    return tuple(names[name.lower()] for name in requested)


def aggregate_rows(rows: Sequence[ComtradeRow], columns: Sequence[str]) -> list[ComtradeRow]:
    """Return one row for each combination of values in `columns`: the sum of the rows that have these values.

    Another column keeps its value where all added rows agree, else it is null. A sum with an unknown part is null, and
    so is a quantity in several units.

    :raises InvalidRequest: a sum would count trade twice, or would add up several flows.
    """
    groups: dict[tuple[object, ...], list[ComtradeRow]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return [_sum_rows(group) for group in groups.values()]


def _sum_rows(rows: Sequence[ComtradeRow]) -> ComtradeRow:
    _check_overlap(rows)
    total = {name: cell if all(row[name] == cell for row in rows) else None for name, cell in rows[0].items()}
    for name in SUMMED_COLUMNS:
        cells = [row[name] for row in rows]
        total[name] = None if None in cells else sum(cells)
    for quantity in ("qty", "altQty"):
        if total[f"{quantity}UnitCode"] is None:
            total[quantity] = None
    return total | {"isAggregate": True}


def _check_overlap(rows: Sequence[ComtradeRow]) -> None:
    """Check that the rows are parts of one sum.

    :raises InvalidRequest: the World and its parts, several levels of commodities, or several flows would be added up.
    """
    partners = {row["partnerCode"] for row in rows}
    faults = {
        "partnerCode": 0 in partners and len(partners) > 1,
        "cmdCode": len({row["aggrLevel"] for row in rows}) > 1,
        "flowCode": len({row["flowCode"] for row in rows}) > 1,
    }
    if columns := [column for column, is_faulty in faults.items() if is_faulty]:
        reason = (
            f"rows that contain others would be added up; name {', '.join(columns)} as well, or request one of them"
        )
        raise InvalidRequest(ParameterError(PARAMETER, "", reason, columns))
