"""Selection of the dataset that answers a request, or of several editions of a dataset that answer it together.

The order in which datasets were loaded never matters.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.api.resolution.dataset_coverage import CoverageReader, has_closed_ranges
from service.api.resolution.reference_data import Reference
from service.domain.codes import ALL_KEYWORD, HS_FAMILY, TOTAL_CODE
from service.domain.fiscal_years import FISCAL_REPORTER, period_offset
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.suggestions import closest_codes
from service.errors import InvalidRequest, ParameterError
from service.models import Area, Dataset

DEMO_SUFFIX = "-demo"
Editions = tuple[Dataset, ...]
"""Datasets that differ in nothing but the edition of their classification, the newest edition first."""
Preference = tuple[bool, int, int, int, int, bool, bool, bool, int, date]


def choose_dataset(
    session: Session, reference: Reference, reporter: Area, parameters: Mapping[str, Any]
) -> Dataset | None:
    """Return the requested dataset; where the request names none, the dataset of the reporter that matches it best.

    Null where none matches.

    :raises InvalidRequest: the classification does not exist, or the reporter has no such dataset.
    """
    return next(iter(matching_datasets(session, reference, reporter, parameters)), None)


def default_frequency(session: Session, reference: Reference, parameters: Mapping[str, Any]) -> str:
    """Return the frequency of a request that names none: the finest one of the datasets of its reporter.

    Only datasets count that have a release and match the other parameters; a parameter that no dataset matches is
    ignored. The frequency is `M` if the reporter has no dataset.
    """
    reporter = reference.area_lookup.find(parameters["reporter"])
    own = reference.datasets_by_reporter.get(reporter.id, ()) if reporter is not None else ()
    if len(own) == 1:
        return own[0].frequency
    datasets = [dataset for dataset in own if reference.has_release(dataset.id, parameters.get("as_of"))] or list(own)
    for is_match in _frequency_filters(session, reference, parameters):
        if len({dataset.frequency for dataset in datasets}) > 1:
            datasets = [dataset for dataset in datasets if is_match(dataset)] or datasets
    frequencies = {dataset.frequency for dataset in datasets}
    return min(frequencies, key=lambda each: MONTHS_PER_PERIOD[each], default="M")


def _frequency_filters(
    session: Session, reference: Reference, parameters: Mapping[str, Any]
) -> Iterator[Callable[[Dataset], bool]]:
    """Yield the conditions on the datasets that determine the frequency, the most important one first."""
    code, classification = (parameters.get(name) for name in ("dataset", "classification"))
    if code:
        yield lambda dataset: dataset.code == code.lower()
    if classification:
        editions = reference.classifications
        yield (
            lambda dataset: (
                classification.upper()
                in {editions[dataset.classification_id].code, editions[dataset.classification_id].family}
            )
        )
    codes = {each.upper() for each in parameters.get("commodity", ())} - {TOTAL_CODE, ALL_KEYWORD.upper()}
    if codes:
        yield (
            lambda dataset: (
                not codes.isdisjoint(reference.commodities(session, dataset.classification_id).commodity_by_code)
            )
        )


def ranked_reporters(reference: Reference, datasets: Iterable[Dataset]) -> list[str]:
    """Return the codes of the reporters of `datasets`, in order of their most important dataset.

    A dataset with more releases comes first, and of equal ones that with the newer release.
    """

    def rank(dataset: Dataset) -> tuple[int, str]:
        releases = reference.releases_by_dataset.get(dataset.id, ())
        return len(releases), str(releases[0].published_on) if releases else ""

    ranked = sorted(datasets, key=rank, reverse=True)
    return list(dict.fromkeys(reference.areas[dataset.reporter_id].code for dataset in ranked))


def choose_editions(session: Session, reference: Reference, reporter: Area, parameters: Mapping[str, Any]) -> Editions:
    """Return the datasets that answer a request: the dataset of the reporter that matches best, and its other editions.

    These are the datasets that differ from it only in the edition of the classification, such as HS 2017 and HS 2022.
    Datasets that published nothing are left out; if none published anything, the one of the newest edition is returned.
    The result has one dataset if the request names a dataset or an edition, and none if no dataset matches.

    :raises InvalidRequest: the classification does not exist, or the reporter has no such dataset.
    """
    datasets = _candidates(reference, reporter, parameters, dataset_parameter="dataset")
    if len(datasets) < 2:
        return tuple(datasets)
    editions = _ranked(
        _group_editions(reference, datasets), _coverage_reader(session, reference, parameters, reporter)
    )[:1]
    as_of = parameters.get("as_of")
    published = tuple(
        dataset for each in editions for dataset in each if reference.newest_release(dataset.id, as_of=as_of)
    )
    return published or tuple(dataset for each in editions for dataset in each[:1])


def matching_datasets(
    session: Session,
    reference: Reference,
    reporter: Area,
    parameters: Mapping[str, Any],
    *,
    dataset_parameter: str = "dataset",
) -> list[Dataset]:
    """Return the datasets of a reporter that match a request, the best match first.

    A dataset matches if it has the requested classification, and periods that add up to the requested frequency. If the
    parameter `dataset_parameter` names a dataset, only that one matches. The order of preference is in `_preference`.

    :raises InvalidRequest: the classification does not exist, or the reporter has no such dataset.
    """
    datasets = _candidates(reference, reporter, parameters, dataset_parameter=dataset_parameter)
    ranked = _ranked([(dataset,) for dataset in datasets], _coverage_reader(session, reference, parameters, reporter))
    return [dataset for editions in ranked for dataset in editions]


def _candidates(
    reference: Reference, reporter: Area, parameters: Mapping[str, Any], *, dataset_parameter: str
) -> list[Dataset]:
    datasets: Sequence[Dataset] = reference.datasets_by_reporter.get(reporter.id, ())
    if parameters.get("classification"):
        editions = edition_ids(reference, parameters["classification"])
        datasets = [dataset for dataset in datasets if dataset.classification_id in editions]
    if parameters.get(dataset_parameter):
        datasets = [_find_dataset(dataset_parameter, parameters[dataset_parameter], datasets)]
    period_months = MONTHS_PER_PERIOD[parameters["frequency"]]
    offset = period_offset(parameters["frequency"], reporter=_fiscal_reporter(parameters, reporter))
    return [
        dataset
        for dataset in datasets
        if all(months % MONTHS_PER_PERIOD[dataset.frequency] == 0 for months in (period_months, offset))
    ]


def _fiscal_reporter(parameters: Mapping[str, Any], reporter: Area) -> str:
    """Return the code of the reporter whose fiscal years a request means."""
    code: str = parameters.get(FISCAL_REPORTER) or reporter.code
    return code


def _coverage_reader(
    session: Session, reference: Reference, parameters: Mapping[str, Any], reporter: Area
) -> CoverageReader:
    return CoverageReader(session, reference, parameters, fiscal_reporter=_fiscal_reporter(parameters, reporter))


def _group_editions(reference: Reference, datasets: Sequence[Dataset]) -> list[Editions]:
    """Return the datasets, those together that differ in nothing but the edition of HS."""
    groups: dict[tuple[Any, ...], dict[int, Dataset]] = defaultdict(dict)
    for dataset in sorted(datasets, key=lambda dataset: dataset.code):
        edition = reference.classifications[dataset.classification_id]
        key = _comparable_attributes(dataset) if edition.family == HS_FAMILY else (dataset.code,)
        if dataset.classification_id in groups[key]:
            key = (dataset.code,)
        groups[key][dataset.classification_id] = dataset
    return [
        tuple(sorted(group.values(), key=lambda dataset: _edition_start(reference, dataset), reverse=True))
        for group in groups.values()
    ]


def _comparable_attributes(dataset: Dataset) -> tuple[Any, ...]:
    """Return all attributes in which datasets agree whose figures can be compared."""
    valuation = dataset.export_valuation, dataset.import_valuation, dataset.trade_system
    units = dataset.frequency, dataset.currency, dataset.unit_exponent
    return dataset.source, *units, *valuation, dataset.exhaustive, _is_official(dataset)


def _ranked(candidates: Sequence[Editions], coverage: CoverageReader) -> list[Editions]:
    if len(candidates) < 2:
        return list(candidates)
    candidates_in_order = sorted(candidates, key=lambda editions: editions[0].code)
    return sorted(candidates_in_order, key=lambda editions: _preference(editions, coverage), reverse=True)


def _preference(editions: Editions, coverage: CoverageReader) -> Preference:
    """Return the key by which datasets are preferred, the largest first.

    They are: having published a requested period; the number of requested partners and commodities that they have; the
    number of requested commodities that are codes of the classification; the number of requested periods that they
    published completely, and then the number of those of which they published any month; official files before the
    demo; exhaustive datasets before selections; a breakdown by commodity; shorter periods; and the newest edition.
    """
    complete, published = (
        frozenset().union(*(read(dataset) for dataset in editions))
        for read in (coverage.complete_periods, coverage.published_periods)
    )
    is_countable = has_closed_ranges(coverage.parameters.get("period", ()))
    codes = frozenset().union(*(coverage.covered_codes(dataset) for dataset in editions)) if published else ()
    reference, first = coverage.reference, editions[0]
    return (
        bool(published),
        len(codes),
        coverage.commodity_code_count(first),
        len(complete) if is_countable else bool(complete),
        len(published) if is_countable else 0,
        _is_official(first),
        first.exhaustive,
        reference.classifications[first.classification_id].code != TOTAL_CODE,
        -MONTHS_PER_PERIOD[first.frequency],
        _edition_start(reference, first),
    )


def _is_official(dataset: Dataset) -> bool:
    return not dataset.code.endswith(DEMO_SUFFIX)


def _edition_start(reference: Reference, dataset: Dataset) -> date:
    return reference.classifications[dataset.classification_id].valid_from or date.min


def _find_dataset(parameter: str, code: str, datasets: Sequence[Dataset]) -> Dataset:
    for dataset in datasets:
        if dataset.code == code.lower():
            return dataset
    titles = {dataset.code: dataset.title for dataset in datasets}
    reason = f"the reporter has no such dataset; its datasets are {', '.join(titles) or 'none'}"
    raise InvalidRequest(ParameterError(parameter, code, reason, closest_codes(code, titles)))


def edition_ids(reference: Reference, classification_code: str) -> set[int]:
    """Return the keys of the editions that a classification code stands for: one edition, or all editions of a family.

    :raises InvalidRequest: there is no such classification.
    """
    editions = reference.classifications.values()
    matching_ids = {edition.id for edition in editions if classification_code.upper() in {edition.code, edition.family}}
    if not matching_ids:
        names = {edition.code: edition.name for edition in editions} | {HS_FAMILY: "Harmonized System"}
        reason = "it is not the code of a classification; see /v1/classifications"
        raise InvalidRequest(
            ParameterError("classification", classification_code, reason, closest_codes(classification_code, names))
        )
    return matching_ids
