"""Selection of the dataset of a request.

It is a single one, so that both ends of any growth have the same source and units.
"""

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
    """Return the requested dataset, or else the best match of the reporter; null where none matches.

    :raises InvalidRequest: the classification does not exist, or the reporter has no such dataset.
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
    """Return the datasets of a reporter that match a request, the best first.

    A dataset matches if it has the requested classification, and periods that add up to the requested frequency; where
    `dataset_parameter` names one, no other matches. The order of preference: with `as_of`, datasets with a release by
    that day; datasets with all requested commodities; datasets with a breakdown by commodity; official files before
    the demo; longer periods, which need fewer additions.

    :raises InvalidRequest: the classification does not exist, or the reporter has no such dataset.
    """
    datasets = reference.datasets_by_reporter.get(reporter.id, ())
    if parameters.get("classification"):
        editions = _edition_ids(reference, parameters["classification"])
        datasets = [dataset for dataset in datasets if dataset.classification_id in editions]
    if parameters.get(dataset_parameter):
        datasets = [_find_dataset(dataset_parameter, parameters[dataset_parameter], datasets)]
    matches = [
        dataset
        for dataset in datasets
        if MONTHS_PER_PERIOD[parameters["frequency"]] % MONTHS_PER_PERIOD[dataset.frequency] == 0
    ]
    if len(matches) < 2:
        return matches
    codes = {code.upper() for code in parameters.get("commodity", ()) if code.lower() != ALL_KEYWORD}

    def preference(dataset: Dataset) -> tuple[bool, bool, bool, bool, int, int]:
        edition_codes = reference.commodities(session, dataset.classification_id).commodity_by_code
        has_breakdown = reference.classifications[dataset.classification_id].code != TOTAL_CODE
        is_official = not dataset.code.endswith("-demo")
        has_release = reference.has_release(dataset.id, parameters.get("as_of"))
        return (
            has_release,
            codes <= edition_codes.keys(),
            has_breakdown,
            is_official,
            MONTHS_PER_PERIOD[dataset.frequency],
            -dataset.id,
        )

    return sorted(matches, key=preference, reverse=True)


def _find_dataset(parameter: str, code: str, datasets: Sequence[Dataset]) -> Dataset:
    for dataset in datasets:
        if dataset.code == code.lower():
            return dataset
    titles = {dataset.code: dataset.title for dataset in datasets}
    reason = f"the reporter has no such dataset; its datasets are {', '.join(titles) or 'none'}"
    raise InvalidRequest(ParameterError(parameter, code, reason, closest_codes(code, titles)))


def _edition_ids(reference: Reference, classification_code: str) -> set[int]:
    editions = reference.classifications.values()
    edition_ids = {edition.id for edition in editions if classification_code.upper() in {edition.code, edition.family}}
    if not edition_ids:
        names = {edition.code: edition.name for edition in editions} | {"HS": "Harmonized System"}
        reason = "it is not the code of a classification; see /v1/classifications"
        raise InvalidRequest(
            ParameterError("classification", classification_code, reason, closest_codes(classification_code, names))
        )
    return edition_ids
