"""Which dataset answers a request: one alone, so that both ends of any growth have the same source and units."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from service.api.resolution.reference_data import EVERY, TOTAL, Reference
from service.domain.frequencies import MONTHS
from service.domain.suggestions import nearest_codes
from service.errors import Fault, InvalidRequest
from service.models import Area, Dataset


def choose_dataset(session: Session, reference: Reference, reporter: Area, asked: Mapping[str, Any]) -> Dataset | None:
    """Return the dataset that is asked for, or else the reporter's that fits best; null where none does.

    :raises InvalidRequest: there is no such classification, or the reporter has no such dataset.
    """
    return next(iter(fitting_datasets(session, reference, reporter, asked)), None)


def fitting_datasets(
    session: Session, reference: Reference, reporter: Area, asked: Mapping[str, Any], *, named_by: str = "dataset"
) -> list[Dataset]:
    """Return the reporter's datasets that can answer, the best first: the one that `named_by` names, or all that fit.

    Fitting are those of the classification asked for whose periods make up the frequency asked for. Of them the
    best is the one that knows the commodities asked for; then one that breaks down goods, official files before
    the demo, and few additions. With `as_of`, one of which nothing was published by that day comes after all others.

    :raises InvalidRequest: there is no such classification, or the reporter has no such dataset.
    """
    own = reference.datasets_of.get(reporter.id, ())
    if asked.get("classification"):
        editions = _editions(reference, asked["classification"])
        own = [dataset for dataset in own if dataset.classification_id in editions]
    if asked.get(named_by):
        own = [_named(named_by, asked[named_by], own)]
    fitting = [dataset for dataset in own if MONTHS[asked["frequency"]] % MONTHS[dataset.frequency] == 0]
    if len(fitting) < 2:
        return fitting
    codes = {code.upper() for code in asked.get("commodity", ()) if code.lower() != EVERY}

    def preference(dataset: Dataset) -> tuple[bool, bool, bool, bool, int, int]:
        known = reference.goods(session, dataset.classification_id).by_code
        breaks_down = reference.classifications[dataset.classification_id].code != TOTAL
        official = not dataset.code.endswith("-demo")
        there = reference.is_known(dataset.id, asked.get("as_of"))
        return there, codes <= known.keys(), breaks_down, official, MONTHS[dataset.frequency], -dataset.id

    return sorted(fitting, key=preference, reverse=True)


def _named(parameter: str, code: str, own: Sequence[Dataset]) -> Dataset:
    for dataset in own:
        if dataset.code == code.lower():
            return dataset
    titles = {dataset.code: dataset.title for dataset in own}
    reason = f"the reporter has no such dataset; it has {', '.join(titles) or 'none'}"
    raise InvalidRequest(Fault(parameter, code, reason, nearest_codes(code, titles) or list(titles)[:5]))


def _editions(reference: Reference, wanted: str) -> set[int]:
    editions = reference.classifications.values()
    found = {edition.id for edition in editions if wanted.upper() in {edition.code, edition.family}}
    if not found:
        names = {edition.code: edition.name for edition in editions} | {"HS": "Harmonized System"}
        reason = "it is not the code of a classification; see /v1/classifications"
        raise InvalidRequest(Fault("classification", wanted, reason, nearest_codes(wanted, names)))
    return found
