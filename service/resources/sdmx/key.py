"""From an SDMX key to what is asked of a dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import KeySet
from service.api.database.request_context import current_session
from service.api.parameters.types import LONGEST
from service.api.resolution.reference_data import TOTAL, WORLD, Reference
from service.api.resolution.resolver import Resolver
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS
from service.domain.periods import Period, PeriodRange
from service.domain.suggestions import nearest
from service.errors import Fault, InvalidRequest, NotFound
from service.models import Dataset
from service.resources.sdmx.identifiers import AGENCY, DIMENSIONS, VERSION

EVERYTHING = ("", "all")
NEWEST = ("latest", VERSION)
FORM = "a key reads M.JPN.X.CHN.TOTAL: " + ".".join(DIMENSIONS)

Key = Mapping[str, tuple[str, ...]]


def dataset_named(reference: Reference, flow_ref: str) -> Dataset:
    """Return the dataset of a dataflow, which is named as `ID`, `AGENCY,ID` or `AGENCY,ID,VERSION`.

    :raises NotFound: there is none.
    """
    parts = flow_ref.split(",")
    agency, code, version = (AGENCY, *parts, VERSION)[-3:] if len(parts) == 1 else (*parts, VERSION)[:3]
    by_code = {dataset.code: dataset for dataset in reference.datasets.values()}
    if len(parts) > 3 or agency not in (AGENCY, "all") or version not in NEWEST or code.lower() not in by_code:
        there = ", ".join(sorted(by_code)) or "none: nothing is loaded"
        raise NotFound(f"There is no dataflow {flow_ref[:100]} of the agency {AGENCY}; there are {there}.")
    return by_code[code.lower()]


def key_named(text: str) -> Key:
    """Return the codes of each dimension in a key; none where every one is meant.

    :raises InvalidRequest: it is no key of the five dimensions.
    """
    if text in EVERYTHING:
        return dict.fromkeys(DIMENSIONS, ())
    parts = text.split(".")
    if len(parts) != len(DIMENSIONS) or len(text) > LONGEST:
        reason = f"{FORM}, several codes of one joined by +, and none for all"
        raise InvalidRequest(Fault("key", text, reason, ["M.JPN.X.CHN.TOTAL", "all"]))
    codes = {name: tuple(filter(None, part.split("+"))) for name, part in zip(DIMENSIONS, parts, strict=True)}
    return codes | {"FREQ": _chosen(codes["FREQ"], MONTHS), "FLOW": _chosen(codes["FLOW"], FLOWS)}


def scopes_asked(reference: Reference, dataset: Dataset, key: Key, asked: Mapping[str, Any]) -> dict[str, Scope]:
    """Return by frequency what is asked of the dataset; nothing where it cannot have any of it.

    :raises InvalidRequest: a code in the key is unknown.
    """
    resolver = Resolver(current_session(), reference, {})
    reporters = {resolver.area("REPORTER", code).id for code in key["REPORTER"]}
    if reporters and dataset.reporter_id not in reporters:
        return {}
    coarser = [f for f in key["FREQ"] or (dataset.frequency,) if MONTHS[f] % MONTHS[dataset.frequency] == 0]
    found = {frequency: _scope(reference, dataset, key, asked, frequency) for frequency in coarser}
    return {frequency: scope for frequency, scope in found.items() if scope is not None}


def _scope(reference: Reference, dataset: Dataset, key: Key, asked: Mapping[str, Any], frequency: str) -> Scope | None:
    start, end = (_of_frequency(asked.get(name), MONTHS[frequency]) for name in ("start", "end"))
    parameters = {
        "reporter": reference.areas[dataset.reporter_id].code,
        "dataset": dataset.code,
        "frequency": frequency,
        "flow": key["FLOW"] or tuple(FLOWS),
        "partner": key["PARTNER"] or (WORLD,),
        "commodity": key["COMMODITY"] or (TOTAL,),
        "period": (PeriodRange(start, end),),
        "as_of": asked.get("as_of"),
    }
    resolved = Resolver(current_session(), reference, parameters).resolve()
    if resolved.scope is None or resolved.reason:
        return None
    assert resolved.goods is not None
    scope = resolved.scope
    if not key["PARTNER"]:
        scope = replace(scope, partners=tuple(reference.areas))
    if key["COMMODITY"]:
        return scope
    every_good = tuple(resolved.goods.by_id)
    return replace(scope, commodities=every_good, goods=KeySet(keys=every_good))


def _of_frequency(period: Period | None, step: int) -> Period | None:
    """Return the period of `step` months in which `period` begins, or itself where it is longer; null as null."""
    if period is None or period.months >= step:
        return period
    return Period(period.first - period.first % step, step)


def _chosen(codes: Sequence[str], choices: Mapping[str, int]) -> tuple[str, ...]:
    for code in codes:
        if code not in choices:
            reason = f"there is no {code}; there are {', '.join(choices)}"
            raise InvalidRequest(Fault("key", code, reason, nearest(code, choices)))
    return tuple(dict.fromkeys(codes))
