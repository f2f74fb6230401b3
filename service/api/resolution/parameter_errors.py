"""All errors in the parameters of a refused request, each parameter checked separately."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from service.api.resolution.currency_conversion import validate_currency
from service.api.resolution.dataset_selection import edition_ids
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import RequestResolver
from service.domain.codes import ALL_KEYWORD, TOTAL_CODE, WORLD_CODE
from service.domain.periods import PeriodRange
from service.errors import ParameterError, collect_errors

NEUTRAL_VALUES: Mapping[str, Any] = {
    "flow": ("X", "M"),
    "partner": (WORLD_CODE,),
    "commodity": (TOTAL_CODE,),
    "period": (PeriodRange("latest", "latest"),),
}
"""Values that are valid for every dataset, instead of the parameters that are not checked."""
DATASET_PARAMETERS = ("reporter", "frequency", "classification", "dataset", "as_of")
"""Parameters on which the validity of the others depends."""
CHECKED_TOGETHER = (("commodity",), ("period",), ("currency", "fx"))


def parameter_errors(session: Session, reference: Reference, parameters: Mapping[str, Any]) -> list[ParameterError]:
    """Return the errors of typed parameters. A parameter that depends on an invalid one is not checked."""
    return collect_errors(
        *_area_checks(session, reference, parameters),
        *_code_checks(session, reference, parameters),
        *_dataset_checks(session, reference, parameters),
    )


def _area_checks(session: Session, reference: Reference, parameters: Mapping[str, Any]) -> Iterator[Callable[[], Any]]:
    resolver = RequestResolver(session, reference, parameters)
    for name in ("reporter", "partner"):
        value = parameters.get(name, ())
        for code in (value,) if isinstance(value, str) else value or ():
            if code.lower() != ALL_KEYWORD:
                yield partial(resolver.find_area, name, code)


def _code_checks(session: Session, reference: Reference, parameters: Mapping[str, Any]) -> Iterator[Callable[[], Any]]:
    if parameters.get("classification"):
        yield partial(edition_ids, reference, parameters["classification"])
    currency = parameters.get("currency") or ""
    if currency and currency.upper() not in {dataset.currency for dataset in reference.datasets.values()}:
        yield partial(validate_currency, session, reference, "currency", currency)


def _dataset_checks(
    session: Session, reference: Reference, parameters: Mapping[str, Any]
) -> Iterator[Callable[[], Any]]:
    if not {"reporter", "frequency"} <= parameters.keys():
        return
    for names in CHECKED_TOGETHER:
        values = {name: parameters[name] for name in (*DATASET_PARAMETERS, *names) if name in parameters}
        yield RequestResolver(session, reference, {**NEUTRAL_VALUES, **values}).resolve
