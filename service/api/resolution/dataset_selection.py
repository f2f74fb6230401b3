"""Which dataset answers a request: one alone, so that both ends of any growth have the same source and units."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from service.api.resolution.reference_data import Reference
from service.domain.codes import ALL_KEYWORD, TOTAL_CODE
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.suggestions import closest_codes
from service.errors import InvalidRequest, ParameterError
from service.models import Area, Dataset


def choose_dataset(
    session: Session, reference: Reference, reporter: Area, parameters: Mapping[str, Any]
) -> Dataset | None:
    """Return the dataset that is asked for, or else the reporter's that fits best; null where none does.

    :raises InvalidRequest: there is no such classification, or the reporter has no such dataset.
    """
    return next(iter(matching_datasets(session, reference, reporter, parameters)), None)


def matching_datasets(
    session: Session,
    reference: Reference,
    reporter: Area,
    parameters: Mapping[str, Any],
    *,
    dataset_parameter: str = "dataset",
) -> list[Dataset]:
    """Return the reporter's datasets that can answer, the best first: the one that `named_by` names, or all that fit.

    Fitting are those of the classification asked for whose periods make up the frequency asked for. Of them the
    best is the one that knows the commodities asked for; then one that breaks down goods, official files before
    the demo, and few additions. With `as_of`, one of which nothing was published by that day comes after all others.

    :raises InvalidRequest: there is no such classification, or the reporter has no such dataset.
    """
    own = reference.datasets_by_reporter.get(reporter.id, ())
    if parameters.get("classification"):
        editions = _edition_ids(reference, parameters["classification"])
        own = [dataset for dataset in own if dataset.classification_id in editions]
    if parameters.get(dataset_parameter):
        own = [_find_dataset(dataset_parameter, parameters[dataset_parameter], own)]
    fitting = [
        dataset
        for dataset in own
        if MONTHS_PER_PERIOD[parameters["frequency"]] % MONTHS_PER_PERIOD[dataset.frequency] == 0
    ]
    if len(fitting) < 2:
        return fitting
    codes = {code.upper() for code in parameters.get("commodity", ()) if code.lower() != ALL_KEYWORD}

    def preference(dataset: Dataset) -> tuple[bool, bool, bool, bool, int, int]:
        known = reference.commodities(session, dataset.classification_id).by_code
        breaks_down = reference.classifications[dataset.classification_id].code != TOTAL_CODE
        official = not dataset.code.endswith("-demo")
        there = reference.has_release(dataset.id, parameters.get("as_of"))
        return there, codes <= known.keys(), breaks_down, official, MONTHS_PER_PERIOD[dataset.frequency], -dataset.id

    return sorted(fitting, key=preference, reverse=True)


def _find_dataset(parameter: str, code: str, datasets: Sequence[Dataset]) -> Dataset:
    for dataset in datasets:
        if dataset.code == code.lower():
            return dataset
    titles = {dataset.code: dataset.title for dataset in datasets}
    reason = f"the reporter has no such dataset; it has {', '.join(titles) or 'none'}"
    raise InvalidRequest(ParameterError(parameter, code, reason, closest_codes(code, titles) or list(titles)[:5]))


def _edition_ids(reference: Reference, classification_code: str) -> set[int]:
    editions = reference.classifications.values()
    found = {edition.id for edition in editions if classification_code.upper() in {edition.code, edition.family}}
    if not found:
        names = {edition.code: edition.name for edition in editions} | {"HS": "Harmonized System"}
        reason = "it is not the code of a classification; see /v1/classifications"
        raise InvalidRequest(
            ParameterError("classification", classification_code, reason, closest_codes(classification_code, names))
        )
    return found
