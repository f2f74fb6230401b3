"""Search for another dataset that has the requested figures, where the response to a request has none."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.dataset_selection import matching_datasets
from service.domain.frequencies import CALENDAR_FREQUENCIES
from service.errors import InvalidRequest

MAX_CANDIDATES = 6
"""Datasets that are tried for one request."""
REPLACED_PARAMETERS = ("classification", "dataset", "frequency", "cursor", "limit", "fields")


def available_dataset(
    context: Context, request: DataRequest, used_datasets: Collection[str], has_figures: Callable[[DataRequest], bool]
) -> dict[str, str] | None:
    """Return another dataset of the reporter that has the requested figures; null if there is none.

    The result has the code of the dataset as `dataset`, and the URL of the request for the figures as `request`.
    `used_datasets` are the codes of datasets that do not have the figures. `has_figures` returns whether the response
    to a request would have any figure. The requested frequency is tried before other frequencies.
    """
    for dataset_code, candidate in list(_candidates(context, request, used_datasets))[:MAX_CANDIDATES]:
        try:
            if has_figures(candidate):
                return {"dataset": dataset_code, "request": candidate.url}
        except InvalidRequest:
            continue
    return None


def _candidates(
    context: Context, request: DataRequest, used_datasets: Collection[str]
) -> Iterator[tuple[str, DataRequest]]:
    """Yield the codes of other datasets of the reporter, with the request for the same figures from each."""
    parameters = request.parameters
    reporter = context.find_area("reporter", parameters["reporter"])
    excluded = set(used_datasets)
    for frequency in dict.fromkeys((parameters["frequency"], *CALENDAR_FREQUENCIES)):
        changes = {"frequency": frequency, "classification": None, "dataset": None}
        for dataset in matching_datasets(context.session, context.reference, reporter, {**parameters, **changes}):
            if dataset.code not in excluded:
                excluded.add(dataset.code)
                yield dataset.code, _request_dataset(request, dataset.code, frequency)


def _request_dataset(request: DataRequest, dataset: str, frequency: str) -> DataRequest:
    unchanged = {name: text for name, text in request.query.items() if name not in REPLACED_PARAMETERS}
    query = {**unchanged, "dataset": dataset, "frequency": frequency}
    parameters = {name: value for name, value in request.parameters.items() if name not in REPLACED_PARAMETERS}
    return replace(
        request,
        query=dict(sorted(query.items())),
        parameters={**parameters, "dataset": dataset, "frequency": frequency},
    )
