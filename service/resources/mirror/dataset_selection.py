"""The selection of a dataset for each side."""

from collections.abc import Sequence

from service.api.resolution.dataset_selection import choose_dataset, matching_datasets
from service.domain.codes import TOTAL_CODE
from service.domain.flows import FLOWS
from service.domain.periods import resolve_ranges
from service.models import Area, Dataset
from service.resources.mirror.common_periods import replace_latest
from service.resources.mirror.queries import published_period_counts
from service.resources.mirror.request import MirrorRequest

ALL_MONTHS = (0, 32_767)


def select_datasets(request: MirrorRequest, reporter: Area, partner: Area) -> tuple[Dataset | None, Dataset | None]:
    """Return the datasets of the reporter and of the partner; null for a side without one.

    For the reporter it is the dataset that other resources use by default. For the partner it is the requested dataset,
    else the one that has published most of the requested periods; among equals it is the partner's default dataset.
    Where single commodities are requested, a dataset in the reporter's edition of the classification is preferred.

    :raises InvalidRequest: the classification is unknown, or a side has no such dataset.
    """
    reporter_dataset = choose_dataset(request.session, request.reference, reporter, request.parameters)
    partner_parameters = dict(request.parameters) | ({} if reporter_dataset is None else {"classification": None})
    candidates = matching_datasets(
        request.session, request.reference, partner, partner_parameters, dataset_parameter="mirror_dataset"
    )
    if not candidates:
        return reporter_dataset, None
    period_counts = _count_published_periods(request, candidates)

    def preference(dataset: Dataset) -> tuple[bool, int]:
        is_comparable = (
            reporter_dataset is None
            or request.parameters["commodity"] == (TOTAL_CODE,)
            or dataset.classification_id == reporter_dataset.classification_id
        )
        return is_comparable, period_counts.get(dataset.id, 0)

    return reporter_dataset, max(candidates, key=preference)


def _count_published_periods(request: MirrorRequest, datasets: Sequence[Dataset]) -> dict[int, int]:
    query = published_period_counts(
        [dataset.id for dataset in datasets],
        flows=[FLOWS[flow] for flow in request.partner_flows],
        month_ranges=resolve_ranges(
            replace_latest(request.periods, None),
            ALL_MONTHS,
            period_months=request.period_months,
            fiscal_offset=request.fiscal_offset,
        ),
        as_of=request.as_of,
    )
    return {row.dataset_id: row.period_count for row in request.session.execute(query)}
