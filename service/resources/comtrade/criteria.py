"""Criteria of a request to UN Comtrade's API, in terms of the loaded data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.database.context import Context
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD, MONTHS_PER_YEAR
from service.domain.periods import calendar_month_number
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, NotFound, ParameterError
from service.resources.comtrade.codes import find_comtrade_area
from service.resources.comtrade.parameters import requests_totals

FREQUENCIES = ("A", "M")
TYPES = ("C", "S")
ALL_CODES = ("", "all")
LEVEL_PATTERN = re.compile(r"AG([1-6])")
PERIOD_PATTERN = re.compile(r"([0-9]{4})(0[1-9]|1[0-2])?", re.ASCII)


@dataclass(frozen=True)
class Criteria:
    """The criteria of a request for figures; null means all reporters, partners, commodities or periods.

    `reporters` and `partners` are primary keys of areas. `commodities` are codes in upper case; `AG2` means all
    commodities with two digits. `periods` are the first months of periods. `has_rows` is false for trade in services
    and for breakdowns, of which nothing is stored.
    """

    frequency: str
    classification: str
    reporters: frozenset[int] | None
    partners: tuple[int, ...] | None
    flows: tuple[int, ...]
    commodities: tuple[str, ...] | None
    periods: frozenset[int] | None
    has_rows: bool

    @property
    def period_months(self) -> int:
        """Return the length of a period in months."""
        return MONTHS_PER_PERIOD[self.frequency]


def read_criteria(context: Context, parameters: Mapping[str, Any]) -> Criteria:
    """Return the criteria in the parsed parameters of a request.

    :raises NotFound: the path has an unknown type or frequency.
    :raises InvalidRequest: a code or a period is unknown.
    """
    type_code, frequency = parameters["type_code"].upper(), parameters["frequency"].upper()
    if type_code not in TYPES or frequency not in FREQUENCIES:
        raise NotFound(
            "The path reads .../TYPE/FREQUENCY/CLASSIFICATION, such as C/A/HS: types C, S; frequencies A, M."
        )
    return Criteria(
        frequency=frequency,
        classification=parameters["classification"].upper(),
        reporters=_area_ids(context, "reporterCode", parameters["reportercode"]),
        partners=_partners(context, parameters["partnercode"]),
        flows=_flow_keys(parameters["flowcode"]),
        commodities=None if _is_all(parameters["cmdcode"]) else tuple(code.upper() for code in parameters["cmdcode"]),
        periods=_first_months(parameters["period"], frequency),
        has_rows=type_code == "C" and requests_totals(parameters),
    )


def _is_all(codes: Sequence[str] | None) -> bool:
    return codes is None or any(code.lower() in ALL_CODES for code in codes)


def _area_ids(context: Context, parameter: str, codes: Sequence[str] | None) -> frozenset[int] | None:
    if codes is None or _is_all(codes):
        return None
    return frozenset(find_comtrade_area(context.reference, parameter, code).id for code in codes)


def _partners(context: Context, codes: Sequence[str] | None) -> tuple[int, ...] | None:
    area_ids = _area_ids(context, "partnerCode", codes)
    return None if area_ids is None else tuple(sorted(area_ids))


def _flow_keys(codes: Sequence[str] | None) -> tuple[int, ...]:
    if codes is None or _is_all(codes):
        return tuple(FLOWS.values())
    for code in codes:
        if code.upper() not in FLOWS:
            reason = f"there is no flow {code}; there are {', '.join(FLOWS)}"
            raise InvalidRequest(ParameterError("flowCode", code, reason, closest_words(code, FLOWS)))
    return tuple(sorted({FLOWS[code.upper()] for code in codes}))


def _first_months(texts: Sequence[str] | None, frequency: str) -> frozenset[int] | None:
    """Return the first months of periods; a year stands for its months where months are requested."""
    if texts is None or _is_all(texts):
        return None
    months: set[int] = set()
    for text in texts:
        match = PERIOD_PATTERN.fullmatch(text)
        if match is None or (match[2] and frequency == "A"):
            example = "2022" if frequency == "A" else "202201"
            raise InvalidRequest(ParameterError("period", text, f"a period of frequency {frequency} reads {example}"))
        first = calendar_month_number(int(match[1]), int(match[2] or 1))
        count = 1 if match[2] or frequency == "A" else MONTHS_PER_YEAR
        months |= set(range(first, first + count))
    return frozenset(months)
