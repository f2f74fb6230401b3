"""Stitching of the editions of a dataset: one list of commodities, and the edition that answers each period."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.analytics.figures.editions import StitchedEditions, Summands
from service.api.resolution.reference_data import Commodities, Reference
from service.domain.codes import TOTAL_CODE
from service.domain.concordance import CHAPTER_DIGITS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.models import Commodity, Dataset

OwnKeys = tuple[Mapping[int, int], ...]


def edition_commodities(session: Session, reference: Reference, datasets: Sequence[Dataset]) -> Commodities:
    """Return the commodities of the classification editions of `datasets`, merged into one list.

    `datasets` are sorted with the newest edition first. A code that several editions have stands for the commodity of
    the newest of these editions.
    """
    cache_key = "commodities", tuple(dataset.classification_id for dataset in datasets)
    commodities: Commodities = reference.coverage_cache.get_or_compute(
        cache_key,
        lambda: _merge_commodities([reference.commodities(session, dataset.classification_id) for dataset in datasets]),
    )
    return commodities


def _merge_commodities(editions: Sequence[Commodities]) -> Commodities:
    newest = {
        code: commodity for edition in reversed(editions) for code, commodity in edition.commodity_by_code.items()
    }
    parents = {
        code: edition.parent_code(commodity)
        for edition in reversed(editions)
        for code, commodity in edition.commodity_by_code.items()
    }
    merged = (
        Commodity(
            id=commodity.id,
            classification_id=commodity.classification_id,
            code=code,
            name=commodity.name,
            level=commodity.level,
            parent_id=None if (parent := parents[code]) is None else newest[parent].id,
        )
        for code, commodity in newest.items()
    )
    merged_keys = {commodity.id: commodity for commodity in sorted(merged, key=lambda commodity: commodity.id)}
    return Commodities(
        merged_keys, frozenset(key for edition in editions for key in edition.commodity_by_id) - merged_keys.keys()
    )


def stitch_editions(
    session: Session,
    reference: Reference,
    datasets: Sequence[Dataset],
    *,
    levels: Sequence[int],
    period_months: int,
    period_offset: int,
    as_of: date | None,
) -> StitchedEditions:
    """Return how datasets that differ in their classification edition are combined into continuous time series.

    The result says which dataset answers each period, and which commodities can be compared between editions. It has
    the total and the commodities of `levels`. `datasets` are sorted with the newest edition first. `period_months` is
    the length of a requested period; requested years begin `period_offset` months after January. `as_of` is the day as
    of which published periods count; null means today.
    """
    commodities = edition_commodities(session, reference, datasets)
    cache_key = "summands", tuple(dataset.id for dataset in datasets), frozenset(levels)

    def find_summands() -> tuple[Any, ...]:
        keys = [
            key
            for key, commodity in commodities.commodity_by_id.items()
            if commodity.level in levels or commodity.code == TOTAL_CODE
        ]
        own_keys = tuple(_own_keys(session, reference, dataset, commodities, keys) for dataset in datasets)
        summands = _all_summands(session, reference, datasets, commodities, keys)
        return own_keys, summands, {}

    own_keys, summands, comparable_summands = reference.coverage_cache.get_or_compute(cache_key, find_summands)
    position_by_period = {
        flow_period: position
        for position, dataset in reversed(list(enumerate(datasets)))
        for flow_period in reference.publication_calendar(session, dataset.id).published_periods(as_of)
    }
    return StitchedEditions(
        dataset_ids=tuple(dataset.id for dataset in datasets),
        classification_ids=tuple(dataset.classification_id for dataset in datasets),
        period_months=period_months,
        period_offset=period_offset,
        source_period_months=MONTHS_PER_PERIOD[datasets[0].frequency],
        position_by_period=position_by_period,
        own_keys=own_keys,
        summands=summands,
        comparable_summands=comparable_summands,
    )


def _own_keys(
    session: Session, reference: Reference, dataset: Dataset, commodities: Commodities, keys: Sequence[int]
) -> Mapping[int, int]:
    """Return the keys of an edition by the keys of all editions; those that it does not have are left out."""
    edition = reference.commodities(session, dataset.classification_id).commodity_by_code
    codes = ((key, commodities.commodity_by_id[key].code) for key in keys)
    return {key: edition[code].id for key, code in codes if code in edition}


def _all_summands(
    session: Session, reference: Reference, datasets: Sequence[Dataset], commodities: Commodities, keys: Sequence[int]
) -> Mapping[tuple[int, int], Summands]:
    return {
        (position, target): _summands(session, reference, (dataset, target_dataset), commodities, keys)
        for position, dataset in enumerate(datasets)
        for target, target_dataset in enumerate(datasets)
        if position != target
    }


def _summands(
    session: Session,
    reference: Reference,
    datasets: tuple[Dataset, Dataset],
    commodities: Commodities,
    keys: Sequence[int],
) -> Summands:
    """Return the keys of the first dataset that make up a commodity of the second, for those that can be compared.

    There are none where the first dataset lacks one of them: in a selection the sum would be too small.
    """
    first, second = datasets
    edition = reference.commodities(session, first.classification_id).commodity_by_code
    concordance = reference.concordance(session, first.classification_id, second.classification_id).all_levels
    summands: dict[int, tuple[int, ...]] = {}
    for key in keys:
        commodity = commodities.commodity_by_id[key]
        is_chapter = commodity.level <= CHAPTER_DIGITS
        codes = (commodity.code,) if is_chapter else concordance.summands(commodity.code)
        if codes:
            summand_ids = tuple(edition[code].id for code in codes if code in edition)
            summands[key] = summand_ids if first.exhaustive or len(summand_ids) == len(codes) else ()
    return summands
