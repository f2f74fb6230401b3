"""Parsing of SDMX keys, and their resolution to query scopes of a dataset."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import KeySet
from service.api.database.context import Context
from service.api.parameters.types import MAX_PARAMETER_CHARACTERS
from service.api.resolution.reference_data import Reference
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import Period, PeriodRange, period_start
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, NotFound, ParameterError
from service.models import Dataset
from service.resources.sdmx.codelists import FREQUENCIES
from service.resources.sdmx.identifiers import AGENCY, DIMENSIONS, VERSION, code_of_identifier

ALL_SERIES_KEYS = ("", "all", "*")
ALL_NAMES = ("all", "*")
ALL_AGENCIES = ("all", "*")
ALL_DATAFLOWS = "*"
LATEST_VERSIONS = ("latest", "all", "*", "~", "+", VERSION, f"{VERSION}+", f"{VERSION}.0")
WILDCARDS = ("", "*")
KEY_FORMAT = "a key reads M.JPN.X.CHN.TOTAL: " + ".".join(DIMENSIONS)

SdmxKey = Mapping[str, tuple[str, ...]]


def find_dataset(reference: Reference, dataflow_reference: str) -> Dataset:
    """Return the dataset of a dataflow reference: `ID`, `AGENCY,ID` or `AGENCY,ID,VERSION`.

    The ID `*` means all dataflows. A message can hold only one, so `*` is valid only where exactly one is loaded.

    :raises NotFound: the dataflow is unknown, or `*` does not mean exactly one.
    """
    parts = dataflow_reference.split(",")
    agency, code, version = (AGENCY, *parts, VERSION)[-3:] if len(parts) == 1 else (*parts, VERSION)[:3]
    dataset_by_code = {dataset.code: dataset for dataset in reference.datasets.values()}
    if code == ALL_DATAFLOWS and len(dataset_by_code) == 1:
        code = next(iter(dataset_by_code))
    if (
        len(parts) > 3
        or agency not in (AGENCY, *ALL_AGENCIES)
        or version not in LATEST_VERSIONS
        or code.lower() not in dataset_by_code
    ):
        dataflows = ", ".join(sorted(dataset_by_code)) or "none: nothing is loaded"
        if code == ALL_DATAFLOWS:
            raise NotFound(f"A message has the data of one dataflow; name it in the path. There are {dataflows}.")
        raise NotFound(
            f"There is no dataflow {dataflow_reference[:100]} of the agency {AGENCY}. There are {dataflows}."
        )
    return dataset_by_code[code.lower()]


def parse_keys(text: str, filters: Mapping[str, Sequence[str]] | None = None) -> list[SdmxKey]:
    """Return, for each of the comma-separated keys in `text`, the codes of each dimension.

    `filters` has further restrictions: the permitted identifiers by dimension.

    :raises InvalidRequest: a part is not a key of the five dimensions, or a filter permits none of its codes.
    """
    keys = [parse_key(part) for part in text.split(",")] if text not in ALL_SERIES_KEYS else [parse_key(text)]
    return [_narrow_key(key, filters or {}) for key in keys]


def parse_key(text: str) -> SdmxKey:
    """Return the codes of each dimension in a key; no codes for a dimension without restriction.

    :raises InvalidRequest: the text is not a key of the five dimensions.
    """
    if text in ALL_SERIES_KEYS:
        return dict.fromkeys(DIMENSIONS, ())
    parts = text.split(".")
    if len(parts) != len(DIMENSIONS) or len(text) > MAX_PARAMETER_CHARACTERS:
        reason = f"{KEY_FORMAT}; + joins several codes of a dimension, and an empty dimension means all codes"
        raise InvalidRequest(ParameterError("key", text, reason, ["M.JPN.X.CHN.TOTAL", "all"]))
    codes = {name: _dimension_codes(part.split("+")) for name, part in zip(DIMENSIONS, parts, strict=True)}
    return _validate_key(codes)


def _narrow_key(key: SdmxKey, filters: Mapping[str, Sequence[str]]) -> SdmxKey:
    """Return a key with the codes that filters allow; a dimension of the key without codes takes those of the filter.

    :raises InvalidRequest: a filter leaves no code.
    """
    narrowed = dict(key)
    for name, identifiers in filters.items():
        codes = _dimension_codes(identifiers)
        narrowed[name] = tuple(code for code in codes if code in key[name]) if key[name] else codes
        if not narrowed[name]:
            raise InvalidRequest(ParameterError(f"c[{name}]", ",".join(identifiers), "it allows no code of the key"))
    return _validate_key(narrowed)


def _dimension_codes(identifiers: Sequence[str]) -> tuple[str, ...]:
    return tuple(code_of_identifier(identifier) for identifier in identifiers if identifier not in WILDCARDS)


def _validate_key(codes: Mapping[str, tuple[str, ...]]) -> SdmxKey:
    return dict(codes) | {
        "FREQ": _validate_codes(codes["FREQ"], FREQUENCIES),
        "FLOW": _validate_codes(codes["FLOW"], FLOWS),
    }


def resolve_scopes(
    context: Context, dataset: Dataset, key: SdmxKey, query_parameters: Mapping[str, Any]
) -> dict[str, QueryScope]:
    """Return the scope of the query for each frequency in a key.

    The result is empty where the dataset does not have the reporter, the frequency or the period.

    :raises InvalidRequest: a code in the key is unknown.
    """
    reporters = {context.find_area("REPORTER", code).id for code in key["REPORTER"]}
    if reporters and dataset.reporter_id not in reporters:
        return {}
    frequencies = [
        frequency
        for frequency in key["FREQ"] or (dataset.frequency,)
        if MONTHS_PER_PERIOD[frequency] % MONTHS_PER_PERIOD[dataset.frequency] == 0
    ]
    scopes = {
        frequency: _resolve_scope(context, dataset, key, query_parameters, frequency) for frequency in frequencies
    }
    return {frequency: scope for frequency, scope in scopes.items() if scope is not None}


def _resolve_scope(
    context: Context, dataset: Dataset, key: SdmxKey, query_parameters: Mapping[str, Any], frequency: str
) -> QueryScope | None:
    start, end = (_widen_period(query_parameters.get(name), MONTHS_PER_PERIOD[frequency]) for name in ("start", "end"))
    parameters = {
        "reporter": context.reference.areas[dataset.reporter_id].code,
        "dataset": dataset.code,
        "frequency": frequency,
        "flow": key["FLOW"] or tuple(FLOWS),
        "partner": key["PARTNER"] or (WORLD_CODE,),
        "commodity": key["COMMODITY"] or (TOTAL_CODE,),
        "period": (PeriodRange(start, end),),
        "as_of": query_parameters.get("as_of"),
    }
    resolved = context.resolve(parameters)
    if resolved.scope is None or resolved.empty_reason:
        return None
    assert resolved.commodities is not None
    scope = resolved.scope
    if not key["PARTNER"]:
        scope = replace(scope, partners=tuple(context.reference.areas))
    if key["COMMODITY"]:
        return scope
    all_commodities = tuple(resolved.commodities.commodity_by_id)
    return replace(scope, commodities=all_commodities, commodity_keys=KeySet(keys=all_commodities))


def _widen_period(period: Period | None, period_months: int) -> Period | None:
    """Return the period of `period_months` months in which `period` begins; a longer period, or null, unchanged."""
    if period is None or period.months >= period_months:
        return period
    return Period(period_start(period.first_month, period_months=period_months), period_months)


def _validate_codes(codes: Sequence[str], choices: Collection[str]) -> tuple[str, ...]:
    for code in codes:
        if code not in choices:
            reason = f"there is no {code}; there are {', '.join(choices)}"
            raise InvalidRequest(ParameterError("key", code, reason, closest_words(code, choices)))
    return tuple(dict.fromkeys(codes))
